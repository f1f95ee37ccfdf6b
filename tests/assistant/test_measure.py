from __future__ import annotations

import pytest

from assistant.measure import read_numbers
from corpus.concepts import ConceptTable


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "T38.4 P104 R22 BP 118/76",
            {"temperature_c": 38.4, "heart_rate": 104, "respiratory_rate": 22, "systolic_bp": 118},
        ),
        ("obs: 37.1 - 88 - 18 - 130/80", {"temperature_c": 37.1, "heart_rate": 88, "respiratory_rate": 18}),
        ("sats 93% on 3L", {"spo2": 93, "oxygen_flow_l_min": 3, "on_oxygen": True}),
        ("her blood pressure was 165 over 90", {"systolic_bp": 165, "diastolic_bp": 90}),
        ("高压一百六，低压九十五", {"systolic_bp": 160, "diastolic_bp": 95}),
        ("烧到38度6", {"temperature_c": 38.6}),
        ("GCS 13/15", {"gcs": 13}),
        ("pain 6/10 on moving", {"pain": 6}),
    ],
)
def test_numbers_in_ward_and_home_words(text: str, values: dict[str, float], table: ConceptTable) -> None:
    found = read_numbers(text, table)
    assert {key: {**found.labs, **found.vitals}.get(key) for key in values} == values


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("pulse 140, sorry, 114", "heart_rate", 114),
        ("K was 6.1 - no wait, 5.1", "potassium_mmol_l", 5.1),
        ("血糖15.2，看错了，是5.2", "glucose_mmol_l", 5.2),
        ("体重80公斤，不对，是80斤", "weight_kg", 40),
    ],
)
def test_the_last_word_wins(text: str, key: str, value: float, table: ConceptTable) -> None:
    found = read_numbers(text, table)
    assert {**found.labs, **found.vitals}[key] == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("67M, COPD", 67, "male"),
        ("My wife, 71, has a sore heel", 71, "female"),
        ("I'm a 45-year-old woman looking after my dad, who is 80 years old", 80, "male"),
        ("我妈82岁，腿肿", 82, "female"),
        ("患儿，男，7月龄", 7 / 12, "male"),
        ("she's 64, sorry, 46", 46, "female"),
        ("I'm 30 weeks pregnant and my husband worries", None, "female"),
        ("what is good for the heart?", None, None),
    ],
)
def test_age_and_sex_are_the_patients(text: str, age: float | None, sex: str | None, table: ConceptTable) -> None:
    found = read_numbers(text, table)
    assert found.sex == sex
    if age is None:
        assert found.age_years is None
    else:
        assert found.age_years == pytest.approx(age, abs=0.01)
