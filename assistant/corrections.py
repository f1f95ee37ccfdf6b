"""Numbers in words, and numbers that somebody takes back: what is said last is what counts."""

from __future__ import annotations

import functools
import re

from corpus.load import DATA, read_yaml
from corpus.text import any_of

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMERAL = re.compile(
    r"(?P<name>血压|高压|低压|收缩压|舒张压|血糖|心率|心跳|脉搏|呼吸|体温|血氧|体重|血钾|烧到|烧)"
    r"(?P<link>[是有到了在约都大概才只又\s]{0,4})(?P<numeral>[零〇一二两三四五六七八九十百点]{2,6})(?![年月日天次周个])"
)
_DEGREES = re.compile(r"(?<![\d.])(3[4-9]|4[0-3])\s*度\s*(\d)(?!\d)")
_OVER = re.compile(r"\b(\d{2,3}) over (\d{2,3})\b")
_VALUE = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,3})?)(?![\d.])(?!\s*(?:/|年|岁|周|天|个月|years|days|weeks))")
#: A number that can be an age.
AGE = re.compile(r"(?<![\d.])(\d{1,3})(?![\d./])")
#: How far behind a number its correction, and behind that the new number, may stand.
_SINCE = 48


def in_digits(folded: str) -> str:
    """The text with values told in Chinese numerals, in "39度5" or as "170 over 95" written in digits."""
    folded = _DEGREES.sub(r"\1.\2度", folded)
    folded = _OVER.sub(r"\1/\2", folded)
    return _NUMERAL.sub(lambda m: f"{m['name']}{m['link']}{_value(m['numeral']) or m['numeral']}", folded)


def taken_back(folded: str, end: int, number: re.Pattern[str] | None = None) -> tuple[str, int] | None:
    """The number that replaces one ending at *end* because the speaker corrects himself, with where it ends."""
    cue = _cues().search(folded, end, end + _SINCE)
    if cue is None:
        return None
    again = (number or _VALUE).search(folded, cue.end(), cue.end() + _SINCE)
    if again is None or re.search(r"[.;。；]\s", folded[cue.end() : again.start()]):
        return None
    return again[1], again.end(1)


def _value(numeral: str) -> str | None:
    """A Chinese numeral as digits: 一百八 is 180, 三十八点五 38.5."""
    whole, _, part = numeral.partition("点")
    total, last, unit = 0, 0, 1
    for character in whole:
        if character in _DIGITS:
            last = _DIGITS[character]
        else:
            unit = 100 if character == "百" else 10
            total += (last or 1) * unit
            last = 0
    if whole and whole[-1] in _DIGITS:
        # 一百八 is short for 一百八十, 一百零八 is not.
        short = unit == 100 and len(whole) > 1 and whole[-2] == "百"
        total += last * (10 if short else 1)
    fraction = "".join(str(_DIGITS[c]) for c in part if c in _DIGITS)
    return (f"{total}.{fraction}" if fraction else str(total)) if total else None


@functools.cache
def _cues() -> re.Pattern[str]:
    return any_of(read_yaml(DATA / "language" / "corrections.yaml")["corrections"])
