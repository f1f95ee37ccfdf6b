"""The retrieval suite: whether common care questions, in users' words, find a directly relevant statement.

A statement is directly relevant to a question when it stands in one of the question's topics and is about one
of its concepts: advises on it, or names it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from assistant import Assistant
from assistant.evidence import related
from corpus.models import Language, Statement
from evals.casefile import Case, ConceptId, TopicId, read_jsonl
from evals.metrics import ndcg, recall, reciprocal_rank
from evals.records import Record
from evals.suites.suite import CASES as FOLDER
from evals.suites.suite import Own, Part, Session, Suite, failures, seen, timed_call
from evals.systems.protocol import Answers, Asked, Searches

CASES = FOLDER / "questions.jsonl"
_DEPTHS = (1, 3, 5, 10, 20)
_FIRST = 5
_QUICK = 5


class Question(Case):
    """A question in a user's words, with the topics and concepts a relevant statement has."""

    lang: Language = Field(description="en or zh")
    style: Literal["clean", "lay"] = Field(default="lay", description="clean or lay: how well formed it is")
    question: str = Field(min_length=1, description="what is asked, in a user's words")
    topics: tuple[TopicId, ...] = Field(min_length=1, description="topics in which a relevant statement stands")
    concepts: tuple[ConceptId, ...] = Field(min_length=1, description="concepts one of which it is about")


def own(_: Session) -> Iterator[Own]:
    """The cases of this package."""
    return (Own(case) for case in read_jsonl(CASES, Question))


def judge(case: Question, system: Searches, session: Session) -> Record:
    """How well relevant statements are ranked, and, of a system that answers, whether one is in the answer."""
    care, asked = session.care, Asked(case.question, case.lang)
    ids = {name: number for number, name in enumerate(care.knowledge.statements)}
    right = {ids[s.id] for s in care.knowledge.statements.values() if relevant(s, case, care)}
    found, milliseconds = timed_call(lambda: system.search(asked, max(_DEPTHS)))
    ranked = [ids[name] for name in found]
    hit = bool(right & set(ranked[:_FIRST]))
    counts: dict[str, tuple[float, float]] = {f"search@{_FIRST}": (float(hit), 1)}
    if right:
        counts |= {f"recall@{k}": (recall(ranked, right, k), 1) for k in _DEPTHS}
        counts |= {"ndcg@10": (ndcg(ranked, right), 1), "mrr": (reciprocal_rank(ranked, right), 1)}
    given: dict[str, Any] = {"question": case.question, "language": case.lang}
    said = ", ".join(found[:_FIRST])
    problems: tuple[str, ...] = () if hit else ("nothing relevant among the first five found",)
    if isinstance(system, Answers):
        response = session.ask(system, asked).response
        answered = {source_of(item.statement, item.citations, response) for item in response.advice}
        in_answer = any(name in ids and ids[name] in right for names in answered for name in names)
        counts["in answer"] = (float(in_answer), 1)
        given = seen(asked, response)
        said, problems = f"{said}\n\n{response.text}", (*problems, *failures(response))
        problems += () if in_answer else ("nothing relevant in the answer",)
    return Record(
        suite="retrieval",
        case=case.id,
        system=system.name,
        groups={"lang": case.lang, "style": case.style},
        counts=counts,
        milliseconds=milliseconds,
        seen=given,
        said=said,
        problems=problems,
    )


def source_of(statement: str | None, citations: tuple[int, ...], response: Any) -> tuple[str, ...]:
    """The statements a piece of advice rests on: itself, or those it cites."""
    if statement is not None:
        return (statement,)
    entries = {source.n: source.entry for source in response.sources or ()}
    return tuple(entries[n] for n in citations if n in entries)


def relevant(statement: Statement, case: Question, care: Assistant) -> bool:
    """Whether a statement is directly relevant to a question: of one of its topics, about one of its concepts."""
    if care.knowledge.topic_of[statement.id] not in case.topics:
        return False
    table = care.knowledge.table
    about = {advice.target for advice in statement.advice} | care.knowledge.mentioned_in(statement)
    if statement.plain:
        about |= {mention.concept for mention in table.find(statement.plain.en)}
    return any(related(a, c, table) for a in about for c in case.concepts)


SUITE = Suite(
    "retrieval",
    "whether common care questions find a directly relevant statement",
    (Part(Question, own, Searches, judge, (CASES,), quick=_QUICK),),
)
