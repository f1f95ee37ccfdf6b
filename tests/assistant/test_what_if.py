from __future__ import annotations

import pytest

from assistant import Assistant, InputError, Patient
from assistant.what_if import with_changes

KIDNEY = Patient(age_years=72, sex="male", conditions=["ckd stage 4"], labs={"potassium_mmol_l": 5.6})


def test_a_value_a_flag_and_lists_can_be_changed() -> None:
    changed = with_changes(
        KIDNEY,
        ["potassium_mmol_l=4.1", "conditions+=gout, asthma", "conditions-=CKD stage 4", "spo2=95", "age_years=50"],
    )
    assert changed.labs == {"potassium_mmol_l": 4.1}
    assert changed.conditions == ("gout", "asthma")
    assert (changed.vitals["spo2"], changed.age_years) == (95, 50)


def test_another_unit_replaces_the_value_in_the_first() -> None:
    patient = Patient(labs={"glucose_mmol_l": 5.0})
    assert with_changes(patient, ["glucose_mg_dl=180"]).labs["glucose_mmol_l"] == pytest.approx(10, abs=0.1)


def test_a_fact_can_be_taken_away() -> None:
    assert not with_changes(KIDNEY, ["potassium_mmol_l=none"]).labs


@pytest.mark.parametrize(
    ("change", "message"),
    [("nonsense", "is no change"), ("shoe_size=42", "no fact called"), ("potassium_mmol_l+=1", "are for lists"),
     ("potassium_mmol_l=99", "not possible"), ("pregnant=true", "sex is male")],
)  # fmt: skip
def test_a_change_that_cannot_be_made_says_why(change: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        with_changes(KIDNEY, [change])


def test_lower_potassium_takes_the_potassium_advice_away_and_says_why(care: Assistant) -> None:
    difference = care.what_if("What should he eat and avoid?", KIDNEY, "potassium_mmol_l=4.1")
    gone = {change.id: change for change in difference.removed}
    assert "chronic_kidney_disease-potassium-limit" in gone or any("potassium" in c.text.lower() for c in gone.values())
    assert any(fact.field == "labs.potassium_mmol_l" and fact.value == 4.1 for c in gone.values() for fact in c.because)
    assert difference.before.recommendations != difference.after.recommendations
    assert "potassium_mmol_l=4.1" in difference.text


def test_a_change_of_nothing_changes_nothing(care: Assistant) -> None:
    difference = care.what_if("What should he eat and avoid?", KIDNEY, "potassium_mmol_l=5.6")
    assert (difference.added, difference.removed, difference.changed) == ((), (), ())


def test_a_new_illness_holds_advice_back_with_the_rule_s_reason(care: Assistant) -> None:
    patient = Patient(age_years=60, conditions=["hypertension"])
    difference = care.what_if("What diet is good for her?", patient, "conditions+=ckd stage 4", "potassium_mmol_l=5.9")
    held = {item.id for item in difference.after.held_back}
    assert any(change.id in held and change.because for change in difference.removed)
