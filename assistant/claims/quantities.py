"""Quantities in a text: numbers with units, ranges, bounds and frequencies, in English and Chinese, made comparable."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from corpus.load import DATA, read_yaml
from corpus.text import normalise

Bound = Literal["min", "max"]
COUNT = "count"
TIME = "time"
_DAY = 1440.0
_MOST_TIMES = 50
_CLAUSE_END = re.compile(r"[.()](?=\s|$)|[,;:。]|\n")
_LIST_GAP = re.compile(r"\s*(?:,|、|and|or|或|和|,\s*and|,\s*or)\s*")
_HAN_DIGITS = "零一二两三四五六七八九"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity in its dimension's base unit, as a range; ``per`` is the stretch of time it is for, in minutes."""

    low: float
    high: float
    dimension: str
    raw: tuple[float, float]
    start: int
    end: int
    shown: str
    bound: Bound | None = None
    per: float | None = None
    period: bool = False
    unit: float = 1.0

    @property
    def intervals(self) -> tuple[float, float] | None:
        """The shortest and the longest time between two times: for two to three times a day 480 and 720."""
        if self.dimension == COUNT and self.per and 0 < self.low <= self.high <= _MOST_TIMES:
            return self.per / self.high, self.per / self.low
        return None

    @property
    def interval(self) -> float | None:
        """How often, in minutes between two times: for twice a day 720."""
        if self.dimension == COUNT and self.per and self.low == self.high and 0 < self.low <= _MOST_TIMES:
            return self.per / self.low
        return None


@dataclass(frozen=True)
class _Grammar:
    number: re.Pattern[str]
    written: re.Pattern[str]
    units: dict[str, tuple[str, float]]
    periods: re.Pattern[str]
    period_minutes: dict[str, float]
    before: re.Pattern[str]
    after: re.Pattern[str]
    bounds: dict[str, Bound]
    words: dict[str, float]
    parts: dict[str, float]
    counters: str


@functools.cache
def claims() -> dict[str, Any]:
    """The data of the verifier, ``claims.yaml``."""
    data: dict[str, Any] = read_yaml(DATA / "language" / "claims.yaml")
    return data


@functools.lru_cache(maxsize=64)
def _one_word(name: str) -> re.Pattern[str]:
    return re.compile(alternatives([name]))


def alternatives(words: Iterable[str]) -> str:
    """A regular expression for any of the words, the longest first; English ones as whole words."""
    parts = []
    for word in sorted({normalise(str(w)) for w in words}, key=len, reverse=True):
        left = r"(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
        right = r"(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
        parts.append(f"{left}{re.escape(word)}{right}")
    return "|".join(parts) if parts else r"(?!)"


@functools.cache
def _grammar() -> _Grammar:
    data = claims()
    units: dict[str, tuple[str, float]] = {}
    for dimension, table in data["units"].items():
        for factor, names in table.items():
            for name in (*names["en"], *names["zh"]):
                units[normalise(name)] = (dimension, float(factor))
    unit = "|".join(
        re.escape(u) + (r"(?![a-z])" if u[-1].isascii() and u[-1].isalpha() else "")
        for u in sorted(units, key=len, reverse=True)
    )
    numbers = data["numbers"]
    word = "|".join(sorted(numbers["words"], key=len, reverse=True))
    part = "|".join(sorted(numbers["parts"], key=len, reverse=True))
    han = f"[{_HAN_DIGITS}十百半]"
    later = han.replace("两", "")
    value = (
        r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}\s?[/\u2044]\s?\d{1,2}(?![\d/])"
        rf"|\d{{1,2}} (?:in|out of) (?:every )?\d{{1,4}}(?![a-z\d.%]|\s*(?:{unit}))|\d+(?:\.\d+)?"
        rf"|(?<![a-z])(?:(?:a|one|two|three|four)[ -])?(?:{part})(?![a-z])(?:\s+(?:of\s+)?an?(?![a-z]))?"
        rf"|(?<![a-z])(?:{word})(?:[ -](?:{word}))?(?![a-z])(?:\s+(?:in|out\s+of)\s+(?:{word}|\d+)(?![a-z0-9]))?"
        rf"|(?:百分之|{han}分之)[{_HAN_DIGITS}十\d]+|一两(?=[天日周个小次年月片口杯分])|{han}{later}*)"
    )
    number = re.compile(
        rf"(?<![a-z\d.])(?P<low>{value})(?:\s*(?:[-~]|to|至|到|or|或|and)\s*(?P<high>{value}))?"
        rf"(?:(?:\s|-)*(?:(?:extra|more|additional)\s+)?(?P<unit>{unit}))?"
    )
    periods: dict[str, float] = {}
    for minutes, names in data["periods"].items():
        periods |= {normalise(name): float(minutes) for name in (*names["en"], *names["zh"])}
    for minutes, names in data["rate_after"].items():
        periods |= {normalise(name): float(minutes) for name in names}
    compare = data["compare"]
    gap = r"[\s-]*(?:about|around|the age of|the age|aged|age|of|an?|the|every|only|约|为|是|有|每)?\s*$"
    before = {normalise(word): bound for bound in ("min", "max") for word in _both(compare[bound]["before"])}
    after = {normalise(word): bound for bound in ("min", "max") for word in _both(compare[bound]["after"])}
    a_unit = rf"(?P<@>{unit})"
    written = re.compile(
        "|".join(
            pattern.replace("#", f"(?P<n{i}>{value})").replace("@", f"u{i}").replace("$", f"(?P<m{i}>{value})")
            for i, pattern in enumerate(
                (
                    rf"(?<![a-z\d.])# {a_unit} and a half(?![a-z])",
                    rf"(?<![a-z\d.])# and a half {a_unit}",
                    rf"(?<![a-z\d.])an? {a_unit} and a half(?![a-z])",
                    rf"(?<![a-z])three[ -]quarters of an? {a_unit}",
                    rf"(?<![a-z])(?:a )?couple of {a_unit}",
                    r"(?<![a-z])an?(?: [a-z]+)? (?P<@>fortnight)(?![a-z])",
                    rf"#个半{a_unit}",
                    rf"#{a_unit}半(?![年月天日个小时])",
                    r"(?<![a-z\d.])#\s?(?P<@>hours?|h|小时)\s?(?:and )?$\s?(?:minutes?|min|分钟?)",
                )
            )
        )
    )
    return _Grammar(
        number=number,
        written=written,
        units=units,
        periods=re.compile(rf"(?<!half )(?<!quarter of )(?<!third of )(?<!thirds of )(?:{alternatives(periods)})"),
        period_minutes=periods,
        before=re.compile(f"(?P<cue>{alternatives(before)}){gap}"),
        after=re.compile(rf"\s*(?:of age|years?|的)?\s*(?P<cue>{alternatives(after)})"),
        bounds={**before, **after},  # type: ignore[dict-item]
        words={k: float(v) for k, v in numbers["words"].items()},
        parts={k: float(v) for k, v in numbers["parts"].items()},
        counters="".join(data["counters"]),
    )


def _both(words: dict[str, Sequence[str]]) -> list[str]:
    return [*words["en"], *words["zh"]]


def read_quantities(folded: str) -> list[Quantity]:
    """Every quantity of a normalised text, left to right; periods such as "a day" are quantities of time too."""
    grammar = _grammar()
    found = [
        Quantity(minutes, minutes, TIME, (1, 1), m.start(), m.end(), m[0], period=True)
        for m in grammar.periods.finditer(folded)
        for minutes in (grammar.period_minutes[m[0]],)
    ]
    taken = [(q.start, q.end) for q in found]
    for name, times in claims()["frequencies"].items():
        for m in _one_word(str(name)).finditer(folded):
            interval = _DAY / float(times)
            found.append(Quantity(interval, interval, TIME, (times, times), m.start(), m.end(), m[0], period=True))
            taken.append((m.start(), m.end()))
    for name, times in claims()["times"].items():
        for m in re.finditer(rf"(?<![a-z]){name}(?![a-z])", folded):
            if times > 1 or _PER.match(folded, m.end()):
                found.append(Quantity(times, times, COUNT, (times, times), m.start(), m.end(), m[0]))
    for m in grammar.written.finditer(folded):
        if quantity := _written(m, folded, grammar):
            found = [q for q in found if q.end <= m.start() or m.end() <= q.start]
            found.append(quantity)
            taken.append((m.start(), m.end()))
    for m in grammar.number.finditer(folded):
        if not any(start < m.end() and m.start() < end for start, end in taken):
            found += _number(m, folded, grammar)
    found.sort(key=lambda q: q.start)
    _share_units(found, folded)
    found = [_by_weight(q, folded) for q in found]
    for i, (first, second) in enumerate(itertools.pairwise(found)):
        between = folded[first.end : second.start].strip() in ("and", "和", "至", "到")
        if between and first.dimension == second.dimension and _BETWEEN.search(folded[: first.start]):
            found[i], found[i + 1] = replace(first, bound="min"), replace(second, bound="max")
    return [_with_rate(q, found, folded) for q in found]


#: What the ways to write a number and a half, in their order, add to the number or are by themselves.
_AND = (0.5, 0.5, 1.5, 0.75, 2.0, 1.0, 0.5, 0.5, 0.0)


def _written(match: re.Match[str], folded: str, grammar: _Grammar) -> Quantity | None:
    """Two and a half hours, three quarters of an hour, 1 hour 30 minutes."""
    groups = match.groupdict()
    way = next(i for i in range(len(_AND)) if groups[f"u{i}"])
    number = groups.get(f"n{way}")
    value = _value(number, grammar)[0] if number else 0.0
    if value is None:
        return None
    value += _AND[way]
    if minutes := groups.get(f"m{way}"):
        value += (_value(minutes, grammar)[0] or 0.0) / 60
    dimension, factor = grammar.units[groups[f"u{way}"]]
    ahead, behind = folded[max(0, match.start() - 30) : match.start()], folded[match.end() :]
    cue = grammar.before.search(ahead) or grammar.after.match(behind)
    bound = grammar.bounds[cue["cue"]] if cue else None
    base = value * factor
    return Quantity(
        base, base, dimension, (value, value), match.start(), match.end(), match[0].strip(), bound, unit=factor
    )


def _number(match: re.Match[str], folded: str, grammar: _Grammar) -> list[Quantity]:
    low, low_ratio = _value(match["low"], grammar)
    high, high_ratio = _value(match["high"], grammar) if match["high"] else (low, low_ratio)
    if low is None or high is None:
        return []
    ahead, behind = folded[max(0, match.start() - 30) : match.start()], folded[match.end() :]
    if (low == high == 1 and ahead.endswith("第")) or _in_a_word(match[0], ahead, behind):
        return []
    unit = "year-old" if match["unit"] == "s" and _AGED.search(ahead) else match["unit"]
    dimension, factor = grammar.units.get(unit or "", (COUNT, 1.0))
    if dimension == COUNT and not match["low"][0].isdigit():
        following = folded[match.end() : match.end() + 1]
        written = not match["low"].isascii() and "之" not in match["low"]
        if (written and following not in grammar.counters) or (low == high == 1) or low == 0:
            return []
        if re.search(r"(?<![a-z])(?:the|these|those|all)\s+$", ahead):
            return []
        if match["low"] in ("third", "quarter", "fifth", "tenth", "thirds"):
            return []
    if low_ratio and high_ratio and dimension == COUNT:
        dimension = "ratio"
    if match["high"] and high < low:
        first = Quantity(low * factor, low * factor, dimension, (low, low), match.start(), match.end(), match[0])
        return [first, replace(first, low=high * factor, high=high * factor, raw=(high, high))]
    if dimension == "fahrenheit":
        base = ((low - 32) / 1.8, (high - 32) / 1.8)
        dimension = "celsius"
    else:
        base = (low * factor, high * factor)
    cue = grammar.before.search(ahead)
    if cue is None or (cue["cue"] == "from" and match["high"]):
        cue = grammar.after.match(behind)
    bound = grammar.bounds[cue["cue"]] if cue else None
    if cue and cue["cue"].endswith("内") and re.match(r"\S{0,3}[\u4e00-\u9fff]{0,4}?(?:不|勿|别|禁|避免)", behind):
        bound = None
    return [Quantity(*base, dimension, (low, high), match.start(), match.end(), match[0].strip(), bound, unit=factor)]


#: After what 16s are people of sixteen and not seconds.
_AGED = re.compile(r"(?<![a-z])(?:under|over|the)[ -]$")


def _in_a_word(text: str, ahead: str, behind: str) -> bool:
    """Whether numbers belong to a word: a 6-in-1 vaccine, 四周 for all around, 半天 for a long while."""
    if re.match(r"-in-\d", behind) or re.search(r"\d-in-$", ahead):
        return True
    if text == "四周":
        around = re.match(r"[的垫围皮组有放用贴固铺]", behind) or re.search(r"[把在其口肤将往向沿由从]$", ahead)
        return bool(around) and not behind.startswith(("内", "以内", "之内"))
    return text == "半天" and bool(re.match(r"[\u4e00-\u9fff]?[不没都才也]", behind))


def _value(text: str, grammar: _Grammar) -> tuple[float | None, bool]:
    """The value of a written number, and whether it is a share of something."""
    text = text.strip()
    if fraction := re.fullmatch(r"(\d+)\s?[/\u2044]\s?(\d+)", text):
        top, bottom = float(fraction[1]), float(fraction[2])
        return (top / bottom, True) if 0 < top < bottom <= 10 else (None, False)
    if parts := re.fullmatch(r"(\d+) (?:in|out of) (?:every )?(\d+)", text):
        top, bottom = float(parts[1]), float(parts[2])
        return (top / bottom, True) if 0 < top < bottom else (None, False)
    if text[0].isdigit():
        return float(text.replace(",", "")), False
    if text[0].isascii():
        return _english(text, grammar)
    if "分之" in text:
        bottom_text, top_text = text.split("分之")
        bottom = 100.0 if bottom_text == "百" else _han(bottom_text)
        top = float(top_text) if top_text.isdigit() else _han(top_text)
        return (top / bottom if bottom else None), True
    if text == "半":
        return 0.5, True
    return _han(text), False


def _english(text: str, grammar: _Grammar) -> tuple[float | None, bool]:
    words = [w for w in re.split(r"[\s-]+", text) if w not in ("a", "an", "of", "out")]
    if "in" in words or " out of " in text:
        last = words[-1]
        bottom = float(last) if last.isdigit() else grammar.words.get(last, 0)
        top = grammar.words.get(words[0], 0)
        return (top / bottom, True) if bottom > top else (None, False)
    if words[-1] in grammar.parts:
        return grammar.parts[words[-1]] * (grammar.words.get(words[0], 1.0) if len(words) > 1 else 1.0), True
    values = [grammar.words[w] for w in words if w in grammar.words]
    if len(values) == 2 and values[1] == 100:
        return values[0] * 100, False
    return sum(values), False


def _han(text: str) -> float:
    total, digit = 0.0, 0.0
    for char in text:
        if char == "十":
            total += (digit or 1) * 10
            digit = 0
        elif char == "百":
            total += (digit or 1) * 100
            digit = 0
        elif char == "半":
            digit += 0.5
        else:
            digit = float("0122345678 9".replace(" ", "")[_HAN_DIGITS.index(char)])
    return total + digit


def _share_units(found: list[Quantity], folded: str) -> None:
    """Give the unit of the last of a list to the others: 6, 9 and 12 months."""
    for i in range(len(found) - 2, -1, -1):
        this, following = found[i], found[i + 1]
        if this.dimension != COUNT or following.period or following.dimension == COUNT:
            continue
        if this.end <= following.start and _LIST_GAP.fullmatch(folded[this.end : following.start]):
            found[i] = replace(
                this,
                low=this.low * following.unit,
                high=this.high * following.unit,
                dimension=following.dimension,
                unit=following.unit,
            )


#: What follows a "once" that counts, and is not "as soon as".
_PER = re.compile(r"\s+(?:(?:a|per|every|each|in a) (?:day|week|month|year)|daily|weekly|monthly|yearly)(?![a-z])")
_BETWEEN = re.compile(r"(?<![a-z])between\s*$|(?:介于|在)\s*$")
_PER_WEIGHT = re.compile(
    r"\s*(?:(?:a|per|each) day )?(?:of [a-z]+ )?(?:/|per |for (?:each|every) |a )(kg|kilogram|kilo|pound|lb)(?![a-z])"
    r"|/(公斤|千克|斤)"
)
_EACH_WEIGHT = re.compile(r"每(公斤|千克|斤)(?:体重)?\S{0,3}$")


def _by_weight(quantity: Quantity, folded: str) -> Quantity:
    """A dose by body weight: 5 ml per kg, 每公斤体重5毫升."""
    if quantity.dimension not in ("mass", "volume", "energy"):
        return quantity
    found = _PER_WEIGHT.match(folded, quantity.end) or _EACH_WEIGHT.search(folded[: quantity.start])
    if found is None:
        return quantity
    kilos = _grammar().units[found[found.lastindex or 1]][1] / 1000
    return replace(
        quantity,
        low=quantity.low / kilos,
        high=quantity.high / kilos,
        dimension=f"{quantity.dimension}/kg",
        unit=quantity.unit / kilos,
    )


def _with_rate(quantity: Quantity, found: list[Quantity], folded: str) -> Quantity:
    if quantity.period or quantity.dimension in ("celsius", "ratio", "angle"):
        return quantity
    best: tuple[int, float] | None = None
    for other in found:
        if not other.period:
            continue
        after = other.start >= quantity.end
        gap = folded[quantity.end : other.start] if after else folded[other.end : quantity.start]
        if _CLAUSE_END.search(gap) or (quantity.dimension == TIME and not after):
            continue
        distance = len(gap) + (0 if after else 2)
        if distance < 60 and (best is None or distance < best[0]):
            best = (distance, other.low)
    return replace(quantity, per=best[1]) if best else quantity
