"""The retrieval suite: whether common care questions, in users' words, find a directly relevant statement.

A statement is directly relevant to a question when it stands in one of the question's topics and is about one
of its concepts: advises on it, or names it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant import Assistant
from assistant.intake import read
from assistant.plan import make_plan
from corpus.models import Language, Statement
from evals.casefile import read_jsonl

CASES = Path(__file__).parent / "cases" / "questions.jsonl"
_DEPTH = 5


class Question(BaseModel):
    """A question in a user's words, with the topics and concepts a relevant statement has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    lang: Language
    style: str = Field(pattern="^(clean|lay)$")
    question: str
    topics: tuple[str, ...] = Field(min_length=1)
    concepts: tuple[str, ...] = Field(min_length=1)


def run_retrieval(care: Assistant, path: Path | None = None) -> dict[str, Any]:
    """Share of questions with a relevant statement among the first five found, and in the answer (at most eight)."""
    found: Counter[str] = Counter()
    total: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    missed: list[dict[str, Any]] = []
    for case in read_jsonl(path or CASES, Question):
        results = _search(case, care)
        by_search = any(relevant(care.knowledge.statements[entry], case, care) for entry in results)
        recommended = care.ask(case.question, language=case.lang).recommendations
        by_answer = any(relevant(care.knowledge.statements[item.id], case, care) for item in recommended)
        for group in ("all", case.lang, case.style, f"{case.lang}-{case.style}"):
            total[group] += 1
            found[group] += by_search
            answered[group] += by_answer
        if not by_search:
            missed.append({"id": case.id, "question": case.question, "found": results})
    groups = {
        group: {"n": total[group], "search_at_5": round(found[group] / total[group], 3),
                "answer": round(answered[group] / total[group], 3)}
        for group in sorted(total)
    }  # fmt: skip
    return {"suite": "retrieval", "groups": groups, "missed": missed}


def _search(case: Question, care: Assistant) -> list[str]:
    """The first five statements found, each once."""
    plan = make_plan(read(case.question, care.knowledge.table), care.knowledge.table)
    accept = care.searcher.version.statement_rows
    hits = care.searcher.search(plan.query, k=60, accept=accept, concepts=[*plan.asked, *plan.named])
    entries = dict.fromkeys(care.searcher.version.rows[hit.row].entry for hit in hits)
    return list(entries)[:_DEPTH]


def relevant(statement: Statement, case: Question, care: Assistant) -> bool:
    """Whether a statement is directly relevant to a question: of one of its topics, about one of its concepts."""
    if care.knowledge.topic_of[statement.id] not in case.topics:
        return False
    table = care.knowledge.table
    about = {advice.target for advice in statement.advice}
    texts = [statement.text.en, statement.plain.en if statement.plain else ""]
    about |= {mention.concept for text in texts for mention in table.find(text)}
    return any(table.is_a(a, c) or table.is_a(c, a) for a in about for c in case.concepts)
