"""The triage suite: whether urgency is high enough, and no higher than it has to be.

Our own messages (emergencies; twins, which have the same words negated, past, hypothetical or about somebody else;
urgent and routine ones) in three sets: the ones that the rules' wording was widened with, hard ones, and ordinary
ones that nobody had seen when they were first measured. Where the folder with the public sets is given, also Chinese
home-care messages and structured English vignettes, which say less than a level.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from assistant.triage import LEVELS
from corpus.models import Language, Level
from evals.casefile import Case, Facts, read_jsonl, read_plain_jsonl
from evals.records import Record
from evals.suites.suite import CASES as FOLDER
from evals.suites.suite import Own, Part, Session, Suite, timed_call
from evals.systems.protocol import Triages

CASES = FOLDER / "triage.jsonl"
SETS = {"known": CASES, "hard": FOLDER / "triage_hard.jsonl", "fresh": FOLDER / "triage_fresh.jsonl"}
Group = Literal["emergency", "twin", "urgent", "routine"]
#: Levels at which somebody has to be seen now or today.
_ESCALATED = frozenset({"emergency", "urgent"})


class TriageCase(Case):
    """A message, the level a careful nurse would give it, and why."""

    lang: Language = Field(description="en or zh")
    text: str = Field(min_length=1, description="the message")
    group: Group = Field(description="emergency, twin (the words of one, but none), urgent or routine")
    level: Level = Field(description="emergency, urgent, routine or self_care")
    style: Literal["plain", "slang", "slip"] = Field(default="plain", description="how it is written")
    patient: Facts = Field(default={}, description="the patient's facts, as `care ask --patient` reads them")
    twin_of: str | None = Field(default=None, description="id of the emergency whose words it has")
    twin_kind: Literal["negated", "past", "hypothetical", "other"] | None = Field(
        default=None, description="why it is none: negated, past, hypothetical or about somebody other"
    )


class PublicCase(Case):
    """A message of a public set, of which no level is known but whether it is an emergency, or has to be seen."""

    lang: Language
    text: str
    patient: Facts = Field(default={})
    emergency: bool | None = None
    escalate: bool | None = None


def own(_: Session) -> Iterator[Own]:
    """Our messages, set by set."""
    return (Own(case, name) for name, path in SETS.items() for case in read_jsonl(path, TriageCase))


def judge(case: TriageCase, system: Triages, session: Session) -> Record:  # noqa: ARG001 - every judge's signature
    """Whether the level is the right one, high enough, and no false alarm."""
    (level, why), milliseconds = timed_call(lambda: system.triage(case.text, case.patient, case.lang))
    high_enough = level is not None and LEVELS.index(level) >= LEVELS.index(case.level)
    counts = {"safety": _one(high_enough), "accuracy": _one(level == case.level)}
    counts["emergency recall" if case.level == "emergency" else "false alarms"] = _one(level == "emergency")
    groups: dict[str, str] = {"lang": case.lang, "group": case.group, "style": case.style}
    if case.twin_kind:
        groups["twin"] = case.twin_kind
    wrong = f"{case.level}, given {level or 'no level'}"
    return Record(
        suite="triage",
        case=case.id,
        system=system.name,
        groups=groups,
        counts=counts,
        labels={"right": case.level, "given": level or "none"},
        milliseconds=milliseconds,
        seen={"text": case.text, "patient": case.patient, "language": case.lang},
        said=_said(level, why),
        problems=() if level == case.level else (wrong,),
    )


def judge_public(case: PublicCase, system: Triages, session: Session) -> Record:  # noqa: ARG001
    """Whether an emergency, or what has to be seen, is taken for one, and nothing else is."""
    (level, why), milliseconds = timed_call(lambda: system.triage(case.text, case.patient, case.lang))
    counts, problems = {}, []
    for right, given, hit, alarm in (
        (case.emergency, level == "emergency", "emergency recall", "false alarms"),
        (case.escalate, level in _ESCALATED, "escalated", "needlessly escalated"),
    ):
        if right is not None:
            counts[hit if right else alarm] = _one(given)
            if right != given:
                problems.append(f"{'missed' if right else 'false alarm'}: given {level or 'no level'}")
    return Record(
        suite="triage",
        case=case.id,
        system=system.name,
        groups={"lang": case.lang},
        counts=counts,
        milliseconds=milliseconds,
        seen={"text": case.text, "patient": case.patient, "language": case.lang},
        said=_said(level, why),
        problems=tuple(problems),
    )


def public(session: Session) -> Iterator[Own]:
    """The public sets, where their folder is given."""
    if session.shared is None:
        return
    utterances = session.shared / "eval" / "home-care-utterances-zh.jsonl"
    if utterances.is_file():
        for number, row in enumerate(read_plain_jsonl(utterances), 1):
            emergency = row["intent"] == "紧急处理"
            case = PublicCase(id=f"home-care-{number:03}", origin=utterances.name, licence="MIT", lang="zh",
                              text=row["text"], emergency=emergency)  # fmt: skip
            yield Own(case, "home-care")
    vignettes = session.shared / "eval" / "triage-vignettes-en.jsonl"
    if vignettes.is_file():
        for number, row in enumerate(read_plain_jsonl(vignettes), 1):
            yield Own(_vignette(number, row, vignettes), "vignettes")


def _vignette(number: int, row: dict[str, Any], path: Path) -> PublicCase:
    given = row["input"]
    people = given.get("demographics", {})
    vitals = {key: value for key, value in given.get("vitals", {}).items() if value is not None}
    patient = {"age_years": people.get("age"), "sex": people.get("sex"), "vitals": vitals}
    return PublicCase(
        id=f"vignette-{number:03}", origin=path.name, licence="MIT", lang="en", patient=patient,
        text=f"{given['chief_complaint']}. {given.get('history', '')}",
        escalate=bool(row["labels"]["gold_escalation_required"]),
    )  # fmt: skip


def _one(hit: bool) -> tuple[float, float]:
    return float(hit), 1.0


def _said(level: str | None, why: str) -> str:
    return f"{level or 'none'}: {why}" if why else level or "none"


SUITE = Suite(
    "triage",
    "whether urgency is high enough, and no higher than it has to be",
    (Part(TriageCase, own, Triages, judge, tuple(SETS.values())), Part(PublicCase, public, Triages, judge_public)),
)
