"""A finished run as it lies in its folder: the records and the environment."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from assistant.errors import InputError
from evals.records import Record

RECORDS = "records.jsonl"
ENVIRONMENT = "environment.json"


@dataclass(frozen=True)
class Run:
    """What a run wrote."""

    records: tuple[Record, ...]
    environment: dict[str, Any]

    @property
    def seed(self) -> int:
        return int(self.environment["seed"])

    @property
    def systems(self) -> list[str]:
        """The systems, in the order in which they were asked for; the first is what others are compared with."""
        return _ordered({record.system for record in self.records}, self.environment.get("systems", ()))

    @property
    def suites(self) -> list[str]:
        return _ordered({record.suite for record in self.records}, self.environment.get("suites", ()))


def read_run(folder: Path) -> Run:
    """Read a run's folder; a last line that a stopped run left torn is left out.

    Raises :class:`~assistant.InputError` with file and line of what cannot be read.
    """
    environment = _read_environment(folder / ENVIRONMENT)
    records: list[Record] = []
    seen: dict[tuple[str, str, str], int] = {}
    # What follows the last end of a line was torn off when a run was stopped.
    for number, line in enumerate(_text(folder / RECORDS).split("\n")[:-1], 1):
        if line.strip():
            record = _record(line, number)
            key = (record.suite, record.case, record.system)
            if key in seen:
                raise InputError(
                    f"{RECORDS} line {number}: {' / '.join(key)} stands in line {seen[key]} already; delete one of them"
                )
            seen[key] = number
            records.append(record)
    if not records:
        raise InputError(f"{folder / RECORDS} holds no records: run care eval --out {folder} first")
    return Run(tuple(records), environment)


def _record(line: str, number: int) -> Record:
    try:
        return Record.model_validate_json(line)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(step) for step in problem["loc"])
        raise InputError(
            f"{RECORDS} line {number}: {field}: {problem['msg']}; delete the line and run again to fill the gap"
        ) from error


def _read_environment(path: Path) -> dict[str, Any]:
    try:
        environment = json.loads(_text(path))
    except ValueError as error:
        raise InputError(f"{path.name} is no JSON: {error}") from error
    if not isinstance(environment, dict) or not isinstance(environment.get("seed"), int):
        raise InputError(f"{path.name} names no seed: without it the intervals cannot be drawn again")
    return environment


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}; name the folder that care eval --out wrote") from error


def _ordered(names: set[str], wanted: Any) -> list[str]:
    known = [str(name) for name in wanted if name in names]
    return list(dict.fromkeys(known)) + sorted(names - set(known))
