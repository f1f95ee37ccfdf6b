"""How well a statement answers a question for a patient, and whether the question has to do with the corpus at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.evidence import Chosen, concepts_of, related
from assistant.facts import PatientFacts
from assistant.hazards import Hazards
from assistant.knowledge import Knowledge
from assistant.plan import Plan
from corpus.concepts import ConceptTable
from corpus.models import Statement, Topic
from corpus.text import detect_language

if TYPE_CHECKING:
    from index.search import Searcher

_POOL = 800
#: Weights of the evidence that a statement answers the question for this patient, on the scale of
#: relevance (0 to 1): it advises on the very thing asked about; is of the kind asked for; belongs to a
#: condition the question names, or the patient has; warns of what a rule forbids this patient because of
#: a value or a medicine of theirs; is graded strong by its source.
_ASKED, _KIND, _NAMED, _OWN, _HAZARD, _STRONG = 0.9, 0.35, 0.3, 0.25, 0.45, 0.1
#: Search finds a statement that is this relevant or more to answer the question itself: so much for it, at most.
_DIRECT_FROM, _DIRECT = 0.7, 0.4
#: Being of the kind asked for, or on the very thing, counts fully from this relevance on; the first not at all and the
#: second half where search finds no relevance.
_FULLY_FROM = 0.4
#: What advice for everybody on something more general than the thing asked about counts of that.
_IN_GENERAL = 0.4
#: With the default embedder, the cosine of the best passage from which on a question has to do with the corpus: where
#: it names something clinical, where it names only food, activities or people, and where nothing in it is recognised
#: (docs/evaluation.md: calibrated on half of the scope cases).
_COSINE_SCALE = {"en": (0.80, 0.835, 0.845), "zh": (0.85, 0.885, 0.888)}
_CLINICAL = frozenset({"condition", "symptom", "medicine", "care", "device", "function", "habit", "nutrient"})
#: So many of the first statements found for a question count as what it is about.
_FIRST_FOUND = 5
_MOST_PROBLEMS = 4
_STRONG_GRADE = re.compile(
    r"^(1[A-C]?\b|strong|class (i|1)\b|grade a\b|level a\b|a\b|nice: ?offer|offer|强)", re.IGNORECASE
)


@dataclass(frozen=True)
class Found:
    """How relevant search finds each statement (0 to 1), a row of each, the first few found, the best cosine.

    ``about``: the statements that name something the question names.
    """

    relevance: dict[str, float]
    rows: dict[str, int]
    first: frozenset[str]
    about: frozenset[str]
    best_cosine: float


def relevance_of(plan: Plan, facts: PatientFacts, table: ConceptTable, searcher: Searcher) -> Found:
    """Search for the question and for each of the patient's problems.

    A question that names no condition is about the whole patient: it is asked once for each of the
    patient's problems, and a statement counts by the search that ranks it best.
    """
    problems = [] if plan.named or plan.asked else _problems(facts, table)
    relevance: dict[str, float] = {}
    rows: dict[str, int] = {}
    best_cosine = 0.0
    first: dict[str, None] = {}
    about: set[str] = set()
    for focus in ["", *(f"{table[c].en} {table[c].zh}" for c in problems)]:
        hits = searcher.search(
            plan.query,
            k=_POOL,
            accept=searcher.version.statement_rows,
            concepts=[*plan.asked, *plan.named],
            focus=focus,
            scattered=True,
        )
        if not focus:
            best_cosine = searcher.closeness(plan.query, searcher.version.statement_rows)
            first = dict.fromkeys(searcher.version.rows[hit.row].entry for hit in hits)
        for hit in hits:
            entry = searcher.version.rows[hit.row].entry
            rows.setdefault(entry, hit.row)
            relevance[entry] = max(relevance.get(entry, 0.0), hit.score)
            if hit.concepts > 0 and not focus:
                about.add(entry)
    return Found(relevance, rows, frozenset(list(first)[:_FIRST_FOUND]), frozenset(about), best_cosine)


def score_of(
    statement: Statement,
    topic: Topic,
    relevance: float,
    plan: Plan,
    facts: PatientFacts,
    hazards: Hazards,
    table: ConceptTable,
) -> float:
    """How well a statement answers the question for this patient: relevance and every other evidence added up."""
    score = relevance + _DIRECT * max(0.0, (relevance - _DIRECT_FROM) / (1 - _DIRECT_FROM))
    fully = min(1.0, relevance / _FULLY_FROM)
    own = topic.topic in table and bool(facts.concept("condition", topic.topic).truth)
    if advises_on_asked(statement, plan, table):
        exact = any(table.is_a(advice.target, asked) for asked in plan.asked for advice in statement.advice)
        score += (0.5 + 0.5 * fully) * (_ASKED if exact or own or topic.applies_when else _ASKED * _IN_GENERAL)
    if statement.kind in plan.kinds:
        score += _KIND * fully
    if any(related(named, concept, table) for named in plan.named for concept in concepts_of(topic)):
        score += _NAMED
    if own:
        score += _OWN
    if hazards.warned_of_by(statement):
        score += _HAZARD
    if statement.source.strength and _STRONG_GRADE.search(statement.source.strength):
        score += _STRONG
    return score


def advises_on_asked(statement: Statement, plan: Plan, table: ConceptTable) -> bool:
    """Whether a statement advises on something the question asks about."""
    return any(related(asked, advice.target, table) for asked in plan.asked for advice in statement.advice)


def least_cosine(
    words: str, searcher: Searcher, concepts: Iterable[str] = (), table: ConceptTable | None = None
) -> float:
    """The cosine from which on a passage counts as being about a question that names *concepts*.

    Without *table*, the lowest that counts at all; 0 with an embedder for which no scale is known.
    """
    if "e5-small" not in searcher.version.manifest.embedder:
        return 0.0
    clinical, general, unknown = _COSINE_SCALE[detect_language(words)]
    if table is None:
        return clinical
    kinds = {table[concept].kind for concept in concepts}
    return clinical if kinds & _CLINICAL else general if kinds else unknown


def least_cosine_for(plan: Plan, searcher: Searcher, table: ConceptTable) -> float:
    """The cosine from which on a passage of a user's document counts as being about the question."""
    return least_cosine(plan.query, searcher, [*plan.asked, *plan.named], table)


def is_grounded(
    plan: Plan,
    facts: PatientFacts,
    knowledge: Knowledge,
    chosen: Sequence[Chosen],
    covered: bool,
    best_cosine: float,
    searcher: Searcher,
) -> bool:
    """Whether the question is one that the corpus can answer: by its concepts, or by what search found."""
    named = [*plan.asked, *plan.named]
    of_patient = bool(plan.kinds and not plan.named and _problems(facts, knowledge.table))
    if not (covered or of_patient or _mentioned(plan, chosen, knowledge)):
        named = []
    elif of_patient:
        named += _problems(facts, knowledge.table)
    if "e5-small" not in searcher.version.manifest.embedder:
        return bool(named)
    return best_cosine >= least_cosine(plan.query, searcher, named, knowledge.table)


def _problems(facts: PatientFacts, table: ConceptTable) -> list[str]:
    return [c for c in facts.present if c in table and table[c].kind == "condition"][:_MOST_PROBLEMS]


def _mentioned(plan: Plan, chosen: Sequence[Chosen], knowledge: Knowledge) -> bool:
    """Whether one of the best statements is about something the question names."""
    table = knowledge.table
    for candidate in chosen[:3]:
        topic = knowledge.topics[knowledge.topic_of[candidate.statement.id]]
        about = concepts_of(topic) | {mention.concept for mention in table.find(candidate.statement.text.en)}
        if any(related(named, concept, table) for named in plan.named for concept in about):
            return True
    return False
