"""What one tab of the nurse's page knows, as a value, and what can be done to the patient's facts on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from assistant.answer import Answer
from assistant.news2 import PARAMETERS
from assistant.patient import LISTS, Patient, resolve_measurement
from assistant.state import State
from assistant.web.feedback import Verdict
from assistant.web.refusal import RefusalError
from corpus.concepts import ConceptTable
from corpus.models import Language

#: Where a fact comes from: read off a message, entered in the panel, or read from a file.
Origin = Literal["typed", "form", "imported"]
#: How a thing stands with the patient.
Status = Literal["present", "absent", "allergy"]
#: The documents that the advice is arranged as.
Form = Literal["care_plan", "sbar", "plain"]
#: The facts that are no lists and no measurements.
SINGLE = ("age_years", "sex", "pregnant", "breastfeeding")
_FIELD_OF_KIND = {"symptom": "symptoms", "medicine": "medications", "device": "devices", "habit": "habits"}
_FLAGS = {"yes": True, "no": False}
#: Years; as in :class:`~assistant.Patient`.
_OLDEST = 130


@dataclass(frozen=True)
class Observation:
    """Vital signs taken together, with the local time as the browser tells it (ISO 8601)."""

    at: str
    vitals: Mapping[str, Any]


@dataclass(frozen=True)
class Exchange:
    """A question with its answer, the patient it was for, and the facts that were edited just before."""

    said: str
    answer: Answer
    patient: Patient
    edited: bool = False
    before: Patient | None = None


@dataclass(frozen=True)
class Desk:
    """One tab: the conversation, where each fact comes from, the observations, the chat and the nurse's verdicts.

    ``language`` is that of the page, ``shown`` the answer whose sources are shown, ``form`` the document on display.
    """

    state: State = field(default_factory=State)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    log: tuple[Exchange, ...] = ()
    verdicts: Mapping[tuple[int, str], Verdict] = field(default_factory=dict)
    language: Language = "en"
    shown: int | None = None
    form: Form | None = None

    @property
    def patient(self) -> Patient:
        """The patient's facts found so far."""
        return self.state.patient

    def answered(self, exchange: Exchange) -> Desk:
        """The desk with one more exchange, whose sources are shown."""
        return replace(self, log=(*self.log, exchange), shown=len(self.log), form=None)

    def with_patient(self, state: State, origin: Origin, at: str, taken: Mapping[str, Any] | None = None) -> Desk:
        """The desk after the facts changed: what is new comes from *origin*; vital signs were *taken* *at* a time.

        Without *taken* the vital signs that changed count as one set.
        """
        before, after = facts_of(self.patient), facts_of(state.patient)
        origins = {key: self.origins.get(key, origin) for key in after}
        origins |= {key: origin for key, value in after.items() if before.get(key) != value}
        if taken is None:
            taken = {k: v for k, v in state.patient.vitals.items() if self.patient.vitals.get(k) != v}
        taken = {name: value for name, value in taken.items() if name in (*PARAMETERS, "spo2_scale")}
        observations = self.observations
        if set(taken) - {"spo2_scale"}:
            observations = tuple(sorted((*observations, Observation(at, taken)), key=lambda o: o.at))
        return replace(self, state=state, origins=origins, observations=observations)


def facts_of(patient: Patient) -> dict[str, Any]:
    """Every fact by its key: ``conditions:gout``, ``labs:potassium_mmol_l``, ``age_years``."""
    facts: dict[str, Any] = {name: getattr(patient, name) for name in SINGLE if getattr(patient, name) is not None}
    for name in LISTS:
        facts |= {f"{name}:{word}": True for word in getattr(patient, name)}
    for group in ("labs", "vitals"):
        facts |= {f"{group}:{key}": value for key, value in getattr(patient, group).items()}
    return facts


def field_for(word: str, status: Status, table: ConceptTable, kind: str | None = None) -> str:
    """The field of a patient that a word belongs in; *kind* is that of a word nobody knows."""
    if status != "present":
        return "absent" if status == "absent" else "allergies"
    concept = table.lookup(word)
    return _FIELD_OF_KIND.get(table[concept].kind if concept else kind or "", "conditions")


def with_word(patient: Patient, word: str, status: Status, table: ConceptTable, kind: str | None = None) -> Patient:
    """The patient who has, takes, does not have or is allergic to something; the opposite goes."""
    word = " ".join(word.split())
    if not word:
        raise RefusalError("nothing_to_add")
    name = field_for(word, status, table, kind)
    concept = table.lookup(word)
    if status == "absent":
        patient = patient.without(concept) if concept else _dropped(patient, [*LISTS[:3], "devices", "habits"], word)
    elif status == "present":
        patient = _dropped(patient, ["absent"], word, table)
    return patient.updated(**{name: [word]})


def without_fact(patient: Patient, key: str) -> Patient:
    """The patient without one fact; see :func:`facts_of` for the keys."""
    name, _, entry = key.partition(":")
    if name in SINGLE:
        return Patient(**(patient.model_dump() | {name: None}))
    if name in LISTS:
        return _dropped(patient, [name], entry)
    values = {k: v for k, v in getattr(patient, _group(name)).items() if k != entry}
    return Patient(**(patient.model_dump() | {name: values}))


def denied(patient: Patient, key: str, table: ConceptTable) -> Patient:
    """The patient who does not have what a fact says."""
    name, _, entry = key.partition(":")
    if name not in LISTS or name == "absent":
        raise RefusalError("not_deniable", fact=entry or name)
    return with_word(without_fact(patient, key), entry, "absent", table)


def with_value(patient: Patient, key: str, value: str, unit: str | None, table: ConceptTable) -> Patient:
    """The patient with another value of a fact; *unit* is a suffix of :attr:`Measurement.alternatives`, or empty."""
    name, _, entry = key.partition(":")
    value = " ".join(value.split())
    if name in SINGLE:
        _check_single(patient, name, value)
        given: Any = _FLAGS.get(value, value) if name in ("pregnant", "breastfeeding") else value
        return Patient(**(patient.model_dump() | {name: given if given != "" else None}))
    if not value:
        raise RefusalError("no_value", fact=table.measurements.get(entry, entry))
    if name in LISTS:
        words = tuple(dict.fromkeys(value if word == entry else word for word in getattr(patient, name)))
        return Patient(**(patient.model_dump() | {name: words}))
    measured: dict[str, Any] = {entry: value}
    if entry in table.measurements:
        measured[entry] = in_own_unit(entry, value, unit, table)
    elif entry == "on_oxygen":
        measured[entry] = value == "yes"
    _check_pressure({**patient.vitals, **measured})
    return Patient(**(patient.model_dump() | {name: getattr(patient, _group(name)) | measured}))


def in_own_unit(key: str, value: str, unit: str | None, table: ConceptTable) -> float:
    """A value typed in one of the units of a measurement, in the measurement's own."""
    measurement = table.measurements[key]
    try:
        number = float(value.replace(",", "."))
    except ValueError as error:
        raise RefusalError("no_number", fact=measurement, value=value) from error
    resolved = resolve_measurement(f"{key}_{unit}", number) if unit else None
    own = resolved[1] if resolved else number
    if not measurement.minimum <= own <= measurement.maximum:
        raise RefusalError(
            "impossible", fact=measurement, value=value, unit=measurement.unit,
            low=f"{measurement.minimum:g}", high=f"{measurement.maximum:g}",
        )  # fmt: skip
    return own


def observed(given: Mapping[str, Any], table: ConceptTable) -> dict[str, Any]:
    """A set of vital signs as they stand in the form; empty ones were not taken."""
    vitals: dict[str, Any] = {}
    for name in ("respiratory_rate", "spo2", "systolic_bp", "diastolic_bp", "heart_rate", "temperature_c"):
        if str(given.get(name, "")).strip():
            vitals[name] = in_own_unit(name, given[name], given.get(f"{name}_unit"), table)
    if given.get("on_oxygen"):
        vitals["on_oxygen"] = given["on_oxygen"] == "yes"
    if given.get("consciousness"):
        vitals["consciousness"] = given["consciousness"]
    if not vitals:
        raise RefusalError("no_vital")
    if given.get("spo2_scale") == "2":
        vitals["spo2_scale"] = 2
    _check_pressure(vitals)
    return vitals


def imported(patient: Patient, text: str) -> Patient:
    """The patient with the facts of a JSON file, which win over those known."""
    return patient.updated(**Patient.from_json(text, "file").model_dump(exclude_defaults=True))


def _group(name: str) -> str:
    if name not in ("labs", "vitals"):
        raise RefusalError("unknown_fact", fact=name)
    return name


def _dropped(patient: Patient, names: list[str], word: str, table: ConceptTable | None = None) -> Patient:
    """The patient without a word in these fields, or with *table* without any word for the same concept."""
    concept = table.lookup(word) if table else None

    def is_meant(other: str) -> bool:
        return other == word or (table is not None and concept is not None and table.lookup(other) == concept)

    kept = {name: tuple(w for w in getattr(patient, name) if not is_meant(w)) for name in names}
    return Patient(**(patient.model_dump() | kept))


def _check_single(patient: Patient, name: str, value: str) -> None:
    if name == "age_years" and value:
        try:
            possible = 0 <= float(value) <= _OLDEST
        except ValueError:
            possible = False
        if not possible:
            raise RefusalError("age", value=value)
    sex, pregnant = (value, patient.pregnant) if name == "sex" else (patient.sex, value == "yes")
    if name in ("sex", "pregnant") and sex == "male" and pregnant:
        raise RefusalError("pregnant_man")


def _check_pressure(vitals: Mapping[str, Any]) -> None:
    high, low = vitals.get("systolic_bp"), vitals.get("diastolic_bp")
    if high is not None and low is not None and float(low) >= float(high):
        raise RefusalError("pressure", high=f"{high:g}", low=f"{low:g}")
