from __future__ import annotations

import re
from typing import Any

import pytest

from assistant import Patient, Settings
from assistant.errors import InputError
from assistant.interview import Given, Interview, Reply, State
from assistant.knowledge import Knowledge
from assistant.triage import LEVELS
from corpus.conditions import leaves
from corpus.form import MAX_QUESTIONS, Complaint, Question
from corpus.load import load_form

FORM = load_form()
COMPLAINTS = {complaint.id: complaint for complaint in FORM.complaints}
RED_FLAGS = {q.id: (c, q) for c in FORM.complaints for q in c.questions if q.red_flag}
HEALTHY = {"systolic_bp": 120.0, "diastolic_bp": 75.0, "heart_rate": 70.0, "glucose_mmol_l": 6.0, "ketones_mmol_l": 0.2}


@pytest.fixture(scope="module")
def interview(knowledge: Knowledge) -> Interview:
    return Interview(FORM, knowledge, Settings(_env_file=None))


def someone(complaint: Complaint) -> Patient:
    """A patient who may have the complaint, as unremarkable as possible."""
    wanted = str(complaint.applies_when)
    age = 0.6 if "< 1'" in wanted else 5 if "< 16" in wanted else 30
    return Patient(age_years=age, sex="female" if "sex" in wanted else None)


def well(interview: Interview, question: Question) -> Reply:
    """The reply of somebody who has nothing the question asks about."""
    if interview.kind(question) == "number":
        return HEALTHY.get(question.about, 30.0)
    return "female" if interview.kind(question) == "sex" else "absent"


def walk(interview: Interview, state: State, **replies: Any) -> tuple[State, list[Question]]:
    """Answer every question as a well person does, but for *replies* by what is asked about."""
    asked = []
    while (question := interview.next_question(state)) is not None:
        state = interview.answer(state, replies.get(question.about, well(interview, question)))
        asked.append(question)
    return state, asked


def level(interview: Interview, state: State) -> str:
    return interview.result(state).urgency.level


def test_the_form_covers_the_commonest_complaints() -> None:
    assert len(COMPLAINTS) >= 28


@pytest.mark.parametrize("name", COMPLAINTS)
def test_a_yes_to_the_first_question_is_an_emergency_and_ends_the_questions(interview: Interview, name: str) -> None:
    state = interview.start(patient=someone(COMPLAINTS[name]), complaint=name)
    assert interview.next_question(state) == COMPLAINTS[name].questions[0]
    state = interview.answer(state, "present")
    assert level(interview, state) == "emergency"
    assert interview.next_question(state) is None
    assert interview.result(state).not_known == ()


@pytest.mark.parametrize("name", RED_FLAGS)
def test_a_yes_to_any_red_flag_question_is_urgent_at_least(interview: Interview, name: str) -> None:
    complaint, question = RED_FLAGS[name]
    answers = [Given(question=name, reply="present")]
    for _, concept in leaves(question.ask_when or {}):
        on = next((q for q in complaint.questions if q.about == concept), None)
        answers += [Given(question=on.id, reply="present")] if on else []
    state = interview.start(patient=someone(complaint), complaint=complaint.id)
    assert level(interview, state.model_copy(update={"answers": tuple(answers)})) in ("emergency", "urgent")


def test_another_word_that_answers_a_red_flag_question_weighs_as_much(
    interview: Interview, knowledge: Knowledge
) -> None:
    for complaint, question in RED_FLAGS.values():
        state = interview.start(patient=someone(complaint), complaint=complaint.id)
        for concept in question.also:
            patient = someone(complaint).updated(symptoms=[knowledge.table.label(concept, "en")])
            other = state.model_copy(update={"patient": patient})
            assert level(interview, other) in ("emergency", "urgent"), (question.id, concept)


@pytest.mark.parametrize("name", COMPLAINTS)
def test_nothing_found_raises_no_alarm_and_takes_seven_questions_at_most(interview: Interview, name: str) -> None:
    complaint = COMPLAINTS[name]
    start = interview.start(patient=someone(complaint), complaint=name)
    state, asked = walk(interview, start)
    assert level(interview, state) == level(interview, start) != "emergency"
    assert LEVELS.index(interview.result(state).urgency.level) >= LEVELS.index(complaint.at_least)
    assert len(asked) <= MAX_QUESTIONS
    assert len({question.about for question in asked}) == len(asked)
    flags = [question.red_flag for question in asked]
    assert flags == sorted(flags, reverse=True)


def test_every_text_is_in_both_languages_and_asks_one_short_thing() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for complaint in FORM.complaints:
        assert han.search(complaint.name.zh)
        assert not han.search(complaint.name.en)
        for question in complaint.questions:
            assert han.search(question.text.zh), question.id
            assert question.text.zh.count("？") == 1, question.id
            assert not han.search(question.text.en), question.id
            assert question.text.en.count("?") == 1, question.id
            assert len(question.text.en.split()) <= 26, question.id
            assert len(question.text.zh) <= 45, question.id


def test_what_the_record_says_is_not_asked(interview: Interview) -> None:
    patient = Patient(age_years=70, medications=["warfarin"], symptoms=["dizziness"], absent=["fainting"])
    state = interview.start(patient=patient, complaint="rectal_bleeding", language="en")
    assert level(interview, state) == "emergency"
    calm = Patient(age_years=70, absent=["dizziness", "fainting", "anticoagulant"])
    _, asked = walk(interview, interview.start(patient=calm, complaint="rectal_bleeding"))
    assert {"dizziness", "fainting", "anticoagulant"}.isdisjoint(question.about for question in asked)


def test_what_the_free_text_says_is_not_asked(interview: Interview) -> None:
    state = interview.start("He has had a cough for a week, no fever, no blood in sputum, no chest pain")
    assert state.complaint == "cough"
    _, asked = walk(interview, state)
    assert {"haemoptysis", "chest_pain"}.isdisjoint(question.about for question in asked)
    assert any(question.about == "breathlessness_at_rest" for question in asked)


def test_a_general_no_answers_the_more_particular_question(interview: Interview) -> None:
    patient = Patient(age_years=40, absent=["breathlessness"])
    _, asked = walk(interview, interview.start(patient=patient, complaint="cough"))
    assert {"breathlessness", "breathlessness_at_rest"}.isdisjoint(question.about for question in asked)


def test_a_particular_yes_answers_the_more_general_question(interview: Interview) -> None:
    patient = Patient(age_years=40, sex="male", symptoms=["pleuritic chest pain"])
    state = interview.start(patient=patient, complaint="cough")
    assert level(interview, state) == "emergency"
    state = interview.start(patient=Patient(age_years=30, conditions=["type 2 diabetes"]), complaint="vomiting")
    assert all(question.about != "diabetes" for question in walk(interview, state)[1])


def test_another_word_for_the_same_thing_answers_too(interview: Interview) -> None:
    state = interview.start("宝宝厌奶两天了", Patient(age_years=0.5))
    assert state.complaint == "baby_unwell"
    assert all(question.about != "baby_not_feeding" for question in walk(interview, state)[1])


def test_a_measurement_is_asked_with_a_number_and_used(interview: Interview) -> None:
    patient = Patient(age_years=60)
    state, asked = walk(interview, interview.start(patient=patient, complaint="high_blood_pressure"), systolic_bp=190)
    assert "systolic_bp" in {question.about for question in asked}
    assert level(interview, state) == "urgent"
    state, _ = walk(interview, interview.start("血压 190/100", patient, complaint="high_blood_pressure"))
    assert all(given.question != "high_blood_pressure.systolic_bp" for given in state.answers)
    assert level(interview, state) == "urgent"


def test_an_age_in_words_is_not_exact_enough_where_months_decide(interview: Interview) -> None:
    state = interview.start(complaint="baby_unwell", language="en")
    state, asked = walk(interview, state, age=0.1, fever="present")
    assert [question.about for question in asked][-2:] == ["fever", "age"]
    assert level(interview, state) == "emergency"


def test_a_question_follows_only_where_it_can_apply(interview: Interview) -> None:
    _, asked = walk(interview, interview.start(patient=Patient(age_years=40, sex="female"), complaint="abdominal_pain"))
    assert "testicular_pain" not in {question.about for question in asked}
    _, asked = walk(interview, interview.start(patient=Patient(age_years=80, sex="male"), complaint="abdominal_pain"))
    assert "pregnant" not in {question.about for question in asked}
    _, asked = walk(interview, interview.start(patient=Patient(age_years=80), complaint="fall"))
    assert "anticoagulant" not in {question.about for question in asked}
    fell = interview.start(patient=Patient(age_years=80), complaint="fall")
    state, _ = walk(interview, fell, head_injury="present", anticoagulant="present")
    assert level(interview, state) == "emergency"


def test_dont_know_is_never_a_no(interview: Interview) -> None:
    state = interview.start(patient=Patient(age_years=40), complaint="nosebleed", language="en")
    state, _ = walk(interview, state, severe_bleeding="unknown")
    outcome = interview.result(state)
    assert outcome.urgency.level == "urgent"
    assert [question.about for question in outcome.not_known] == ["severe_bleeding"]
    assert outcome.urgency.reasons[0].rule == "nosebleed.severe_bleeding"
    assert "severe bleeding" not in outcome.patient.absent


def test_dont_know_where_the_source_does_not_say_to_be_safe_is_reported_only(interview: Interview) -> None:
    state = interview.start(patient=Patient(age_years=40), complaint="nosebleed", language="zh")
    state, _ = walk(interview, state, anticoagulant="unknown")
    outcome = interview.result(state)
    assert outcome.urgency.level == "routine"
    assert [question.about for question in outcome.not_known] == ["anticoagulant"]


def test_dont_know_does_not_lower_and_is_not_asked_again(interview: Interview) -> None:
    state = interview.start(patient=Patient(age_years=40), complaint="cough")
    state = interview.answer(state, "unknown")
    state = interview.choose(state, "breathlessness")
    assert interview.next_question(state) != COMPLAINTS["breathlessness"].questions[0]
    assert level(interview, state) == "urgent"


def test_questions_not_asked_yet_are_reported_as_not_known(interview: Interview) -> None:
    outcome = interview.result(interview.start(patient=Patient(age_years=40), complaint="headache"))
    assert "thunderclap_headache" in {question.about for question in outcome.not_known}


def test_a_complaint_that_needs_looking_at_in_any_case_says_so(interview: Interview) -> None:
    state, _ = walk(interview, interview.start(patient=Patient(age_years=50), complaint="chest_pain", language="zh"))
    urgency = interview.result(state).urgency
    assert urgency.level == "urgent"
    assert urgency.reasons[0].rule == "chest_pain"
    assert "胸痛" in urgency.reasons[0].text


def test_an_emergency_in_the_free_text_needs_no_question(interview: Interview) -> None:
    for text in ("crushing chest pain for 20 minutes", "我爸吐血了"):
        state = interview.start(text)
        assert interview.next_question(state) is None
        assert level(interview, state) == "emergency"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("no chest pain but a bad cough", "cough"),
        ("没有胸痛，就是拉肚子", "diarrhoea"),
        ("my gout attack is back", "joint_pain"),
        ("孩子发烧39度", "fever_child"),
        ("尿管不流尿了", "catheter_problem"),
        ("我有高血压，今天头痛得厉害", "headache"),
        ("Mum fell and her hip hurts", "fall"),
        ("what may he eat?", None),
    ],
)
def test_the_complaint_is_found_in_free_text(interview: Interview, text: str, complaint: str | None) -> None:
    assert interview.start(text).complaint == complaint


def test_only_complaints_a_patient_can_have_are_offered(interview: Interview) -> None:
    man = {complaint.id for complaint in interview.offered(Patient(age_years=40, sex="male"))}
    assert {"pregnancy", "after_birth", "baby_unwell", "fever_child"}.isdisjoint(man)
    assert "fever_adult" in man
    assert {"pregnancy", "fever_child"} <= {complaint.id for complaint in interview.offered(Patient())}
    with pytest.raises(InputError, match="no complaint 'pregnancy'"):
        interview.start(patient=Patient(sex="male"), complaint="pregnancy")


def test_a_state_comes_back_from_json_as_it_was(interview: Interview) -> None:
    state = interview.start("血压 150/90", Patient(age_years=66, labs={"potassium_mmol_l": 5}), complaint="dizziness")
    state = interview.answer(interview.answer(interview.answer(state, "absent"), "unknown"), "absent")
    state = interview.back(state)
    state, _ = walk(interview, interview.choose(state, "high_blood_sugar"), glucose_mmol_l=12.5)
    again = State.model_validate_json(state.model_dump_json())
    assert again == state
    assert interview.next_question(again) == interview.next_question(state)
    assert interview.result(again) == interview.result(state)


def test_going_back_keeps_the_answer_and_counts_it_no_more(interview: Interview) -> None:
    state = interview.start(patient=Patient(age_years=40), complaint="headache")
    first = interview.next_question(state)
    assert first is not None
    done = interview.answer(interview.answer(state, "absent"), "absent")
    back = interview.back(interview.back(done))
    assert interview.next_question(back) == first
    assert interview.earlier_reply(back, first) == "absent"
    assert back.answers == ()
    assert interview.answer(interview.answer(back, "absent"), "absent") == done
    assert interview.back(back) == back


def test_going_back_from_an_emergency_goes_on_with_the_questions(interview: Interview) -> None:
    state = interview.answer(interview.start(patient=Patient(age_years=40), complaint="headache"), "present")
    assert level(interview, state) == "emergency"
    changed = interview.answer(interview.back(state), "absent")
    assert changed.kept == ()
    assert level(interview, changed) == "self_care"
    assert interview.next_question(changed) is not None


def test_an_unusable_reply_is_refused(interview: Interview) -> None:
    state = interview.start(patient=Patient(age_years=40), complaint="headache")
    with pytest.raises(InputError, match="present, absent, unknown"):
        interview.answer(state, "female")
    glucose = State(complaint="low_blood_sugar", patient=Patient(absent=["unresponsive", "confusion", "drowsiness",
                    "seizure", "unable to swallow anything"]))  # fmt: skip
    with pytest.raises(InputError, match="a number"):
        interview.answer(glucose, "present")
    with pytest.raises(InputError, match="not possible"):
        interview.answer(glucose, 900)
    stale = State(complaint="headache", answers=(Given(question="headache.unicorn", reply="present"),))
    with pytest.raises(InputError, match=r"no question 'headache\.unicorn'"):
        interview.next_question(stale)
    with pytest.raises(InputError, match="no question left"):
        interview.answer(interview.start("crushing chest pain"), "absent")


def test_the_patient_carries_the_answers_in_the_users_language(interview: Interview) -> None:
    state = interview.start(patient=Patient(age_years=30, sex="female"), complaint="pregnancy", language="zh")
    state, _ = walk(interview, state, bleeding_in_pregnancy="present")
    patient = interview.patient(state)
    assert patient.pregnant is True
    assert "妊娠期出血" in patient.symptoms
    assert level(interview, state) == "urgent"
    assert interview.result(state, "en").urgency.action.isascii()
