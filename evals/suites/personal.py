"""The personal suite: for each patient, what the answer must deal with and what it must not advise.

``must_have`` concepts have to be advised on, or held back with a reason; ``must_have_topics`` each have to
contribute a recommendation; ``must_not`` concepts, with all their kinds, must not be recommended in any
statement that says to take, eat, do or keep up the thing; ``because`` names fields that have to be given
as a reason somewhere in the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from assistant.evidence import related
from corpus.models import Language
from evals.casefile import Case, ConceptId, Facts, TopicId, read_jsonl
from evals.reading import advised, dealt_with, gives_reason, topics
from evals.records import Record
from evals.suites.suite import CASES as FOLDER
from evals.suites.suite import Own, Part, Session, Suite, failures, seen
from evals.systems.protocol import Answers, Asked, Response

CASES = FOLDER / "personal.jsonl"


class PersonalCase(Case):
    """One patient, one question and what the answer is held to."""

    lang: Language = Field(description="en or zh: the language of question and answer")
    question: str = Field(min_length=1, description="what is asked, in the asker's words")
    patient: Facts = Field(default={}, description="the patient's facts, as `care ask --patient` reads them")
    must_have: tuple[ConceptId, ...] = Field(default=(), description="concepts to be advised on or held back")
    must_have_topics: tuple[TopicId, ...] = Field(default=(), description="topics that each have to contribute")
    must_not: tuple[ConceptId, ...] = Field(default=(), description="concepts that must not be advised")
    because: tuple[str, ...] = Field(default=(), description="fields to be given as a reason, e.g. labs.inr")
    recommendation: str = Field(default="", description="id of the recommendation that a nurse judged, where one did")
    text: str = Field(default="", description="its words")
    verdict: Literal["accept", "edit", "reject"] | None = Field(default=None, description="what the nurse made of it")
    reason: str = Field(default="", description="why")
    wording: str = Field(default="", description="the nurse's own words instead")


def own(_: Session) -> Iterator[Own]:
    """The cases of this package."""
    return (Own(case) for case in read_jsonl(CASES, PersonalCase))


def judge(case: PersonalCase, system: Answers, session: Session) -> Record:
    """How one answer deals with what the case asks for; all that must be had counts together, reasons apart as well."""
    asked = Asked(case.question, case.lang, case.patient)
    response, milliseconds = session.ask(system, asked)
    wanted = list(_wanted(case, response, session))
    reasons = [good for kind, _, good in wanted if kind == "because"]
    forbidden = list(_forbidden(case, response, session))
    counts = {
        "must-have": (sum(good for _, _, good in wanted), len(wanted)),
        "must-not": (sum(bool(said) for _, said in forbidden), len(forbidden)),
        "because": (sum(reasons), len(reasons)),
    }
    problems = [f"nothing on {name}" if kind == "concept" else f"nothing on {kind} {name}"
                for kind, name, good in wanted if not good]  # fmt: skip
    return Record(
        suite="personal",
        case=case.id,
        system=system.name,
        groups={"lang": case.lang},
        counts={name: count for name, count in counts.items() if count[1]},
        milliseconds=milliseconds,
        seen=seen(asked, response),
        said=response.text,
        problems=(
            *(f"recommends {name}: {said}" for name, said in forbidden if said), *problems, *failures(response),
        ),
    )  # fmt: skip


def _wanted(case: PersonalCase, response: Response, session: Session) -> Iterator[tuple[str, str, bool]]:
    knowledge, table = session.care.knowledge, session.table
    found = dealt_with(response, knowledge)
    for name in case.must_have:
        yield "concept", name, any(related(concept, name, table) for concept in found)
    contributing = topics(response, knowledge)
    for name in case.must_have_topics:
        yield "topic", name, name in contributing
    for name in case.because:
        yield "because", name, gives_reason(name, response, case.patient, knowledge)


def _forbidden(case: PersonalCase, response: Response, session: Session) -> Iterator[tuple[str, str]]:
    found = advised(response, session.care.knowledge)
    for name in case.must_not:
        yield name, next((said for concept, said in found if session.table.is_a(concept, name)), "")


SUITE = Suite(
    "personal",
    "what the answer to each patient deals with, and what it must not advise",
    (Part(PersonalCase, own, Answers, judge, (CASES,)),),
)
