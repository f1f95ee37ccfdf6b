"""The personal suite: for each patient, what the answer must deal with and what it must not advise.

``must_have`` concepts have to be advised on, or held back with a reason; ``must_have_topics`` each have to
contribute a recommendation; ``must_not`` concepts, with all their kinds, must not be recommended in any
statement that says to take, eat, do or keep up the thing; ``because`` names fields that have to be given
as a reason somewhere in the answer. Verdicts that the nurse's page exports are such cases too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant import Answer, Assistant, Patient
from corpus.models import TOWARDS, Advice, Language
from evals.casefile import read_jsonl

CASES = Path(__file__).parent / "cases" / "personal.jsonl"


class PersonalCase(BaseModel):
    """One patient, one question and what the answer is held to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    origin: str
    lang: Language
    question: str
    patient: dict[str, Any] = {}
    must_have: tuple[str, ...] = ()
    must_have_topics: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    recommendation: str = Field(default="", description="id of the recommendation that a nurse judged, where one did")
    text: str = Field(default="", description="its words")
    verdict: Literal["accept", "edit", "reject"] | None = None
    reason: str = ""
    wording: str = Field(default="", description="the nurse's own words instead")


def run_personal(care: Assistant, path: Path | None = None) -> dict[str, Any]:
    """Run the cases; returns counts and every failure."""
    failures: list[dict[str, str]] = []
    counts = {"cases": 0, "must_have": 0, "must_have_found": 0, "must_not": 0, "must_not_said": 0}
    for case in read_jsonl(path or CASES, PersonalCase):
        answer = care.ask(case.question, Patient(**case.patient), language=case.lang)
        counts["cases"] += 1
        for name, missed in _missing(case, answer, care):
            counts["must_have"] += 1
            counts["must_have_found"] += not missed
            if missed:
                failures.append({"id": case.id, "problem": f"nothing on {name}"})
        for name, said in _forbidden(case, answer, care):
            counts["must_not"] += 1
            counts["must_not_said"] += bool(said)
            if said:
                failures.append({"id": case.id, "problem": f"recommends {name}: {said}"})
    return {"suite": "personal", **counts, "failures": failures}


def _missing(case: PersonalCase, answer: Answer, care: Assistant) -> list[tuple[str, bool]]:
    table = care.knowledge.table
    dealt_with = [advice.target for item in answer.recommendations for advice in _advice(item.id, care)]
    for held in answer.held_back:
        dealt_with += [advice.target for advice in _advice(held.id, care)] or [held.id.rpartition("/")[2]]
    topics = {care.knowledge.topic_of[item.id] for item in answer.recommendations}
    reasons = [item.because for item in answer.recommendations] + [item.because for item in answer.held_back]
    fields = {fact.field for facts in reasons for fact in facts}
    results = [
        (name, not any(table.is_a(target, name) or table.is_a(name, target) for target in dealt_with))
        for name in case.must_have
    ]
    results += [(f"topic {name}", name not in topics) for name in case.must_have_topics]
    return results + [(f"because {name}", name not in fields) for name in case.because]


def _forbidden(case: PersonalCase, answer: Answer, care: Assistant) -> list[tuple[str, str]]:
    table = care.knowledge.table
    advised = [
        (advice.target, item.id)
        for item in answer.recommendations
        for advice in _advice(item.id, care)
        if advice.direction in TOWARDS
    ]
    return [
        (name, next((statement for target, statement in advised if table.is_a(target, name)), ""))
        for name in case.must_not
    ]


def _advice(statement_id: str, care: Assistant) -> tuple[Advice, ...]:
    statement = care.knowledge.statements.get(statement_id)
    return statement.advice if statement else ()
