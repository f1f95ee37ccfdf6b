"""What clicks on the patient's panel do to the facts, without a browser."""

from __future__ import annotations

from typing import Any

import pytest

from assistant import Assistant, InputError, Patient
from assistant.web import desk as facts
from assistant.web.clerk import Clerk, Step
from assistant.web.desk import Desk
from assistant.web.find import Finder
from assistant.web.questions import read_question
from assistant.web.refusal import RefusalError, said
from assistant.web.strings import STRINGS, unit_names
from corpus.concepts import ConceptTable

_ASKED = "72-year-old man, CKD stage 4, K 5.6, takes ibuprofen. What should he eat and avoid?"


def carried_out(care: Assistant, desk: Desk, **data: Any) -> Step:
    *_, last = Clerk(care).carry_out(desk, {"now": "2026-11-30T08:00", **data})
    return last


@pytest.mark.parametrize(
    ("word", "status", "field"),
    [
        ("gout", "present", "conditions"), ("痛风", "present", "conditions"), ("warfarin", "present", "medications"),
        ("咳嗽", "present", "symptoms"), ("warfarin", "absent", "absent"), ("penicillin", "allergy", "allergies"),
        ("urinary catheter", "present", "devices"), ("something unheard of", "present", "conditions"),
    ],
)  # fmt: skip
def test_a_word_goes_where_it_belongs(table: ConceptTable, word: str, status: Any, field: str) -> None:
    patient = facts.with_word(Patient(), word, status, table)
    assert getattr(patient, field) == (word,)


def test_a_word_nobody_knows_is_of_the_kind_that_was_chosen(table: ConceptTable) -> None:
    assert facts.with_word(Patient(), "zzyzx", "present", table, "medicine").medications == ("zzyzx",)


def test_what_is_denied_is_neither_had_nor_taken_under_any_name_and_comes_back_when_added(table: ConceptTable) -> None:
    patient = facts.denied(Patient(medications=["布洛芬"]), "medications:布洛芬", table)
    assert patient.medications == ()
    assert patient.absent == ("布洛芬",)
    again = facts.with_word(patient, "ibuprofen", "present", table)
    assert again.medications == ("ibuprofen",)
    assert again.absent == ()


@pytest.mark.parametrize(
    ("key", "value", "unit", "own"),
    [
        ("labs:glucose_mmol_l", "180", "mg_dl", 9.99), ("vitals:temperature_c", "101.3", "f", 38.5),
        ("labs:potassium_mmol_l", "5,6", "", 5.6), ("labs:potassium_mmol_l", "5.6", None, 5.6),
    ],
)  # fmt: skip
def test_a_value_is_kept_in_its_own_unit(
    table: ConceptTable, key: str, value: str, unit: str | None, own: float
) -> None:
    group, _, name = key.partition(":")
    patient = facts.with_value(Patient(), key, value, unit, table)
    assert getattr(patient, group)[name] == pytest.approx(own, abs=0.01)


@pytest.mark.parametrize(
    ("key", "value", "said_in_zh"),
    [
        ("vitals:spo2", "180", "不可能"), ("labs:potassium_mmol_l", "high", "不是数字"), ("age_years", "200", "年龄"),
        ("vitals:diastolic_bp", "190", "舒张压"), ("labs:potassium_mmol_l", "", "没有数值"), ("pregnant", "yes", "妊娠"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_the_language_of_the_page(
    table: ConceptTable, key: str, value: str, said_in_zh: str
) -> None:
    patient = Patient(sex="male", vitals={"systolic_bp": 120})
    with pytest.raises(RefusalError) as refused:
        facts.with_value(patient, key, value, "", table)
    assert said_in_zh in said(refused.value, "zh")
    assert said(refused.value, "en") == str(refused.value)


def test_every_unit_of_a_measurement_has_a_written_form_or_is_another_spelling(table: ConceptTable) -> None:
    units = unit_names()
    for measurement in table.measurements.values():
        factors = {measurement.alternatives[u] for u in measurement.alternatives if u in units}
        assert set(measurement.alternatives.values()) <= factors | {(1.0, 0.0)}, measurement.key


def test_facts_remember_where_they_come_from(care: Assistant) -> None:
    desk = carried_out(care, Desk(), act="ask", words=_ASKED).desk
    desk = carried_out(care, desk, act="add", word="gout", status="present").desk
    desk = carried_out(care, desk, act="import", text='{"allergies": ["penicillin"], "age_years": 73}').desk
    assert desk.origins["medications:ibuprofen"] == "typed"
    assert desk.origins["conditions:gout"] == "form"
    assert desk.origins["allergies:penicillin"] == "imported"
    assert desk.origins["age_years"] == "imported"
    desk = carried_out(care, desk, act="value", key="labs:potassium_mmol_l", value="4.1").desk
    assert desk.origins["labs:potassium_mmol_l"] == "form"
    assert set(desk.origins) == set(facts.facts_of(desk.patient))


def test_an_edited_fact_asks_again_and_says_what_changed(care: Assistant) -> None:
    desk = carried_out(care, Desk(), act="ask", words=_ASKED).desk
    step = carried_out(care, desk, act="deny", key="medications:ibuprofen")
    last = step.desk.log[-1]
    assert last.edited
    assert last.before == desk.patient
    assert last.answer.changed
    assert not any("ibuprofen" in str(b.value) for r in last.answer.recommendations for b in r.because)


def test_observations_entered_out_of_order_stand_in_order_and_the_newest_count(care: Assistant) -> None:
    desk = carried_out(care, Desk(), act="observe", respiratory_rate="26", spo2="91", at="2026-11-30T10:15").desk
    desk = carried_out(care, desk, act="observe", respiratory_rate="18", heart_rate="80", at="2026-11-30T08:00").desk
    assert [o.at for o in desk.observations] == ["2026-11-30T08:00", "2026-11-30T10:15"]
    assert desk.patient.vitals["respiratory_rate"] == 26
    assert desk.patient.vitals["heart_rate"] == 80


def test_vital_signs_told_in_the_chat_are_a_set_of_observations_too(care: Assistant) -> None:
    desk = carried_out(care, Desk(), act="ask", words="RR 22, HR 110, temperature 38.4. What should I watch for?").desk
    assert len(desk.observations) == 1
    assert desk.observations[0].vitals["respiratory_rate"] == 22


@pytest.mark.parametrize("text", ["", "[]", "{", '{"ages": 3}', '{"vitals": {"spo2": 180}}'])
def test_a_file_that_is_no_patient_is_refused_with_an_example(care: Assistant, text: str) -> None:
    with pytest.raises(RefusalError) as refused:
        carried_out(care, Desk(), act="import", text=text)
    assert '{"age_years": 72' in said(refused.value, "zh")


@pytest.mark.parametrize(
    "data",
    [
        {"act": "nonsense"}, {"act": "ask", "words": " !? "}, {"act": "evidence", "turn": "7"}, {"act": "verdict", "turn": "x1"},
        {"act": "document", "form": "care_plan"}, {"act": "whatif", "fact": "age_years", "value": "80"},
        {"act": "remove", "key": "nothing:at all"}, {"act": "value", "key": "nothing:at all", "value": "1"},
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_and_never_breaks(care: Assistant, data: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        carried_out(care, Desk(), **data)
    assert said(refused.value, "zh")


def test_a_what_if_that_changes_nothing_is_refused(care: Assistant) -> None:
    desk = carried_out(care, Desk(), act="ask", words=_ASKED).desk
    with pytest.raises(RefusalError, match="Nothing would change"):
        carried_out(care, desk, act="whatif", fact="labs:potassium_mmol_l", value="5.6")


def test_a_what_if_can_be_made_the_record(care: Assistant) -> None:
    desk = carried_out(care, Desk(), act="ask", words=_ASKED).desk
    given = {"fact": "labs:potassium_mmol_l", "value": "4.1"}
    step = carried_out(care, desk, act="whatif", **given)
    assert step.difference is not None
    assert step.difference.removed
    assert step.desk.patient.labs["potassium_mmol_l"] == 5.6
    kept = carried_out(care, step.desk, act="whatif_keep", **given).desk
    assert kept.patient.labs["potassium_mmol_l"] == 4.1
    said_after = {item.id for item in kept.log[-1].answer.recommendations}
    assert said_after == {item.id for item in step.difference.after.recommendations}


def test_clearing_keeps_the_patient_and_a_new_conversation_does_not(care: Assistant) -> None:
    desk = carried_out(care, Desk(language="zh"), act="ask", words=_ASKED).desk
    cleared = carried_out(care, desk, act="clear").desk
    assert cleared.log == ()
    assert cleared.patient == desk.patient
    assert cleared.origins == desk.origins
    assert carried_out(care, desk, act="new").desk == Desk(language="zh")


@pytest.mark.parametrize(
    ("words", "language", "first"),
    [
        ("痛风", "en", "gout · 痛风"), ("gout", "zh", "gout · 痛风"), ("tylenol", "en", "paracetamol · 对乙酰氨基酚"),
        ("血钾", "zh", "potassium · 血钾"), ("egfr", "en", "eGFR · 估算肾小球滤过率"),
    ],
)  # fmt: skip
def test_a_fact_is_found_by_any_of_its_names(table: ConceptTable, words: str, language: str, first: str) -> None:
    assert first in [entry["label"] for entry in Finder(table).find(words, language)][:3]


def test_nothing_is_found_for_nothing(table: ConceptTable) -> None:
    assert Finder(table).find("  ", "en") == []
    assert Finder(table).find("qqqq", "en") == []


def test_questions_back_are_read_in_both_languages(table: ConceptTable) -> None:
    asked = read_question("Does the patient have heart failure?", "en", table)
    assert (asked.kind, asked.name, asked.status) == ("words", "heart failure", "present")
    assert read_question("患者对青霉素过敏吗？", "zh", table).status == "allergy"
    assert read_question("Is the patient pregnant?", "en", table).name == "pregnant"
    assert read_question("患者性别？", "zh", table).kind == "sex"
    assert read_question("What is the latest potassium (mmol/L)?", "en", table).begin == "potassium: "
    assert read_question("患者多大年龄？", "zh", table).begin == "年龄："


def test_every_string_of_the_pages_is_there_in_both_languages() -> None:
    def check(node: Any, where: str) -> None:
        if isinstance(node, list):
            for item in node:
                check(item, where)
        elif isinstance(node, dict) and ("en" in node or "zh" in node):
            assert node.get("en"), where
            assert node.get("zh"), where
        elif isinstance(node, dict):
            for key, inner in node.items():
                check(inner, f"{where}.{key}")

    check({key: value for key, value in STRINGS.data.items() if key != "units"}, "strings")


def test_words_that_begin_a_new_conversation_leave_nothing_of_the_last_patient(care: Assistant) -> None:
    desk = carried_out(care, Desk(), act="observe", respiratory_rate="26", at="2026-11-30T10:15").desk
    desk = carried_out(care, desk, act="ask", words=_ASKED).desk
    desk = carried_out(
        care, desk, act="ask", words="New patient: 40-year-old woman with gout. What may she drink?"
    ).desk
    assert desk.observations == ()
    assert set(desk.origins) == set(facts.facts_of(desk.patient))
    assert "medications:ibuprofen" not in desk.origins
