"""The age and the sex of the patient spoken of, whoever speaks: "I'm 40 and my mum, 82, …" is about a woman of 82."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from corpus.load import DATA, read_yaml
from corpus.text import any_of

#: Ward shorthand: 82F, 78 yo M, 67y male, 男，55岁.
_SHORT = re.compile(
    r"(?<![\d.])(?P<years>\d{1,3})\s*-?\s*(?:yo|y/o|yrs?|years?(?:[- ]old)?|y|岁)?\s*-?\s*(?P<sex>m|f|male|female|man|woman|男|女)(?![a-z0-9])"
    r"|(?<![a-z'])(?P<before>m|f|male|female)\s*,?\s*(?P<after>\d{1,3})(?![\d./])"
    r"|(?:^|[，,。；;\s:：])(?P<zh>[男女])(?:性)?(?=[，,\s]|\d|$)"
)
_YEARS = re.compile(
    r"(?<![\d.])(?P<years>\d{1,3})(?:\.\d)?\s*[- ]?(?:years?[- ]old|yrs?[- ]old|year[- ]olds?|y/?o\b|yrs?\b|周岁|岁)"
    r"|\baged?\s*[:=]?\s*(?P<aged>\d{1,3})\b|年龄\s*[:：为是]?\s*(?P<written>\d{1,3})"
    r"|\b(?:she|he)(?:'s|'ll be| is| was| turns| will be)\s+(?:only\s+|just\s+|nearly\s+)?(?P<is>\d{1,3})(?=\s*(?:[,.;]|and\b|with\b|now\b|this\b|$))"
    r"|\b(?:mum|mom|mother|dad|father|wife|husband|son|daughter|grandma|grandad|gran|nan|brother|sister|uncle|aunt|patient|resident|client|lad|lass|boy|girl|baby)\s*[,(]\s*(?P<apposed>\d{1,3})\s*[,)]"
    r"|(?:^|[,;.]\s*)(?P<inverted>\d{1,3})\s+(?:she|he) is\b|(?P<dialect>\d{2,3})\s*(?:咧|嘞|了，|喽|多了)"
)
_MONTHS = re.compile(
    r"(?<![\d.])(?P<months>\d{1,2})\s*[- ]?(?:months?[- ]old|month[- ]olds?|mo\b|月龄|个月大|个月的?\s*(?:宝宝|婴儿|孩子|娃|女婴|男婴|小孩|大))"
    r"|(?:宝宝|婴儿|孩子|娃|囡囡|儿子|女儿|患儿|小儿|毛毛|细路|baby|son|daughter)[^。；.;\d]{0,4}(?P<told>\d{1,2})\s*(?:个月|months)(?!前|后| ago)"
    r"|(?<![\d/])(?P<twelfths>\d{1,2})/12\s*(?:old|boy|girl|baby|infant|male|female|m\b|f\b)"
)
_WEEKS = re.compile(
    r"(?<![\d.])(?P<weeks>\d{1,2})\s*[- ]?(?:weeks?[- ]old|week[- ]olds?|周大)|(?<![\d/])(?P<parts>\d{1,2})/52\s*(?:old|boy|girl|baby)"
)
_DAYS = re.compile(
    r"(?<![\d.])(?P<days>\d{1,2})\s*[- ]?(?:days?[- ]old|day[- ]olds?|天大)|(?:出生|生下来|生下|born)[^。；.;\d]{0,3}(?P<told>\d{1,2})\s*(?:天|days)"
)
_ABBREVIATED = {"m": "male", "f": "female", "man": "male", "woman": "female", "男": "male", "女": "female"}
_OLDEST = 130


def sex_of(folded: str) -> str | None:
    """``female`` or ``male``, where the text tells it of the patient."""
    words = _words()
    start = carer.end() if (carer := words["carer"].search(folded)) else 0
    for match in _SHORT.finditer(folded, start):
        word = match["sex"] or match["before"] or match["zh"]
        if match["zh"] or _plausible(float(match["years"] or match["after"])):
            return _ABBREVIATED.get(word, word)
    if words["body.female"].search(folded):
        return "female"
    related = []
    for sex in ("female", "male"):
        for match in words[f"relations.{sex}"].finditer(folded, start):
            if not words["others"].search(folded[max(0, match.start() - 8) : match.start()]):
                related.append((match.start(), sex))
    found = {sex for _, sex in related}
    if len(found) == 1:
        return found.pop()
    spoken = {sex for sex in ("female", "male") if words[f"pronouns.{sex}"].search(folded, start)}
    if found and len(spoken) == 1:
        return spoken.pop()
    if found:
        return min(related)[1]
    return spoken.pop() if len(spoken) == 1 else None


def age_of(folded: str) -> float | None:
    """The age in years (fractions for babies) of the patient, where the text tells it; the last told wins."""
    carer = _words()["carer"].search(folded)
    folded = folded[carer.end() :] if carer and re.search(r"\d", folded[carer.end() :]) else folded
    for pattern, per_year in ((_DAYS, 365.25), (_WEEKS, 52.18), (_MONTHS, 12)):
        if match := pattern.search(folded):
            return round(int(next(value for value in match.groups() if value)) / per_year, 3)
    short = [float(m["years"] or m["after"]) for m in _SHORT.finditer(folded) if m["years"] or m["after"]]
    told = [float(next(value for value in m.groups() if value)) for m in _YEARS.finditer(folded)]
    ages = [age for age in (told or short) if _plausible(age)]
    return ages[0] if ages else None


def _plausible(age: float) -> bool:
    return age <= _OLDEST


@functools.cache
def _words() -> dict[str, re.Pattern[str]]:
    data: Mapping[str, Any] = read_yaml(DATA / "language" / "people.yaml")
    patterns = {name: any_of(data[name]) for name in ("carer", "others")}
    for group in ("relations", "pronouns", "body"):
        patterns |= {f"{group}.{sex}": any_of(words) for sex, words in data[group].items()}
    return patterns
