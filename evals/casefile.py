"""Reading case files: everything that is wrong in one is said at once, with line, field, and what is expected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from rapidfuzz import fuzz, process

from assistant import InputError, Patient
from corpus.concepts import ConceptTable

_Model = TypeVar("_Model", bound=BaseModel)
#: How alike (of 100) a word has to be to one that is known to be suggested in its place.
_ALIKE = 70
_SHOWN = 60
_MUST_BE = {
    "tuple_type": 'a list, as ["…"]',
    "dict_type": 'an object, as {"…": …}',
    "model_type": 'an object, as {"…": …}',
    "string_type": "text",
    "string_too_short": "text that says something",
    "too_short": "a list with at least one item",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
}


@dataclass(frozen=True)
class Known:
    """What a case may name: concepts, which labs and vital signs are too, and topics."""

    table: ConceptTable
    topics: frozenset[str]


def _concept(value: str, info: ValidationInfo) -> str:
    known: Known | None = info.context
    if known is None or value in known.table or value in known.table.measurements:
        return value
    ids = [*(concept.id for concept in known.table), *known.table.measurements]
    meant = known.table.lookup(value) or nearest(value, ids)
    raise PydanticCustomError("unknown_name", "no concept is called {name}{hint}", _named(value, meant))


def _topic(value: str, info: ValidationInfo) -> str:
    known: Known | None = info.context
    if known is None or value in known.topics:
        return value
    raise PydanticCustomError(
        "unknown_name", "no topic is called {name}{hint}", _named(value, nearest(value, sorted(known.topics)))
    )


def _facts(value: dict[str, Any]) -> dict[str, Any]:
    try:
        Patient(**value)
    except InputError as error:
        raise PydanticCustomError("bad_patient", "{reason}", {"reason": str(error)}) from error
    return value


def _named(value: str, meant: str | None) -> dict[str, str]:
    return {"name": repr(value), "hint": f"; did you mean {meant}?" if meant else "; see `care corpus show`"}


#: The id of a concept, that of a topic, and a patient's facts as ``care ask --patient`` reads them.
ConceptId = Annotated[str, AfterValidator(_concept)]
TopicId = Annotated[str, AfterValidator(_topic)]
Facts = Annotated[dict[str, Any], AfterValidator(_facts)]


class Case(BaseModel):
    """What every case says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, description="a name that no other case of the suite has")
    origin: str = Field(min_length=1, description="where the case comes from: who wrote it, and from what")
    licence: str = Field(default="not stated", min_length=1, description="under which terms it may be passed on")
    note: str | None = Field(default=None, description="what its author wants a reader to know")


class CaseFileError(InputError):
    """A case file that cannot be used; ``problems`` are all that was found, one a line of the file and field."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        count = "one mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__("\n  ".join([f"{name} cannot be used, {count}:", *problems]))


def read_jsonl(path: Path, model: type[_Model], known: Known | None = None) -> list[_Model]:
    """Read one case a line; with *known*, the concepts and topics named are looked up too.

    Raises :class:`CaseFileError` with everything that is wrong.
    """
    cases: list[_Model] = []
    problems: list[str] = []
    lines: dict[str, int] = {}
    for number, line in numbered(path):
        try:
            case = model.model_validate_json(line, context=known)
        except ValidationError as error:
            problems += [f"line {number}: {in_words(found, model)}" for found in _own(error.errors())]
            continue
        cases.append(case)
        name = getattr(case, "id", None)
        if name in lines:
            problems.append(f"line {number}: id: {name!r} is the id of line {lines[name]} too; each needs its own")
        elif name is not None:
            lines[name] = number
    if not cases and not problems:
        problems.append("it holds no case; write one a line, as JSON")
    if problems:
        raise CaseFileError(path.name, problems)
    return cases


def read_plain_jsonl(path: Path) -> list[dict[str, Any]]:
    """Read a JSONL file of somebody else's making, one object a line."""
    return [json.loads(line) for _, line in numbered(path)]


def numbered(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, with their numbers; raises :class:`~assistant.InputError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as UTF-8 text: {error}") from error
    return ((number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip())


def in_words(error: ErrorDetails, model: type[BaseModel]) -> str:
    """What is wrong with one field, what is expected there, and what may have been meant."""
    kind, given = error["type"], error["input"]
    field = ".".join(str(step) for step in error["loc"])
    if kind == "json_invalid":
        return f"this is not JSON: {error['ctx']['error']}"
    if kind == "extra_forbidden":
        owner = _model_at(model, error["loc"][:-1])
        fields = list(owner.model_fields) if owner else []
        meant = nearest(str(error["loc"][-1]), fields)
        return f"{field}: there is no such field; " + (
            f"did you mean {meant}?" if meant else f"there are {', '.join(fields)}"
        )
    if kind == "missing":
        said = _described(model, error["loc"])
        return f"{field}: is missing" + (f"; it says {said}" if said else "")
    if kind == "literal_error":
        meant = nearest(
            str(given), [word.strip("'") for word in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        )
        hint = f"; did you mean {meant}?" if meant else ""
        return f"{field}: {given!r} is none of {error['ctx']['expected']}{hint}"
    if kind in ("unknown_name", "bad_patient"):
        return f"{field}: {error['msg']}"
    shown = repr(given) if len(repr(given)) <= _SHOWN else f"{repr(given)[:_SHOWN]}…"
    wanted = f"must be {_MUST_BE[kind]}" if kind in _MUST_BE else error["msg"]
    return f"{field}: {wanted}, not {shown}"


def _own(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """The errors without those that only follow from one inside the same field."""
    places = [error["loc"] for error in errors]
    return [e for e in errors if not any(p[: len(e["loc"])] == e["loc"] and len(p) > len(e["loc"]) for p in places)]


def nearest(word: str, words: Sequence[str]) -> str | None:
    """The word most like *word*, if any is alike."""
    found = process.extractOne(word.lower(), words, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return str(found[0]) if found else None


def _model_at(model: type[BaseModel], steps: Sequence[str | int]) -> type[BaseModel] | None:
    """The model that stands at a place inside another."""
    found: type[BaseModel] | None = model
    for step in steps:
        if isinstance(step, str) and found is not None and step in found.model_fields:
            found = model_in(found.model_fields[step].annotation)
    return found


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation such as ``tuple[Turn, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (model_in(argument) for argument in getattr(annotation, "__args__", ()))
    return next((found for found in inner if found), None)


def _described(model: type[BaseModel], place: Sequence[str | int]) -> str | None:
    owner = _model_at(model, place[:-1])
    field = owner.model_fields.get(str(place[-1])) if owner else None
    return field.description if field else None
