"""Urgency by rules, before and independently of any search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Because, Reason, Urgency
from assistant.facts import CHILDBEARING, PatientFacts
from assistant.messages import say
from assistant.news2 import PARAMETERS, News2, news2
from assistant.patient import measurement_label
from assistant.vital_limits import CrossedLimit, crossed_limits
from corpus.concepts import ConceptTable
from corpus.conditions import Fact, evaluate, holds, leaves
from corpus.models import Level, RedFlag

#: From the least to the most urgent.
LEVELS: tuple[Level, ...] = ("self_care", "routine", "urgent", "emergency")
_NEWS2_LEVEL: dict[str, Level] = {"high": "emergency", "medium": "urgent", "low-medium": "urgent", "low": "self_care"}
_MOST_ACTIONS = 3


@dataclass(frozen=True)
class TriageResult:
    """The level, the rules that decided it with the facts they fired on, NEWS2 where vitals were given, and limits."""

    level: Level
    fired: tuple[tuple[RedFlag, tuple[Fact, ...]], ...]
    news2: News2 | None
    limits: tuple[CrossedLimit, ...] = ()


def assess(
    facts: PatientFacts, vitals: Mapping[str, Any], red_flags: Sequence[RedFlag], table: ConceptTable
) -> TriageResult:
    """Decide urgency: the highest level of any red flag, of NEWS2, of a limit crossed, or of what is told of at all."""
    complains = _complains(facts, red_flags, table)
    facts = facts.now
    fired = []
    for rule in red_flags:
        if holds(rule.when, facts):
            fired.append((rule, evaluate(rule.when, facts).because))
    fired.sort(key=lambda item: -LEVELS.index(item[0].level))
    age, pregnant = facts.number("age_years"), facts.flag("pregnant")
    score = None
    if any(vitals.get(name) is not None for name in PARAMETERS):
        score = news2(vitals, age[0] if age else None, pregnant[0] if pregnant else None)
    levels: list[Level] = ["self_care", *(rule.level for rule, _ in fired)]
    if score is not None and score.band is not None:
        levels.append(_NEWS2_LEVEL[score.band])
    limits = crossed_limits(vitals, age[:2] if age else None, _obstetric(facts))
    levels += [limit.level for limit in limits]
    if complains:
        levels.append("routine")
    return TriageResult(max(levels, key=LEVELS.index), tuple(fired), score, limits)


def _complains(facts: PatientFacts, red_flags: Sequence[RedFlag], table: ConceptTable) -> bool:
    """Whether there is more than a question or a complaint that some rule leaves to self-care.

    What somebody who is under care asks is looked at by those who care for them. A message in which nothing
    was recognised and that asks nothing may hold a complaint in words we do not know.
    """
    minor = {value for rule in red_flags if rule.level == "self_care" for _, value in leaves(rule.when)}
    told = [
        concept
        for concept, fact in facts.present.items()
        if concept in table
        and (table[concept].kind == "symptom" or (table[concept].kind == "condition" and fact.field == "question"))
    ]
    if facts.under_care or (not told and not facts.asks):
        return True
    return any(concept not in minor and not minor & table.ancestors(concept) for concept in told)


def explain(result: TriageResult, language: str, number: str, citations: Mapping[str, int] | None = None) -> Urgency:
    """Put a triage result into words. *citations* maps rule ids to citation numbers, where there are any."""
    citations = citations or {}
    reasons = [
        Reason(
            text=rule.reason[language],
            rule=rule.id,
            because=tuple(because(fact) for fact in facts),
            citations=(citations[rule.id],) if rule.id in citations else (),
        )
        for rule, facts in result.fired
    ]
    score = result.news2
    if score is not None and score.band is not None and _NEWS2_LEVEL[score.band] != "self_care":
        reasons.append(Reason(text=news2_text(score, language), rule="news2", because=_news2_facts(score)))
    for limit in result.limits:
        fact = Because(field=f"vitals.{limit.vital}", value=limit.value)
        reasons.append(Reason(text=limit.text(language), rule=limit.rule, because=(fact,)))
    decisive = [rule.action[language] for rule, _ in result.fired if rule.level == result.level]
    lead = [say("action.emergency", language, number=number)] if result.level == "emergency" else []
    actions = list(dict.fromkeys(decisive))[:_MOST_ACTIONS] or [say(f"action.{result.level}", language, number=number)]
    joiner = "" if language == "zh" else " "
    action = joiner.join(dict.fromkeys([*lead, *actions]))
    return Urgency(level=result.level, action=action, reasons=tuple(reasons), news2=score)


def news2_text(score: News2, language: str) -> str:
    """The score in words, "at least" where vitals are missing."""
    if not score.missing:
        return say(f"news2.{score.band}", language, score=score.score, band=score.band)
    names = ("、" if language == "zh" else ", ").join(vital_name(name, language) for name in score.missing)
    shown = say("news2.at_least", language, score=score.score)
    told = say(f"news2.{score.band}", language, score=shown, band=score.band)
    return told + say("news2.missing", language, missing=names)


def vital_name(name: str, language: str) -> str:
    """The name of a NEWS2 parameter in words."""
    if name in ("on_oxygen", "consciousness"):
        return say(f"vital.{name}", language)
    return measurement_label(name, language)


def because(fact: Fact) -> Because:
    """A fact as the answer shows it."""
    return Because(field=fact.field, value=fact.value)


def _obstetric(facts: PatientFacts) -> bool:
    """Whether the limits for pregnancy and the weeks after birth apply; a baby's birth is its mother's matter."""
    sex, age, pregnant = facts.flag("sex"), facts.number("age_years"), facts.flag("pregnant")
    if (sex and sex[0] == "male") or (age and age[1] < CHILDBEARING[0]):
        return False
    return bool(pregnant and pregnant[0]) or bool(facts.concept("condition", "postnatal").truth)


def _news2_facts(score: News2) -> tuple[Because, ...]:
    return tuple(Because(field=f"news2.{name}", value=part) for name, part in score.parts.items() if part)
