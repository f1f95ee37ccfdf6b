"""What an alarm is about, and which statements have to do with it: an emergency leaves no room for anything else."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.evidence import Chosen, concepts_of, related
from assistant.facts import PatientFacts
from assistant.knowledge import Knowledge
from assistant.triage import TriageResult
from corpus.concepts import ConceptTable
from corpus.conditions import CONCEPT_LEAVES, NUMBER_LEAVES, Verdict, leaves
from corpus.load import DATA, read_yaml
from corpus.models import Derived, Statement, Topic
from corpus.text import any_of, normalise

#: The fields that hold what is the matter now, as against what is known of old.
_COMPLAINED_OF = frozenset({"symptoms", "question"})
#: Of the complaints that a statement names so many have to be such as the red flag looks for.
_HALF = 0.5
#: What makes a topic somebody's without their being ill.
_NOT_AN_ILLNESS = frozenset({"age_years", "sex"})
#: What an emergency answer may hold, and how much of it.
_EMERGENCY_KINDS = frozenset({"escalate", "intervene"})
_EMERGENCY_LIMIT = 3
#: What can wait while something urgent is looked into, unless it answers the question.
_CAN_WAIT = frozenset({"diet", "activity", "educate"})
_PART = re.compile(r"[;；。]|\.\s")


@dataclass(frozen=True)
class Alarms:
    """What the red flags at the highest level are about.

    ``found`` are this patient's complaints and measurements in them; ``sought`` all that they look for, ``suspected``
    the illnesses among it, ``named`` those that the first reason names; ``known`` the illnesses, treatments and devices
    of this patient that made them fire; ``measured`` the measurements that did.
    """

    found: frozenset[str] = frozenset()
    suspected: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    sought: frozenset[str] = frozenset()
    measured: frozenset[str] = frozenset()


def alarming(result: TriageResult, facts: PatientFacts, derived: Iterable[Derived], table: ConceptTable) -> Alarms:
    """What the red flags at the highest level are about.

    What the patient lives with is not among what was found: that somebody once had a stroke is no reason to tell them
    what to do while the ambulance comes.
    """
    if result.level not in ("emergency", "urgent"):
        return Alarms()
    found: set[str] = set()
    suspected: set[str] = set()
    named: set[str] = set()
    known: set[str] = set()
    sought: set[str] = set()
    measured: set[str] = set()
    for rule, _ in result.fired:
        if rule.level == result.level:
            named = named or {m.concept for m in table.find(rule.reason.en) if table[m.concept].kind == "condition"}
            for leaf, value in leaves(rule.when):
                if leaf in CONCEPT_LEAVES:
                    sought.add(value)
                if leaf == "condition":
                    suspected.add(value)
                if leaf in CONCEPT_LEAVES and (verdict := facts.concept(leaf, value)).truth:
                    if not facts.arises(value):
                        known.add(value)
                    elif any(fact.field in _COMPLAINED_OF for fact in verdict.because):
                        found.add(value)
                elif leaf in NUMBER_LEAVES:
                    measured |= value.keys()
    for deduced in derived:
        keys = {key for leaf, value in leaves(deduced.when) if leaf in NUMBER_LEAVES for key in value}
        if keys & measured and deduced.concept in facts.present:
            found.add(deduced.concept)
    return Alarms(*(frozenset(some) for some in (found, suspected, named, known, sought, measured)))


def is_about(
    statement: Statement,
    topic: Topic,
    alarms: Alarms,
    whole: Verdict,
    answers: bool,
    facts: PatientFacts,
    knowledge: Knowledge,
) -> bool:
    """Whether a statement is about what a red flag fired on; *whole* says whether its topic is for this patient.

    It is by its topic, by what it advises, by whom it is for, or by the illness that it names; what is said of a
    symptom in general, such as pain, is not about one of its dangerous kinds. It is, too, where it *answers* the
    question and its topic is for what was found, or for an illness that made the red flag fire, and where most
    complaints that it names are such as the red flag looks for. One that sends for help and only names symptoms has
    to belong to an illness the patient has, or to name several: confusion can come of many things.
    """
    table, whom = knowledge.table, statement.applies_when or {}
    suspected = any(
        related(topic.topic, illness, table) for illness in (*alarms.suspected, *alarms.named, *alarms.found)
    )
    if whole.truth is None and not suspected:
        return False
    ill = bool(whole.truth) and any(fact.field not in _NOT_AN_ILLNESS for fact in whole.because)
    named = {alarm for alarm in alarms.found for one in knowledge.mentioned_in(statement) if table.is_a(one, alarm)}
    illnesses = {alarm for alarm in alarms.found if table[alarm].kind == "condition"}
    if statement.kind == "escalate" and (named & illnesses or (suspected and len(named) > 1)):
        return True
    if any(leaf in NUMBER_LEAVES and value.keys() & alarms.measured for leaf, value in leaves(whom)):
        return True
    if not (ill or suspected):
        return False
    for_whom = concepts_of(topic)
    its_own = {value for leaf, value in leaves(whom) if leaf in CONCEPT_LEAVES}
    its_own |= {topic.topic, *(advice.target for advice in statement.advice)}
    if any(_is_on(about, alarm, table) for about in its_own for alarm in alarms.found):
        return True
    if ill and answers:
        share = _share_sought(statement, alarms, facts, knowledge)
        speaks = share is None or share >= _HALF
        if speaks and any(_is_on(one, alarm, table) for alarm in alarms.found for one in for_whom):
            return True
        acts = statement.kind == "escalate" if share is None else speaks
        if acts and any(related(known, one, table) for known in alarms.known for one in for_whom):
            return True
    return statement.kind == "escalate" and bool(named) and not illnesses


def _share_sought(statement: Statement, alarms: Alarms, facts: PatientFacts, knowledge: Knowledge) -> float | None:
    """Of the complaints that a statement names the share that the red flag looks for; ``None`` where it names none."""
    named = [concept for concept in knowledge.mentioned_in(statement) if facts.arises(concept)]
    sought = sum(any(related(one, other, knowledge.table) for other in alarms.sought) for one in named)
    return sought / len(named) if named else None


def _is_on(about: str, alarm: str, table: ConceptTable) -> bool:
    return table.is_a(about, alarm) or (table.is_a(alarm, about) and table[about].kind != "symptom")


def in_emergency(chosen: Sequence[Chosen], alarms: Alarms, knowledge: Knowledge) -> tuple[Chosen, ...]:
    """What belongs to the emergency and nothing else: about what the red flag fired on, and not for later.

    A medicine that the patient takes and must not is named where it has to do with it. What speaks of most of the
    complaints comes first.
    """
    table = knowledge.table
    urgent = [
        c for c in chosen
        if c.linked
        and (c.safety or c.statement.kind in _EMERGENCY_KINDS)
        and not _is_for_later(c.statement, alarms, table)
        and not _is_home_care(c.statement)
    ]  # fmt: skip
    urgent.sort(key=lambda c: (not c.safety, not (c.answers and c.own), -_speaks_of(c, alarms, knowledge), -c.score))
    return tuple(urgent[:_EMERGENCY_LIMIT])


def _speaks_of(chosen: Chosen, alarms: Alarms, knowledge: Knowledge) -> int:
    """Of how many of the complaints in an emergency a statement speaks."""
    named = knowledge.mentioned_in(chosen.statement)
    return sum(any(knowledge.table.is_a(one, alarm) for one in named) for alarm in alarms.found)


def in_urgency(chosen: Sequence[Chosen]) -> tuple[Chosen, ...]:
    """What has to do with an urgent matter where nothing in particular was asked: how to live can wait."""
    return tuple(c for c in chosen if c.linked or c.safety or c.answers or c.statement.kind not in _CAN_WAIT)


def _is_home_care(statement: Statement) -> bool:
    """Whether nothing that a statement advises is first aid."""
    targets = {advice.target for advice in statement.advice}
    return bool(targets & _home_care()) and targets <= _home_care() | {"rest"}


@functools.cache
def _home_care() -> frozenset[str]:
    return frozenset(read_yaml(DATA / "language" / "urgency.yaml")["home_care"])


def _is_for_later(statement: Statement, alarms: Alarms, table: ConceptTable) -> bool:
    """Whether any wording of a statement sends somebody to be seen later than at once for what the alarm is about.

    The parts of a text that name it decide; where none does, all of it has to be for later.
    """
    for wording in (statement.text, statement.plain):
        for text in (wording.en, wording.zh) if wording is not None else ():
            parts = _PART.split(text)
            naming = [
                part for part in parts
                if any(table.is_a(m.concept, alarm) for m in table.find(part) for alarm in alarms.found)
            ]  # fmt: skip
            later = [_later().search(normalise(part)) is not None for part in naming or parts if part.strip()]
            if any(later) if naming else all(later):
                return True
    return False


@functools.cache
def _later() -> re.Pattern[str]:
    return any_of(read_yaml(DATA / "language" / "urgency.yaml")["later"])
