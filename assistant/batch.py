"""Batches: one JSON case a line in, one JSON result a line out; a bad line costs only itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from assistant.errors import InputError
from assistant.patient import Patient

Case = dict[str, Any]


def run_batch(path: Path, handle: Callable[[Case], Case], out: TextIO | None = None) -> bool:
    """Run *handle* over every case of the JSONL file at *path* ("-" is standard input).

    Writes ``{"id", …result}`` or ``{"id", "error"}`` a line, in order; returns whether all went well.
    """
    out = out or sys.stdout
    good = True
    for number, line in _lines(path):
        case_id: Any = None
        try:
            case = parse_case(line)
            case_id = case.get("id")
            result = handle(case)
        except InputError as error:
            good = False
            result = {"error": f"line {number}: {error}"}
        out.write(json.dumps({"id": case_id} | result, ensure_ascii=False) + "\n")
        out.flush()
    return good


def parse_case(line: str) -> Case:
    """One line as a case; raises :class:`~assistant.InputError` where it is not a JSON object."""
    try:
        case = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"not JSON ({error})") from error
    if not isinstance(case, dict):
        raise InputError("not a JSON object")
    return case


def required(case: Case, *names: str) -> Any:
    """The first of *names* that the case has; raises :class:`~assistant.InputError` if it has none."""
    for name in names:
        if name in case:
            return case[name]
    raise InputError(f"the case has no {' or '.join(repr(name) for name in names)}")


def text_of(case: Case, *names: str) -> str:
    """Like :func:`required`, for a text."""
    value = required(case, *names)
    if not isinstance(value, str):
        raise InputError(f"{names[0]!r} must be text")
    return value


def choice(case: Case, name: str, allowed: tuple[str, ...], default: Any) -> Any:
    """An optional field with a fixed set of values."""
    value = case.get(name)
    if value is None:
        return default
    if value not in allowed:
        raise InputError(f"{name!r} is {value!r}; it must be one of {', '.join(allowed)}")
    return value


def patient_of(case: Case) -> Patient:
    """The case's patient, or an empty one."""
    facts = case.get("patient")
    return Patient() if facts is None else Patient.from_facts(facts)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        stream = sys.stdin if str(path) == "-" else path.open(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    with stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, line
