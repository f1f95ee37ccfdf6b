"""Fusion: from a question and a patient's facts to the evidence that fits this patient.

Search says what is relevant, three-valued conditions say whom it is for, the contraindication rules
say what must be held back, and what is missing becomes a question.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.facts import PatientFacts
from assistant.intake import Intake
from assistant.knowledge import Knowledge
from corpus.concepts import ConceptTable
from corpus.conditions import CONCEPT_LEAVES, Fact, Missing, Verdict, evaluate, leaves
from corpus.load import DATA, read_yaml
from corpus.models import TOWARDS, Contraindication, Kind, Statement, Topic
from corpus.text import normalise

if TYPE_CHECKING:
    from index.search import Searcher

_ASKABLE = frozenset({"food", "nutrient", "activity", "care", "device", "medicine"})
_ABOUT = frozenset({"condition", "symptom", "function", "habit", "person"})
_POOL = 600
#: Weights of the evidence that a statement answers the question for this patient.
_ASKED, _KIND, _NAMED, _PERSONAL, _STRONG = 0.9, 0.35, 0.3, 0.2, 0.1
#: A statement is shown when it scores at least this share of the best one.
_SHARE = 0.45
_STRONG_GRADE = re.compile(r"^(1[A-C]?\b|strong|class (i|1)\b|grade a\b|level a\b|a\b|nice: ?offer|offer|强)", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """What a question asks for."""

    query: str
    asked: tuple[str, ...]
    named: tuple[str, ...]
    kinds: frozenset[str]
    expansion: str


@dataclass(frozen=True)
class Chosen:
    """A statement that applies to this patient, the facts that make it so, and how well it answers."""

    statement: Statement
    because: tuple[Fact, ...]
    score: float
    safety: bool = False


@dataclass(frozen=True)
class Held:
    """A statement, or a thing asked about, that this patient must not be advised; ``by`` is the reason."""

    statement: Statement | None
    concept: str
    by: Statement | Contraindication
    because: tuple[Fact, ...]


@dataclass(frozen=True)
class Evidence:
    """What was chosen, what was held back, which facts were missing, and what was asked but not covered."""

    chosen: tuple[Chosen, ...] = ()
    held: tuple[Held, ...] = ()
    missing: tuple[Missing, ...] = ()
    uncovered: tuple[str, ...] = ()
    best_cosine: float = 0.0
    grounded: bool = False


@dataclass
class _Pool:
    candidates: list[Chosen] = field(default_factory=list)
    held: list[tuple[float, Held]] = field(default_factory=list)
    missing: dict[Missing, float] = field(default_factory=dict)


def make_plan(intake: Intake, table: ConceptTable) -> Plan:
    """Read off a question which things it asks about, which conditions it names and which kinds of advice it wants."""
    asked, named = [], []
    for finding in intake.findings:
        kind = table[finding.concept].kind
        if finding.status in ("absent", "other"):
            continue
        if kind in _ASKABLE and not (kind == "medicine" and finding.status == "present"):
            asked.append(finding.concept)
        elif kind in _ABOUT:
            named.append(finding.concept)
    labels = [name for c in dict.fromkeys([*asked, *named]) for name in (table[c].en, table[c].zh)]
    return Plan(
        query=intake.text,
        asked=tuple(dict.fromkeys(asked)),
        named=tuple(dict.fromkeys(named)),
        kinds=_kinds(normalise(intake.text)),
        expansion=" ".join(labels),
    )


def gather(plan: Plan, facts: PatientFacts, knowledge: Knowledge, searcher: Searcher, limit: int) -> Evidence:
    """Search, then keep what applies to this patient and is safe; at most *limit* statements, best first."""
    relevance, best_cosine = _relevance(plan, searcher)
    general = facts.known_nothing
    pool = _Pool()
    for statement_id, statement in knowledge.statements.items():
        topic = knowledge.topics[knowledge.topic_of[statement_id]]
        score = _score(statement, topic, relevance.get(statement_id, 0.0), plan, knowledge.table)
        _consider(statement, topic, score, plan, facts, knowledge, general, pool)
    chosen = _choose(pool.candidates, plan, knowledge, limit)
    chosen, conflicting = _resolve_conflicts(chosen, knowledge.table)
    floor = _SHARE * max((c.score for c in pool.candidates), default=0.0)
    held = [h for score, h in sorted(pool.held, key=lambda item: -item[0]) if score >= floor][:limit]
    held = _asked_but_unsafe(plan, facts, knowledge) + held + conflicting
    held = list({(h.statement.id if h.statement else h.concept): h for h in reversed(held)}.values())[::-1]
    covered = _covered(plan, chosen, held, knowledge.table)
    return Evidence(
        chosen=tuple(chosen),
        held=tuple(held),
        missing=tuple(sorted(pool.missing, key=lambda m: -pool.missing[m])),
        uncovered=tuple(c for c in plan.asked if c not in covered),
        best_cosine=best_cosine,
        grounded=bool(covered) or any(c.score >= _NAMED for c in chosen),
    )


def held_by(
    statement: Statement, facts: PatientFacts, rules: Iterable[Contraindication], table: ConceptTable
) -> tuple[Contraindication, tuple[Fact, ...], str] | None:
    """The first rule that forbids advising this patient what the statement advises, if there is one."""
    for advice in statement.advice:
        if advice.direction in TOWARDS:
            found = forbidden(advice.target, facts, rules, table)
            if found is not None:
                return (*found, advice.target)
    return None


def forbidden(
    concept: str, facts: PatientFacts, rules: Iterable[Contraindication], table: ConceptTable
) -> tuple[Contraindication, tuple[Fact, ...]] | None:
    """The first rule under which this concept must not be advised to this patient, with the facts behind it."""
    for rule in rules:
        if any(table.is_a(concept, target) for target in rule.hold):
            verdict = evaluate(rule.when, facts)
            if verdict.truth:
                return rule, verdict.because
    return None


def _relevance(plan: Plan, searcher: Searcher) -> tuple[dict[str, float], float]:
    """How relevant search finds each statement, between 0 and 1, and the best cosine similarity."""
    hits = searcher.search(plan.query, k=_POOL, accept=lambda row: bool(row.entry), expansion=plan.expansion)
    relevance: dict[str, float] = {}
    for hit in hits:
        entry = searcher.version.rows[hit.row].entry
        relevance[entry] = max(relevance.get(entry, 0.0), hit.score)
    return relevance, max((hit.cosine for hit in hits), default=0.0)


def _score(statement: Statement, topic: Topic, relevance: float, plan: Plan, table: ConceptTable) -> float:
    score = relevance
    targets = [advice.target for advice in statement.advice]
    if any(_related(asked, target, table) for asked in plan.asked for target in targets):
        score += _ASKED
    if statement.kind in plan.kinds:
        score += _KIND
    about = _concepts_of(topic)
    if any(_related(named, concept, table) for named in plan.named for concept in about):
        score += _NAMED
    if statement.source.strength and _STRONG_GRADE.search(statement.source.strength):
        score += _STRONG
    return score


def _consider(
    statement: Statement,
    topic: Topic,
    score: float,
    plan: Plan,
    facts: PatientFacts,
    knowledge: Knowledge,
    general: bool,
    pool: _Pool,
) -> None:
    whole = evaluate(topic.applies_when, facts)
    narrow = evaluate(statement.applies_when, facts)
    if whole.truth is False or narrow.truth is False:
        return
    if whole.truth is None and not general:
        return
    if narrow.truth is None:
        if not (general and _only_concepts(narrow.missing)):
            _note_missing(narrow, score, pool)
            return
    exception = evaluate(statement.not_when, facts) if statement.not_when else Verdict(False)
    if exception.truth:
        concept = statement.advice[0].target
        pool.held.append((score, Held(statement, concept, statement, exception.because)))
        return
    blocked = held_by(statement, facts, knowledge.contraindications, knowledge.table)
    if blocked is not None:
        rule, because, concept = blocked
        pool.held.append((score, Held(statement, concept, rule, because)))
        return
    if exception.truth is None:
        _note_missing(exception, 0.5 * score, pool)
    taken = _taken_but_advised_against(statement, facts, knowledge.table)
    personal = _PERSONAL if statement.applies_when and narrow.because else 0.0
    because = tuple(dict.fromkeys([*taken, *narrow.because, *whole.because]))
    pool.candidates.append(Chosen(statement, because, score + personal, bool(taken)))


def _taken_but_advised_against(statement: Statement, facts: PatientFacts, table: ConceptTable) -> list[Fact]:
    """The patient's own medicines that the statement advises against: always worth saying, whatever was asked."""
    return [
        fact
        for advice in statement.advice
        if advice.direction == "avoid"
        for known, fact in facts.present.items()
        if table[known].kind == "medicine" and table.is_a(known, advice.target)
    ]


def _choose(candidates: Sequence[Chosen], plan: Plan, knowledge: Knowledge, limit: int) -> list[Chosen]:
    """Safety first, then the best of each touched topic in turn, down to a share of the best score."""
    ranked = sorted(candidates, key=lambda c: (-c.score, c.statement.id))
    if not ranked:
        return []
    floor = _SHARE * ranked[0].score
    wanted = plan.kinds or None
    chosen = [c for c in ranked if c.safety][:2]
    by_topic: dict[str, list[Chosen]] = {}
    for candidate in ranked:
        fits = wanted is None or candidate.statement.kind in wanted or candidate.score >= _ASKED
        if candidate.score >= floor and fits and candidate not in chosen:
            by_topic.setdefault(knowledge.topic_of[candidate.statement.id], []).append(candidate)
    queues = sorted(by_topic.values(), key=lambda queue: -queue[0].score)
    while queues and len(chosen) < limit:
        for queue in queues:
            if len(chosen) < limit:
                chosen.append(queue.pop(0))
        queues = [queue for queue in queues if queue]
    return chosen


def _resolve_conflicts(chosen: list[Chosen], table: ConceptTable) -> tuple[list[Chosen], list[Held]]:
    """Where one statement limits what another encourages, keep the cautious one and hold back the other."""
    cautious = [
        (c, advice.target) for c in chosen for advice in c.statement.advice if advice.direction in ("limit", "avoid")
    ]
    kept, held = [], []
    for candidate in chosen:
        against = next(
            (
                (other, advice.target)
                for advice in candidate.statement.advice
                if advice.direction in ("encourage", "maintain")
                for other, target in cautious
                if other is not candidate and table.is_a(advice.target, target)
            ),
            None,
        )
        if against is None:
            kept.append(candidate)
        else:
            other, concept = against
            held.append(Held(candidate.statement, concept, other.statement, other.because))
    return kept, held


def _asked_but_unsafe(plan: Plan, facts: PatientFacts, knowledge: Knowledge) -> list[Held]:
    held = []
    for concept in plan.asked:
        found = forbidden(concept, facts, knowledge.contraindications, knowledge.table)
        if found is not None:
            held.append(Held(None, concept, *found))
    return held


def _covered(plan: Plan, chosen: Sequence[Chosen], held: Sequence[Held], table: ConceptTable) -> set[str]:
    targets = {advice.target for c in chosen for advice in c.statement.advice} | {h.concept for h in held}
    targets |= {advice.target for h in held if h.statement for advice in h.statement.advice}
    return {asked for asked in plan.asked if any(_related(asked, target, table) for target in targets)}


def _related(one: str, other: str, table: ConceptTable) -> bool:
    return table.is_a(one, other) or table.is_a(other, one)


def _concepts_of(topic: Topic) -> set[str]:
    """The concepts a topic is about: its own name and those that decide whom it is for."""
    found = leaves(topic.applies_when) if topic.applies_when else ()
    return {topic.topic, *(value for key, value in found if key in CONCEPT_LEAVES)}


def _only_concepts(missing: Iterable[Missing]) -> bool:
    return all(m.leaf not in ("lab", "vital", "age", "pregnant", "breastfeeding", "sex") for m in missing)


def _note_missing(verdict: Verdict, score: float, pool: _Pool) -> None:
    for missing in verdict.missing:
        weight = score if missing.leaf not in ("condition", "symptom") else 0.5 * score
        key = Missing(missing.leaf, missing.key)
        pool.missing[key] = pool.missing.get(key, 0.0) + weight


@functools.cache
def _kind_patterns() -> dict[Kind, re.Pattern[str]]:
    data = read_yaml(DATA / "language" / "intents.yaml")
    return {
        kind: re.compile(
            "|".join(
                [*(rf"\b{re.escape(word)}(?:s|es|ing|ed)?\b" for word in words["en"]), *map(re.escape, words["zh"])]
            )
        )
        for kind, words in data.items()
    }


def _kinds(folded: str) -> frozenset[str]:
    return frozenset(kind for kind, pattern in _kind_patterns().items() if pattern.search(folded))
