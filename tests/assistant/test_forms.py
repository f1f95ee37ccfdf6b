"""Forms: everything in them comes from the patient and the answer, every sentence of advice with its mark."""

from __future__ import annotations

import re

import pytest

from assistant import Answer, Assistant, Patient, forms
from corpus.models import Language
from corpus.text import sentences

ILL = Patient(
    age_years=79, sex="female", conditions=["heart failure", "ckd stage 3"], medications=["furosemide"],
    vitals={"respiratory_rate": 22, "spo2": 93, "systolic_bp": 104}, labs={"potassium_mmol_l": 5.7},
)  # fmt: skip
QUESTIONS: dict[Language, str] = {"en": "How much fluid and salt may she have?", "zh": "她每天能喝多少水、吃多少盐？"}


def answer_to(care: Assistant, language: Language) -> Answer:
    return care.ask(QUESTIONS[language], ILL, language=language)


def check_marks(text: str, answer: Answer) -> None:
    """Every sentence of advice that a form shows stands before a mark of its own citation."""
    shown = 0
    for item in answer.recommendations:
        for start, end in sentences(item.text):
            for match in re.finditer(re.escape(item.text[start:end]), text):
                shown += 1
                assert re.match(r"( \[\d+\])+|(\[\d+\])+", text[match.end() :].replace("  ", " ")), item.text
    assert shown


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", ["sbar", "care_plan", "plain", "shorter", "why"])
def test_every_sentence_of_advice_keeps_its_mark(care: Assistant, language: Language, form: str) -> None:
    answer = answer_to(care, language)
    text = forms.FORMS[form](ILL, answer, language)
    check_marks(text, answer)
    marks = {int(n) for n in re.findall(r"\[(\d+)\]", text)}
    assert marks <= {citation.n for citation in answer.citations}


def test_sbar_has_its_four_parts_with_the_score_and_what_is_missing(care: Assistant) -> None:
    answer = answer_to(care, "en")
    text = forms.sbar(ILL, answer, "en")
    parts = re.split(r"### [SBAR] – ", text)
    assert len(parts) == 5
    situation, background, assessment, recommendation = parts[1:]
    assert "79 years" in situation
    assert "furosemide" in background
    assert "Allergies**: not recorded" in background
    assert "respiratory rate 22" in assessment
    assert "potassium 5.7 mmol/L" in assessment
    assert re.search(r"NEWS2 is at least \d+ .*Not given: ", assessment)
    assert "Missing: " in assessment
    assert answer.recommendations[0].text.split(".")[0] in recommendation


def test_sbar_names_known_illnesses_in_its_own_language(care: Assistant) -> None:
    text = forms.sbar(ILL, answer_to(care, "zh"), "zh")
    assert "心力衰竭" in text
    assert "未记录" in text


def test_a_care_plan_is_a_table_whose_goals_are_cited_or_left_to_agree(care: Assistant) -> None:
    text = forms.care_plan(ILL, answer_to(care, "en"), "en")
    rows = [line for line in text.splitlines() if line.startswith("| ")][2:]
    assert rows
    for row in rows:
        cells = re.split(r"(?<!\\)\|", row)[1:-1]
        assert len(cells) == 4
        _, goal, interventions, evaluation = cells
        assert re.search(r"\[\d+\]", goal) or goal.strip().startswith("To be agreed")
        assert re.search(r"\[\d+\]", interventions)
        assert "Review: " in evaluation


def test_a_leaflet_is_in_the_plain_wording_without_grades(care: Assistant) -> None:
    answer = care.ask(QUESTIONS["en"], ILL, audience="patient")
    text = forms.leaflet(ILL, answer, "en")
    assert "strength" not in text
    assert answer.recommendations[0].text.split(".")[0] in text


def test_why_gives_the_reason_and_the_facts_of_each(care: Assistant) -> None:
    answer = answer_to(care, "en")
    text = forms.why(ILL, answer, "en")
    for item in answer.recommendations:
        assert item.why is None or item.why.split(".")[0] in text
    assert "condition: heart failure" in text


def test_a_source_is_quoted_with_where_it_stands(care: Assistant) -> None:
    answer = answer_to(care, "en")
    citation = answer.citations[-1]
    text = forms.source(ILL, answer, "en", citation.n)
    assert citation.quote.split("\n")[0] in text
    assert citation.title in text
    assert str(citation.url) in text
    assert f"[{citation.n}]" in text
    assert f"1 to {len(answer.citations)}" in forms.source(ILL, answer, "en", 99)


@pytest.mark.parametrize("form", ["sbar", "care_plan", "plain", "shorter", "why"])
def test_an_emergency_comes_before_the_advice(care: Assistant, form: str) -> None:
    answer = care.ask("Crushing chest pain for half an hour, sweating", Patient(age_years=60, conditions=["gout"]))
    assert answer.urgency.level == "emergency"
    text = forms.FORMS[form](Patient(age_years=60), answer, "en")
    assert "EMERGENCY" in text[:120]
    assert answer.urgency.action.split(".")[0] in text


def test_an_answer_without_advice_says_so_in_every_form(care: Assistant) -> None:
    answer = care.ask("Who won the cup final?")
    assert answer.abstained
    for form, render in forms.FORMS.items():
        assert render(Patient(), answer, "en"), form
