"""The National Early Warning Score 2 (Royal College of Physicians, 2017), with missing vitals kept missing."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from corpus.load import DATA, read_yaml

Band = Literal["low", "low-medium", "medium", "high"]

#: The seven parameters in the order of the chart.
PARAMETERS = ("respiratory_rate", "spo2", "on_oxygen", "systolic_bp", "heart_rate", "consciousness", "temperature_c")


class News2(BaseModel):
    """A score and what it rests on.

    ``score`` is the sum of the parts that are known; with ``missing`` not empty it is a lower bound
    ("at least"), and so is ``band``. Both are ``None`` where the score does not apply (``why_not``).
    """

    model_config = ConfigDict(frozen=True)

    score: int | None = None
    band: Band | None = None
    parts: dict[str, int] = {}
    missing: tuple[str, ...] = ()
    why_not: str | None = None


@functools.cache
def _chart() -> dict[str, Any]:
    chart: dict[str, Any] = read_yaml(DATA / "news2.yaml")
    return chart


def news2(vitals: Mapping[str, Any], age_years: float | None = None, pregnant: bool | None = None) -> News2:
    """Score a set of vital signs.

    *vitals* uses the keys of :class:`~assistant.Patient`. A missing value is listed in ``missing`` and
    never counted as zero. SpO₂ scale 2 is used only where ``spo2_scale`` is 2. A value between two bands
    of the chart (a temperature of 38.04 °C) is rounded as it would be charted: temperatures to 0.1 °C,
    the rest to whole numbers.
    """
    chart = _chart()
    if age_years is not None and age_years < chart["minimum_age"]:
        return News2(why_not="NEWS2 is not validated under 16 years of age; use a paediatric early-warning score")
    if pregnant:
        return News2(why_not="NEWS2 is not validated in pregnancy; use an obstetric early-warning score")
    bands = chart["parameters"]
    parts: dict[str, int] = {}
    on_oxygen = vitals.get("on_oxygen")
    for name in ("respiratory_rate", "systolic_bp", "heart_rate", "temperature_c"):
        if vitals.get(name) is not None:
            parts[name] = _band(bands[name]["bands"], round(float(vitals[name]), 1 if name == "temperature_c" else 0))
    if vitals.get("spo2") is not None:
        spo2 = round(float(vitals["spo2"]))
        scale = int(vitals.get("spo2_scale") or 1)
        if scale == 1:
            parts["spo2"] = _band(bands["spo2_scale_1"]["bands"], spo2)
        elif on_oxygen is not None or spo2 <= 92:
            key = "spo2_scale_2_on_oxygen" if on_oxygen else "spo2_scale_2_on_air"
            parts["spo2"] = _band(bands[key]["bands"], spo2)
    if on_oxygen is not None:
        parts["on_oxygen"] = chart["on_oxygen"] if on_oxygen else 0
    if vitals.get("consciousness") is not None:
        parts["consciousness"] = chart["consciousness"][str(vitals["consciousness"]).upper()]
    if not parts:
        return News2(missing=PARAMETERS, why_not="no vital signs were given")
    score = sum(parts.values())
    ordered = {name: parts[name] for name in PARAMETERS if name in parts}
    missing = tuple(name for name in PARAMETERS if name not in parts)
    return News2(score=score, band=_risk(score, parts, chart), parts=ordered, missing=missing)


def _band(bands: list[dict[str, float]], value: float) -> int:
    return int(next(band["score"] for band in bands if value <= band.get("to", float("inf"))))


def _risk(score: int, parts: Mapping[str, int], chart: Mapping[str, Any]) -> Band:
    if score > chart["medium_up_to"]:
        return "high"
    if score > chart["low_up_to"]:
        return "medium"
    return "low-medium" if any(value == 3 for value in parts.values()) else "low"
