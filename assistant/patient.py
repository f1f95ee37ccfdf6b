"""The patient: structured facts in plain words, checked when they are given."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from assistant.errors import InputError
from corpus.concepts import ConceptTable, Measurement
from corpus.load import load_concepts
from corpus.text import clean

_SEXES = {"female": "female", "f": "female", "woman": "female", "女": "female", "女性": "female"} | {
    "male": "male", "m": "male", "man": "male", "男": "male", "男性": "male",
}  # fmt: skip
#: The facts that are lists of words.
LISTS = ("conditions", "symptoms", "medications", "allergies", "devices", "habits", "absent")
_VITAL_WORDS = {"spo2_scale", "on_oxygen", "consciousness"}
_TOLERANCE = 0.02
MAX_WORDS = 300


def _listed(value: Any) -> Any:
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part for part in re.split(r"[;；\n]", value) if part.strip())
    return value


def _word(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    word = clean(value)
    if not word:
        raise ValueError("is empty")
    if len(word) > MAX_WORDS:
        raise ValueError(f"is longer than {MAX_WORDS} characters; give one condition or medicine an entry")
    return word


Word = Annotated[str, BeforeValidator(_word)]
#: The levels of the ACVPU scale in the words people write them in.
_ACVPU = {
    "alert": "A", "awake": "A", "清醒": "A", "神志清楚": "A", "意识清楚": "A",
    "confused": "C", "confusion": "C", "new confusion": "C", "newly confused": "C",
    "意识模糊": "C", "新发意识模糊": "C",
    "drowsy": "V", "嗜睡": "V", "昏睡": "P", "神志不清": "C", "谵妄": "C",
    "voice": "V", "verbal": "V", "responds to voice": "V", "对声音有反应": "V", "呼之能应": "V",
    "pain": "P", "responds to pain": "P", "对疼痛有反应": "P",
    "unresponsive": "U", "unconscious": "U", "无反应": "U", "昏迷": "U",
}  # fmt: skip
Words = Annotated[tuple[Word, ...], BeforeValidator(_listed)]


@functools.cache
def _concepts() -> ConceptTable:
    return load_concepts()


class Patient(BaseModel):
    """A patient's facts. Everything is optional; what is not given is unknown, never assumed.

    Words may be in English or Chinese (``"ckd stage 4"``, ``"慢性肾病4期"``); they are kept as given and
    recognised when a question is asked. Labs are keyed by name and unit (``potassium_mmol_l``); a key in
    another known unit (``glucose_mg_dl``, ``temperature_f``) is converted. Vitals: ``respiratory_rate``
    /min, ``spo2`` %, ``spo2_scale`` 1|2, ``on_oxygen`` bool, ``systolic_bp`` and ``diastolic_bp`` mmHg,
    ``heart_rate`` /min, ``consciousness`` A|C|V|P|U, ``temperature_c`` °C, ``weight_kg``, ``height_cm``,
    ``pain`` 0–10.

    Constructing one raises :class:`~assistant.InputError`, naming the field, for an unknown field, a value
    outside what is possible (SpO₂ 180), or two units that contradict each other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    age_years: float | None = Field(default=None, ge=0, le=130, description="years; fractions for infants")
    sex: Literal["female", "male"] | None = None
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    conditions: Words = Field(default=(), description="diagnoses, past and present, and what they need help with")
    symptoms: Words = ()
    medications: Words = ()
    allergies: Words = ()
    devices: Words = Field(default=(), description="catheters, tubes, stoma, pacemaker …")
    habits: Words = Field(default=(), description="smoking, alcohol, diet …")
    absent: Words = Field(default=(), description="conditions, symptoms or medicines the patient does NOT have")
    labs: dict[str, float] = Field(default={})
    vitals: dict[str, float | str | bool] = Field(default={})

    def __init__(self, **facts: Any) -> None:
        try:
            super().__init__(**facts)
        except ValidationError as error:
            raise InputError(describe(error, "patient")) from error

    @classmethod
    def from_json(cls, text: str, name: str = "patient") -> Patient:
        """Read a patient from JSON text; raises :class:`~assistant.InputError` saying what is wrong with it."""
        try:
            facts = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name} is not JSON ({error}); see `care ask --help` for an example") from error
        return cls.from_facts(facts, name)

    @classmethod
    def from_facts(cls, facts: Any, name: str = "patient") -> Patient:
        """Build a patient from a parsed JSON object."""
        if not isinstance(facts, Mapping):
            raise InputError(f'{name} must be a JSON object of facts, e.g. {{"age_years": 72}}')
        return cls(**{str(key): value for key, value in facts.items()})

    @classmethod
    def from_file(cls, path: Path) -> Patient:
        """Read a patient from a JSON file."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the patient file {path.name}: {error}") from error
        return cls.from_json(text, path.name)

    @field_validator("sex", mode="before")
    @classmethod
    def _sex(cls, value: Any) -> Any:
        return _SEXES.get(value.strip().lower(), value) if isinstance(value, str) else value

    @field_validator("age_years", mode="before")
    @classmethod
    def _no_flag(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("must be a number of years")
        return value

    @field_validator("labs", mode="before")
    @classmethod
    def _labs(cls, value: Any) -> Any:
        return _measured(value, "lab")

    @field_validator("vitals", mode="before")
    @classmethod
    def _vitals(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        words = {key: value[key] for key in _VITAL_WORDS & value.keys() if value[key] is not None}
        _check_vital_words(words)
        numbers = _measured({k: v for k, v in value.items() if k not in _VITAL_WORDS}, "vital")
        low, high = numbers.get("diastolic_bp"), numbers.get("systolic_bp")
        if low is not None and high is not None and low >= high:
            raise ValueError(f"diastolic_bp {low:g} is not below systolic_bp {high:g}: are they swapped?")
        return numbers | words

    @model_validator(mode="after")
    def _consistent(self) -> Patient:
        if self.pregnant and self.sex == "male":
            raise ValueError("pregnant is true but sex is male")
        return self

    @property
    def unrecognised(self) -> tuple[str, ...]:
        """The words that name nothing the program knows; they are kept, and reported with every answer."""
        table = _concepts()
        words = (*self.conditions, *self.symptoms, *self.medications, *self.allergies, *self.devices, *self.habits)
        unknown = [word for word in words if table.lookup(word) is None and not table.find(word)]
        keys = [key for key in self.labs if key not in table.measurements]
        return tuple(unknown + keys)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is known."""
        return not self.model_dump(exclude_defaults=True)

    def updated(self, **changes: Any) -> Patient:
        """A copy with some facts changed; lists and mappings are merged, other values replaced."""
        merged = self.model_dump()
        for key, value in changes.items():
            old = merged.get(key)
            if isinstance(old, dict):
                merged[key] = old | dict(value)
            elif isinstance(old, tuple | list):
                merged[key] = tuple(dict.fromkeys((*old, *value)))
            else:
                merged[key] = value
        return Patient(**merged)

    def without(self, *concepts: str) -> Patient:
        """A copy in which nothing says that the patient has, takes or uses one of these concepts or a kind of it."""
        if not concepts:
            return self
        facts = self.model_dump()
        for name in ("conditions", "symptoms", "medications", "devices", "habits"):
            facts[name] = [left for word in facts[name] if (left := _left_of(word, concepts))]
        for name, concept in (("pregnant", "pregnancy"), ("breastfeeding", "breastfeeding_person")):
            if facts[name] and any(_concepts().is_a(concept, gone) for gone in concepts if gone in _concepts()):
                facts[name] = None
        return Patient(**facts)


def _left_of(word: str, gone: tuple[str, ...]) -> str:
    """A word as it stands, or without the names in it of concepts that are gone; empty if nothing else is named."""
    table = _concepts()
    exact = table.lookup(word)
    if exact is not None:
        return "" if any(table.is_a(exact, concept) for concept in gone) else word
    names = [(m.name, any(table.is_a(m.concept, concept) for concept in gone)) for m in table.find(word)]
    if not any(is_gone for _, is_gone in names):
        return word
    return ", ".join(name for name, is_gone in names if not is_gone)


def describe(error: ValidationError, name: str) -> str:
    """One line for the first problems of a validation error, with field names and values as given."""
    lines = []
    for problem in error.errors()[:3]:
        field = ".".join(str(step) for step in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            known = ", ".join(Patient.model_fields)
            lines.append(f"{name} has an unknown field '{field}'; the known ones are: {known}")
        elif field:
            given = repr(problem.get("input"))
            shown = f" (given: {given[:60]})" if "given" not in message and len(given) < 80 else ""
            lines.append(f"{name}: {field}: {message[0].lower()}{message[1:]}{shown}")
        else:
            lines.append(f"{name}: {message}")
    return "; ".join(lines)


def _measured(value: Any, kind: str) -> Any:
    """Convert every entry to its canonical key and unit, and refuse what is impossible."""
    if not isinstance(value, Mapping):
        return value
    found: dict[str, float] = {}
    origin: dict[str, str] = {}
    for given_key, given in value.items():
        if given is None:
            continue
        number = _number(str(given_key), given)
        resolved = resolve_measurement(str(given_key), number)
        if resolved is None:
            if kind == "vital":
                raise ValueError(f"unknown vital sign '{given_key}'; see Patient for the known ones")
            found[str(given_key)] = number
            continue
        measurement, canonical = resolved
        if not measurement.minimum <= canonical <= measurement.maximum:
            raise ValueError(
                f"{given_key} {number:g} is not possible (it lies between {measurement.minimum:g} and "
                f"{measurement.maximum:g} {measurement.unit}); check the value and its unit"
            )
        before = found.get(measurement.key)
        if before is not None and not math.isclose(before, canonical, rel_tol=_TOLERANCE):
            raise ValueError(f"{origin[measurement.key]} and {given_key} contradict each other; give one of them")
        found.setdefault(measurement.key, canonical)
        origin.setdefault(measurement.key, f"{given_key} {number:g}")
    return found


def resolve_measurement(key: str, number: float) -> tuple[Measurement, float] | None:
    """The measurement a key stands for and the value in its own unit; ``None`` for a key nobody knows."""
    table = _concepts().measurements
    key = key.strip().lower()
    if key in table:
        return table[key], number
    for measurement in table.values():
        stem = measurement.key
        for suffix, (factor, offset) in measurement.alternatives.items():
            candidates = {f"{stem}_{suffix}"}
            parts = stem.split("_")
            candidates |= {"_".join([*parts[:cut], suffix]) for cut in range(1, len(parts))}
            if key in candidates:
                return measurement, round(number * factor + offset, 4)
    return None


def _number(key: str, given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise ValueError(f"{key} must be a number")
    if isinstance(given, str):
        try:
            given = float(given.strip())
        except ValueError as error:
            raise ValueError(
                f"{key} must be a number without a unit; its key names the unit (given: {given!r})"
            ) from error
    if not math.isfinite(given):
        raise ValueError(f"{key} must be a finite number")
    return float(given)


def _check_vital_words(words: dict[str, Any]) -> None:
    if "spo2_scale" in words and words["spo2_scale"] not in (1, 2):
        raise ValueError("spo2_scale is 1, or 2 where hypercapnic failure is confirmed and scale 2 prescribed")
    if "on_oxygen" in words and not isinstance(words["on_oxygen"], bool):
        raise ValueError("on_oxygen is true or false")
    if "consciousness" in words:
        said = " ".join(str(words["consciousness"]).lower().split())
        level = _ACVPU.get(said, said.upper())
        if level not in _ACVPU.values():
            raise ValueError("consciousness is A (alert), C (new confusion), V, P or U")
        words["consciousness"] = level


def measurement_label(key: str, language: str) -> str:
    """The name of a lab or vital sign in words; the key itself where it is unknown."""
    measurement = _concepts().measurements.get(key)
    return measurement.label(language) if measurement else key


def measurement_unit(key: str) -> str:
    """The unit a lab or vital sign is kept in, for display."""
    measurement = _concepts().measurements.get(key)
    return measurement.unit if measurement else ""
