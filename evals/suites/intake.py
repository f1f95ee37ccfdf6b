"""The intake suite: whether findings in a sentence are recognised, with the right status, and its numbers read.

A finding counts as found where the program names the same concept, or one that is a kind of it or that it is a
kind of; "findings exact" counts only the very same. Status is judged on the findings that were found. Foods,
activities and care are not annotated, so they count neither way.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.evidence import related
from assistant.intake import Finding, Intake, Status
from corpus.concepts import ConceptTable
from corpus.models import Language
from evals.casefile import Case, ConceptId, read_jsonl
from evals.records import Record
from evals.suites.suite import CASES as FOLDER
from evals.suites.suite import Own, Part, Session, Suite, timed_call
from evals.systems.protocol import Reads

CASES = FOLDER / "intake.jsonl"
_ANNOTATED = frozenset({"condition", "symptom", "medicine", "device", "function", "habit"})
_PEOPLE = frozenset({"pregnancy", "breastfeeding_person"})


class Annotated(BaseModel):
    """One concept in a sentence with its status for the patient spoken of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    concept: ConceptId = Field(description="id of the concept")
    status: Status = Field(description="what the sentence says of it, for the patient spoken of")


class IntakeCase(Case):
    """A sentence with what a reader finds in it."""

    lang: Language = Field(description="en or zh")
    style: str = Field(default="plain", description="how it is written: plain, shorthand, slang, slip …")
    text: str = Field(min_length=1, description="the sentence")
    findings: tuple[Annotated, ...] = Field(default=(), description="each concept with its status")
    numbers: dict[str, float | bool] = Field(default={}, description="labs and vital signs by their key")
    age_years: float | None = Field(default=None, description="age told, in years")
    sex: str | None = Field(default=None, description="female or male, where it is told")


def own(_: Session) -> Iterator[Own]:
    """The cases of this package."""
    return (Own(case) for case in read_jsonl(CASES, IntakeCase))


def judge(case: IntakeCase, system: Reads, session: Session) -> Record:
    """Findings, their status, numbers, age and sex; and what was made up."""
    intake, milliseconds = timed_call(lambda: system.read(case.text))
    counts: Counter[str] = Counter()
    problems = [
        *_count_findings(case, intake, counts, session.table),
        *_count_numbers(case, intake, counts),
        *_count_person(case, intake, counts),
    ]
    shares = {
        "findings": ("found", "gold"),
        "findings exact": ("exact", "gold"),
        "precision": ("matched", "given"),
        "status": ("status", "found"),
        "numbers": ("numbers found", "numbers"),
        "number precision": ("numbers found", "numbers given"),
        "person": ("person right", "person"),
    }
    found = [f"{f.concept} {f.status}" for f in intake.findings]
    numbers = {**intake.numbers.labs, **intake.numbers.vitals}
    return Record(
        suite="intake",
        case=case.id,
        system=system.name,
        groups={"lang": case.lang, "style": case.style},
        counts={name: (counts[part], counts[of]) for name, (part, of) in shares.items() if counts[of]},
        milliseconds=milliseconds,
        seen={"text": case.text},
        said="; ".join([*found, *(f"{key} {value}" for key, value in numbers.items())]),
        problems=tuple(problems),
    )


def _count_findings(case: IntakeCase, intake: Intake, counts: Counter[str], table: ConceptTable) -> Iterator[str]:
    given = [f for f in intake.findings if table[f.concept].kind in _ANNOTATED or f.concept in _PEOPLE]
    pairs = _pairs(case.findings, given, table)
    counts["gold"] = len(case.findings)
    counts["given"] = len({f.concept for f in given})
    counts["matched"] = len({f.concept for _, f in pairs if f is not None})
    for gold, found in pairs:
        if found is None:
            yield f"not found: {gold.concept}"
            continue
        counts["found"] += 1
        counts["exact"] += found.concept == gold.concept
        counts["status"] += found.status == gold.status
        if found.status != gold.status:
            yield f"{gold.concept} is {gold.status}, not {found.status}"
    matched = {id(found) for _, found in pairs if found is not None}
    yield from (f"made up: {f.concept}" for f in given if id(f) not in matched)


def _count_numbers(case: IntakeCase, intake: Intake, counts: Counter[str]) -> Iterator[str]:
    read_off = {**intake.numbers.labs, **intake.numbers.vitals}
    counts["numbers"], counts["numbers given"] = len(case.numbers), len(read_off)
    for key, value in case.numbers.items():
        if key in read_off and _same(read_off[key], value):
            counts["numbers found"] += 1
        else:
            yield f"{key} is {value}, not {read_off.get(key)}"


def _count_person(case: IntakeCase, intake: Intake, counts: Counter[str]) -> Iterator[str]:
    for name, gold, found in (
        ("age", case.age_years, intake.numbers.age_years),
        ("sex", case.sex, intake.numbers.sex),
    ):
        if gold is not None:
            right = found is not None and _same(found, gold)
            counts["person"] += 1
            counts["person right"] += right
            if not right:
                yield f"{name} is {gold}, not {found}"


def _pairs(
    gold: Sequence[Annotated], given: Sequence[Finding], table: ConceptTable
) -> list[tuple[Annotated, Finding | None]]:
    """Each annotated finding with the one found for it: the same concept before a related one."""
    pairs = []
    for item in gold:
        same = [f for f in given if f.concept == item.concept]
        near = [f for f in given if related(f.concept, item.concept, table)]
        best = sorted(same or near, key=lambda f: f.status != item.status)
        pairs.append((item, best[0] if best else None))
    return pairs


def _same(found: Any, gold: Any) -> bool:
    if isinstance(gold, bool | str):
        return bool(found == gold)
    return isinstance(found, int | float) and math.isclose(float(found), float(gold), rel_tol=0.01, abs_tol=0.02)


SUITE = Suite(
    "intake",
    "whether what is said of a patient is understood",
    (Part(IntakeCase, own, Reads, judge, (CASES,)),),
)
