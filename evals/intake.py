"""The intake suite: whether findings in a sentence are recognised, with the right status, and its numbers read.

A finding counts as found where the program names the same concept, or one that is a kind of it or that it is a
kind of; ``exact`` counts only the very same. Status is judged on the findings that were found. Foods, activities
and care are not annotated, so they count neither way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from assistant import Assistant
from assistant.intake import Finding, Status, read
from corpus.concepts import ConceptTable
from corpus.models import Language
from evals.casefile import read_jsonl

CASES = Path(__file__).parent / "cases" / "intake.jsonl"
_ANNOTATED = frozenset({"condition", "symptom", "medicine", "device", "function", "habit"})
_PEOPLE = frozenset({"pregnancy", "breastfeeding_person"})


class Annotated(BaseModel):
    """One concept in a sentence with its status for the patient spoken of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    concept: str
    status: Status


class IntakeCase(BaseModel):
    """A sentence with what a reader finds in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    lang: Language
    style: str
    text: str
    findings: tuple[Annotated, ...] = ()
    numbers: dict[str, float | bool] = {}
    age_years: float | None = None
    sex: str | None = None


@dataclass
class _Counts:
    gold: int = 0
    found: int = 0
    exact: int = 0
    given: int = 0
    matched: int = 0
    status: int = 0
    numbers: int = 0
    numbers_found: int = 0
    numbers_given: int = 0
    people: int = 0
    people_right: int = 0
    misses: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """Precision, recall and accuracy, each with what it is a share of."""
        return {
            "findings": self.gold,
            "recall": _share(self.found, self.gold),
            "recall_exact": _share(self.exact, self.gold),
            "precision": _share(self.matched, self.given),
            "status_accuracy": _share(self.status, self.found),
            "numbers": self.numbers,
            "number_recall": _share(self.numbers_found, self.numbers),
            "number_precision": _share(self.numbers_found, self.numbers_given),
            "age_and_sex": self.people,
            "age_and_sex_right": _share(self.people_right, self.people),
        }


def run_intake(care: Assistant, path: Path | None = None) -> dict[str, Any]:
    """Run the cases; figures by language and style, and every finding missed, misjudged or made up."""
    table = care.knowledge.table
    groups: dict[str, _Counts] = {}
    for case in read_jsonl(path or CASES, IntakeCase):
        for name in ("all", case.lang, case.style):
            _count(case, groups.setdefault(name, _Counts()), table)
    return {
        "suite": "intake",
        "groups": {name: counts.figures() for name, counts in groups.items()},
        "misses": groups["all"].misses if groups else [],
    }


def _count(case: IntakeCase, counts: _Counts, table: ConceptTable) -> None:
    intake = read(case.text, table)
    given = [f for f in intake.findings if table[f.concept].kind in _ANNOTATED or f.concept in _PEOPLE]
    pairs = _pairs(case.findings, given, table)
    counts.gold += len(case.findings)
    counts.given += len({f.concept for f in given})
    counts.matched += len({f.concept for _, f in pairs if f is not None})
    for gold, found in pairs:
        if found is None:
            counts.misses.append(f"{case.id}: not found: {gold.concept} in {case.text}")
            continue
        counts.found += 1
        counts.exact += found.concept == gold.concept
        counts.status += found.status == gold.status
        if found.status != gold.status:
            counts.misses.append(f"{case.id}: {gold.concept} is {gold.status}, not {found.status}: {case.text}")
    matched = {id(found) for _, found in pairs if found is not None}
    counts.misses += [f"{case.id}: made up: {f.concept} in {case.text}" for f in given if id(f) not in matched]
    numbers = intake.numbers
    read_off = {**numbers.labs, **numbers.vitals}
    counts.numbers += len(case.numbers)
    counts.numbers_given += len(read_off)
    for key, value in case.numbers.items():
        if key in read_off and _same(read_off[key], value):
            counts.numbers_found += 1
        else:
            counts.misses.append(f"{case.id}: {key} is {value}, not {read_off.get(key)}: {case.text}")
    for gold_value, found_value in ((case.age_years, numbers.age_years), (case.sex, numbers.sex)):
        if gold_value is not None:
            counts.people += 1
            counts.people_right += found_value is not None and _same(found_value, gold_value)


def _pairs(
    gold: Sequence[Annotated], given: Sequence[Finding], table: ConceptTable
) -> list[tuple[Annotated, Finding | None]]:
    """Each annotated finding with the one found for it: the same concept before a related one."""
    pairs = []
    for item in gold:
        same = [f for f in given if f.concept == item.concept]
        near = [f for f in given if table.is_a(f.concept, item.concept) or table.is_a(item.concept, f.concept)]
        best = sorted(same or near, key=lambda f: f.status != item.status)
        pairs.append((item, best[0] if best else None))
    return pairs


def _same(found: Any, gold: Any) -> bool:
    if isinstance(gold, bool | str):
        return bool(found == gold)
    return isinstance(found, int | float) and math.isclose(float(found), float(gold), rel_tol=0.01, abs_tol=0.02)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None
