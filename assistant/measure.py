"""Numbers in running text: vital signs, lab values, age and sex, in both languages and in ward shorthand."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field

from assistant.ages import bare_age
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
    r"|steady|stable|slow|regular|irregular|racing|hammering|pounding|currently|still|measured|showing|says|said)\b"
    r"|=|:|-|~|>|<|为|是|到|至|有|约|大约|大概|高达|达到|达|只有|只剩|仅|才|在|烧|升|降|掉|跌|低|高|飙|涨|冲|都|就|已经?|也|又|还|快|测(?:得|了|出来)?|显示|突然|一下子?|最|一直)){0,5}\s*"
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
    r"\bon\s+(?:\d+(?:\.\d+)?\s*l(?:/min|pm)?\b|o2\b|oxygen\b)|\d+(?:\.\d+)?\s*(?:l|升)(?:/min|/分)?\s*(?:o2|oxygen|吸氧|氧气)|吸氧|鼻导管给氧"
)
_AIR = re.compile(r"\bon (?:room )?air\b|\broom air\b|\bra\b|未吸氧|不吸氧|没有吸氧|没吸氧|空气下|呼吸空气")
_AGE = re.compile(
    r"(?P<years>\d{1,3})(?:\.\d)?\s*[- ]?(?:years?[- ]old|yrs?[- ]old|y/?o\b|yo\b|岁|周岁)"
    r"|\baged?\s*[:=]?\s*(?P<aged>\d{1,3})\b|年龄\s*[:：为是]?\s*(?P<written>\d{1,3})"
)
_MONTHS = re.compile(
    r"(?P<months>\d{1,2})\s*[- ]?(?:months?[- ]old|mo\b|个月大|个月的?\s*(?:宝宝|婴儿|孩子|娃|女婴|男婴|小孩))"
)
_WEEKS = re.compile(r"(?P<weeks>\d{1,2})\s*[- ]?(?:weeks?[- ]old|周大)")
_FEMALE = re.compile(
    r"\b(?:woman|female|lady|girl|she|her|mother|grandmother|wife|mum|mom)\b|女性|女士|老太太|女患者|[岁，,\s]女(?![婿儿])|^女[，,\s]"
)
_MALE = re.compile(
    r"\b(?:man|male|gentleman|boy|he|his|father|grandfather|husband|dad)\b|男性|先生|老头|男患者|[岁，,\s]男|^男[，,\s]"
)
_VALUE = re.compile(_TOLD + _NUMBER + r"\s*(?P<unit>[a-z%°℃/μµ²·]+(?:/[a-z]+)?|斤|公斤|千克)?")


#: A pulse told without a name for it: "my heart has been going like mad at 180".
_BARE_PULSE = re.compile(
    r"(?:heart|pulse|心跳|心率|脉搏)[^.;。；\d]{0,40}?\b(?:at|of|to)\s(?P<rate>\d{2,3})(?![\d.]|\s*(?:/|%|years|weeks|days))"
)


@dataclass
class Numbers:
    """What a text says in numbers; values in the measurement's own unit. ``doubts`` are impossible readings."""

    labs: dict[str, float] = field(default_factory=dict)
    vitals: dict[str, float | str | bool] = field(default_factory=dict)
    age_years: float | None = None
    sex: str | None = None
    doubts: list[str] = field(default_factory=list)


def read_numbers(text: str, table: ConceptTable) -> Numbers:
    """Find measurements, age and sex in *text*. The last value of a repeated measurement wins."""
    folded = normalise(text)
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
    if "temperature_c" not in found.vitals and (bare := _BARE_TEMPERATURE.search(folded)):
        told = bare["bare"] or bare["named"] + (bare["part"] or "")
        _keep(found, table.measurements.get("temperature_c"), float(told))
    if "heart_rate" not in found.vitals and (beat := _BARE_PULSE.search(folded)):
        _keep(found, table.measurements.get("heart_rate"), float(beat["rate"]))
    if _OXYGEN.search(folded):
        found.vitals["on_oxygen"] = True
    if _AIR.search(folded):
        found.vitals["on_oxygen"] = False
    found.age_years = _age(folded)
    female, male = bool(_FEMALE.search(folded)), bool(_MALE.search(folded))
    found.sex = None if female == male else "female" if female else "male"
    return found


def _named_values(folded: str, table: ConceptTable) -> list[tuple[Measurement, float, str, str]]:
    taken: set[int] = set()
    values = []
    for name, measurement in _names(table):
        position = folded.find(name)
        while position >= 0:
            end = position + len(name)
            if not taken & set(range(position, end)) and _bounded(folded, position, end):
                match = _VALUE.match(folded, end)
                if match and not folded.startswith("/", match.end("value")):
                    taken |= set(range(position, match.end("value")))
                    shown = folded[position : match.end()].strip()
                    values.append((position, measurement, float(match["value"]), match["unit"] or "", shown))
            position = folded.find(name, end)
    return [(m, v, u, s) for _, m, v, u, s in sorted(values, key=lambda item: item[0])]


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


def _convert(measurement: Measurement, value: float, unit: str) -> float:
    wanted = re.sub(r"[^a-z0-9]+", "_", unit.replace("℃", "c").replace("°", "")).strip("_")
    aliases = {"斤": "jin", "公斤": "kg", "千克": "kg"}
    wanted = aliases.get(unit, wanted)
    if wanted in measurement.alternatives:
        factor, offset = measurement.alternatives[wanted]
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


def _age(folded: str) -> float | None:
    folded = _number_words().sub(lambda match: str(_words()[match[1]]) + match[2], folded)
    if match := _WEEKS.search(folded):
        return round(int(match["weeks"]) / 52.18, 3)
    if match := _MONTHS.search(folded):
        return round(int(match["months"]) / 12, 3)
    if match := _AGE.search(folded):
        years = float(next(value for value in match.groups() if value))
        return years if years <= 130 else None
    return bare_age(folded)
