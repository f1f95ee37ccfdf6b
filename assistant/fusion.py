"""Fusion: from a question and a patient's facts to the evidence that fits this patient.

Search says what is relevant, three-valued conditions say whom it is for, the contraindication rules
say what must be held back, and what is missing becomes a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from assistant.facts import PatientFacts
from assistant.hazards import Hazards, is_measured
from assistant.knowledge import Knowledge
from assistant.plan import Plan
from assistant.quotes import HeldQuote, Quoted, quote
from corpus.concepts import ConceptTable
from corpus.conditions import CONCEPT_LEAVES, Fact, Missing, Verdict, evaluate, leaves
from corpus.models import Contraindication, Statement, Topic
from corpus.text import detect_language

if TYPE_CHECKING:
    from index.search import Searcher

_POOL = 600
#: Weights of the evidence that a statement answers the question for this patient, on the scale of
#: relevance (0 to 1): it advises on the very thing asked about; is of the kind asked for; belongs to a
#: condition the question names, or the patient has; warns of what a rule forbids this patient because of
#: a value or a medicine of theirs; holds because of a measured value; is graded strong by its source.
_ASKED, _KIND, _NAMED, _OWN, _HAZARD, _MEASURED, _STRONG = 0.9, 0.35, 0.3, 0.25, 0.45, 0.4, 0.1
#: What advice for everybody on something more general than the thing asked about counts of that.
_IN_GENERAL = 0.4
#: A statement of one of these kinds about what a red flag fired on.
_ALARMED = 0.5
_ALARMED_KINDS = frozenset({"escalate", "intervene", "medicine_safety", "monitor"})
#: A statement is shown when it scores at least this share of the best one.
_SHARE = 0.45
#: Where fewer are good enough, the next best about the patient's own or the named illnesses fill up to so many,
#: from this share of the best score on.
_ENOUGH, _FILL_SHARE = 5, 0.25
#: Each statement already chosen of the same kind, or topic, costs the next one this much.
_SAME_KIND, _SAME_TOPIC = 0.06, 0.04
#: Embeddings of two statements more alike than this say the same thing.
_DUPLICATE_COSINE = 0.965
#: With the default embedder: below the first cosine a question has nothing to do with the corpus, whatever
#: words they share; from the second on it has, even if no concept was recognised (docs/evaluation.md).
_COSINE_SCALE = {"en": (0.78, 0.86), "zh": (0.80, 0.89)}
#: A statement of another kind than the question asks for has to score this share of the best one.
_OTHER_KIND = 0.7
#: So many of the first statements found for a question count as what it is about.
_FIRST_FOUND = 5
#: A statement that names several of the things asked about weighs them against each other: so much for each,
#: where search finds it at least this relevant.
_TOGETHER, _WORTH_READING = 0.25, 0.3
_MOST_PROBLEMS = 4
_MOST_SAFETY = 2
#: After this many statements by merit, each condition the question names gets its best one.
_FIRST = 3
#: What a statement advises that keeps two things apart in time.
_SPACING = "medicine_spacing"
#: Facts whose absence hides a statement and is worth a question; the rest are asked for only if they protect.
_ALWAYS_ASKED = frozenset({"lab", "vital", "age", "sex", "pregnant", "breastfeeding"})
_MISSING_WEIGHT = {
    "lab": 1.0,
    "vital": 1.0,
    "age": 1.0,
    "pregnant": 1.0,
    "sex": 0.8,
    "medicine": 0.7,
    "allergy": 0.6,
    "care": 0.6,
    "breastfeeding": 0.6,
    "device": 0.5,
}
_STRONG_GRADE = re.compile(
    r"^(1[A-C]?\b|strong|class (i|1)\b|grade a\b|level a\b|a\b|nice: ?offer|offer|强)", re.IGNORECASE
)


@dataclass(frozen=True)
class Chosen:
    """A statement that applies to this patient, the facts that make it so, and how well it answers.

    ``safety``: it advises against a medicine the patient takes. ``own``: its topic is known to be for this patient
    because of an illness, a device or the like. ``linked``: it is about what a red flag fired on. ``answers``:
    it advises on what was asked about, or search finds it among the first.
    """

    statement: Statement
    because: tuple[Fact, ...]
    score: float
    safety: bool = False
    own: bool = False
    linked: bool = False
    answers: bool = False


@dataclass(frozen=True)
class Held:
    """A statement, or a thing asked about, that this patient must not be advised; ``by`` is the reason."""

    statement: Statement | None
    concept: str
    by: Statement | Contraindication
    because: tuple[Fact, ...]


@dataclass(frozen=True)
class Evidence:
    """What was chosen, what was held back, which facts were missing, and what was asked but not covered.

    ``grounded`` is false where nothing ties the question to the corpus: then there is no answer to give.
    """

    chosen: tuple[Chosen, ...] = ()
    held: tuple[Held, ...] = ()
    missing: tuple[Missing, ...] = ()
    uncovered: tuple[str, ...] = ()
    grounded: bool = False
    quoted: tuple[Quoted, ...] = ()
    held_quotes: tuple[HeldQuote, ...] = ()


@dataclass
class _Pool:
    candidates: list[Chosen] = field(default_factory=list)
    held: list[tuple[float, Held]] = field(default_factory=list)
    missing: list[tuple[float, Missing]] = field(default_factory=list)


def gather(
    plan: Plan,
    facts: PatientFacts,
    knowledge: Knowledge,
    searcher: Searcher,
    limit: int,
    alarms: frozenset[str] = frozenset(),
) -> Evidence:
    """Search, then keep what applies to this patient and is safe; at most *limit* statements, best first.

    *alarms* are the concepts that the red flags fired on: what is said about them comes before other things.
    """
    found = _relevance(plan, facts, knowledge.table, searcher)
    names_illness = any(knowledge.table[concept].kind == "condition" for concept in plan.named)
    names_something = any(knowledge.table[c].kind != "person" for c in (*plan.asked, *plan.named))
    open_to_all = facts.without_record and names_something and not names_illness
    hazards = Hazards(facts, knowledge)
    pool = _Pool()
    for_whom = {name: evaluate(topic.applies_when, facts) for name, topic in knowledge.topics.items()}
    for statement_id, statement in knowledge.statements.items():
        topic = knowledge.topics[knowledge.topic_of[statement_id]]
        whole = for_whom[topic.topic]
        general = open_to_all or (
            facts.without_record and statement_id in found.first and _advises_on_asked(statement, plan, knowledge.table)
        )
        if whole.truth is False or (whole.truth is None and not general):
            continue
        relevance = found.relevance.get(statement_id, 0.0)
        score = _score(statement, topic, relevance, plan, facts, hazards, knowledge.table)
        if len(plan.asked) > 1 and relevance >= _WORTH_READING:
            named = knowledge.mentioned_in(statement)
            score += _TOGETHER * sum(any(_related(a, n, knowledge.table) for n in named) for a in plan.asked)
        linked = bool(alarms) and _is_about(statement, topic, alarms, knowledge)
        answers = statement_id in found.first or _advises_on_asked(statement, plan, knowledge.table)
        if linked and statement.kind in _ALARMED_KINDS:
            score += _ALARMED
        _consider(statement, whole, score, facts, hazards, pool, knowledge.table, general, linked, answers)
    floor = _SHARE * max((c.score for c in pool.candidates), default=0.0)
    chosen = _choose(pool.candidates, floor, plan, knowledge, limit, found.rows, searcher)
    chosen, conflicting = _resolve_conflicts(chosen, pool.candidates, knowledge)
    held = [h for score, h in sorted(pool.held, key=lambda item: -item[0]) if score >= floor][:limit]
    held = _asked_but_unsafe(plan, hazards) + held + conflicting
    held = list({(h.statement.id if h.statement else h.concept): h for h in reversed(held)}.values())[::-1]
    covered = _covered(plan, chosen, held, knowledge.table)
    least = _least_cosine(plan, searcher)
    quoted, held_quotes = quote(plan, facts, hazards, searcher, knowledge.table, searcher.version.users_rows, least)
    return Evidence(
        chosen=tuple(chosen),
        held=tuple(held),
        missing=_most_valuable([(score, m) for score, m in pool.missing if score >= floor]),
        uncovered=tuple(c for c in plan.asked if c not in covered),
        grounded=_is_grounded(plan, facts, knowledge, chosen, bool(covered), found.best_cosine, searcher),
        quoted=tuple(quoted),
        held_quotes=tuple(held_quotes),
    )


def _least_cosine(plan: Plan, searcher: Searcher) -> float:
    """The cosine from which on a passage of a user's document counts as being about the question."""
    if "e5-small" not in searcher.version.manifest.embedder:
        return 0.0
    unrelated, related = _COSINE_SCALE[detect_language(plan.query)]
    return unrelated if plan.asked or plan.named else related


def _is_grounded(
    plan: Plan,
    facts: PatientFacts,
    knowledge: Knowledge,
    chosen: Sequence[Chosen],
    covered: bool,
    best_cosine: float,
    searcher: Searcher,
) -> bool:
    """Whether the question is one that the corpus can answer: by its concepts, or by what search found."""
    by_concept = (
        covered
        or bool(plan.kinds and not plan.named and _problems(facts, knowledge.table))
        or _mentioned(plan, chosen, knowledge)
    )
    if "e5-small" not in searcher.version.manifest.embedder:
        return by_concept
    unrelated, related = _COSINE_SCALE[detect_language(plan.query)]
    return best_cosine >= related or (by_concept and best_cosine >= unrelated)


def _problems(facts: PatientFacts, table: ConceptTable) -> list[str]:
    return [c for c in facts.present if c in table and table[c].kind == "condition"][:_MOST_PROBLEMS]


def _mentioned(plan: Plan, chosen: Sequence[Chosen], knowledge: Knowledge) -> bool:
    """Whether one of the best statements is about something the question names."""
    table = knowledge.table
    for candidate in chosen[:3]:
        topic = knowledge.topics[knowledge.topic_of[candidate.statement.id]]
        about = _concepts_of(topic) | {mention.concept for mention in table.find(candidate.statement.text.en)}
        if any(_related(named, concept, table) for named in plan.named for concept in about):
            return True
    return False


@dataclass(frozen=True)
class _Found:
    """How relevant search finds each statement (0 to 1), a row of each, the first few found, the best cosine.

    ``about``: the statements that name something the question names.
    """

    relevance: dict[str, float]
    rows: dict[str, int]
    first: frozenset[str]
    about: frozenset[str]
    best_cosine: float


def _relevance(plan: Plan, facts: PatientFacts, table: ConceptTable, searcher: Searcher) -> _Found:
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
        )
        if not focus:
            best_cosine = max((hit.cosine for hit in hits), default=0.0)
            first = dict.fromkeys(searcher.version.rows[hit.row].entry for hit in hits)
        for hit in hits:
            entry = searcher.version.rows[hit.row].entry
            rows.setdefault(entry, hit.row)
            relevance[entry] = max(relevance.get(entry, 0.0), hit.score)
            if hit.concepts > 0 and not focus:
                about.add(entry)
    return _Found(relevance, rows, frozenset(list(first)[:_FIRST_FOUND]), frozenset(about), best_cosine)


def _score(
    statement: Statement,
    topic: Topic,
    relevance: float,
    plan: Plan,
    facts: PatientFacts,
    hazards: Hazards,
    table: ConceptTable,
) -> float:
    score = relevance
    own = topic.topic in table and bool(facts.concept("condition", topic.topic).truth)
    if _advises_on_asked(statement, plan, table):
        exact = any(table.is_a(advice.target, asked) for asked in plan.asked for advice in statement.advice)
        score += _ASKED if exact or own or topic.applies_when else _ASKED * _IN_GENERAL
    if statement.kind in plan.kinds:
        score += _KIND
    if any(_related(named, concept, table) for named in plan.named for concept in _concepts_of(topic)):
        score += _NAMED
    if own:
        score += _OWN
    if hazards.warned_of_by(statement):
        score += _HAZARD
    if statement.source.strength and _STRONG_GRADE.search(statement.source.strength):
        score += _STRONG
    return score


def _is_about(statement: Statement, topic: Topic, concepts: Iterable[str], knowledge: Knowledge) -> bool:
    about = {topic.topic, *(advice.target for advice in statement.advice), *knowledge.mentioned_in(statement)}
    return any(knowledge.table.is_a(one, other) for one in concepts for other in about)


def _advises_on_asked(statement: Statement, plan: Plan, table: ConceptTable) -> bool:
    return any(_related(asked, advice.target, table) for asked in plan.asked for advice in statement.advice)


def _consider(
    statement: Statement,
    whole: Verdict,
    score: float,
    facts: PatientFacts,
    hazards: Hazards,
    pool: _Pool,
    table: ConceptTable,
    general: bool,
    linked: bool,
    answers: bool,
) -> None:
    """Put a statement where it belongs: applicable, held back, or waiting for a fact that is missing.

    *whole* is the verdict on whom its topic is for. With *general*, not knowing whether the patient has a
    condition does not leave the statement out.
    """
    narrow = evaluate(statement.applies_when, facts)
    if narrow.truth is False:
        return
    if narrow.truth is None and not (general and _only_concepts(narrow.missing)):
        pool.missing += [(score * _weight(m), m) for m in narrow.missing if m.leaf in _ALWAYS_ASKED]
        return
    exception = evaluate(statement.not_when, facts) if statement.not_when else Verdict(False)
    if exception.truth:
        pool.held.append((score, Held(statement, statement.advice[0].target, statement, exception.because)))
        return
    blocked = hazards.against(statement)
    if blocked is not None:
        rule, because, concept = blocked
        pool.held.append((score, Held(statement, concept, rule, because)))
        return
    pool.missing += [(0.5 * score * _weight(m), m) for m in exception.missing]
    if any(is_measured(fact) for fact in narrow.because):
        score += _MEASURED
    taken = _taken_but_advised_against(statement, facts, table)
    because = tuple(dict.fromkeys([*taken, *narrow.because, *whole.because]))
    own = bool(whole.truth and whole.because)
    pool.candidates.append(Chosen(statement, because, score, bool(taken), own, linked, answers))


def _taken_but_advised_against(statement: Statement, facts: PatientFacts, table: ConceptTable) -> list[Fact]:
    """The patient's own medicines that the statement advises against: always worth saying, whatever was asked."""
    return [
        fact
        for advice in statement.advice
        if advice.direction == "avoid"
        for known, fact in facts.present.items()
        if table[known].kind == "medicine" and table.is_a(known, advice.target)
    ]


def _choose(
    candidates: Sequence[Chosen],
    floor: float,
    plan: Plan,
    knowledge: Knowledge,
    limit: int,
    rows: dict[str, int],
    searcher: Searcher,
) -> list[Chosen]:
    """Safety first, then greedily the best, a little less of what there is already; near-duplicates collapse.

    Each condition that the question names has its turn, and few good ones are filled up with the next best about
    the patient's own illnesses.
    """
    everything = sorted(candidates, key=lambda c: (-c.score, c.statement.id))
    due = _due_topics(everything, plan, knowledge)
    ranked = [c for c in everything if c.score >= floor or c.safety]
    if plan.kinds:
        enough = _OTHER_KIND * max((c.score for c in ranked), default=0.0)
        ranked = [c for c in ranked if c.safety or c.linked or c.statement.kind in plan.kinds or c.score >= enough]
    chosen: list[Chosen] = []
    kinds: dict[str, int] = {}
    topics: dict[str, int] = {}

    def topic_of(candidate: Chosen) -> str:
        return knowledge.topic_of[candidate.statement.id]

    def worth(candidate: Chosen) -> tuple[float, str]:
        crowd = _SAME_KIND * kinds.get(candidate.statement.kind, 0) + _SAME_TOPIC * topics.get(topic_of(candidate), 0)
        return candidate.score - crowd, candidate.statement.id

    def take(best: Chosen) -> None:
        if _repeats(best, chosen, rows, searcher):
            return
        chosen.append(best)
        kinds[best.statement.kind] = kinds.get(best.statement.kind, 0) + 1
        topics[topic_of(best)] = topics.get(topic_of(best), 0) + 1

    tried: set[str] = set()
    while len(chosen) < limit:
        left = [c for c in ranked if c.statement.id not in tried]
        pool = [c for c in left if c.safety] if sum(c.safety for c in chosen) < _MOST_SAFETY else []
        if not pool and (len(chosen) >= _FIRST or not left):
            pool = [c for c in everything if topic_of(c) in due - topics.keys() and c.statement.id not in tried]
        if not (pool or left):
            break
        best = max(pool or left, key=worth)
        tried.add(best.statement.id)
        take(best)
    lowest = _FILL_SHARE * max((c.score for c in everything), default=0.0)
    spare = [
        c for c in everything
        if c.statement.id not in tried and c.score >= lowest and (c.own or c.linked or topic_of(c) in due)
    ]  # fmt: skip
    while spare and len(chosen) < min(_ENOUGH, limit):
        best = max(spare, key=worth)
        spare.remove(best)
        take(best)
    return chosen


def _due_topics(ranked: Sequence[Chosen], plan: Plan, knowledge: Knowledge) -> set[str]:
    """Topics of the conditions a question names: each has to contribute, however well the others fit."""
    due = set()
    for candidate in ranked:
        topic = knowledge.topics[knowledge.topic_of[candidate.statement.id]]
        if any(
            knowledge.table.is_a(named, topic.topic) or knowledge.table.is_a(topic.topic, named) for named in plan.named
        ):
            due.add(topic.topic)
    return due


def _repeats(candidate: Chosen, chosen: Sequence[Chosen], rows: dict[str, int], searcher: Searcher) -> bool:
    if candidate.statement.id not in rows:
        return False
    mine = set(candidate.statement.advice)
    for other in chosen:
        related = mine & set(other.statement.advice) and other.statement.id in rows
        if related and searcher.similarity(rows[candidate.statement.id], rows[other.statement.id]) > _DUPLICATE_COSINE:
            return True
    return False


def _resolve_conflicts(
    chosen: list[Chosen], candidates: Sequence[Chosen], knowledge: Knowledge
) -> tuple[list[Chosen], list[Held]]:
    """Where one statement limits what another encourages, keep the cautious one and hold back the other.

    Cautious is every statement, chosen or not, that holds because of something about this patient: advice for one
    illness has to respect the others, also where the question is about the one alone. Statements of one topic
    were written to stand beside each other, and one about the time between two things forbids neither.
    """
    table = knowledge.table
    cautions = [
        (other, knowledge.topic_of[other.statement.id], advice.target)
        for other in candidates
        if other.because and not any(a.target == _SPACING for a in other.statement.advice)
        for advice in other.statement.advice
        if advice.direction in ("limit", "avoid")
    ]
    kept, held = [], []
    for candidate in chosen:
        statement = candidate.statement
        topic = knowledge.topic_of[statement.id]
        against = next(
            (
                (other, advice.target)
                for advice in statement.advice
                if advice.direction in ("encourage", "maintain")
                for other, its_topic, target in cautions
                if its_topic != topic and other.statement.kind == statement.kind and table.is_a(advice.target, target)
            ),
            None,
        )
        if against is None:
            kept.append(candidate)
        else:
            other, concept = against
            held.append(Held(candidate.statement, concept, other.statement, other.because))
    return kept, held


def _asked_but_unsafe(plan: Plan, hazards: Hazards) -> list[Held]:
    """Things asked about, or about to be taken, that a rule forbids this patient, whoever mentions them."""
    found = [(concept, hazards.forbidden(concept)) for concept in plan.asked]
    found += [(concept, hazards.forbidden_class(concept)) for concept in plan.considered]
    return [Held(None, concept, *rule) for concept, rule in found if rule is not None]


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
    return all(m.leaf not in _ALWAYS_ASKED for m in missing)


def _weight(missing: Missing) -> float:
    return _MISSING_WEIGHT.get(missing.leaf, 0.2)


def _most_valuable(missing: Iterable[tuple[float, Missing]]) -> tuple[Missing, ...]:
    """Missing facts, the one on which most depends first."""
    value: dict[Missing, float] = {}
    for score, item in missing:
        key = Missing(item.leaf, item.key)
        value[key] = value.get(key, 0.0) + score
    return tuple(sorted(value, key=lambda m: (-value[m], m.key)))
