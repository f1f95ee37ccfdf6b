"""NEWS2 against a second implementation, written as the chart's columns rather than as bands."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import News2, news2


def columns(
    value: float, three_low: float | None, two_low: Any, one_low: Any, zero: Any, one_high: Any, two_high: Any
) -> int:
    """Score by asking of each column of the chart, from the outside in, whether the value stands in it."""
    for points, column in ((0, zero), (1, one_low), (1, one_high), (2, two_low), (2, two_high)):
        if column is not None and column[0] <= value <= column[1]:
            return points
    return 3


def reference(v: dict[str, Any]) -> int:
    total = columns(v["respiratory_rate"], 8, None, (9, 11), (12, 20), None, (21, 24))
    oxygen = v["on_oxygen"]
    if v["spo2_scale"] == 1:
        total += columns(v["spo2"], 91, (92, 93), (94, 95), (96, 100), None, None)
    elif oxygen:
        total += columns(v["spo2"], 83, (84, 85), (86, 87), (88, 92), (93, 94), (95, 96))
    else:
        total += columns(v["spo2"], 83, (84, 85), (86, 87), (88, 100), None, None)
    total += 2 if oxygen else 0
    total += columns(v["systolic_bp"], 90, (91, 100), (101, 110), (111, 219), None, None)
    total += columns(v["heart_rate"], 40, None, (41, 50), (51, 90), (91, 110), (111, 130))
    total += 0 if v["consciousness"] == "A" else 3
    tenths = round(v["temperature_c"] * 10)
    return total + columns(tenths, 350, None, (351, 360), (361, 380), (381, 390), (391, 10**6))


VITALS = st.fixed_dictionaries(
    {
        "respiratory_rate": st.integers(1, 60),
        "spo2": st.integers(60, 100),
        "spo2_scale": st.sampled_from([1, 2]),
        "on_oxygen": st.booleans(),
        "systolic_bp": st.integers(40, 260),
        "heart_rate": st.integers(20, 220),
        "consciousness": st.sampled_from("ACVPU"),
        "temperature_c": st.integers(300, 430).map(lambda tenths: tenths / 10),
    }
)


@settings(max_examples=3000, deadline=None)
@given(VITALS)
def test_the_score_agrees_with_a_second_implementation(vitals: dict[str, Any]) -> None:
    assert news2(vitals).score == reference(vitals)


EDGES = {
    "respiratory_rate": [(8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (24, 2), (25, 3)],
    "spo2": [(91, 3), (92, 2), (93, 2), (94, 1), (95, 1), (96, 0)],
    "systolic_bp": [(90, 3), (91, 2), (100, 2), (101, 1), (110, 1), (111, 0), (219, 0), (220, 3)],
    "heart_rate": [(40, 3), (41, 1), (50, 1), (51, 0), (90, 0), (91, 1), (110, 1), (111, 2), (130, 2), (131, 3)],
    "temperature_c": [(35.0, 3), (35.1, 1), (36.0, 1), (36.1, 0), (38.0, 0), (38.1, 1), (39.0, 1), (39.1, 2)],
    "consciousness": [("A", 0), ("C", 3), ("V", 3), ("P", 3), ("U", 3)],
    "on_oxygen": [(True, 2), (False, 0)],
}


@pytest.mark.parametrize(("name", "value", "points"), [(n, v, p) for n, edges in EDGES.items() for v, p in edges])
def test_every_band_edge_of_the_chart(name: str, value: Any, points: int) -> None:
    assert news2({name: value}).parts[name] == points


@pytest.mark.parametrize(
    ("spo2", "oxygen", "points"),
    [(83, True, 3), (85, False, 2), (87, True, 1), (88, True, 0), (92, False, 0), (93, False, 0), (100, False, 0),
     (93, True, 1), (94, True, 1), (95, True, 2), (96, True, 2), (97, True, 3)],
)  # fmt: skip
def test_scale_2_depends_on_oxygen(spo2: int, oxygen: bool, points: int) -> None:
    assert news2({"spo2": spo2, "spo2_scale": 2, "on_oxygen": oxygen}).parts["spo2"] == points


def test_a_missing_vital_sign_is_listed_and_never_counted() -> None:
    score = news2({"respiratory_rate": 26, "heart_rate": 100})
    assert score.score == 4
    assert set(score.missing) == {"spo2", "on_oxygen", "systolic_bp", "consciousness", "temperature_c"}


def test_scale_2_without_knowing_about_oxygen_leaves_high_saturations_unscored() -> None:
    assert "spo2" in news2({"spo2": 96, "spo2_scale": 2}).missing


@pytest.mark.parametrize(
    ("vitals", "band"),
    [
        ({"heart_rate": 100}, "low"), ({"heart_rate": 131}, "low-medium"),
        ({"respiratory_rate": 25, "on_oxygen": True}, "medium"), ({"respiratory_rate": 25, "consciousness": "V", "heart_rate": 95}, "high"),
    ],
)  # fmt: skip
def test_bands(vitals: dict[str, Any], band: str) -> None:
    assert news2(vitals).band == band


@pytest.mark.parametrize("options", [{"age_years": 15}, {"pregnant": True}])
def test_it_does_not_apply_to_children_or_in_pregnancy(options: dict[str, Any]) -> None:
    result = news2({"heart_rate": 150}, **options)
    assert result.score is None
    assert result.band is None
    assert result.why_not


def test_no_vitals_at_all_is_no_score() -> None:
    assert isinstance(news2({}), News2)
    assert news2({}).score is None
