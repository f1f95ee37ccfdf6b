"""NEWS2 against a second implementation, written apart from the first and in another style.

The reference below scores whole arrays of patients by ``numpy.digitize`` on the columns of the chart (Royal
College of Physicians, *National Early Warning Score (NEWS) 2*, 2017, charts 1 and 2); it reads none of the
data and calls none of the code that it is to check. Compared are the score, the band, every part and what
is missing: at every edge of every band, one step (1, or 0.1 °C) below, at and above, on both SpO₂ scales,
on air, on oxygen and where that is not known; and for random vital signs of which some are missing.

    python -m evals.news2
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import news2

Vitals = dict[str, Any]
Floats = NDArray[np.float64]

#: The first value of each column of the chart after the first, and the points of the columns.
_RESPIRATION = ([9, 12, 21, 25], [3, 1, 0, 2, 3])
_SATURATION_1 = ([92, 94, 96], [3, 2, 1, 0])
_SATURATION_2_AIR = ([84, 86, 88], [3, 2, 1, 0])
_SATURATION_2_OXYGEN = ([84, 86, 88, 93, 95, 97], [3, 2, 1, 0, 1, 2, 3])
_SYSTOLIC = ([91, 101, 111, 220], [3, 2, 1, 0, 3])
_PULSE = ([41, 51, 91, 111, 131], [3, 1, 0, 1, 2, 3])
_TENTHS_OF_TEMPERATURE = ([351, 361, 381, 391], [3, 1, 0, 1, 2])
#: The scored parameters in the order of the chart.
COLUMNS = ("respiratory_rate", "spo2", "on_oxygen", "systolic_bp", "heart_rate", "consciousness", "temperature_c")
_EDGES: dict[str, Sequence[float]] = {
    "respiratory_rate": _RESPIRATION[0],
    "spo2": sorted({*_SATURATION_1[0], *_SATURATION_2_AIR[0], *_SATURATION_2_OXYGEN[0]}),
    "systolic_bp": _SYSTOLIC[0],
    "heart_rate": _PULSE[0],
    "temperature_c": [tenths / 10 for tenths in _TENTHS_OF_TEMPERATURE[0]],
}
_WELL: Vitals = {"respiratory_rate": 16, "spo2": 97, "systolic_bp": 125, "heart_rate": 70, "consciousness": "A",
                 "temperature_c": 36.8}  # fmt: skip
_RANGES = {"respiratory_rate": (1, 60), "spo2": (60, 100), "systolic_bp": (40, 260), "heart_rate": (20, 220)}
_SHOWN = 20


def reference(cases: Sequence[Vitals]) -> Floats:
    """The points of every case, one column a parameter of :data:`COLUMNS`; NaN where it cannot be scored."""
    oxygen = _numbers(cases, "on_oxygen")
    scale_2 = _numbers(cases, "spo2_scale") == 2
    spo2 = np.rint(_numbers(cases, "spo2"))
    air_2, oxygen_2 = _points(spo2, _SATURATION_2_AIR), _points(spo2, _SATURATION_2_OXYGEN)
    # Below 93 % scale 2 gives the same on air and on oxygen; from there the chart asks which it is.
    unknown_2 = np.where(spo2 < 93, air_2, np.nan)
    on_scale_2 = np.where(np.isnan(oxygen), unknown_2, np.where(oxygen == 1, oxygen_2, air_2))
    alert = np.array([{"A": 0.0, None: np.nan}.get(case.get("consciousness"), 3.0) for case in cases])
    return np.column_stack(
        [
            _points(np.rint(_numbers(cases, "respiratory_rate")), _RESPIRATION),
            np.where(scale_2, on_scale_2, _points(spo2, _SATURATION_1)),
            oxygen * 2,
            _points(np.rint(_numbers(cases, "systolic_bp")), _SYSTOLIC),
            _points(np.rint(_numbers(cases, "heart_rate")), _PULSE),
            alert,
            _points(np.rint(_numbers(cases, "temperature_c") * 10), _TENTHS_OF_TEMPERATURE),
        ]
    )


def edge_cases() -> Iterator[Vitals]:
    """Every band edge and a step to either side, alone and beside well vital signs, on each scale and oxygen."""
    for name, edges in _EDGES.items():
        step = 0.1 if name == "temperature_c" else 1
        for value in sorted({round(edge + shift, 1) for edge in edges for shift in (-step, 0, step)}):
            for scale in (1, 2):
                for oxygen in (True, False, None):
                    setting = {"spo2_scale": scale} | ({} if oxygen is None else {"on_oxygen": oxygen})
                    yield {name: value} | setting
                    yield _WELL | setting | {name: value}
    for level in "ACVPU":
        yield {"consciousness": level}
        yield _WELL | {"consciousness": level, "on_oxygen": False}


def random_cases(count: int, seed: int = 2017) -> Iterator[Vitals]:
    """Random vital signs over all that is possible; of half the cases each value is missing one time in four."""
    draw = random.Random(seed)
    for _ in range(count):
        case: Vitals = {name: draw.randint(*bounds) for name, bounds in _RANGES.items()}
        case |= {"temperature_c": draw.randint(300, 430) / 10, "consciousness": draw.choice("AAACVPU")}
        case |= {"on_oxygen": draw.random() < 0.5, "spo2_scale": draw.choice((1, 2))}
        if draw.random() < 0.5:
            case = {name: value for name, value in case.items() if draw.random() < 0.75}
        yield case


def compare(cases: Sequence[Vitals]) -> list[dict[str, Any]]:
    """The cases on which the two implementations differ in anything."""
    wrong = []
    for case, row in zip(cases, reference(cases), strict=True):
        given = news2(case)
        parts = {name: int(points) for name, points in zip(COLUMNS, row, strict=True) if not np.isnan(points)}
        missing = [name for name in COLUMNS if name not in parts]
        total = sum(parts.values()) if parts else None
        expected = (total, _band(parts), parts, missing)
        if (given.score, given.band, given.parts, list(given.missing)) != expected:
            wrong.append({"vitals": case, "given": given.model_dump(), "expected": expected})
    return wrong


def run_news2(count: int = 100_000) -> dict[str, Any]:
    """Compare both implementations on every edge and on *count* random cases."""
    edges, drawn = list(edge_cases()), list(random_cases(count))
    complete = sum(set(COLUMNS) <= case.keys() for case in drawn)
    at_edges, at_random = compare(edges), compare(drawn)
    return {
        "suite": "news2",
        "edge_cases": len(edges),
        "edge_disagreements": len(at_edges),
        "random_cases": len(drawn),
        "random_complete": complete,
        "random_incomplete": len(drawn) - complete,
        "random_disagreements": len(at_random),
        "failures": [*at_edges, *at_random][:_SHOWN],
    }


def _numbers(cases: Sequence[Vitals], name: str) -> Floats:
    return np.array([np.nan if case.get(name) is None else float(case[name]) for case in cases])


def _points(values: Floats, chart: tuple[list[int], list[int]]) -> Floats:
    starts, points = chart
    scored = np.array(points, dtype=np.float64)[np.digitize(values, starts)]
    return np.where(np.isnan(values), np.nan, scored)


def _band(parts: dict[str, int]) -> str | None:
    if not parts:
        return None
    total = sum(parts.values())
    if total < 5:
        return "low-medium" if 3 in parts.values() else "low"
    return "medium" if total < 7 else "high"


def main() -> int:
    """Write the report; exit status 1 where the two differ."""
    report = run_news2()
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    return 1 if report["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
