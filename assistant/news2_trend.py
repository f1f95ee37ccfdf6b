"""How NEWS2 changed between two sets of vital signs, honest about what was not measured both times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.errors import InputError
from assistant.messages import say
from assistant.news2 import PARAMETERS, News2, news2
from assistant.triage import vital_name

_MINUTES = (("days", 24 * 60), ("hours", 60), ("minutes", 1))


class News2Trend(BaseModel):
    """Two scores and the change between them.

    ``change`` counts only the parameters scored both times, so that a vital sign measured once looks neither
    like a rise nor like a fall; it is ``None`` where nothing was. With both sets complete it is the
    difference of the two scores.
    """

    model_config = ConfigDict(frozen=True)

    earlier: News2
    later: News2
    change: int | None = Field(default=None, description="points; above zero is worse")
    parts_worse: tuple[str, ...] = ()
    text: str


def news2_trend(
    earlier: Mapping[str, Any],
    later: Mapping[str, Any],
    age_years: float | None = None,
    pregnant: bool | None = None,
    *,
    earlier_at: str | dt.datetime | None = None,
    at: str | dt.datetime | None = None,
    language: str = "en",
) -> News2Trend:
    """Compare two sets of vital signs of one patient, keyed as in :class:`~assistant.Patient`.

    *earlier_at* and *at* are when they were taken (ISO 8601, e.g. ``2026-11-23T08:30``); with both, the text
    names the time between. SpO₂ scored on another scale the second time is not compared. Raises
    :class:`~assistant.InputError` for a time that cannot be read, or where the later set is not the later one.
    """
    minutes = _minutes(earlier_at, at)
    first, second = news2(earlier, age_years, pregnant), news2(later, age_years, pregnant)
    common = [name for name in PARAMETERS if name in first.parts and name in second.parts]
    if _scale(earlier) != _scale(later) and "spo2" in common:
        common.remove("spo2")
    if not common:
        why_not = first.why_not or second.why_not
        why = say("trend.not_scored", language, why=why_not) if why_not else say("trend.nothing_common", language)
        return News2Trend(earlier=first, later=second, text=say("trend.none", language, why=why))
    change = sum(second.parts[name] - first.parts[name] for name in common)
    worse = tuple(name for name in common if second.parts[name] > first.parts[name])
    left = [name for name in PARAMETERS if name not in common]
    totals = {"earlier": _shown(first, language), "later": _shown(second, language)}
    way = "rose" if change > 0 else "fell" if change < 0 else "same"
    key = f"trend.{'part' if left else 'whole'}.{way}"
    text = say(key, language, change=abs(change), over=_over(minutes, language), **totals)
    text += say("trend.worse", language, parts=_names(worse, language)) if worse else ""
    text += "。" if language == "zh" else "."
    if left:
        text += say("trend.partial", language, missing=_names(left, language), **totals)
    return News2Trend(earlier=first, later=second, change=change, parts_worse=worse, text=text)


def _scale(vitals: Mapping[str, Any]) -> int:
    return int(vitals.get("spo2_scale") or 1)


def _shown(score: News2, language: str) -> str:
    return say("trend.at_least", language, score=score.score) if score.missing else str(score.score)


def _names(parts: Sequence[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(vital_name(name, language) for name in parts)


def _over(minutes: int | None, language: str) -> str:
    if minutes is None:
        return ""
    shown = []
    for unit, size in _MINUTES:
        n, minutes = divmod(minutes, size)
        if n:
            shown.append(say(f"trend.time.{unit}", language, n=n))
    return say("trend.over", language, time=("" if language == "zh" else " ").join(shown)) if shown else ""


def _minutes(earlier_at: str | dt.datetime | None, at: str | dt.datetime | None) -> int | None:
    first, second = _time("earlier_at", earlier_at), _time("at", at)
    if first is None or second is None:
        return None
    if (first.tzinfo is None) != (second.tzinfo is None):
        raise InputError("earlier_at and at must both have a time zone or both have none")
    if second < first:
        raise InputError(f"at ({second.isoformat()}) is before earlier_at ({first.isoformat()}): are they swapped?")
    return round((second - first).total_seconds() / 60)


def _time(name: str, value: object) -> dt.datetime | None:
    if value is None or isinstance(value, dt.datetime):
        return value
    try:
        return dt.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise InputError(f"{name} is {str(value)[:40]!r}; give a date and time such as 2026-11-23T08:30") from error
