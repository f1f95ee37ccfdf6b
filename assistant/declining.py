"""Declining, kindly: what is said about a request outside the scope, and the evidence that stands all the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answer import Declined, DeclinedKind
from assistant.evidence import Chosen, Evidence
from assistant.facts import PatientFacts
from assistant.intake import Intake
from assistant.knowledge import Knowledge
from assistant.messages import say
from assistant.plan import Plan
from assistant.scope import Part
from assistant.scope_rules import settings
from corpus.concepts import ConceptTable
from corpus.models import TOWARDS, Language, Statement, Topic

if TYPE_CHECKING:
    from index.search import Searcher

#: So many topics are named as what can be asked instead.
_TOPICS = 3
#: So many statements stand beside a refusal to say whether to stop; one, where none is about an illness of the patient.
_BESIDE = 2
#: Rules of ``scope.yaml`` after which "not on your own" is said, with its source.
_STOPPING = frozenset({"stop", "change"})
_ABOUT_MEDICINES = frozenset({"dose", "start_stop"})


def with_medicines(plan: Plan, parts: Iterable[Part], intake: Intake, table: ConceptTable) -> Plan:
    """The plan with the medicines of the declined parts: none that is named goes unchecked."""
    named = {concept for part in parts for concept in part.concepts if table[concept].kind == "medicine"}
    absent = set(intake.concepts("absent"))
    asked = [f.concept for f in intake.findings if f.concept in named - absent and f.status != "present"]
    return replace(
        plan,
        asked=tuple(dict.fromkeys([*plan.asked, *asked])),
        considered=tuple(dict.fromkeys([*plan.considered, *sorted(named - absent)])),
    )


def stopping_plan(plan: Plan, parts: Sequence[Part]) -> Plan | None:
    """The plan for what is said on stopping the medicine asked about; none where nothing is to be stopped."""
    if not any(part.kind in _ABOUT_MEDICINES and part.rule in _STOPPING for part in parts):
        return None
    return replace(plan, asked=tuple(dict.fromkeys([*plan.asked, *_advised_beside()])))


def standing(evidence: Evidence, parts: Sequence[Part], alarmed: bool) -> Evidence:
    """What of the evidence stands where every request is declined.

    Medicines asked about that a rule forbids; advice against a medicine the patient takes; in an emergency what to do
    about it. Nothing else, and no question back.
    """
    medicines = any(part.kind in _ABOUT_MEDICINES for part in parts)
    chosen = tuple(c for c in evidence.chosen if (medicines and _is_of_record(c)) or (c.linked and alarmed))
    held = tuple(h for h in evidence.held if h.statement is None) if medicines else ()
    return Evidence(chosen=chosen, held=held, grounded=True)


def _is_of_record(chosen: Chosen) -> bool:
    """Whether a statement advises against a medicine that stands in the patient's record, not only in the question."""
    recorded = any(fact.field == "medications" for fact in chosen.because)
    return chosen.safety and recorded and (chosen.own or chosen.statement.kind == "medicine_safety")


def beside(evidence: Evidence, medicines: Iterable[str], knowledge: Knowledge) -> tuple[Chosen, ...]:
    """The statements that stand beside a refusal to say whether to stop: not on one's own, and who reviews it."""
    named = set(medicines)
    fitting = [c for c in evidence.chosen if _is_beside(c.statement, named, knowledge)]
    own = [c for c in fitting if c.own]
    return tuple(sorted(own or fitting, key=lambda c: -c.score)[: _BESIDE if own else 1])


def _advised_beside() -> list[str]:
    advised: list[str] = settings()["beside"]
    return advised


def _is_beside(statement: Statement, named: set[str], knowledge: Knowledge) -> bool:
    table = knowledge.table
    if any(a.direction in TOWARDS and table[a.target].kind == "medicine" for a in statement.advice):
        return False
    if not any(a.target in _advised_beside() for a in statement.advice):
        return False
    about = knowledge.mentioned_in(statement) | {a.target for a in statement.advice}
    medicines = {c for c in about if table[c].kind == "medicine"}
    return not named or any(table.is_a(n, m) or table.is_a(m, n) for n in named for m in medicines)


def merged(evidence: Evidence, more: Sequence[Chosen]) -> Evidence:
    """The evidence with *more* added, each statement once."""
    if more and not evidence.grounded:
        return Evidence(chosen=tuple(more), grounded=True)
    known = {c.statement.id for c in evidence.chosen}
    return replace(evidence, chosen=(*evidence.chosen, *(c for c in more if c.statement.id not in known)))


def replies(parts: Sequence[Part], topics: Sequence[Topic], language: Language) -> tuple[Declined, ...]:
    """One reply a kind, to the words of all its parts; what can be asked instead is said once, last."""
    by_kind: dict[DeclinedKind, list[str]] = {}
    for part in parts:
        if part.kind == "care":
            continue
        by_kind.setdefault(part.kind, []).append(part.text.strip(" ,，;；"))
    gap = "" if language == "zh" else " "
    instead = say("declined.instead", language, topics=_listed(topics, language))
    last = len(by_kind) - 1
    return tuple(
        Declined(
            text=" ".join(texts),
            kind=kind,
            reply=gap.join([say(f"declined.{kind}", language), *([instead] if n == last else [])]),
        )
        for n, (kind, texts) in enumerate(by_kind.items())
    )


def nothing_found(question: str, topics: Sequence[Topic], language: Language) -> tuple[Declined, ...]:
    """The reply to a question for which nothing relevant is known."""
    gap = "" if language == "zh" else " "
    instead = say("declined.instead", language, topics=_listed(topics, language))
    return (
        Declined(text=question, kind="not_care", reply=gap.join([say("abstain.nothing_found", language), instead])),
    )


def nearest_topics(
    words: str, concepts: Iterable[str], facts: PatientFacts, knowledge: Knowledge, searcher: Searcher, least: float
) -> list[Topic]:
    """The topics nearest to a question: of the things it names, of what search finds, of the patient's illnesses.

    Passages below the cosine *least* have nothing to do with it; where there is no other, a few examples are named.
    """
    table = knowledge.table
    found: dict[str, None] = {}
    clinical = [c for c in concepts if table[c].kind in settings()["clinical"]]
    for concept in [*clinical, *facts.present]:
        family = [concept, *sorted(table.ancestors(concept))] if concept in table else []
        found |= dict.fromkeys(name for name in family if name in knowledge.topics)
    if clinical:
        hits = searcher.search(words, k=20, accept=searcher.version.statement_rows, concepts=clinical)
        for hit in hits:
            if hit.cosine >= least:
                found[knowledge.topic_of[searcher.version.rows[hit.row].entry]] = None
    found |= dict.fromkeys(settings()["examples"])
    return [knowledge.topics[name] for name in list(found)[:_TOPICS] if name in knowledge.topics]


def _listed(topics: Sequence[Topic], language: Language) -> str:
    return ("；" if language == "zh" else "; ").join(topic.title[language] for topic in topics)
