"""What one system did on one case, a line of JSON each: written by a run, read by everything that reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import InputError

NAME = "records.jsonl"
#: The group that every case is in.
ALL = "all"


class Key(NamedTuple):
    """What a record is of; no two records of a run share one."""

    suite: str
    case: str
    system: str


class Record(BaseModel):
    """One system on one case: what it was given, what it said, and how that counts.

    ``counts`` holds for each measure (hits, of): a figure is the sum of hits over the sum of "of". A measure that a
    system cannot have is absent. ``milliseconds`` is never part of a figure that two runs are held to share.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    case: str
    system: str
    groups: dict[str, str] = {}
    counts: dict[str, tuple[float, float]] = {}
    labels: dict[str, str] = {}
    milliseconds: float | None = None
    seen: dict[str, Any] = {}
    said: str = ""
    problems: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """Suite, case and system."""
        return Key(self.suite, self.case, self.system)


class Total(NamedTuple):
    """A figure: hits of so many, over so many cases."""

    hits: float
    of: float
    cases: int

    @property
    def value(self) -> float:
        """The figure itself."""
        return self.hits / self.of


class Measured(NamedTuple):
    """What a figure is a figure of; ``group`` is ``all`` or ``NAME=VALUE``."""

    suite: str
    system: str
    measure: str
    group: str = ALL


def totals(records: Iterable[Record]) -> dict[Measured, Total]:
    """Every figure of *records*, over all cases and over each group."""
    found: dict[Measured, Total] = {}
    for record in records:
        for measure, (hits, of) in record.counts.items():
            for group in (ALL, *(f"{name}={value}" for name, value in record.groups.items())):
                key = Measured(record.suite, record.system, measure, group)
                before = found.get(key, Total(0, 0, 0))
                found[key] = Total(before.hits + hits, before.of + of, before.cases + 1)
    return {key: total for key, total in found.items() if total.of}


def read_records(folder: Path) -> list[Record]:
    """The records of a run; a last line that a stopped run left torn is left out.

    Raises :class:`~assistant.InputError` for a folder without any, and for a line that is no record.
    """
    path = folder / NAME
    if not path.is_file():
        raise InputError(f"there is no {NAME} in {folder}; `care eval --out {folder}` writes one")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    records = []
    for number, line in enumerate(lines, 1):
        try:
            records.append(Record.model_validate_json(line))
        except ValidationError as error:
            if number == len(lines) and not line.endswith("\n"):
                break
            raise InputError(f"{path} line {number} is no record; delete the folder and run again") from error
    return records


def append_record(path: Path, record: Record) -> None:
    """Write *record* at the end of a file, at once."""
    with path.open("a", encoding="utf-8") as file:
        file.write(line_of(record))


def write_records(path: Path, records: Sequence[Record]) -> None:
    """Put *records* in the place of whatever the file holds, by one rename."""
    draft = path.with_suffix(".draft")
    draft.write_text("".join(map(line_of, records)), encoding="utf-8")
    draft.replace(path)


def line_of(record: Record) -> str:
    """A record as a line of JSON."""
    return json.dumps(record.model_dump(mode="json"), ensure_ascii=False) + "\n"
