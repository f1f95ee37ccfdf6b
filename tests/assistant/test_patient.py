from __future__ import annotations

from typing import Any

import pytest

from assistant import InputError, Patient


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"age_years": -3}, "age_years"),
        ({"age_years": 200}, "age_years"),
        ({"age_years": True}, "number of years"),
        ({"vitals": {"spo2": 180}}, "spo2 180 is not possible"),
        ({"vitals": {"temperature_c": 98.6}}, "not possible"),
        ({"labs": {"potassium_mmol_l": -1}}, "not possible"),
        ({"labs": {"potassium_mmol_l": "5.6 mg"}}, "without a unit"),
        ({"labs": {"potassium_mmol_l": float("nan")}}, "finite"),
        ({"labs": {"glucose_mmol_l": 5.0, "glucose_mg_dl": 300}}, "contradict"),
        ({"vitals": {"systolic_bp": 80, "diastolic_bp": 120}}, "swapped"),
        ({"vitals": {"spo2_scale": 3}}, "spo2_scale"),
        ({"vitals": {"consciousness": "sleepy?"}}, "consciousness"),
        ({"vitals": {"blood_colour": 3}}, "unknown vital sign 'blood_colour'"),
        ({"sex": "male", "pregnant": True}, "pregnant"),
        ({"sex": "unknown"}, "sex"),
        ({"diagnosis": "flu"}, "unknown field 'diagnosis'"),
        ({"conditions": ["x" * 1000]}, "longer than"),
        ({"conditions": [3]}, "conditions"),
        ({"labs": [1, 2]}, "labs"),
    ],
)
def test_impossible_facts_are_refused_by_name(facts: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as error:
        Patient(**facts)
    assert "\n" not in str(error.value)


def test_other_units_are_converted() -> None:
    patient = Patient(labs={"glucose_mg_dl": 180, "hb_g_dl": 9.5}, vitals={"temperature_f": 101.3})
    assert patient.labs["glucose_mmol_l"] == pytest.approx(10, abs=0.05)
    assert patient.labs["hb_g_l"] == 95
    assert patient.vitals["temperature_c"] == pytest.approx(38.5, abs=0.01)


def test_the_same_value_in_two_units_is_no_contradiction() -> None:
    assert Patient(labs={"glucose_mmol_l": 10, "glucose_mg_dl": 180}).labs["glucose_mmol_l"] == 10


def test_unknown_words_and_labs_are_kept_and_reported() -> None:
    patient = Patient(conditions=["ckd stage 4", "Blorbs syndrome"], labs={"snozz_mmol_l": 3})
    assert patient.conditions == ("ckd stage 4", "Blorbs syndrome")
    assert patient.unrecognised == ("Blorbs syndrome", "snozz_mmol_l")


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '"text"', "[" * 100_000])
def test_a_file_that_is_not_an_object_of_facts_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Patient.from_json(text)


def test_a_patient_is_a_value() -> None:
    assert Patient(sex="女") == Patient(sex="female")
    assert Patient().is_empty
    updated = Patient(conditions=["copd"]).updated(conditions=["asthma"], labs={"inr": 2.5})
    assert updated.conditions == ("copd", "asthma")
    assert updated.labs == {"inr": 2.5}
