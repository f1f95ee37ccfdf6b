"""What is typed into a field, read: an age with its unit, and the entries of a list."""

from __future__ import annotations

import re
from typing import Literal

from assistant.errors import InputError
from assistant.web.strings import text
from corpus.text import normalise

AgeUnit = Literal["years", "months", "weeks", "days"]
#: So many of a unit make a year.
_A_YEAR: dict[AgeUnit, float] = {"years": 1, "months": 12, "weeks": 365.25 / 7, "days": 365.25}
_WORDS: dict[AgeUnit, str] = {
    "years": r"years?(?: old)?|yrs?|y|岁|周岁|年",
    "months": r"months?(?: old)?|mo|m|个?月大?|月龄",
    "weeks": r"weeks?(?: old)?|wks?|w|周大?|个?星期",
    "days": r"days?(?: old)?|d|天大?|日龄",
}
_OLDEST = 130
_AGE = re.compile(r"(\d+(?:\.\d+)?) ?(?:" + "|".join(f"(?P<{unit}>{words})" for unit, words in _WORDS.items()) + r")?")
_SEPARATORS = re.compile(r"[;；,，、\n]")


def age_from(value: str | None, unit: AgeUnit = "years", language: str = "en") -> float | None:
    """The age in years, ``None`` where nothing was typed; a unit typed with the number goes before *unit*.

    Raises :class:`~assistant.InputError` for anything but a number, and for an age that nobody has.
    """
    typed = normalise(value or "")
    if not typed:
        return None
    match = _AGE.fullmatch(typed)
    if match is None:
        raise InputError(text("patient.wrong.age", language).format(value=(value or "").strip()[:40]))
    unit = next((name for name in _WORDS if match.group(name)), unit)
    years = float(match.group(1)) / _A_YEAR[unit]
    if years > _OLDEST:
        raise InputError(text("patient.wrong.age_range", language).format(value=f"{years:g}"))
    if years == 0 and unit == "years":
        raise InputError(text("patient.wrong.age_zero", language))
    return round(years, 4)


def number_from(value: str, low: float, high: float, unit: str, language: str) -> float:
    """The number that was typed; raises :class:`~assistant.InputError` outside of what is possible."""
    try:
        number = float(normalise(value).removesuffix(unit.lower()).strip())
    except ValueError as error:
        raise InputError(text("patient.wrong.number", language).format(value=value.strip()[:40])) from error
    if not low <= number <= high:
        reason = text("patient.wrong.range", language)
        raise InputError(reason.format(value=f"{number:g}", low=f"{low:g}", high=f"{high:g}", unit=unit))
    return number


def lines(value: str | None) -> list[str]:
    """The entries of a text box, one a line; commas separate too."""
    return [entry.strip() for entry in _SEPARATORS.split(value or "") if entry.strip()]
