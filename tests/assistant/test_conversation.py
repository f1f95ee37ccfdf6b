"""Conversations: what is left out, what comes late, what is taken back, and in which form and language it is told."""

from __future__ import annotations

import pytest

from assistant import Answer, Assistant, InputError, Patient
from assistant.conversation import Conversation, State
from assistant.facts import PatientFacts
from assistant.intake import read
from assistant.persons import hear
from corpus.concepts import ConceptTable


def has(patient: Patient, concept: str, table: ConceptTable) -> bool:
    return PatientFacts(patient, None, table).concept("condition", concept).truth is True


def topics(answer: Answer, care: Assistant) -> set[str]:
    return {care.knowledge.topic_of[item.id] for item in answer.recommendations}


def targets(answer: Answer, care: Assistant) -> set[str]:
    ids = [item.id for item in answer.recommendations] + [item.id for item in answer.held_back]
    known = care.knowledge.statements
    return {a.target for i in ids if i in known for a in known[i].advice} | {i.rpartition("/")[2] for i in ids}


# State


def test_the_state_is_a_value_that_goes_through_json(care: Assistant) -> None:
    chat = care.conversation(audience="patient")
    chat.say("I'm 58 and have type 2 diabetes. What about lunch?")
    chat.say("as a care plan")
    kept = State.model_validate_json(chat.state.model_dump_json())
    assert kept == chat.state
    before = chat.state
    resumed = Conversation.resume(care, kept)
    assert resumed.say("And beans?") == care.conversation(state=before).say("And beans?")
    assert chat.state == before
    assert len(resumed.answers) == 3


def test_two_conversations_share_nothing(care: Assistant) -> None:
    one, other = care.conversation(), care.conversation()
    one.say("72-year-old with heart failure on warfarin")
    other.say("What should one eat with gout?")
    assert other.patient.age_years is None
    assert not other.patient.medications
    assert len(one.answers) == len(other.answers) == 1


def test_a_message_that_cannot_be_true_changes_nothing(care: Assistant) -> None:
    chat = care.conversation(Patient(sex="male", conditions=["gout"]))
    before = chat.state
    for wrong in ("", "blood pressure 90/40, diastolic bp 120", "\n"):
        with pytest.raises(InputError):
            chat.say(wrong)
    assert chat.state == before


# What a turn leaves out


def test_a_follow_up_keeps_the_subject(care: Assistant) -> None:
    chat = care.conversation()
    chat.say("What should a man with gout drink?")
    answer = chat.say("And beer?")
    assert "gout" in topics(answer, care)
    assert {"beer", "alcohol"} & targets(answer, care)
    answer = chat.say("那海鲜呢？")
    assert answer.language == "zh"
    assert care.knowledge.table.is_a("shellfish", "seafood") or "seafood" in targets(answer, care)


def test_another_subject_leaves_the_old_one_behind(care: Assistant) -> None:
    chat = care.conversation()
    chat.say("Bedbound lady with a stage 2 pressure ulcer: how do we position her?")
    chat.say("Different question: what helps against constipation?")
    assert chat.plan is not None
    assert "constipation" in chat.plan.named
    assert not any("pressure" in concept for concept in chat.plan.named)
    chat.say("Back to the pressure ulcer: how often do we turn her?")
    assert not any("constipation" in concept for concept in chat.plan.named)


def test_another_persons_question_is_answered_for_that_person(care: Assistant, table: ConceptTable) -> None:
    chat = care.conversation()
    chat.say("84-year-old with heart failure. How much salt?")
    answer = chat.say("Another question: the man in the next bed has gout, what should he drink?")
    assert "gout" in topics(answer, care)
    assert not has(chat.patient, "gout", table)
    assert has(chat.patient, "heart_failure", table)


# Whose illness it is


@pytest.mark.parametrize(
    ("first", "later", "illness"),
    [
        ("I have gout. What can I eat?", "My sister has epilepsy, she eats no sugar.", "epilepsy"),
        ("I have gout. What can I eat?", "A friend told me his colleague had a stroke.", "stroke"),
        ("我有痛风，怎么吃？", "我姐姐有癫痫。", "epilepsy"),
        ("Patient with COPD. Exercise?", "His brother has epilepsy.", "epilepsy"),
    ],
)
def test_somebody_elses_illness_is_not_the_patients(
    care: Assistant, table: ConceptTable, first: str, later: str, illness: str
) -> None:
    chat = care.conversation()
    chat.say(first)
    answer = chat.say(later)
    assert not has(chat.patient, illness, table)
    assert any(table.label(illness, answer.language) in line for line in answer.not_checked) or "friend" in later


def test_a_child_stays_one_in_the_turns_that_follow(care: Assistant) -> None:
    chat = care.conversation(audience="patient")
    chat.say("My toddler has diarrhoea, what now?")
    answer = chat.say("And apple juice?")
    assert "diarrhoea-adult-fluids" not in {item.id for item in answer.recommendations}
    assert chat.say("那茶呢？").language == "zh"
    assert chat.plan is not None
    assert "tea" in chat.plan.asked


def test_a_carers_relative_is_the_patient(care: Assistant, table: ConceptTable) -> None:
    chat = care.conversation(audience="patient")
    chat.say("I'm looking after my mum, she's 82 with dementia. How do I keep her safe?")
    assert chat.patient.age_years == 82
    assert has(chat.patient, "dementia", table)
    chat.say("My daughter says mum has a cough too.")
    assert has(chat.patient, "cough", table)


def test_who_is_spoken_of(table: ConceptTable) -> None:
    assert hear(read("My dad's potassium is 5.7", table), None, False, table).person == "father"
    assert hear(read("My wife has epilepsy, can she eat the same as me?", table), None, False, table).person is None
    assert hear(read("我爸有高血压", table), None, True, table).person == "father"


def test_an_emergency_of_somebody_else_is_still_one(care: Assistant, table: ConceptTable) -> None:
    chat = care.conversation(audience="patient")
    chat.say("I have gout. What can I eat?")
    answer = chat.say("My husband has crushing chest pain and is sweating!")
    assert answer.urgency.level == "emergency"
    assert not has(chat.patient, "chest_pain", table)


# The last word wins


@pytest.mark.parametrize(
    ("first", "correction", "facts"),
    [
        ("She is 45 with gout", "No, she's 54 not 45", {"age_years": 54}),
        ("45岁，痛风", "不是45，是54", {"age_years": 54}),
        ("Gout, potassium 5.8", "sorry, 4.8 not 5.8", {"labs": {"potassium_mmol_l": 4.8}}),
        ("Gout, BP 190/95", "BP is 150/95 not 190", {"vitals": {"systolic_bp": 150, "diastolic_bp": 95}}),
        ("Gout, potassium 5.8", "I meant 4.8", {"labs": {"potassium_mmol_l": 4.8}}),
        ("Gout, female", "sorry, that should be male, not female", {"sex": "male"}),
    ],
)
def test_a_corrected_number_replaces_the_old_one(
    care: Assistant, first: str, correction: str, facts: dict[str, object]
) -> None:
    chat = care.conversation()
    chat.say(first)
    chat.say(correction)
    known = chat.patient.model_dump()
    for key, value in facts.items():
        assert known[key] == value


@pytest.mark.parametrize(
    ("first", "correction", "gone"),
    [
        ("70-year-old with type 2 diabetes and gout", "Sorry, she isn't diabetic", "diabetes"),
        ("70岁，2型糖尿病、痛风", "说错了，她没有糖尿病", "diabetes"),
        ("Gout, takes warfarin", "she isn't on warfarin", "warfarin"),
        ("痛风，在吃华法林", "其实没吃华法林", "warfarin"),
    ],
)
def test_what_is_denied_is_taken_away(
    care: Assistant, table: ConceptTable, first: str, correction: str, gone: str
) -> None:
    chat = care.conversation()
    chat.say(first)
    assert has(chat.patient, gone, table)
    chat.say(correction)
    assert not has(chat.patient, gone, table)
    assert has(chat.patient, "gout", table)
    assert any(table.lookup(word) == gone or gone in word for word in chat.patient.absent)


def test_an_illness_of_the_past_is_remembered_but_is_no_emergency(care: Assistant, table: ConceptTable) -> None:
    chat = care.conversation()
    chat.say("Knee osteoarthritis, may he take ibuprofen?")
    answer = chat.say("He had a bleeding stomach ulcer last year.")
    assert has(chat.patient, "peptic_ulcer", table)
    assert answer.urgency.level != "emergency"


def test_what_was_somebody_elses_is_taken_back(care: Assistant, table: ConceptTable) -> None:
    chat = care.conversation()
    chat.say("66-year-old with gout")
    chat.say("Also has epilepsy, potassium 6.2")
    chat.say("Sorry, that was the lady opposite, not her.")
    assert not has(chat.patient, "epilepsy", table)
    assert not chat.patient.labs
    assert has(chat.patient, "gout", table)


def test_a_warning_sign_said_to_be_gone_still_counts_until_it_is_corrected(care: Assistant) -> None:
    chat = care.conversation()
    chat.say("61-year-old with crushing chest pain")
    assert chat.say("No chest pain now.").urgency.level == "emergency"
    assert chat.say("I made a mistake, he has no chest pain, that was wrong.").urgency.level != "emergency"


def test_an_allergy_told_is_kept_and_is_no_medicine(care: Assistant) -> None:
    chat = care.conversation()
    chat.say("She has gout and is allergic to penicillin and fish.")
    assert set(chat.patient.allergies) == {"penicillin", "fish"}
    assert not chat.patient.medications
    answer = chat.say("And salmon?")
    assert any(held.id.endswith("/salmon") for held in answer.held_back)
    chat.say("Is she allergic to milk?")
    chat.say("她对花生也过敏")
    assert "花生" in chat.patient.allergies
    assert "milk" not in chat.patient.allergies


# Late facts


@pytest.mark.parametrize(
    ("first", "fact", "key"),
    [
        ("Diet for high blood pressure?", "Potassium is 5.9.", "labs.potassium_mmol_l"),
        ("高血压怎么吃？", "血钾5.9。", "labs.potassium_mmol_l"),
    ],
)
def test_a_late_fact_says_which_earlier_advice_it_changes_and_why(
    care: Assistant, first: str, fact: str, key: str
) -> None:
    chat = care.conversation()
    earlier = {item.id for item in chat.say(first).recommendations}
    answer = chat.say(fact)
    held = [change for change in answer.changed if change.now == "held_back"]
    assert held
    for change in held:
        assert change.id in earlier
        assert change.was == "recommended"
        assert change.why
        assert key in {b.field for b in change.because}
        assert change.text in answer.text
        assert change.id not in {item.id for item in answer.recommendations}
        quotes = [c.quote for c in answer.citations if c.n in change.citations]
        assert any(change.text in quote for quote in quotes)
    for citation in answer.citations:
        assert care.document(citation.document).text[citation.start : citation.end] == citation.quote
    assert answer.text.index(held[0].text) < answer.text.index(answer.recommendations[0].text)
    assert not chat.say("Thanks").changed


def test_advice_whose_reason_is_gone_is_said_to_be(care: Assistant) -> None:
    chat = care.conversation()
    chat.say("Takes warfarin, what about vegetables?")
    answer = chat.say("Correction: she isn't on warfarin.")
    assert any(change.was == "recommended" and change.now == "not_for_patient" for change in answer.changed)


def test_advice_held_back_may_stand_again(care: Assistant) -> None:
    chat = care.conversation()
    first = chat.say("High blood pressure, potassium 5.9. What about low-sodium salt and vegetables?")
    assert first.held_back
    answer = chat.say("Sorry, potassium is 4.1, not 5.9.")
    assert any(change.was == "held_back" for change in answer.changed)
    assert len({change.id for change in answer.changed}) == len(answer.changed)


def test_a_question_without_new_facts_changes_nothing(care: Assistant) -> None:
    chat = care.conversation(Patient(conditions=["gout"]))
    chat.say("What to drink?")
    assert not chat.say("And coffee?").changed


# Forms, sources, languages


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SBAR", "sbar"),
        ("as a care plan", "care_plan"),
        ("Why?", "why"),
        ("shorter", "shorter"),
        ("in plain words", "plain"),
        ("more detail", "longer"),
        ("source of 1", "source"),
        ("整理成护理计划", "care_plan"),
    ],
)
def test_the_last_answer_is_put_in_another_form(care: Assistant, text: str, form: str) -> None:
    chat = care.conversation(Patient(age_years=70, conditions=["heart failure"]))
    full = chat.say("How much salt and fluid?")
    answer = chat.say(text)
    assert answer.form == form
    assert answer.text != full.text
    assert answer.question == text
    assert chat.patient == Patient(age_years=70, conditions=["heart failure"])
    known = {item.id for item in full.recommendations}
    if form != "longer":
        assert {item.id for item in answer.recommendations} <= known


def test_a_form_never_shows_what_a_later_fact_forbids(care: Assistant) -> None:
    chat = care.conversation()
    chat.say("Diet for high blood pressure?")
    held = {c.id for c in chat.say("Potassium 6.1 and CKD stage 4.").changed if c.now == "held_back"}
    plan = chat.say("care plan please")
    assert held
    assert not held & {item.id for item in plan.recommendations}


def test_a_care_plan_gathers_what_was_advised_in_the_whole_conversation(care: Assistant) -> None:
    chat = care.conversation(Patient(age_years=81, conditions=["heart failure", "gout"]))
    first = {i.id for i in chat.say("How often should he weigh himself?").recommendations}
    second = {i.id for i in chat.say("What about alcohol in gout?").recommendations}
    plan = {i.id for i in chat.say("Put it in a care plan").recommendations}
    assert plan & (first - second)
    assert plan & second


def test_facts_that_come_with_a_form_are_in_it(care: Assistant) -> None:
    chat = care.conversation(Patient(conditions=["heart failure"]))
    chat.say("How much salt?")
    answer = chat.say("SBAR please: sats 83%, respiratory rate 31")
    assert answer.form == "sbar"
    assert answer.urgency.level == "emergency"
    assert "83" in answer.text


def test_a_change_of_language_keeps_the_facts_and_the_advice(care: Assistant) -> None:
    chat = care.conversation(audience="patient")
    first = chat.say("我有痛风，能喝什么？")
    answer = chat.say("请用英文再说一遍")
    assert answer.language == "en"
    assert [i.id for i in answer.recommendations] == [i.id for i in first.recommendations]
    assert chat.say("那咖啡呢？").language == "zh"
    assert chat.say("Chinese please: and tea?").language == "zh"


def test_a_language_asked_for_at_the_start_holds_until_the_user_changes_theirs(care: Assistant) -> None:
    chat = care.conversation(language="zh")
    assert chat.say("What should one eat with gout?").language == "zh"
    assert chat.say("And beer?").language == "zh"
    assert chat.say("在英国怎么买？那咖啡呢？").language == "zh"
    assert chat.say("And coffee?").language == "en"
    assert chat.say("SBAR").language == "en"


def test_why_may_name_something_dealt_with_before(care: Assistant) -> None:
    chat = care.conversation(Patient(conditions=["gout"]))
    chat.say("What about beer?")
    chat.say("And coffee?")
    answer = chat.say("Why should he leave out beer?")
    assert answer.form == "why"
    assert {"beer", "alcohol", "spirits"} & targets(answer, care)


def test_starting_over_forgets_everything(care: Assistant) -> None:
    chat = care.conversation(audience="patient")
    chat.say("I have heart failure and take warfarin")
    note = chat.say("New patient")
    assert note.form == "note"
    assert chat.patient.is_empty
    assert chat.plan is None
    assert chat.say("shorter").form == "note"
    answer = chat.say("换个病人：30岁，哮喘，能养猫吗？")
    assert chat.patient.age_years == 30
    assert not answer.changed


def test_thanks_are_not_answered_with_advice_but_an_emergency_stays(care: Assistant) -> None:
    chat = care.conversation()
    chat.say("Crushing chest pain, sweating")
    answer = chat.say("ok thanks")
    assert answer.form == "note"
    assert answer.urgency.level == "emergency"
    assert "EMERGENCY" in answer.text
