"""The triage suite: whether the rules decide an urgency that is high enough, and no higher than it has to be.

Three sets: our own messages (``cases/triage.jsonl``: emergencies, their negated, past, hypothetical or somebody
else's twins, urgent and routine ones), and, where the folder with the public sets is given, Chinese home-care
utterances and structured English vignettes. Constant baselines stand beside the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant import Assistant, Patient
from assistant.assistant import triage
from assistant.knowledge import Knowledge
from assistant.settings import Settings
from assistant.triage import LEVELS
from corpus.models import Language, Level
from evals.casefile import read_jsonl, read_plain_jsonl

CASES = Path(__file__).parent / "cases" / "triage.jsonl"
Group = Literal["emergency", "twin", "urgent", "routine"]


class TriageCase(BaseModel):
    """A message, the level a careful nurse would give it, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    lang: Language
    text: str
    group: Group
    level: Level
    style: Literal["plain", "slang", "slip"] = "plain"
    patient: dict[str, Any] = {}
    twin_of: str | None = None
    twin_kind: Literal["negated", "past", "hypothetical", "other"] | None = None
    note: str = Field(default="", description="what it is, and the guidance that says so")


@dataclass(frozen=True)
class Judged:
    """A case with the level it was given and the rules that decided it."""

    case: TriageCase
    level: Level
    rules: tuple[str, ...]


def judge(cases: Iterable[TriageCase], knowledge: Knowledge, settings: Settings) -> list[Judged]:
    """The level each case is given, by the rules alone."""
    judged = []
    for case in cases:
        urgency = triage(case.text, Patient(**case.patient), knowledge, settings, case.lang)
        judged.append(Judged(case, urgency.level, tuple(reason.rule for reason in urgency.reasons)))
    return judged


def figures(pairs: Sequence[tuple[Level, Level]]) -> dict[str, Any]:
    """Figures of (right, given) levels: emergency recall, false alarms, under- and over-triage, safety."""
    rank = LEVELS.index
    emergencies = [given for right, given in pairs if right == "emergency"]
    others = [given for right, given in pairs if right != "emergency"]
    return {
        "n": len(pairs),
        "emergency_recall": _share([g == "emergency" for g in emergencies]),
        "false_alarms": _share([g == "emergency" for g in others]),
        "under_triage": _share([rank(given) < rank(right) for right, given in pairs]),
        "over_triage": _share([rank(given) > rank(right) for right, given in pairs]),
        "safety": _share([rank(given) >= rank(right) for right, given in pairs]),
        "accuracy": _share([given == right for right, given in pairs]),
    }


def run_triage(care: Assistant, path: Path | None = None, shared: Path | None = None) -> dict[str, Any]:
    """Run the suite; *shared* is the folder that holds the public sets."""
    cases = read_jsonl(path or CASES, TriageCase)
    judged = judge(cases, care.knowledge, care.settings)
    groups: dict[str, dict[str, Any]] = {}
    for name, chosen in _groups(judged).items():
        groups[name] = figures([(j.case.level, j.level) for j in chosen])
    pairs = [(case.level, case.level) for case in cases]
    baselines = {
        f"always {level}": figures([(right, level) for right, _ in pairs]) for level in ("emergency", "routine")
    }
    report: dict[str, Any] = {
        "suite": "triage",
        "groups": groups,
        "baselines": baselines,
        "confusion": _confusion([(j.case.level, j.level) for j in judged]),
        "missed": [_shown(j) for j in judged if LEVELS.index(j.level) < LEVELS.index(j.case.level)],
        "false_alarms": [_shown(j) for j in judged if j.level == "emergency" != j.case.level],
    }
    if shared is not None and path is None:
        report |= _public_sets(care, shared)
    return report


def _public_sets(care: Assistant, shared: Path) -> dict[str, Any]:
    report: dict[str, Any] = {}
    utterances = shared / "eval" / "home-care-utterances-zh.jsonl"
    if utterances.is_file():
        rows = [(row["text"], row["intent"] == "紧急处理") for row in read_plain_jsonl(utterances)]
        given = [triage(text, Patient(), care.knowledge, care.settings, "zh").level for text, _ in rows]
        report["home_care_utterances"] = {
            "n": len(rows),
            "emergencies": sum(gold for _, gold in rows),
            "emergency_recall": _share([g == "emergency" for g, (_, gold) in zip(given, rows, strict=True) if gold]),
            "false_alarms": _share([g == "emergency" for g, (_, gold) in zip(given, rows, strict=True) if not gold]),
            "missed": [text for g, (text, gold) in zip(given, rows, strict=True) if gold and g != "emergency"],
            "alarmed": [text for g, (text, gold) in zip(given, rows, strict=True) if not gold and g == "emergency"],
        }
    vignettes = shared / "eval" / "triage-vignettes-en.jsonl"
    if vignettes.is_file():
        rows_en = read_plain_jsonl(vignettes)
        escalated = [_vignette_level(row["input"], care) in ("emergency", "urgent") for row in rows_en]
        gold_en = [bool(row["labels"]["gold_escalation_required"]) for row in rows_en]
        report["vignettes"] = {
            "n": len(rows_en),
            "escalation_needed": sum(gold_en),
            "recall": _share([e for e, gold in zip(escalated, gold_en, strict=True) if gold]),
            "false_alarms": _share([e for e, gold in zip(escalated, gold_en, strict=True) if not gold]),
            "missed": [
                row["input"]["chief_complaint"]
                for row, e, gold in zip(rows_en, escalated, gold_en, strict=True)
                if gold and not e
            ],
        }
    return report


def _vignette_level(given: dict[str, Any], care: Assistant) -> Level:
    people = given.get("demographics", {})
    vitals = {key: value for key, value in given.get("vitals", {}).items() if value is not None}
    patient = Patient(age_years=people.get("age"), sex=people.get("sex"), vitals=vitals)
    text = f"{given['chief_complaint']}. {given.get('history', '')}"
    return triage(text, patient, care.knowledge, care.settings, "en").level


def _groups(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {"all": list(judged)}
    for j in judged:
        keys = [j.case.group, j.case.lang, f"{j.case.group}-{j.case.lang}", j.case.style]
        for key in [*keys, *([f"twin-{j.case.twin_kind}"] if j.case.twin_kind else [])]:
            groups.setdefault(key, []).append(j)
    return groups


def _confusion(pairs: Sequence[tuple[Level, Level]]) -> dict[str, dict[str, int]]:
    return {
        right: {given: sum(pair == (right, given) for pair in pairs) for given in LEVELS}
        for right in LEVELS
        if any(pair[0] == right for pair in pairs)
    }


def _shown(judged: Judged) -> dict[str, Any]:
    case = judged.case
    return {"id": case.id, "text": case.text, "right": case.level, "given": judged.level, "rules": judged.rules}


def _share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 3) if hits else None
