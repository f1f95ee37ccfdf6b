"""Limits of vital signs by age and in pregnancy: ``vital_limits.yaml`` as types, its reader and its checks.

The numbers and where each comes from stand in the file. What is checked on reading: the bands of a vital
sign follow one another over the ages of their group without a gap or an overlap, a red limit lies outside
the amber one, low limits lie below high ones, and every limit names a source that the file has.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus.errors import CorpusError
from corpus.load import DATA, Issue, read_lined
from corpus.models import Bilingual, Source

FILE = "vital_limits.yaml"
Group = Literal["child", "pregnancy"]
Colour = Literal["red", "amber"]
Refs = Annotated[tuple[str, ...], Field(min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitSource(Source):
    """A publication with the table that limits were taken from."""

    section: str = Field(min_length=1)
    reviewed: dt.date


class Limit(_Data):
    """One side of a band: the values from which it is crossed, inclusive, in the unit of the vital sign."""

    red: float | None = None
    amber: float | None = None
    source: Refs

    @model_validator(mode="after")
    def _has_a_value(self) -> Limit:
        if self.red is None and self.amber is None:
            raise ValueError("a limit has neither a red nor an amber value")
        return self


class Consciousness(_Data):
    """The levels of the ACVPU scale that count as red."""

    red: tuple[Literal["C", "V", "P", "U"], ...]
    source: Refs


class AgeBand(_Data):
    """The limits of one vital sign for ages in years, ``from_years`` inclusive to ``to_years`` exclusive."""

    from_years: float = Field(alias="from", ge=0)
    to_years: float = Field(alias="to")
    age: Bilingual
    low: Limit | None = None
    high: Limit | None = None

    @model_validator(mode="after")
    def _ordered(self) -> AgeBand:
        if self.to_years <= self.from_years:
            raise ValueError(f"the band from {self.from_years:g} to {self.to_years:g} years is empty")
        inwards = [
            *((self.low.red, self.low.amber) if self.low else ()),
            *((self.high.amber, self.high.red) if self.high else ()),
        ]
        known = [value for value in inwards if value is not None]
        if not known:
            raise ValueError("a band has no limit")
        if any(outer >= inner for outer, inner in pairwise(known)):
            raise ValueError(
                f"limits {known} do not rise from low red over low amber and high amber to high red: "
                "red lies outside amber"
            )
        return self


class LimitGroup(_Data):
    """Everybody the limits are for: ages in years, and the bands of each vital sign over them."""

    ages: tuple[float, float]
    consciousness: Consciousness | None = None
    limits: dict[str, tuple[AgeBand, ...]]

    @model_validator(mode="after")
    def _contiguous(self) -> LimitGroup:
        first, last = self.ages
        for vital, bands in self.limits.items():
            edges = [(first, first), *((band.from_years, band.to_years) for band in bands), (last, last)]
            for (_, before), (after, _) in pairwise(edges):
                if before != after:
                    problem = "gap" if before < after else "overlap"
                    raise ValueError(
                        f"{vital}: {problem} between {min(before, after):g} and {max(before, after):g} years"
                    )
        return self

    def sources(self) -> Iterator[str]:
        """Every source that is named, as often as it is."""
        if self.consciousness:
            yield from self.consciousness.source
        for band in (band for bands in self.limits.values() for band in bands):
            for side in filter(None, (band.low, band.high)):
                yield from side.source


class VitalLimits(_Data):
    """The file: its sources, and the limits of each group."""

    sources: dict[str, LimitSource]
    groups: dict[Group, LimitGroup]

    @model_validator(mode="after")
    def _sourced(self) -> VitalLimits:
        if len(self.groups) < len(get_args(Group)):
            raise ValueError(f"the groups are {', '.join(get_args(Group))}; one is missing")
        for name, group in self.groups.items():
            for ref in group.sources():
                if ref not in self.sources:
                    raise ValueError(f"{name}: missing source {ref!r}")
        return self


@functools.cache
def load_limits(folder: Path = DATA) -> VitalLimits:
    """The limits; raises :class:`CorpusError` with the first problem if the file is missing or wrong."""
    issues: list[Issue] = []
    limits = read_lined(folder / FILE, VitalLimits, issues)
    if limits is None:
        raise CorpusError(f"{issues[0].where}: {issues[0].message}. `care corpus lint` lists all problems")
    return limits


def limit_issues(folder: Path, measurements: frozenset[str], today: dt.date, every: dt.timedelta) -> Iterator[Issue]:
    """Everything wrong with the file under *folder*: its form, unknown vital signs, unused or old sources."""
    issues: list[Issue] = []
    limits = read_lined(folder / FILE, VitalLimits, issues)
    yield from issues
    if limits is None:
        return
    used = {ref for group in limits.groups.values() for ref in group.sources()}
    for name, source in limits.sources.items():
        if name not in used:
            yield Issue("warning", f"{FILE}:1", f"source {name!r} is not cited")
        if source.reviewed > today:
            yield Issue("error", f"{FILE}:1", f"{name}: reviewed on {source.reviewed}, which is in the future")
        elif today - source.reviewed > every:
            yield Issue("warning", f"{FILE}:1", f"{name}: review overdue, last reviewed on {source.reviewed}")
    for group_name, group in limits.groups.items():
        for vital in group.limits.keys() - measurements:
            yield Issue("error", f"{FILE}:1", f"{group_name}: unknown measurement {vital!r}")
