"""Reading case files, with errors that name the line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assistant import InputError

_Case = TypeVar("_Case", bound=BaseModel)


def read_jsonl(path: Path, model: type[_Case]) -> list[_Case]:
    """Read one case a line; raises :class:`~assistant.InputError` naming the line of the first that is wrong."""
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                cases.append(model.model_validate_json(line))
            except ValidationError as error:
                problem = error.errors()[0]
                field = ".".join(str(step) for step in problem["loc"])
                raise InputError(f"{path.name} line {number}: {field}: {problem['msg']}") from error
    return cases


def read_plain_jsonl(path: Path) -> list[dict[str, Any]]:
    """Read a JSONL file of somebody else's making, one object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
