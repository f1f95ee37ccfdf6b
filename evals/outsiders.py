"""Cases of somebody else's: which suite a file is for, and what its fields are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from assistant import InputError
from evals.casefile import Case, ConceptId, Known, TopicId, model_in, nearest, numbered, read_jsonl
from evals.run import Given
from evals.suites.catalogue import SUITES
from evals.suites.suite import Part, Suite

_PUBLIC_ONLY = "PublicCase"


def read_cases(path: Path, suite: Suite | None, known: Known) -> Given:
    """The cases of a file, for *suite* or for the one whose fields they have.

    Raises :class:`~assistant.InputError` with everything that is wrong, or where no one suite fits.
    """
    suites = [suite] if suite else list(SUITES.values())
    fits = sorted(
        ((_fit(path, part), chosen, part) for chosen in suites for part in for_users(chosen)), key=lambda fit: -fit[0]
    )
    best, chosen, part = fits[0]
    rivals = dict.fromkeys(other.name for fit, other, _ in fits if fit == best)
    if len(rivals) > 1:
        raise InputError(
            f"{path.name} could be for {', '.join(rivals)}; say which with --suite, and see `care eval schema` "
            "for the fields"
        )
    return Given(path, chosen, part, tuple(read_jsonl(path, part.model, known)))


def for_users(suite: Suite) -> list[Part]:
    """The kinds of case that a user's file can hold."""
    return [part for part in suite.parts if part.model.__name__ != _PUBLIC_ONLY]


def _fit(path: Path, part: Part) -> int:
    """How well a file's fields, also misspelt ones, fit a kind of case."""
    fields = part.model.model_fields
    own = [name for name in fields if name not in Case.model_fields]
    score = 0
    for _, line in numbered(path):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if not isinstance(row, dict):
            continue
        keys = [key for key in row if key not in Case.model_fields]
        meant = [key if key in own else nearest(key, own) for key in keys]
        missing = [name for name in own if fields[name].is_required() and name not in meant]
        score += sum(2 if key in own else 1 if guess else -1 for key, guess in zip(keys, meant, strict=True))
        score -= 2 * len(missing)
    return score


def schema(suites: Sequence[Suite]) -> str:
    """The fields of each kind of case as Markdown."""
    blocks = []
    for suite in suites:
        for part in for_users(suite):
            title = f"## {suite.name}: {_sentence(part.model.__doc__)}"
            lines = [title, "", "| field | holds | needed | |", "|---|---|---|---|", *_rows(part.model)]
            blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _rows(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        needed = "yes" if field.is_required() else "no"
        yield f"| `{prefix}{name}` | {_type(field.annotation)} | {needed} | {field.description or ''} |"
        inner = model_in(field.annotation)
        if inner is not None:
            yield from _rows(inner, f"{prefix}{name}.")


def _type(annotation: Any) -> str:
    """A field's type in words."""
    if annotation in (ConceptId, TopicId):
        return "id of a concept" if annotation == ConceptId else "id of a topic"
    arguments = get_args(annotation)
    if model_in(annotation) is not None:
        return "list of objects" if get_origin(annotation) is tuple else "object"
    if get_origin(annotation) is tuple:
        return f"list: {_type(arguments[0])}"
    if get_origin(annotation) is dict:
        return "object"
    if arguments and all(isinstance(argument, str) for argument in arguments):
        return ", ".join(arguments)
    if arguments:
        return " or ".join(_type(argument) for argument in arguments if argument is not type(None))
    return {str: "text", float: "number", bool: "true or false", int: "number"}.get(annotation, "text")


def _sentence(text: str | None) -> str:
    return re.sub(r"\s+", " ", (text or "").strip())
