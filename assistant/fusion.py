"""Fusion: from a question and a patient's facts to the evidence that fits this patient.

Search says what is relevant, three-valued conditions say whom it is for, the contraindication rules
say what must be held back, and what is missing becomes a question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assistant.alarms import Alarms, is_about
from assistant.choice import choose, resolve_conflicts
from assistant.evidence import WHO_SOMEBODY_IS, Chosen, Evidence, Held, concepts_of, related
from assistant.facts import PatientFacts
from assistant.hazards import Hazards, is_measured
from assistant.knowledge import Knowledge
from assistant.plan import Plan
from assistant.quotes import quote
from assistant.relevance import Found, advises_on_asked, is_grounded, least_cosine_for, relevance_of, score_of
from corpus.concepts import ConceptTable
from corpus.conditions import CONCEPT_LEAVES, Fact, Missing, Verdict, evaluate, leaves
from corpus.models import Statement, Topic

if TYPE_CHECKING:
    from index.search import Searcher

#: What a statement gains that holds because of a measured value of this patient.
_MEASURED = 0.4
#: A statement of one of these kinds about what a red flag fired on.
_ALARMED = 0.5
_ALARMED_KINDS = frozenset({"escalate", "intervene", "medicine_safety", "monitor"})
#: A statement is shown when it scores at least this share of the best one, and in any case so much.
_SHARE, _LEAST = 0.38, 0.4
#: A statement that names several of the things asked about weighs them against each other: so much for each,
#: where search finds it at least this relevant.
_TOGETHER, _WORTH_READING = 0.25, 0.3
#: A fact is worth a question where what depends on it comes this near to being shown.
_WORTH_ASKING = 0.6
#: Facts whose absence hides a statement and is worth a question; the rest are asked for only if they protect.
_ALWAYS_ASKED = frozenset({"lab", "vital", "age", "sex", "pregnant", "breastfeeding"})
#: Who somebody is: advice for one kind of people only, in which everybody else would read themselves.
_WHO_ASKS = frozenset({"sex", "pregnant", "breastfeeding"})
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


#: Where no red flag fired.
_NONE = Alarms()
#: Without a record, a statement of an illness nobody named has to be about what is asked and at least this relevant.
_FITTING = 0.45


def _fits(statement_id: str, found: Found) -> bool:
    return statement_id in found.about and found.relevance.get(statement_id, 0.0) >= _FITTING


def _is_open(
    statement: Statement, topic: Topic, found: Found, plan: Plan, facts: PatientFacts, knowledge: Knowledge
) -> bool:
    """Whether a statement may be said although the patient is not known to have the illness it is for.

    The question itself can be about that illness, or about the very thing advised on. Where nothing is on record and
    no illness is named, what search finds first is advice in general, and so is what it finds to be about what is
    named, as long as the wording says whom it is for. What is for one sex, or for pregnancy, must say so
    in any case: a mother-to-be leaves out soft cheese, not everybody.
    """
    table = knowledge.table
    first = statement.id in found.first
    if not (first or _fits(statement.id, found)):
        return False
    if any(related(named, concept, table) for named in (*plan.asked, *plan.named) for concept in concepts_of(topic)):
        return facts.without_record or first
    if not facts.without_record:
        return False
    names_illness = any(table[concept].kind == "condition" for concept in plan.named)
    if names_illness:
        about_it = statement.id in found.about or advises_on_asked(statement, plan, table)
        return first and about_it and _says_for_whom(statement, topic, replace(plan, asked=()), knowledge)
    if any(leaf in _WHO_ASKS for leaf, _ in leaves(topic.applies_when or {})):
        return _names_whom(statement, topic, knowledge)
    return first or _says_for_whom(statement, topic, plan, knowledge)


def _of_an_illness_not_known(topic: str, plan: Plan, facts: PatientFacts, table: ConceptTable) -> bool:
    """Whether a topic written for everybody is about an illness that this patient is not known to have."""
    if topic not in table or table[topic].kind != "condition" or facts.concept("condition", topic).truth:
        return False
    return not any(related(named, topic, table) for named in plan.named)


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
    alarms: Alarms = _NONE,
) -> Evidence:
    """Search, then keep what applies to this patient and is safe; at most *limit* statements, best first.

    *alarms* are what the red flags fired on: what is said about it comes before other things.
    """
    found = relevance_of(plan, facts, knowledge.table, searcher)
    hazards = Hazards(facts, knowledge)
    names_something = any(knowledge.table[c].kind != "person" for c in (*plan.asked, *plan.named))
    settled = bool(plan.asked) and all(_is_for_nobody_like_them(concept, hazards) for concept in plan.asked)
    pool = _Pool()
    for_whom = {name: evaluate(topic.applies_when, facts) for name, topic in knowledge.topics.items()}
    for statement_id, statement in knowledge.statements.items():
        topic = knowledge.topics[knowledge.topic_of[statement_id]]
        whole = for_whom[topic.topic]
        if topic.applies_when is None and _of_an_illness_not_known(topic.topic, plan, facts, knowledge.table):
            whole = Verdict(None)
        general = _is_open(statement, topic, found, plan, facts, knowledge)
        suspected = whole.truth is None and any(
            related(topic.topic, illness, knowledge.table) for illness in alarms.named
        )
        if whole.truth is False or (whole.truth is None and not (general or suspected)):
            continue
        answers = statement_id in found.first or advises_on_asked(statement, plan, knowledge.table)
        linked = alarms != _NONE and is_about(statement, topic, alarms, whole, answers, facts, knowledge)
        if whole.truth is None and not linked and (settled or not general):
            continue
        relevance = found.relevance.get(statement_id, 0.0)
        score = score_of(statement, topic, relevance, plan, facts, hazards, knowledge.table)
        if len(plan.asked) > 1 and relevance >= _WORTH_READING:
            named = knowledge.mentioned_in(statement)
            score += _TOGETHER * sum(any(related(a, n, knowledge.table) for n in named) for a in plan.asked)
        if linked and statement.kind in _ALARMED_KINDS:
            score += _ALARMED
        _consider(
            statement, whole, score, plan, facts, hazards, pool, knowledge.table, general or suspected, linked, answers
        )
    if names_something:
        pool.candidates = [
            c for c in pool.candidates if _has_to_do_with_it(c, found, plan, knowledge)
        ] or pool.candidates
    if settled:
        pool.missing = []
        pool.candidates = [c for c in pool.candidates if _goes_with_a_no(c, plan, knowledge.table)]
    floor = max(_LEAST, _SHARE * max((c.score for c in pool.candidates), default=0.0))
    chosen = choose(pool.candidates, floor, plan, knowledge, limit, found.rows, searcher)
    chosen, conflicting = resolve_conflicts(chosen, pool.candidates, knowledge)
    held = [h for score, h in sorted(pool.held, key=lambda item: -item[0]) if score >= floor][:limit]
    refused = _asked_but_unsafe(plan, hazards, facts)
    said = {id(h.by) for h in refused} if settled else set()
    held = refused + [h for h in held if id(h.by) not in said] + conflicting
    held = list({(h.statement.id if h.statement else h.concept): h for h in reversed(held)}.values())[::-1]
    covered = _covered(plan, chosen, held, knowledge.table)
    least = least_cosine_for(plan, searcher, knowledge.table)
    quoted, held_quotes = quote(plan, facts, hazards, searcher, knowledge.table, searcher.version.users_rows, least)
    return Evidence(
        chosen=tuple(chosen),
        held=tuple(held),
        missing=_most_valuable([(score, m) for score, m in pool.missing if score >= _WORTH_ASKING * floor]),
        uncovered=tuple(c for c in plan.asked if c not in covered and not _spoken_of(c, chosen, knowledge)),
        grounded=is_grounded(plan, facts, knowledge, chosen, bool(covered), found.best_cosine, searcher),
        quoted=tuple(quoted),
        held_quotes=tuple(held_quotes),
    )


def _has_to_do_with_it(candidate: Chosen, found: Found, plan: Plan, knowledge: Knowledge) -> bool:
    """Whether a statement holds for a reason of this patient's, or is about something the question names.

    What holds for everybody is no answer to a question about something else, however few answers there are. One that
    sends for help has to be about the complaint or illness, not merely about something taken for it.
    """
    statement, table = candidate.statement, knowledge.table
    if candidate.linked or any(fact.field not in WHO_SOMEBODY_IS for fact in candidate.because):
        return True
    if statement.kind == "escalate" and plan.named:
        about = {knowledge.topic_of[statement.id], *(a.target for a in statement.advice)}
        about |= knowledge.mentioned_in(statement)
        return any(related(named, one, table) for named in plan.named for one in about)
    return statement.id in found.about or advises_on_asked(statement, plan, table)


def _says_for_whom(statement: Statement, topic: Topic, plan: Plan, knowledge: Knowledge) -> bool:
    """Whether nobody who asks about an illness or complaint of theirs takes a statement on another illness for it.

    Every wording names the illness it is for, or it has to do with what the question names. Advice on a symptom, such
    as pain, is for anybody who may have it.
    """
    table, for_whom = knowledge.table, concepts_of(topic)
    named = [one for one in (*plan.asked, *plan.named) if table[one].kind != "person"]
    if not named or (topic.topic in table and table[topic.topic].kind == "symptom"):
        return True
    about = for_whom | knowledge.mentioned_in(statement) | {advice.target for advice in statement.advice}
    if any(related(one, other, table) for one in named for other in about):
        return True
    return _names_whom(statement, topic, knowledge)


def _names_whom(statement: Statement, topic: Topic, knowledge: Knowledge) -> bool:
    """Whether every wording of a statement names what its topic is about."""
    table, for_whom = knowledge.table, concepts_of(topic)
    wordings = [statement.text.en, *([statement.plain.en] if statement.plain else [])]
    return all(
        any(related(mention.concept, one, table) for mention in table.find(words) for one in for_whom)
        for words in wordings
    )


def _is_for_nobody_like_them(concept: str, hazards: Hazards) -> bool:
    """Whether a rule forbids *concept* to everybody of this age or sex, which settles the question by itself."""
    found = hazards.forbidden(concept)
    return found is not None and all(fact.field in WHO_SOMEBODY_IS for fact in found[1])


def _goes_with_a_no(candidate: Chosen, plan: Plan, table: ConceptTable) -> bool:
    """Whether a statement belongs beside the answer that all that was asked for is not for this patient."""
    ill = candidate.own and any(fact.field not in WHO_SOMEBODY_IS for fact in candidate.because)
    return ill or candidate.linked or candidate.safety or advises_on_asked(candidate.statement, plan, table)


def _consider(
    statement: Statement,
    whole: Verdict,
    score: float,
    plan: Plan,
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
    condition does not leave the statement out, unless somebody in particular is described.
    """
    narrow = evaluate(statement.applies_when, facts)
    if narrow.truth is False:
        return
    anybody = general and not facts.described and _only_concepts(narrow.missing)
    if narrow.truth is None and not anybody and not _asks_of(narrow, plan, table):
        pool.missing += [(score * _weight(m), m) for m in narrow.missing if m.leaf in _ALWAYS_ASKED]
        return
    if any(verdict.truth is None and _is_for_another(statement, verdict, plan, table) for verdict in (whole, narrow)):
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


def _asked_but_unsafe(plan: Plan, hazards: Hazards, facts: PatientFacts) -> list[Held]:
    """Things asked about, or about to be taken, that a rule forbids this patient, or beside each other."""
    found = [(asked, hazards.forbidden(asked) or hazards.together(asked, plan.asked)) for asked in plan.asked]
    taken = facts.present.keys() - set(plan.asked)
    found += [(concept, hazards.forbidden_class(concept, concept in taken)) for concept in plan.considered]
    return [Held(None, concept, *rule) for concept, rule in found if rule is not None]


def _covered(plan: Plan, chosen: Sequence[Chosen], held: Sequence[Held], table: ConceptTable) -> set[str]:
    targets = {advice.target for c in chosen for advice in c.statement.advice} | {h.concept for h in held}
    targets |= {advice.target for h in held if h.statement for advice in h.statement.advice}
    return {asked for asked in plan.asked if any(related(asked, target, table) for target in targets)}


def _spoken_of(concept: str, chosen: Sequence[Chosen], knowledge: Knowledge) -> bool:
    """Whether a statement that was chosen names a thing or is for those who have it."""
    table = knowledge.table
    return any(
        related(concept, one, table)
        for c in chosen
        for one in concepts_of(knowledge.topics[knowledge.topic_of[c.statement.id]])
        | knowledge.mentioned_in(c.statement)
        | {value for key, value in leaves(c.statement.applies_when or {}) if key in CONCEPT_LEAVES}
    )


def _asks_of(verdict: Verdict, plan: Plan, table: ConceptTable) -> bool:
    """Whether all that is not known is whether the patient has, or takes, what the question itself asks about."""
    asked = (*plan.asked, *plan.named)
    return bool(verdict.missing) and all(
        m.leaf not in _ALWAYS_ASKED and m.key in table and any(related(concept, m.key, table) for concept in asked)
        for m in verdict.missing
    )


def _is_for_another(statement: Statement, verdict: Verdict, plan: Plan, table: ConceptTable) -> bool:
    """Whether a statement is for those who take, or have, another thing of the kind that the question names.

    Grapefruit with simvastatin is not grapefruit with felodipine, nor haemodialysis peritoneal dialysis, nor a sore
    knee period pain. Advice on a named medicine itself is: who else must not take it, anybody who thinks of it should
    read.
    """
    named = {*plan.asked, *plan.named, *plan.considered}
    if any(table[a.target].kind == "medicine" and related(a.target, n, table) for a in statement.advice for n in named):
        return False
    return bool(verdict.missing) and all(_is_another(m.key, named, table) for m in verdict.missing)


def _is_another(key: str, named: Iterable[str], table: ConceptTable) -> bool:
    """Whether things of the same kind as *key* are named, and it is none of them."""
    if key not in table or any(related(key, one, table) for one in named):
        return False
    if table[key].kind == "medicine":
        return any(table[one].kind == "medicine" for one in named)
    if table[key].kind == "symptom":
        return any(table[one].kind == "symptom" and table.ancestors(key) & table.ancestors(one) for one in named)
    return any(set(table[key].parents) & set(table[one].parents) for one in named)


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
