"""The change of NEWS2 between two sets of vital signs, and the command that writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant import InputError, news2, news2_trend
from assistant.cli import app

WELL: dict[str, Any] = {"respiratory_rate": 16, "spo2": 97, "on_oxygen": False, "systolic_bp": 120, "heart_rate": 70,
                        "consciousness": "A", "temperature_c": 37.0}  # fmt: skip
ILL = WELL | {"respiratory_rate": 22, "heart_rate": 115}


def test_two_complete_sets_give_the_difference_of_the_scores() -> None:
    trend = news2_trend(WELL, ILL, earlier_at="2026-11-23T08:00", at="2026-11-23T09:30")
    assert (trend.earlier, trend.later) == (news2(WELL), news2(ILL))
    assert trend.change == 4
    assert trend.parts_worse == ("respiratory_rate", "heart_rate")
    assert trend.text == "NEWS2 rose by 4, from 0 to 4 over 1 h 30 min; worse: respiratory rate, heart rate."


def test_a_fall_and_no_change_are_said_as_such() -> None:
    better = news2_trend(ILL, WELL)
    assert (better.change, better.parts_worse) == (-4, ())
    assert "fell by 4, from 4 to 0" in better.text
    assert "did not change" in news2_trend(WELL, WELL).text
    moved = news2_trend(WELL | {"heart_rate": 95}, WELL | {"respiratory_rate": 10})
    assert (moved.change, moved.parts_worse) == (0, ("respiratory_rate",))


def test_an_incomplete_set_is_never_compared_as_if_it_were_whole() -> None:
    trend = news2_trend({"heart_rate": 70, "temperature_c": 37.0}, ILL)
    assert trend.change == 2
    assert trend.parts_worse == ("heart_rate",)
    assert "at least 0" in trend.text
    assert "cannot be compared" in trend.text
    assert "not compared: respiratory rate" in trend.text
    dropped = news2_trend(ILL, {"heart_rate": 115})
    assert dropped.change == 0
    assert "fell" not in dropped.text


@pytest.mark.parametrize(
    ("earlier", "later", "options"),
    [({"heart_rate": 70}, {"temperature_c": 37.0}, {}), ({}, WELL, {}), (WELL, ILL, {"age_years": 9}), (WELL, ILL, {"pregnant": True})],
)  # fmt: skip
def test_where_nothing_can_be_compared_there_is_no_change(earlier: Any, later: Any, options: dict[str, Any]) -> None:
    for language in ("en", "zh"):
        trend = news2_trend(earlier, later, **options, language=language)
        assert trend.change is None
        assert trend.text


def test_saturations_on_two_scales_are_not_compared() -> None:
    trend = news2_trend(WELL | {"spo2": 90}, WELL | {"spo2": 90, "spo2_scale": 2})
    assert trend.change == 0
    assert "not compared: SpO2" in trend.text


def test_it_is_said_in_chinese() -> None:
    trend = news2_trend(WELL, ILL, earlier_at="2026-11-22T08:00", at="2026-11-23T08:00", language="zh")
    assert trend.text == "NEWS2评分在1天内由0分升至4分，升高4分；变差的参数：呼吸频率、心率。"


@pytest.mark.parametrize(
    ("earlier_at", "at", "message"),
    [("2026-11-24", "2026-11-23", "swapped"), ("yesterday", "2026-11-23", "earlier_at is 'yesterday'"),
     ("2026-11-23T08:00", "2026-11-23T09:00+08:00", "time zone")],
)  # fmt: skip
def test_times_that_make_no_sense_are_refused(earlier_at: str, at: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        news2_trend(WELL, ILL, earlier_at=earlier_at, at=at)


def batch(tmp_path: Path, *cases: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case) for case in cases), encoding="utf-8")
    result = CliRunner().invoke(app, ["news2", "--batch", str(file), "--json"])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_without_an_earlier_set_the_commands_output_is_as_it_was(tmp_path: Path) -> None:
    status, (row, timed) = batch(tmp_path, {"id": 1, "vitals": ILL}, {"id": 2, "vitals": ILL, "at": "2026-11-23"})
    assert status == 0
    assert list(row) == ["id", "score", "band", "parts", "missing", "why_not"]
    assert row == {"id": 1} | news2(ILL).model_dump(mode="json")
    assert list(timed) == list(row)


def test_with_an_earlier_set_the_command_adds_the_trend(tmp_path: Path) -> None:
    case = {"id": 1, "vitals": ILL, "earlier": WELL, "earlier_at": "2026-11-23T08:00", "at": "2026-11-23T09:30"}
    status, (row,) = batch(tmp_path, case)
    assert status == 0
    assert list(row["trend"]) == ["earlier", "later", "change", "parts_worse", "text"]
    assert row["trend"]["change"] == 4
    assert row["trend"]["later"] == {key: value for key, value in row.items() if key not in ("id", "trend")}
    assert "1 h 30 min" in row["trend"]["text"]


def test_a_bad_earlier_set_costs_only_its_line(tmp_path: Path) -> None:
    bad = [{"id": n, "vitals": ILL, "earlier": earlier} for n, earlier in enumerate([[], 3, {"spo2": 180}])]
    status, rows = batch(tmp_path, *bad, {"id": 9, "vitals": ILL, "earlier": WELL, "at": 5}, {"id": 10, "vitals": ILL})
    assert status == 1
    assert ["error" in row for row in rows] == [True, True, True, True, False]
    assert "'earlier'" in rows[0]["error"]
