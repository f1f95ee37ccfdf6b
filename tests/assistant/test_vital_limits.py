"""Limits by age and in pregnancy: at each edge, with the age unknown, and in the urgency that follows."""

from __future__ import annotations

from typing import Any

import pytest

from assistant import Patient, Settings, Urgency
from assistant.assistant import triage
from assistant.knowledge import Knowledge
from assistant.triage import LEVELS
from assistant.vital_limits import crossed_limits

#: Age, vital sign, value, and the colour that NICE, the Bedside PEWS or PALS gives it (numbers typed from the tables).
# fmt: off
CHILD_EDGES = [
    # under 3 months, and up to 1 year
    (0.1, "respiratory_rate", [(15, "red"), (16, "amber"), (19, "amber"), (20, None), (49, None), (50, "amber"), (59, "amber"), (60, "red")]),
    (0.1, "heart_rate", [(80, "red"), (81, "amber"), (90, "amber"), (91, None), (149, None), (150, "amber"), (159, "amber"), (160, "red")]),
    (0.1, "systolic_bp", [(69, "red"), (70, None)]),
    (0.02, "systolic_bp", [(59, "red"), (60, None)]),
    (0.1, "spo2", [(89, "red"), (90, "amber"), (95, "amber"), (96, None)]),
    (0.1, "temperature_c", [(35.9, "red"), (36.0, None), (37.9, None), (38.0, "red")]),
    (0.4, "temperature_c", [(35.9, "red"), (36.0, None), (38.9, None), (39.0, "amber"), (41.0, "amber")]),
    (0.4, "heart_rate", [(70, "red"), (71, "amber"), (80, "amber"), (81, None)]),
    # 1 to 2 years
    (1, "respiratory_rate", [(12, "red"), (13, "amber"), (15, "amber"), (16, None), (39, None), (40, "amber"), (49, "amber"), (50, "red")]),
    (2.99, "heart_rate", [(60, "red"), (61, "amber"), (70, "amber"), (71, None), (139, None), (140, "amber"), (149, "amber"), (150, "red")]),
    (1.5, "systolic_bp", [(71, "red"), (72, None)]),
    (2.5, "systolic_bp", [(73, "red"), (74, None)]),
    (2, "temperature_c", [(35.9, "red"), (36.0, None), (40.0, None)]),
    # 8 to 11 years
    (8, "respiratory_rate", [(10, "red"), (11, "amber"), (14, "amber"), (15, None), (21, None), (22, "amber"), (24, "amber"), (25, "red")]),
    (11.9, "heart_rate", [(59, "red"), (60, "amber"), (61, None), (104, None), (105, "amber"), (114, "amber"), (115, "red")]),
    (8, "systolic_bp", [(85, "red"), (86, None)]),
    (10, "spo2", [(89, "red"), (90, "amber"), (91, "amber"), (92, None)]),
    (10, "temperature_c", [(35.9, "amber"), (36.0, None)]),
    # 12 to 15 years
    (12, "heart_rate", [(40, "red"), (41, "amber"), (49, "amber"), (50, None), (90, None), (91, "amber"), (130, "amber"), (131, "red")]),
    (15.9, "systolic_bp", [(90, "red"), (91, "amber"), (100, "amber"), (101, None)]),
    (15.9, "spo2", [(92, "red"), (93, "amber"), (94, "amber"), (95, None)]),
]
PREGNANCY_EDGES = [
    ("respiratory_rate", [(9, "red"), (10, None), (20, None), (21, "amber"), (24, "amber"), (25, "red")]),
    ("heart_rate", [(49, "amber"), (50, None), (99, None), (100, "amber"), (130, "amber"), (131, "red")]),
    ("systolic_bp", [(90, "red"), (91, "amber"), (100, "amber"), (101, None), (139, None), (140, "amber"), (159, "amber"), (160, "red")]),
    ("spo2", [(92, "red"), (93, "amber"), (94, "amber"), (95, None)]),
    ("temperature_c", [(35.9, "amber"), (36.0, None), (37.9, None), (38.0, "amber")]),
]
# fmt: on


def colour(vitals: dict[str, Any], age: Any = None, pregnant: bool | None = None) -> str | None:
    crossed = crossed_limits(vitals, age, pregnant)
    assert len(crossed) <= len(vitals)
    return crossed[0].colour if crossed else None


@pytest.mark.parametrize(
    ("age", "vital", "value", "expected"),
    [(age, vital, value, expected) for age, vital, edges in CHILD_EDGES for value, expected in edges],
)
def test_each_edge_of_a_childs_limits(age: float, vital: str, value: float, expected: str | None) -> None:
    assert colour({vital: value}, age) == expected


@pytest.mark.parametrize(
    ("vital", "value", "expected"),
    [(vital, value, expected) for vital, edges in PREGNANCY_EDGES for value, expected in edges],
)
def test_each_edge_of_the_limits_in_pregnancy(vital: str, value: float, expected: str | None) -> None:
    assert colour({vital: value}, 30, True) == expected


@pytest.mark.parametrize("level", "CVPU")
@pytest.mark.parametrize(("age", "pregnant"), [(3, None), (28, True)])
def test_whoever_is_not_alert_is_red(level: str, age: float, pregnant: bool | None) -> None:
    assert colour({"consciousness": level}, age, pregnant) == "red"
    assert colour({"consciousness": "A"}, age, pregnant) is None


def test_nothing_is_judged_where_news2_applies_or_the_age_is_unknown() -> None:
    vitals = {"heart_rate": 190, "respiratory_rate": 60}
    assert crossed_limits(vitals, 16) == ()
    assert crossed_limits(vitals, 70, False) == ()
    assert crossed_limits(vitals) == ()
    assert crossed_limits({}, 3, True) == ()


def test_values_are_rounded_as_they_are_charted() -> None:
    assert colour({"temperature_c": 37.96}, 0.1) == "red"
    assert colour({"temperature_c": 37.94}, 0.1) is None
    assert colour({"heart_rate": 149.6}, 2) == "red"


def test_an_age_known_as_a_range_is_sure_only_where_all_of_it_agrees() -> None:
    (sure,) = crossed_limits({"heart_rate": 170}, (0, 17.9))
    assert (sure.colour, sure.level, sure.unsure) == ("red", "emergency", False)
    (unsure,) = crossed_limits({"heart_rate": 135}, (0, 17.9))
    assert (unsure.level, unsure.unsure) == ("urgent", True)
    assert "age is not known" in unsure.text("en")
    assert "年龄" in unsure.text("zh")


def test_a_pregnant_young_person_is_judged_by_the_more_cautious_limit() -> None:
    assert colour({"heart_rate": 95}, 15, True) == "amber"
    assert colour({"temperature_c": 38.2}, 15, True) == "amber"
    assert colour({"temperature_c": 38.2}, 15) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_limit_names_the_value_the_bound_the_age_and_its_source(language: str) -> None:
    (crossed,) = crossed_limits({"heart_rate": 190}, 1.5)
    text = crossed.text(language)
    for part in ("190/min", "150/min", {"en": "1–2 years", "zh": "1–2岁"}[language], "NICE", "NG254", "2025"):
        assert part in text
    assert crossed.rule == "limits/heart_rate"


def decide(text: str, knowledge: Knowledge, **facts: Any) -> Urgency:
    return triage(text, Patient(**facts), knowledge, Settings(_env_file=None))


def limits_of(urgency: Urgency) -> dict[str, str]:
    return {reason.rule: reason.text for reason in urgency.reasons if reason.rule.startswith("limits/")}


def test_children_and_pregnant_people_get_an_urgency_from_vital_signs(knowledge: Knowledge) -> None:
    child = decide("How is he?", knowledge, age_years=6, vitals={"respiratory_rate": 27})
    assert child.level == "emergency"
    assert child.news2 is not None
    assert child.news2.why_not
    assert set(limits_of(child)) == {"limits/respiratory_rate"}
    assert [because.field for because in child.reasons[-1].because] == ["vitals.respiratory_rate"]
    assert decide("How is he?", knowledge, age_years=6, vitals={"respiratory_rate": 24}).level == "urgent"
    assert decide("How is she?", knowledge, pregnant=True, vitals={"heart_rate": 131}).level == "emergency"
    assert decide("How is she?", knowledge, pregnant=True, vitals={"heart_rate": 80}).level == "routine"


def test_the_weeks_after_birth_count_as_pregnancy_for_the_mother_alone(knowledge: Knowledge) -> None:
    mother = decide("How is she?", knowledge, age_years=30, sex="female", conditions=["postpartum"], vitals={"heart_rate": 101})  # fmt: skip
    assert set(limits_of(mother)) == {"limits/heart_rate"}
    baby = decide("How is he?", knowledge, age_years=0.02, sex="male", conditions=["postpartum"], vitals={"heart_rate": 140})  # fmt: skip
    assert limits_of(baby) == {}


def test_normal_vital_signs_never_lower_a_red_flag(knowledge: Knowledge) -> None:
    well = {"heart_rate": 100, "respiratory_rate": 22, "spo2": 99, "temperature_c": 37.0}
    urgency = decide("She had a seizure and is unresponsive", knowledge, age_years=4, vitals=well)
    assert urgency.level == "emergency"
    assert limits_of(urgency) == {}
    amber = decide("She had a seizure and is unresponsive", knowledge, age_years=4, vitals=well | {"heart_rate": 131})
    assert amber.level == "emergency"
    assert set(limits_of(amber)) == {"limits/heart_rate"}


def test_an_adult_is_triaged_as_before(knowledge: Knowledge) -> None:
    urgency = decide("How is he?", knowledge, age_years=40, vitals={"heart_rate": 105})
    assert limits_of(urgency) == {}
    assert LEVELS.index(urgency.level) <= LEVELS.index("routine")
