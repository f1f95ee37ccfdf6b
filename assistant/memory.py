"""What a conversation knows of its patient: facts are added as they are told, and the last word wins."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from assistant.allergies import told_allergies
from assistant.facts import PatientFacts
from assistant.intake import Finding, Intake, merge
from assistant.knowledge import Knowledge
from assistant.patient import Patient, resolve_measurement
from assistant.requests import Request, asks
from assistant.triage import LEVELS, assess
from corpus.concepts import ConceptTable
from corpus.conditions import Condition, leaves
from corpus.load import DATA, read_yaml
from corpus.text import any_of, normalise

_LISTS = ("conditions", "symptoms", "medications", "devices", "habits")
_HELD = frozenset({"condition", "function", "symptom", "medicine", "device", "habit", "person", "care"})
_NUMBER = r"(\d{1,4}(?:\.\d{1,2})?)"
#: Between two things that a patient has or takes.
_WITH = re.compile(r"\s*,?\s*and\s+(?:also\s+)?(?:takes|taking|is on|on|is taking)?\s*")
_CLAUSE = re.compile(r"[^,;.!?。！？；\n]+[?？]?")


def remember(
    patient: Patient, intake: Intake, request: Request, past: Sequence[Patient], knowledge: Knowledge
) -> Patient:
    """The patient after a turn: what it denies is taken away, what it corrects replaced, what it states added.

    *past* is the patient before the first turn and after each. A complaint that made the case more urgent stays when
    it is merely said to be gone: only a correction takes it back. Raises :class:`~assistant.InputError` for
    impossible facts.
    """
    table = knowledge.table
    intake, allergies = told_allergies(intake, table)
    denied = [f.concept for f in intake.findings if f.status == "absent" and table[f.concept].kind in _HELD]
    told = merge(
        _renumbered(patient, intake, request, past).without(*_gone(denied, patient, request, knowledge)), intake, table
    )
    told = _with_history(_renumbered(told, intake, request, past), intake, knowledge)
    told = told.updated(conditions=list(_treatments_told(intake, knowledge)), allergies=allergies)
    sex = _sex(normalise(intake.text)) if request.correction else None
    if sex is not None:
        told = told.updated(sex=sex)
    if "pregnancy" in denied:
        told = told.updated(pregnant=False)
    present = [f.concept for f in intake.findings if f.status == "present" and table[f.concept].kind in _HELD]
    absent = [word for word in told.absent if not _names_kind_of(word, present, table)]
    return Patient(**(told.model_dump() | {"absent": absent}))


def taken_back(
    patient: Patient, intake: Intake, past: Sequence[Patient], table: ConceptTable
) -> tuple[Patient, Intake]:
    """The patient and the turn, where it says that something told before was somebody else's.

    What the turn names is denied; where it names nothing, what the last turn with facts had added is undone.
    """
    known = PatientFacts(patient, None, table)
    named = {
        f.concept
        for f in intake.findings
        if table[f.concept].kind in _HELD and known.concept("condition", f.concept).truth
    }
    if named:
        findings = tuple(replace(f, status="absent") if f.concept in named else f for f in intake.findings)
        return patient, replace(intake, findings=findings)
    for before, after in zip(reversed(past[:-1]), reversed(past[1:]), strict=True):
        if before != after:
            return _undone(patient, before, after), intake
    return patient, intake


def with_medicines_told(intake: Intake, table: ConceptTable) -> Intake:
    """The turn with its medicines told as taken or not: "isn't on warfarin" is absent, "aspirin and clopidogrel" both.

    Only clauses that ask nothing are looked at.
    """
    folded = normalise(intake.text)
    stated = [(clause.start(), clause.end()) for clause in _CLAUSE.finditer(folded) if not asks(clause[0])]
    denied = [(m.start(), end) for start, end in stated for m in _words()["not_taken"].finditer(folded, start, end)]
    findings: list[Finding] = []
    for finding in intake.findings:
        before = findings[-1] if findings else None
        if table[finding.concept].kind == "medicine" and any(a <= finding.start < b for a, b in stated):
            if any(a <= finding.start < b for a, b in denied):
                finding = replace(finding, status="absent")
            elif finding.status == "hypothetical" and before is not None and before.status == "present":
                gap = folded[before.end : finding.start]
                finding = replace(finding, status="present") if _WITH.fullmatch(gap) else finding
        findings.append(finding)
    return replace(intake, findings=tuple(findings))


def _gone(denied: list[str], patient: Patient, request: Request, knowledge: Knowledge) -> list[str]:
    """What is denied, but for complaints without which the case would seem less urgent than it was said to be."""
    if request.correction:
        return denied
    complaints = [c for c in denied if knowledge.table[c].kind == "symptom"]
    if complaints and _level(patient.without(*complaints), knowledge) < _level(patient, knowledge):
        return [c for c in denied if c not in complaints]
    return denied


def _sex(folded: str) -> str | None:
    """The sex that a correction names: "no, a man", 是女的."""
    folded = re.sub(rf"(?:{_words()['instead'].pattern})\s*(?:an? |the )?(?:{_either_sex()})", " ", folded)
    named = {sex for sex in ("female", "male") if _words()[sex].search(folded)}
    return named.pop() if len(named) == 1 else None


def _either_sex() -> str:
    return f"{_words()['female'].pattern}|{_words()['male'].pattern}"


def _level(patient: Patient, knowledge: Knowledge) -> int:
    facts = PatientFacts(patient, None, knowledge.table, knowledge.derived)
    level = LEVELS.index(assess(facts, patient.vitals, knowledge.red_flags, knowledge.table).level)
    return level if level >= LEVELS.index("urgent") else 0


def _with_history(patient: Patient, intake: Intake, knowledge: Knowledge) -> Patient:
    """The patient with illnesses of the past, on which rules depend, but for one that would seem to be now."""
    past = [f.text for f in intake.findings if f.status == "past" and knowledge.table[f.concept].kind == "condition"]
    for word in past:
        known = patient.updated(conditions=[word])
        patient = known if _level(known, knowledge) <= _level(patient, knowledge) else patient
    return patient


def _names_kind_of(word: str, concepts: list[str], table: ConceptTable) -> bool:
    named = [table.lookup(word)] if table.lookup(word) else [mention.concept for mention in table.find(word)]
    return any(known is not None and table.is_a(concept, known) for known in named for concept in concepts)


def _treatments_told(intake: Intake, knowledge: Knowledge) -> Iterator[str]:
    """Treatments that advice depends on, where a clause states one and does not ask about it."""
    table, folded = knowledge.table, normalise(intake.text)
    told = [f for f in intake.findings if f.status == "present" and table[f.concept].kind == "care"]
    if not told:
        return
    decisive = _treatments(knowledge)
    for clause in _CLAUSE.finditer(folded):
        inside = [f for f in told if clause.start() <= f.start < clause.end()]
        if inside and not asks(clause[0]):
            yield from (f.text for f in inside if any(table.is_a(f.concept, known) for known in decisive))


def _treatments(knowledge: Knowledge) -> set[str]:
    trees: list[Condition | None] = [topic.applies_when for topic in knowledge.topics.values()]
    for statement in knowledge.statements.values():
        trees += [statement.applies_when, statement.not_when]
    trees += [rule.when for rule in knowledge.contraindications]
    trees += [flag.when for flag in knowledge.red_flags]
    return {value for tree in trees if tree for leaf, value in leaves(tree) if leaf == "care"}


def _renumbered(patient: Patient, intake: Intake, request: Request, past: Sequence[Patient]) -> Patient:
    """The patient with numbers corrected: "72, not 27" wherever 27 stands, "I meant 5.9" where one was told last."""
    folded = normalise(intake.text)
    for right, wrong in _replacements(folded):
        for key, value in _numbers(patient).items():
            if math.isclose(value, wrong) and key not in intake.numbers.labs | intake.numbers.vitals:
                return _with_number(patient, key, right)
    numbers = intake.numbers
    if request.correction and not (numbers.labs or numbers.vitals or numbers.age_years):
        bare = re.findall(rf"(?<![\d./a-z]){_NUMBER}(?![\d/]|\.\d)", folded)
        told = [
            key for key, value in _numbers(patient).items() if len(past) > 1 and _numbers(past[-2]).get(key) != value
        ]
        if len(bare) == 1 and len(told) == 1:
            return _with_number(patient, told[0], float(bare[0]))
    return patient


def _replacements(folded: str) -> Iterator[tuple[float, float]]:
    """Pairs of the right and the wrong number."""
    instead, rather = _words()["instead"].pattern, _words()["rather"].pattern
    unit = r"[^\d,;.!?]{0,8}"
    for match in re.finditer(rf"{_NUMBER}{unit}[,;]?\s*(?:and\s+|而)?(?:{instead})\s*{_NUMBER}", folded):
        yield float(match[1]), float(match[2])
    for match in re.finditer(rf"(?:{instead})\s*{_NUMBER}{unit}[,;]?\s*(?:{rather})\s*{_NUMBER}", folded):
        yield float(match[2]), float(match[1])


def _numbers(patient: Patient) -> dict[str, float]:
    found = {"age_years": patient.age_years} if patient.age_years is not None else {}
    measured = {k: v for k, v in (patient.labs | patient.vitals).items() if isinstance(v, float)}
    return found | measured


def _with_number(patient: Patient, key: str, value: float) -> Patient:
    if key == "age_years":
        return patient.updated(age_years=value)
    resolved = resolve_measurement(key, value)
    group = "vitals" if resolved is not None and resolved[0].kind == "vital" else "labs"
    return patient.updated(**{group: {key: value}})


def _undone(patient: Patient, before: Patient, after: Patient) -> Patient:
    """*patient* without what stands in *after* and did not stand in *before*."""
    facts: dict[str, Any] = patient.model_dump()
    for name in (*_LISTS, "absent"):
        added = set(getattr(after, name)) - set(getattr(before, name))
        facts[name] = [word for word in facts[name] if word not in added]
    for name in ("labs", "vitals"):
        old, new = getattr(before, name), getattr(after, name)
        told = {key for key, value in new.items() if old.get(key) != value}
        facts[name] = {k: v for k, v in facts[name].items() if k not in told} | {k: old[k] for k in told & old.keys()}
    for name in ("age_years", "sex", "pregnant", "breastfeeding"):
        if getattr(before, name) != getattr(after, name):
            facts[name] = getattr(before, name)
    return Patient(**facts)


@functools.cache
def _words() -> dict[str, re.Pattern[str]]:
    data = read_yaml(DATA / "language" / "requests.yaml")
    words = {name: any_of(data[name]) for name in ("instead", "rather", "not_taken")}
    return words | {sex: any_of(names) for sex, names in data["sexes"].items()}
