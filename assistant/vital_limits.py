"""Vital signs beyond the limits for a child's age or for pregnancy, where NEWS2 does not apply.

The limits are data with their sources (``corpus/data/vital_limits.yaml``). Each vital sign is judged by
itself: a red limit means emergency, an amber one urgent; a value within all limits says nothing, and never
lowers what a red flag raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from assistant.messages import say
from assistant.patient import measurement_label, measurement_unit
from corpus.limits import AgeBand, Colour, Group, LimitGroup, LimitSource, load_limits
from corpus.models import Level

#: What crossing a limit means.
LEVEL_OF: dict[Colour, Level] = {"red": "emergency", "amber": "urgent"}
_ORDER: tuple[Colour, ...] = ("amber", "red")


class CrossedLimit(BaseModel):
    """One vital sign at or beyond a limit, with the limit, whom it is for and who says so.

    ``unsure`` is set where the age is known only as a range and the limit holds for part of it.
    """

    model_config = ConfigDict(frozen=True)

    vital: str = Field(description="key of the vital sign, as in Patient.vitals")
    value: float | str
    colour: Colour
    side: Literal["low", "high", "consciousness"]
    bound: float | None = None
    group: Group
    age: dict[str, str] = Field(description="the age band in words, by language")
    unsure: bool = False
    sources: tuple[LimitSource, ...]

    @property
    def level(self) -> Level:
        """The urgency it asks for; short of an emergency where it depends on an age that is not known."""
        return "urgent" if self.unsure else LEVEL_OF[self.colour]

    @property
    def rank(self) -> tuple[bool, int]:
        """How grave it is, to compare by."""
        return self.level == "emergency", _ORDER.index(self.colour)

    @property
    def rule(self) -> str:
        """The id under which a reason names it."""
        return f"limits/{self.vital}"

    def text(self, language: str) -> str:
        """The limit that was crossed, in words, with the publisher, title and year of its source."""
        sources = "; ".join(_source_text(source) for source in dict.fromkeys(map(_publication, self.sources)))
        shown = say(
            f"limit.{self.side}",
            language,
            name=_name(self.vital, language),
            value=_quantity(self.value, self.vital),
            bound=_quantity(self.bound, self.vital),
            colour=say(f"limit.{self.colour}", language),
            age=self.age[language],
            source=sources + ("。" if language == "zh" else "."),
        )
        return shown + (say("limit.unsure", language) if self.unsure else "")


class _Hit(NamedTuple):
    colour: Colour
    side: Literal["low", "high"]
    bound: float
    band: AgeBand
    refs: tuple[str, ...]


def crossed_limits(
    vitals: Mapping[str, Any], age_years: float | tuple[float, float] | None = None, pregnant: bool | None = None
) -> tuple[CrossedLimit, ...]:
    """The limits that *vitals* cross, the gravest of each vital sign, red before amber.

    *age_years* may be a range where the age is known only in words ("a baby"); *pregnant* also means the
    weeks after birth. Nothing is judged for a person of 16 or over, or of unknown age, who is not pregnant:
    for them there is NEWS2. Values are rounded as they would be charted: temperatures to 0.1 °C, the rest
    to whole numbers.
    """
    table = load_limits()
    found: dict[str, CrossedLimit] = {}
    low, high = age_years if isinstance(age_years, tuple) else (age_years, age_years)
    wanted: list[tuple[Group, float, float]] = []
    if low is not None and high is not None and low < table.groups["child"].ages[1]:
        wanted.append(("child", low, high))
    if pregnant:
        wanted.append(("pregnancy", *table.groups["pregnancy"].ages))
    for name, first, last in wanted:
        for crossed in _crossed(name, table.groups[name], vitals, first, last, table.sources):
            other = found.get(crossed.vital)
            if other is None or crossed.rank > other.rank:
                found[crossed.vital] = crossed
    return tuple(sorted(found.values(), key=lambda crossed: crossed.rank, reverse=True))


def _crossed(
    name: Group,
    group: LimitGroup,
    vitals: Mapping[str, Any],
    first: float,
    last: float,
    sources: Mapping[str, LimitSource],
) -> list[CrossedLimit]:
    found = []
    for vital, bands in group.limits.items():
        if vitals.get(vital) is None:
            continue
        value = round(float(vitals[vital]), 1 if vital == "temperature_c" else 0)
        reached = [band for band in bands if band.from_years <= last and first < band.to_years]
        judged = [_judge(band, value) for band in reached]
        hits = [hit for hit in judged if hit is not None]
        if not hits:
            continue
        mildest = min(hits, key=lambda hit: _ORDER.index(hit.colour))
        found.append(
            CrossedLimit(
                vital=vital,
                value=float(vitals[vital]),
                colour=mildest.colour,
                side=mildest.side,
                bound=mildest.bound,
                group=name,
                age={"en": mildest.band.age.en, "zh": mildest.band.age.zh},
                unsure=any(hit is None or hit.colour != mildest.colour for hit in judged),
                sources=tuple(sources[ref] for ref in mildest.refs),
            )
        )
    awake = str(vitals.get("consciousness") or "A").upper()
    if group.consciousness and awake in group.consciousness.red:
        found.append(
            CrossedLimit(
                vital="consciousness",
                value=awake,
                colour="red",
                side="consciousness",
                group=name,
                age={language: say(f"limit.{name}", language) for language in ("en", "zh")},
                sources=tuple(sources[ref] for ref in group.consciousness.source),
            )
        )
    return found


def _judge(band: AgeBand, value: float) -> _Hit | None:
    """The gravest limit of the band that *value* crosses."""
    for colour in reversed(_ORDER):
        if band.low is not None and (bound := getattr(band.low, colour)) is not None and value <= bound:
            return _Hit(colour, "low", bound, band, band.low.source)
        if band.high is not None and (bound := getattr(band.high, colour)) is not None and value >= bound:
            return _Hit(colour, "high", bound, band, band.high.source)
    return None


def _publication(source: LimitSource) -> tuple[str, str, int | None]:
    return source.publisher, source.title, source.year


def _source_text(publication: tuple[str, str, int | None]) -> str:
    publisher, title, year = publication
    return f"{publisher}, {title}" + (f", {year}" if year else "")


def _name(vital: str, language: str) -> str:
    label = measurement_label(vital, language)
    return label[0].upper() + label[1:]


def _quantity(value: float | str | None, vital: str) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    unit = measurement_unit(vital)
    return f"{value:g}{'' if unit.startswith(('/', '%')) else ' '}{unit}"
