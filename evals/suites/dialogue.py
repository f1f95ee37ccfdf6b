"""The dialogue suite: whole conversations, each turn held to what it has to understand, say and leave unsaid.

``mentions`` have to be advised on, held back or named there; of ``topics`` one has to contribute a recommendation;
``not_recommended`` must not be advised in any statement that says to take, eat, do or keep up the thing. ``facts``
must stand in the patient after the turn and ``absent`` must not: what the patient is or is being treated with
(``pregnancy``, ``tube_feeding``) counts among the conditions. ``level`` is the least urgency, ``changed`` says that
earlier advice has to be revised, and ``format`` names the form asked for. Each kind of check is a measure of its own,
beside the turns in which all of them passed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, Field

from assistant import Answer, Assistant, Patient
from assistant.answer import Audience
from assistant.facts import PatientFacts
from assistant.triage import LEVELS
from corpus.models import TOWARDS, Language, Level
from evals.casefile import Case, ConceptId, TopicId, read_jsonl
from evals.records import Record
from evals.suites.suite import CASES as FOLDER
from evals.suites.suite import Own, Part, Session, Suite, timed_call
from evals.systems.protocol import Converses

CASES = FOLDER / "dialogues.jsonl"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FactsCheck(_Part):
    """What has to be known of the patient after a turn."""

    age_years: float | None = None
    conditions: tuple[ConceptId, ...] = ()
    medications: tuple[ConceptId, ...] = ()
    labs: dict[str, float] = {}
    vitals: dict[str, float] = {}


class Checks(_Part):
    """What one turn is held to."""

    mentions: tuple[ConceptId, ...] = Field(default=(), description="advised on, held back or named")
    topics: tuple[TopicId, ...] = Field(default=(), description="topics of which one contributes")
    not_recommended: tuple[ConceptId, ...] = Field(default=(), description="must not be advised")
    facts: FactsCheck = Field(default=FactsCheck(), description="what has to be known of the patient")
    absent: tuple[ConceptId, ...] = Field(default=(), description="what the patient must not be taken to have")
    language: Language | None = Field(default=None, description="of the answer")
    level: Level | None = Field(default=None, description="the least urgency")
    changed: bool = Field(default=False, description="earlier advice has to be revised")
    format: str | None = Field(default=None, description="the form asked for: sbar, care_plan, shorter, why, source …")


class DialogueTurn(_Part):
    """What the user says, and the checks."""

    user: str = Field(min_length=1, description="what the user says")
    checks: Checks = Field(default=Checks(), description="what the answer and the facts kept are held to")


class Dialogue(Case):
    """One conversation about one patient."""

    lang: Language = Field(description="en or zh")
    audience: Audience = Field(default="nurse", description="nurse or patient")
    turns: tuple[DialogueTurn, ...] = Field(min_length=1, description="each with what the user says, and its checks")


def own(_: Session) -> Iterator[Own]:
    """The conversations of this package."""
    return (Own(case) for case in read_jsonl(CASES, Dialogue))


def judge(case: Dialogue, system: Converses, session: Session) -> Record:
    """Every check of every turn, and the turns in which all of them passed."""
    chat = system.converse(case.audience)
    passed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    problems, said, times = [], [], []
    for number, turn in enumerate(case.turns, 1):
        answer, milliseconds = timed_call(lambda words=turn.user: chat.say(words))  # type: ignore[misc]
        times.append(milliseconds)
        said.append(f"**{turn.user}**\n\n{answer.text}")
        results = list(_results(turn.checks, answer, chat.patient, session.care))
        for kind, wanted, good in results:
            total[kind] += 1
            passed[kind] += good
            if not good:
                problems.append(f"turn {number}: {wanted}")
        total["turns"] += 1
        passed["turns"] += all(good for _, _, good in results)
    return Record(
        suite="dialogue",
        case=case.id,
        system=system.name,
        groups={"lang": case.lang},
        counts={kind: (passed[kind], of) for kind, of in total.items()},
        milliseconds=round(sum(times) / len(times), 1),
        seen={"turns": [turn.user for turn in case.turns], "audience": case.audience, "language": case.lang},
        said="\n\n".join(said),
        problems=tuple(problems),
    )


def _results(checks: Checks, answer: Answer, patient: Patient, care: Assistant) -> Iterator[tuple[str, str, bool]]:
    """Each check as its kind, what was wanted, and whether it holds."""
    table = care.knowledge.table
    dealt_with = _dealt_with(answer, care)
    for name in checks.mentions:
        found = any(table.is_a(known, name) or table.is_a(name, known) for known in dealt_with)
        yield "mentions", f"nothing on {name}", found
    if checks.topics:
        found = bool({care.knowledge.topic_of.get(item.id) for item in answer.recommendations} & set(checks.topics))
        yield "topics", f"no recommendation from {' or '.join(checks.topics)}", found
    for name in checks.not_recommended:
        said = [target for target, towards in _advised(answer, care) if towards and table.is_a(target, name)]
        yield "not_recommended", f"recommends {name} ({', '.join(said)})", not said
    yield from _fact_results(checks, patient, care)
    if checks.language:
        yield "language", f"language is {answer.language}, not {checks.language}", answer.language == checks.language
    if checks.level:
        high_enough = LEVELS.index(answer.urgency.level) >= LEVELS.index(checks.level)
        yield "level", f"level is {answer.urgency.level}, not {checks.level}", high_enough
    if checks.changed:
        yield "changed", "no earlier advice revised", bool(getattr(answer, "changed", ()))
    if checks.format:
        form = getattr(answer, "form", None)
        yield "format", f"form is {form}, not {checks.format}", form == checks.format


def _fact_results(checks: Checks, patient: Patient, care: Assistant) -> Iterator[tuple[str, str, bool]]:
    facts = PatientFacts(patient, None, care.knowledge.table, care.knowledge.derived)
    wanted = checks.facts
    for leaf, names in (("condition", wanted.conditions), ("medicine", wanted.medications)):
        for name in names:
            yield "facts", f"the patient lacks {name}", facts.concept(leaf, name).truth is True
    numbers = {"age_years": wanted.age_years} if wanted.age_years is not None else {}
    for key, value in (numbers | wanted.labs | wanted.vitals).items():
        known = facts.number(key)
        good = known is not None and known[0] == known[1] and math.isclose(known[0], value)
        yield "facts", f"{key} is {known[0] if known else 'unknown'}, not {value:g}", good
    for name in checks.absent:
        yield "absent", f"the patient has {name}", facts.concept("condition", name).truth is not True


def _dealt_with(answer: Answer, care: Assistant) -> set[str]:
    """The concepts that recommendations and held-back advice are about, or name."""
    found = {target for target, _ in _advised(answer, care)}
    for item in answer.recommendations:
        found |= {mention.concept for mention in care.knowledge.table.find(item.text)}
    for held in answer.held_back:
        statement = care.knowledge.statements.get(held.id)
        found |= {advice.target for advice in statement.advice} if statement else {held.id.rpartition("/")[2]}
        found |= {mention.concept for mention in care.knowledge.table.find(held.text)}
    return found


def _advised(answer: Answer, care: Assistant) -> list[tuple[str, bool]]:
    """What the recommendations advise on, and whether they advise it."""
    return [
        (advice.target, advice.direction in TOWARDS)
        for item in answer.recommendations
        if item.id in care.knowledge.statements
        for advice in care.knowledge.statements[item.id].advice
    ]


SUITE = Suite(
    "dialogue",
    "whether facts are kept through a conversation, corrections taken up and forms kept to",
    (Part(Dialogue, own, Converses, judge, (CASES,)),),
)
