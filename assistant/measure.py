"""Numbers in running text: vital signs, lab values, age and sex, in both languages and in ward shorthand."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from assistant.ages import bare_age
from assistant.corrections import AGE, in_digits, taken_back
from assistant.person import age_of, sex_of
from corpus.concepts import ConceptTable, Measurement
from corpus.load import DATA, read_yaml
from corpus.text import normalise

_NUMBER = r"(?P<value>\d{1,4}(?:\.\d{1,3})?)"
_LINK = (
    r"\s*(?:(?:is|was|of|at|=|:|为|是|有|约|大约|大概|高达|达到|达|只有|仅|才|在|都|就|快|一直)?"
    r"(?:[升高飙涨冲]?[到至])?)?\s*"
)
#: Degrees without a word for fever, where nothing says that they are the water's or the room's.
_DEGREES = re.compile(
    r"(?<![水室外温气调烤酒\d.])(?P<degrees>(?:3[7-9]|4[0-2])(?:\.\d)?)\s*(?:度|℃|°c)(?![\d白酒水的热温])"
)
_SYSTOLIC = re.compile(r"(?:\bbp|血压|高压)" + _LINK + r"(?P<high>1[4-9]\d|2\d\d)(?!\s*/|\d|\.)")
#: Between a measurement's name and its value more may be said than between the two numbers of a blood pressure.
_TOLD = (
    r"(?:\s*(?:\b(?:is|are|was|were|has|have|had|been|gone|went|come|came|back|as|of|at|up|down|to|shot|dropped|fallen|fell"
    r"|over|above|under|below|nearly|almost|than|more|less|risen|rose|running|reading|reads|reached|hit|hitting|now|today|today's|only|just|about|around|level|levels|result"
    r"|low|high|raised|elevated|steady|stable|slow|regular|irregular|racing|hammering|pounding|currently|still|measured|showing|says|said)\b"
    r"|=|:|-|~|>|<|为|是|到|至|有|约|大约|大概|高达|达到|达|只有|只剩|仅|才|在|烧|升|降|掉|跌|低|高|飙|涨|冲|都|就|已经?|也|又|还|快|测(?:得|了|出来)?|显示|复查|复测|化验|结果|回报|今天|今早|最近|突然|一下子?|最|一直|这[两几]天|今[天早晚]|昨[天晚])){0,5}\s*"
)
#: A temperature told without its name: "burning up at 38.7", "fever of 39".
_BARE_TEMPERATURE = re.compile(
    r"(?:fever|feverish|burning up|temp|temperature|发烧|发热|高烧|低烧|烧)[^.;。；\d]{0,18}"
    r"(?P<named>3[4-9]|4[0-2])(?P<part>\.\d)?(?![\d.]|\s*(?:%|kg|mg|周|岁|天|weeks|years|days|hours|minutes))"
    r"|(?<![\d./])(?P<bare>(?:3[5-9]|4[0-2])\.\d)(?!\d|\s*(?:%|kg|mg|mmol|cm|μ|g\b))"
)
_BLOOD_PRESSURE = re.compile(
    r"(?:\bbp|blood pressure|血压|高压低压)?"
    + _LINK
    + r"(?P<high>\d{2,3})\s*/\s*(?P<low>\d{2,3})(?!\s*/|\d)(?P<unit>\s*(?:mm\s*hg|毫米汞柱))?"
)
_OXYGEN = re.compile(
    r"venturi|nasal cannula|non-rebreathe|\bnrb\b|on his concentrator|鼻导管|面罩吸氧|\bon\s+(?:\d+(?:\.\d+)?\s*l(?:/min|pm)?\b|o2\b|oxygen\b)|\d+(?:\.\d+)?\s*(?:l|升)(?:/min|/分)?\s*(?:o2|oxygen|吸氧|氧气)|吸氧|鼻导管给氧"
)
_AIR = re.compile(
    r"\bon (?:room )?air\b|\broom air\b|\bra\b|未吸氧|未用氧|未给氧|不吸氧|没有吸氧|没吸氧|空气下|呼吸空气"
)
#: What it was before it came to the value: "from 5.1 to 6.4", 从5.1升到6.4.
_BEFORE = r"(?:from\s*\d[\d.]*\s*(?:to|->|up to|down to)\s*|从\d[\d.]*\s*(?:一下子?)?[升降涨掉跌飙变到至]+\s*)?"
#: A range is what is aimed at, no reading.
_RANGE = re.compile(r"\s*(?:to|-|–|~|至|到|and)\s*\d")
_VALUE = re.compile(_TOLD + _BEFORE + _NUMBER + r"\s*(?P<unit>[a-z%°℃/μµ²·]+(?:/[a-z]+)?|斤|公斤|千克)?")


#: A pulse told without a name for it: "my heart has been going like mad at 180".
_BARE_PULSE = re.compile(
    r"(?:heart|pulse|心跳|心率|脉搏)[^.;。；\d]{0,40}?\b(?:at|of|to)\s(?P<rate>\d{2,3})(?![\d.]|\s*(?:/|%|years|weeks|days))"
)


#: Ward shorthand: "T39.2 P120 R28", "VS 36.6 - 72 - 16 - 128/76", "91% on 4L", "98% RA", "pain 7/10", "鼻导管2L/min".
_IN_A_ROW = re.compile(
    r"\b(?:vs|obs|vitals)\s*:?\s*(?P<t>3\d(?:\.\d)?|4[0-2](?:\.\d)?)\s*-\s*(?P<p>\d{2,3})\s*-\s*(?P<r>\d{1,2})\b"
)
_LETTER = {
    letter: re.compile(
        rf"(?<![a-z0-9]){letter}\s?:?\s?(?P<value>\d{{2,3}})(?![\d.])(?=\s*(?:次/分|bpm|/min|[,;。，；\s]|$))"
    )
    for letter in "pr"
}
_FLOW = re.compile(r"(?:on|鼻导管|面罩|吸氧|氧流量)\s*(?P<flow>\d{1,2}(?:\.\d)?)\s*(?:l|升)(?:/min|/分|pm)?(?![a-z])")
_PAIN = re.compile(r"(?:pain|疼痛?|痛)[^.;。；\d/]{0,6}(?P<score>\d{1,2})\s*/\s*10(?!\d)")
_ON_AIR = re.compile(r"(?<![\d.])(?P<share>[5-9]\d|100)\s*%\s*(?:on )?(?:ra|room air|air|空气|未吸氧|吸氧|on \d)")
_BARE_SUGAR = re.compile(
    r"(?:gluc|sugars?|血糖)[^.;。；\d]{0,24}(?P<value>\d{1,2}(?:\.\d)?)(?![\d.%/]|\s*(?:kg|周|岁|天|年|weeks|years|days|hours|mg)|\s*(?:to|-|–|~|至|到)\s*\d)"
)
_BARE_WEIGHT = re.compile(
    r"(?:岁|个月|months?|years?|old|出生|孩子|宝宝)[^.;。；\d]{0,4}(?P<kg>\d{1,3}(?:\.\d{1,2})?)\s*(?:kg|公斤|千克)(?!/)"
)
#: Units of what is eaten or taken.
_EATEN = frozenset({"mg", "g", "mcg", "ug", "ml", "l", "kg", "times", "tablets", "tablet", "servings", "portions"})
#: Breaths told without a name for them: "breathing 6 a minute", 一分钟喘6次.
_BARE_BREATHS = re.compile(
    r"breath[a-z]*[^.;。；\d]{0,24}?(?P<rate>\d{1,2})\s*(?:times |breaths |x )?(?:a|per|every|/|in a)\s*min"
    r"|(?:每分钟|一分钟)[^.;。；\d]{0,6}(?:喘|呼吸|出气|换气)[^.;。；\d]{0,6}(?P<zh>\d{1,2})\s*(?:次|口|下|回)"
    r"|(?:喘气?|呼吸|出气|换气)[^.;。；\d]{0,6}(?:每分钟|一分钟)[^.;。；\d]{0,6}(?P<after>\d{1,2})\s*(?:次|口|下|回)"
)
_UNIT = re.compile(r"\s*(?P<unit>[a-z%°℃/μµ²·]+(?:/[a-z]+)?|斤|公斤|千克)?")
_AGE_TOLD = re.compile(r"(?<![\d.])\d{1,3}\s*(?:岁|years?[- ]old|yo\b)|\b(?:she|he)(?:'s| is)\s+\d{1,3}(?![\d.])")


@dataclass
class Numbers:
    """What a text says in numbers; values in the measurement's own unit.

    ``doubts`` are impossible readings, ``unclear`` those whose unit was not told and could be another one.
    """

    labs: dict[str, float] = field(default_factory=dict)
    vitals: dict[str, float | str | bool] = field(default_factory=dict)
    age_years: float | None = None
    sex: str | None = None
    doubts: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def read_numbers(text: str, table: ConceptTable) -> Numbers:
    """Find measurements, age and sex in *text*. The last value of a repeated measurement wins."""
    folded = in_digits(normalise(text))
    found = Numbers()
    for match in _BLOOD_PRESSURE.finditer(folded):
        high, low = float(match["high"]), float(match["low"])
        if not match["unit"] and not re.match(r"bp|blood|血|高", match[0]) and not 60 <= high <= 300:
            continue
        if low < high:
            _keep(found, table.measurements.get("systolic_bp"), high)
            _keep(found, table.measurements.get("diastolic_bp"), low)
        else:
            found.doubts.append(match[0].strip())
    if alone := _SYSTOLIC.search(folded):
        _keep(found, table.measurements.get("systolic_bp"), float(alone["high"]))
    if degrees := _DEGREES.search(folded):
        _keep(found, table.measurements.get("temperature_c"), float(degrees["degrees"]))
    for measurement, value, unit, shown in _named_values(folded, table):
        _keep(found, measurement, _convert(measurement, value, unit), shown)
        doubtful = _readings()["doubtful"].get(measurement.key)
        if doubtful and not unit and doubtful["from"] <= value < doubtful["to"]:
            found.unclear.append(shown)
    for measurement, value in _bare_values(folded, table):
        if measurement.key not in found.labs:
            _keep(found, measurement, value)
    if "temperature_c" not in found.vitals and (bare := _BARE_TEMPERATURE.search(folded)):
        told = bare["bare"] or bare["named"] + (bare["part"] or "")
        _keep(found, table.measurements.get("temperature_c"), float(told))
    if "heart_rate" not in found.vitals and (beat := _BARE_PULSE.search(folded)):
        _keep(found, table.measurements.get("heart_rate"), float(beat["rate"]))
    if "respiratory_rate" not in found.vitals and (breaths := _BARE_BREATHS.search(folded)):
        told_rate = next(rate for rate in breaths.groups() if rate)
        _keep(found, table.measurements.get("respiratory_rate"), float(told_rate))
    if _OXYGEN.search(folded):
        found.vitals["on_oxygen"] = True
    if _AIR.search(folded):
        found.vitals["on_oxygen"] = False
    if row := _IN_A_ROW.search(folded):
        for key, name in (("temperature_c", "t"), ("heart_rate", "p"), ("respiratory_rate", "r")):
            _keep(found, table.measurements.get(key), float(row[name]))
    for letter, key in (("p", "heart_rate"), ("r", "respiratory_rate")):
        if key not in found.vitals and (one := _LETTER[letter].search(folded)):
            _keep(found, table.measurements.get(key), float(one["value"]))
    if flow := _FLOW.search(folded):
        _keep(found, table.measurements.get("oxygen_flow_l_min"), float(flow["flow"]))
    if "pain" not in found.vitals and (score := _PAIN.search(folded)):
        _keep(found, table.measurements.get("pain"), float(score["score"]))
    if "spo2" not in found.vitals and (share := _ON_AIR.search(folded)):
        _keep(found, table.measurements.get("spo2"), float(share["share"]))
    if "glucose_mmol_l" not in found.labs and (sugar := _BARE_SUGAR.search(folded)):
        _keep(found, table.measurements.get("glucose_mmol_l"), float(sugar["value"]))
    if "weight_kg" not in found.vitals and (weight := _BARE_WEIGHT.search(folded)):
        _keep(found, table.measurements.get("weight_kg"), float(weight["kg"]))
    told = _number_words().sub(lambda match: str(_words()[match[1]]) + match[2], folded)
    corrected = age_corrected(told)
    found.age_years = corrected if corrected is not None else age_of(told)
    if found.age_years is None:
        found.age_years = bare_age(told)
    found.sex = sex_of(folded)
    return found


def age_corrected(folded: str) -> float | None:
    """The age that somebody gives after taking back another."""
    first = _AGE_TOLD.search(folded)
    back = taken_back(folded, first.end(), AGE) if first else None
    return float(back[0]) if back and float(back[0]) <= 130 else None


def _named_values(folded: str, table: ConceptTable) -> list[tuple[Measurement, float, str, str]]:
    taken: set[int] = set()
    values = []
    for name, measurement in _names(table):
        position = folded.find(name)
        while position >= 0:
            end = position + len(name)
            if not taken & set(range(position, end)) and _bounded(folded, position, end):
                match = _VALUE.match(folded, end)
                if match and measurement.kind == "lab" and _RANGE.match(folded, match.end("value")):
                    match = None
                if match and (
                    not folded.startswith("/", match.end("value")) or _of_fifteen(folded, match, measurement)
                ):
                    taken |= set(range(position, match.end("value")))
                    shown = folded[position : match.end()].strip()
                    value, unit = match["value"], match["unit"] or ""
                    if back := taken_back(folded, match.end("value")):
                        value = back[0]
                        unit = (again["unit"] or unit) if (again := _UNIT.match(folded, back[1])) else unit
                    values.append((position, measurement, float(value), unit, shown))
            position = folded.find(name, end)
    return [(m, v, u, s) for _, m, v, u, s in sorted(values, key=lambda item: item[0])]


def _bare_values(folded: str, table: ConceptTable) -> Iterator[tuple[Measurement, float]]:
    """Values beside a name that also means something to eat, where they can be nothing else."""
    for key, bare in _readings()["bare"].items():
        measurement = table.measurements[key]
        names = "|".join(map(re.escape, bare["names"]))
        for match in re.finditer(rf"(?<![a-z-])(?:{names})(?![a-z])", folded):
            told = _VALUE.match(folded, match.end())
            if not told or folded.startswith(("-", "/", "%"), told.end("value")):
                continue
            unit = _unit_key(told["unit"] or "")
            own = not unit or unit == _unit_key(normalise(measurement.unit)) or unit not in _EATEN
            value = _convert(measurement, float(told["value"]), told["unit"] or "")
            if own and bare["from"] <= value <= bare["to"]:
                yield measurement, value


def _of_fifteen(folded: str, match: re.Match[str], measurement: Measurement) -> bool:
    return measurement.key == "gcs" and folded.startswith("/15", match.end("value"))


@functools.cache
def _readings() -> dict[str, dict[str, Any]]:
    data: dict[str, dict[str, Any]] = read_yaml(DATA / "language" / "readings.yaml")
    return data


@functools.cache
def _words() -> dict[str, int]:
    words: dict[str, int] = read_yaml(DATA / "language" / "ages.yaml")["numbers"]
    return words


@functools.cache
def _number_words() -> re.Pattern[str]:
    """A number word with the unit of age that follows it."""
    words = "|".join(sorted(_words(), key=len, reverse=True))
    return re.compile(rf"(?<![a-z])({words})(\s*-?\s*(?:years?|months?|weeks?|个月|岁|周))")


@functools.lru_cache(maxsize=8)
def _names(table: ConceptTable) -> list[tuple[str, Measurement]]:
    """Every name of every measurement, the longest first."""
    names = ((normalise(name), m) for m in table.measurements.values() for name in m.names)
    return sorted(names, key=lambda pair: -len(pair[0]))


def _bounded(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    starts_ascii, ends_ascii = text[start].isascii(), text[end - 1].isascii()
    return not (starts_ascii and before.isascii() and before.isalnum()) and not (
        ends_ascii and after.isascii() and after.isalpha()
    )


def _unit_key(unit: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", unit.replace("℃", "c").replace("°", "")).strip("_")


def _convert(measurement: Measurement, value: float, unit: str) -> float:
    wanted = _unit_key(unit)
    aliases = {"斤": "jin", "公斤": "kg", "千克": "kg"}
    wanted = aliases.get(unit, wanted)
    if wanted in measurement.alternatives:
        factor, offset = measurement.alternatives[wanted]
        return round(value * factor + offset, 4)
    told = _readings()["unitless"].get(measurement.key) if not wanted else None
    if told and (value < told.get("below", value) or value > told.get("above", value)):
        factor, offset = measurement.alternatives[told["unit"]]
        return round(value * factor + offset, 4)
    if not wanted and not measurement.minimum <= value <= measurement.maximum:
        for factor, offset in measurement.alternatives.values():
            if measurement.minimum <= value * factor + offset <= measurement.maximum:
                return round(value * factor + offset, 4)
    return value


def _keep(found: Numbers, measurement: Measurement | None, value: float, shown: str = "") -> None:
    if measurement is None:
        return
    if not measurement.minimum <= value <= measurement.maximum:
        found.doubts.append(shown or f"{measurement.key} {value:g}")
    elif measurement.kind == "vital":
        found.vitals[measurement.key] = value
    else:
        found.labs[measurement.key] = value
