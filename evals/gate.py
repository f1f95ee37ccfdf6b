"""The gate: no figure below its floor. The floors stand in ``floors.yaml`` and only ever rise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from corpus.load import read_yaml
from evals.records import ALL, Measured, Record, Total, totals

FLOORS = Path(__file__).parent / "floors.yaml"
_WORST, _SHOWN = 3, 240
_ROUNDING = 1e-9


class Floor(BaseModel):
    """What one figure of ours must not fall below, or, where less is better, must not rise above."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    measure: str
    group: str = ALL
    run: Literal["quick", "full"] = "quick"
    at_least: float | None = None
    at_most: float | None = None
    safety: bool = Field(default=False, description="absolute: nothing makes up for it, and it is never moved")

    @model_validator(mode="after")
    def _one_bound(self) -> Floor:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("a floor has either at_least or at_most")
        return self

    @property
    def figure(self) -> str:
        """The name of the figure it holds."""
        return f"{self.suite} {self.measure}" + ("" if self.group == ALL else f" of {self.group}")

    @property
    def bound(self) -> str:
        """The bound in words."""
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"

    def holds(self, value: float) -> bool:
        """Whether a figure keeps to it."""
        if self.at_least is not None:
            return value >= self.at_least - _ROUNDING
        return self.at_most is not None and value <= self.at_most + _ROUNDING

    def is_below(self, other: Floor) -> bool:
        """Whether it asks for less than *other*, which holds the same figure."""
        if (self.at_least is None) != (other.at_least is None) or (other.safety and not self.safety):
            return True
        if self.at_least is not None and other.at_least is not None:
            return self.at_least < other.at_least
        return self.at_most is not None and other.at_most is not None and self.at_most > other.at_most


@dataclass(frozen=True)
class Checked:
    """A floor with the figure it holds, none where it was not measured, and the cases that pull the figure down."""

    floor: Floor
    total: Total | None
    worst: tuple[Record, ...] = ()

    @property
    def passed(self) -> bool:
        return self.total is not None and self.floor.holds(self.total.value)


def read_floors(text: Path | str = FLOORS) -> list[Floor]:
    """The floors of a file, or of its text."""
    if isinstance(text, Path):
        rows = read_yaml(text)
    else:
        import yaml

        rows = yaml.safe_load(text)
    return TypeAdapter(list[Floor]).validate_python(rows["floors"])


def check(floors: Iterable[Floor], records: Sequence[Record], system: str = "ours") -> list[Checked]:
    """Each floor against the figures of *system*."""
    ours = [record for record in records if record.system == system]
    found = totals(ours)
    checked = []
    for floor in floors:
        total = found.get(Measured(floor.suite, system, floor.measure, floor.group))
        result = Checked(floor, total)
        checked.append(result if result.passed else Checked(floor, total, tuple(_worst(floor, ours))))
    return checked


def lowered(now: Iterable[Floor], before: Iterable[Floor]) -> list[str]:
    """The floors that stand lower now than before, or are gone."""
    standing = {(floor.suite, floor.measure, floor.group, floor.run): floor for floor in now}
    fallen = []
    for old in before:
        new = standing.get((old.suite, old.measure, old.group, old.run))
        if new is None:
            fallen.append(f"the floor of {old.figure} ({old.run}), {old.bound}, is gone")
        elif new.is_below(old):
            fallen.append(f"the floor of {old.figure} ({old.run}) was {old.bound}, is {new.bound}")
    return fallen


def in_words(checked: Sequence[Checked]) -> str:
    """Every floor with its figure, those that are not kept with their worst cases."""
    lines = []
    for item in checked:
        value = f"{item.total.value:.4f} of {item.total.cases} cases" if item.total else "not measured"
        mark = "ok  " if item.passed else "FAIL"
        safety = " [safety]" if item.floor.safety else ""
        lines.append(f"{mark} {item.floor.figure}: {value}; {item.floor.bound}{safety}")
        for record in item.worst:
            said = " ".join(record.said.split())
            lines.append(f"     {record.case}: {'; '.join(record.problems) or 'no problem noted'}")
            lines.append(
                f"       asked: {_short(str(record.seen.get('question') or record.seen.get('text') or record.seen))}"
            )
            lines.append(f"       said:  {_short(said)}")
    fallen = sum(not item.passed for item in checked)
    lines.append(f"{len(checked)} floors, " + (f"{fallen} NOT KEPT" if fallen else "all kept"))
    return "\n".join(lines)


def _worst(floor: Floor, records: Iterable[Record]) -> list[Record]:
    """The cases that pull a figure down most."""
    losses = []
    for record in records:
        groups = (ALL, *(f"{name}={value}" for name, value in record.groups.items()))
        hits, of = record.counts.get(floor.measure, (0, 0))
        if record.suite == floor.suite and floor.group in groups and of:
            loss = of - hits if floor.at_least is not None else hits
            losses.append((loss, record))
    losses.sort(key=lambda item: (-item[0], item[1].case))
    return [record for loss, record in losses[:_WORST] if loss > 0]


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
