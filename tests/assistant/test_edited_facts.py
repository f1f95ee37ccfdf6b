"""Facts edited beside the conversation: the last question is answered again, and what changes is said."""

from __future__ import annotations

from typing import Any

import pytest

from assistant import Assistant, InputError, Patient

_ASKED = "72-year-old man, CKD stage 4, K 5.6, BP 158/92, takes ibuprofen. What should he eat and avoid?"


def test_an_edited_fact_counts_although_the_question_said_otherwise(care: Assistant) -> None:
    chat = care.conversation()
    first = chat.say(_ASKED)
    assert any("ibuprofen" in str(b.value) for r in first.recommendations for b in r.because)
    again = chat.edit(chat.patient.without("ibuprofen"))
    assert again is not None
    assert again.question == _ASKED
    assert not any("ibuprofen" in str(b.value) for r in again.recommendations for b in r.because)
    assert "not_for_patient" in {change.now for change in again.changed}
    assert chat.patient.medications == ()


def test_an_added_fact_says_what_it_holds_back(care: Assistant) -> None:
    chat = care.conversation(Patient(age_years=70, conditions=["type 2 diabetes"]))
    chat.say("Which foods should she eat more of, such as fruit and vegetables?")
    again = chat.edit(chat.patient.updated(labs={"potassium_mmol_l": 6.0}, conditions=["ckd stage 4"]))
    assert again is not None
    assert again.changed
    assert any(b.field == "labs.potassium_mmol_l" for change in again.changed for b in change.because)


def test_facts_edited_before_any_question_are_kept_and_nothing_is_answered(care: Assistant) -> None:
    chat = care.conversation()
    assert chat.edit(Patient(age_years=80)) is None
    assert chat.patient.age_years == 80
    assert chat.answers == []


def test_a_what_if_in_a_conversation_overrules_what_the_question_states_and_leaves_no_trace(care: Assistant) -> None:
    chat = care.conversation()
    chat.say(_ASKED)
    before = chat.state
    difference = chat.what_if("medications-=ibuprofen", "potassium_mmol_l=4.1")
    assert difference.removed
    assert difference.added
    assert all(change.why for change in (*difference.added, *difference.removed, *difference.changed))
    assert chat.state == before


def test_a_what_if_before_any_question_says_what_to_do(care: Assistant) -> None:
    with pytest.raises(InputError, match="ask a question first"):
        care.conversation().what_if("age_years=80")


@pytest.mark.parametrize(("form", "heading"), [("care_plan", "护理计划"), ("sbar", "SBAR"), ("plain", "给您的说明")])
def test_the_advice_is_arranged_in_another_language_without_a_turn(care: Assistant, form: Any, heading: str) -> None:
    chat = care.conversation()
    chat.say(_ASKED)
    arranged = chat.arranged(form, language="zh")
    assert arranged.text.startswith(f"## {heading}")
    assert "钾" in arranged.text
    assert len(chat.answers) == 1
    with pytest.raises(InputError, match="ask a question first"):
        care.conversation().arranged(form)
