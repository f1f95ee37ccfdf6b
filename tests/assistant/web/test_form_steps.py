"""The patient's form without a browser: its steps as values, and what its result says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assistant import Assistant, InputError
from assistant.interview import Interview
from assistant.triage import LEVELS
from assistant.web.fields import age_from
from assistant.web.form import pressed, understood
from assistant.web.form_advice import advise
from assistant.web.form_lists import all_signs, groups
from assistant.web.form_reading import grade, sentence_length
from assistant.web.form_steps import Guide, Sheet


@pytest.fixture(scope="module")
def guide(care: Assistant) -> Guide:
    return Guide(care)


class Walk:
    """Goes through the form without a browser, as its script would."""

    def __init__(self, guide: Guide, language: str = "en") -> None:
        self.guide = guide
        self.reply: dict[str, Any] = {"sheet": Sheet(language=language).model_dump(mode="json"), "html": ""}

    def press(self, action: str = "next", value: str = "", **fields: Any) -> Walk:
        sent = {"sheet": self.reply["sheet"], "action": action, "value": value, "fields": fields}
        self.reply = pressed(self.guide, sent)
        return self

    @property
    def sheet(self) -> Sheet:
        return self.guide.read_sheet(self.reply["sheet"])

    @property
    def error(self) -> str:
        found = re.search(r'id="form-error"[^>]*>(.*?)</p>', self.reply["html"])
        return found[1] if found else ""

    def begin(self, age: str, unit: str = "years", sex: str = "male", signs: str = "none") -> Walk:
        self.press("reply", "me").press(age=age, age_unit=unit).press("reply", sex)
        if self.sheet.step == "pregnant":
            self.press("reply", "absent")
        return self.press("skip", signs)

    def answer_all(self, *yes: str, unknown: tuple[str, ...] = ()) -> Walk:
        while self.sheet.step == "ask":
            question = self.guide.question(self.sheet)
            assert question is not None
            if question.about in unknown or self.guide.interview.kind(question) != "yes_no":
                self.press("skip", "unknown")
            else:
                self.press("reply", "present" if question.about in yes else "absent")
        return self

    def finish(self, **told: str) -> Walk:
        for step in ("conditions", "medications", "allergies", "own"):
            if self.sheet.step == step:
                self.press(**{step: told[step]}) if step in told else self.press("skip", "none")
        return self


def test_every_complaint_is_offered_in_one_group_and_every_sign_is_a_concept(guide: Guide) -> None:
    grouped = [name for group in groups() for name in group.complaints]
    assert sorted(grouped) == sorted(complaint.id for complaint in guide.interview.form.complaints)
    for sign in all_signs():
        assert all(concept in guide.table for concept in (sign.concept, *sign.also)), sign


@pytest.mark.parametrize("age", ["0.1", "5", "40", "85"])
def test_each_sign_that_is_asked_for_at_an_age_makes_it_an_emergency(guide: Guide, age: str) -> None:
    sheet = Sheet(age=age, sex="female")
    assert guide.signs(sheet)
    for sign in guide.signs(sheet):
        outcome = guide.outcome(sheet.model_copy(update={"signs": (sign.concept,)}))
        assert outcome.urgency.level == "emergency", sign.concept


@pytest.mark.parametrize(
    ("typed", "unit", "years"),
    [("85", "years", 85), ("2", "months", 2 / 12), ("8 weeks", "years", 56 / 365.25), ("３个月", "years", 0.25),
     ("10", "days", 10 / 365.25), ("72岁", "months", 72)],
)  # fmt: skip
def test_an_age_is_read_with_its_unit(typed: str, unit: Any, years: float) -> None:
    assert age_from(typed, unit) == pytest.approx(years, abs=1e-3)


@pytest.mark.parametrize("typed", ["400", "old", "-3", "0", "1e9"])
def test_an_age_that_nobody_has_is_refused_with_what_to_do(guide: Guide, typed: str) -> None:
    with pytest.raises(InputError):
        age_from(typed)
    walk = Walk(guide).press("reply", "me").press(age=typed)
    assert walk.sheet.step == "age"
    assert walk.error
    assert walk.sheet.age == typed


def test_a_feverish_baby_of_two_months_is_an_emergency_and_a_child_of_five_is_not(guide: Guide) -> None:
    assert Walk(guide).begin("2", "months").press(text="he is hot and feverish").reply["level"] == "emergency"
    assert Walk(guide).begin("5").press(text="he is hot and feverish").sheet.step in ("ask", "choose")


def test_pregnancy_is_asked_about_only_where_it_can_be(guide: Guide) -> None:
    def after(age: str, sex: str) -> str:
        return Walk(guide).press("reply", "me").press(age=age).press("reply", sex).sheet.step

    assert [after("30", "female"), after("30", "male"), after("80", "female"), after("5", "female")] == [
        "pregnant", "signs", "signs", "signs",
    ]  # fmt: skip


def test_what_somebody_comes_with_is_asked_about_though_no_sign_was_ticked(guide: Guide) -> None:
    walk = Walk(guide).begin("60").press("list").press("reply", "chest_pain")
    question = guide.question(walk.sheet)
    assert question is not None
    assert question.about == "chest_pain"
    other = Walk(guide).begin("60").press("list").press("reply", "cough")
    assert "chest_pain" in guide.patient(other.sheet).absent or "chest pain" in guide.patient(other.sheet).absent


def test_not_sure_about_the_emergency_signs_has_to_be_seen_today(guide: Guide) -> None:
    walk = Walk(guide).begin("30", signs="unknown").press("list").press("reply", "sore_throat").answer_all().finish()
    assert walk.reply["level"] == "urgent"
    assert "You were not sure" in walk.reply["html"]
    assert (
        Walk(guide).begin("30").press("list").press("reply", "sore_throat").answer_all().finish().reply["level"]
        == "self_care"
    )


def test_dont_know_on_a_red_flag_is_reported_as_not_known(guide: Guide) -> None:
    walk = Walk(guide).begin("45").press(text="a cough").answer_all(unknown=("haemoptysis",)).finish()
    unknown = walk.reply["html"].partition("What we do not know")[2]
    assert "Has any blood been coughed up?" in unknown.partition("</section>")[0]


@pytest.mark.parametrize(("language", "first"), [("en", 0), ("zh", 3)])
def test_a_result_is_never_less_urgent_than_the_interview(guide: Guide, language: Any, first: int) -> None:
    for complaint in guide.interview.form.complaints[first::6]:
        age = "0.5" if complaint.id == "baby_unwell" else "5" if "child" in complaint.id else "40"
        walk = Walk(guide, language).begin(age, sex="female").press("list").press("reply", complaint.id).answer_all()
        sheet = walk.sheet
        outcome = Interview.result(guide.interview, guide.state(sheet), language)
        advice = advise(guide, sheet)
        assert LEVELS.index(advice.urgency.level) >= LEVELS.index(outcome.urgency.level), complaint.id
        assert (advice.urgency.level == "emergency") == (outcome.urgency.level == "emergency"), complaint.id
        cited = {c.n for c in advice.answer.citations}
        used = {n for item in advice.answer.recommendations for n in item.citations}
        assert all(item.citations for item in advice.answer.recommendations)
        assert used <= cited, complaint.id


def test_advice_for_an_illness_that_nobody_told_of_is_left_out(guide: Guide) -> None:
    walk = Walk(guide).begin("40").press("list").press("reply", "sore_throat").answer_all().finish()
    advice = advise(guide, walk.sheet)
    topics = {guide.care.knowledge.topic_of[item.id] for item in advice.answer.recommendations}
    assert not topics & {"epilepsy", "multiple_sclerosis", "inflammatory_bowel_disease", "thyroid_disease"}


def test_heart_failure_gets_its_own_advice_and_no_dose(guide: Guide) -> None:
    walk = Walk(guide).begin("78").press(text="his ankles are swollen").answer_all("rapid_weight_gain")
    walk.finish(conditions="heart failure", medications="furosemide, ibuprofen", own="What can he eat?")
    html = walk.reply["html"]
    assert walk.reply["level"] == "urgent"
    assert "salt" in html.partition("On your question")[2].partition("</section>")[0]
    assert "ibuprofen" in html.partition("Medicines: what to ask about")[2].partition("</section>")[0]
    assert not re.search(r"\d\s*mg\b", html.partition('<details class="form-sources">')[0])
    assert walk.reply["leaflet"].startswith("<!DOCTYPE html>")
    assert "<button" not in walk.reply["leaflet"]


def test_a_question_that_is_declined_leaves_the_advice_on_the_complaint(guide: Guide) -> None:
    walk = Walk(guide).begin("67").press(text="constipated for a week").answer_all()
    walk.finish(conditions="CKD stage 4", medications="metformin", own="How much senna can I take?")
    advice = advise(guide, walk.sheet)
    assert {part.kind for part in advice.answer.declined} == {"dose"}
    assert {"diet", "activity"} <= {item.kind for item in advice.answer.recommendations}
    assert "I do not give or calculate doses" in walk.reply["html"]


def test_somebodys_own_question_is_answered_under_its_own_heading(guide: Guide) -> None:
    walk = Walk(guide, "zh").begin("70").press(text="头晕").answer_all()
    walk.finish(conditions="高血压", own="还能喝酒吗？")
    assert "酒" in walk.reply["html"].partition("关于您的问题")[2].partition("</section>")[0]


def test_a_sheet_that_is_none_of_ours_starts_again_with_what_to_do(guide: Guide) -> None:
    for sheet in ({"step": "nowhere"}, {"complaint": "x", "evil": 1}, None, "x", {"age": "<script>"}):
        reply = pressed(guide, {"sheet": sheet, "action": "back", "value": "", "fields": {}})
        assert reply["sheet"]["step"] == "who"
        assert "<script>" not in reply["html"]


def test_words_are_shown_and_never_run(guide: Guide) -> None:
    nasty = '"><img src=x onerror=alert(1)> {name} ${x}'
    walk = Walk(guide).begin("40").press(text=nasty)
    assert "<img" not in walk.reply["html"]
    walk.press("skip", "none").finish(conditions=nasty, own=nasty)
    assert walk.reply["sheet"]["step"] == "result"
    assert "<img" not in walk.reply["html"] + walk.reply["leaflet"]
    assert "<img" not in understood(guide, {"kind": "conditions", "value": nasty, "language": "en"})


def test_a_text_too_long_is_refused_and_kept(guide: Guide) -> None:
    walk = Walk(guide).begin("40").press(text="sore throat " * 1000)
    assert walk.sheet.step == "what"
    assert "3,000" in walk.error
    assert len(walk.sheet.text) == 12_000


def test_a_blood_sugar_is_taken_in_either_unit(guide: Guide) -> None:
    def sugar(number: str, unit: str) -> Walk:
        walk = Walk(guide).begin("40").press("list").press("reply", "high_blood_sugar")
        while (question := guide.question(walk.sheet)) is not None and question.about != "glucose_mmol_l":
            walk.press("reply", "absent")
        return walk.press(number=number, unit=unit)

    assert guide.outcome(sugar("216", "mg_dl").sheet).patient.labs["glucose_mmol_l"] == pytest.approx(12, abs=0.05)
    assert guide.outcome(sugar("12", "").sheet).patient.labs["glucose_mmol_l"] == 12
    assert "not possible" in sugar("900", "").error


def test_reading_is_measured() -> None:
    assert grade("The cat sat on the mat. It was warm.") < 2
    assert grade("Haemodynamic instability necessitates immediate multidisciplinary evaluation.") > 14
    assert sentence_length("今天就去看医生。不要等到明天。") == 6.5
