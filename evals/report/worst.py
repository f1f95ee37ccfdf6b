"""The cases on which a system lost most, with everything it saw and said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.models import LANGUAGES
from evals.measures import measure, position
from evals.records import Record


@dataclass(frozen=True)
class WorstCase:
    """A record as it is shown."""

    case: str
    language: str
    groups: str
    safety: bool
    problems: tuple[str, ...]
    marks: tuple[tuple[str, str, str], ...]
    labels: tuple[tuple[str, str], ...]
    saw: tuple[tuple[str, str], ...]
    said: str


def worst_cases(records: Sequence[Record], limit: int) -> tuple[list[WorstCase], int]:
    """At most *limit* records with the most lost, and how many lost anything."""
    lost = [record for record in records if record.problems or _loss(record) > 0]
    lost.sort(key=lambda record: (-_safety_lost(record), -_loss(record), -len(record.problems), record.case))
    return [_shown(record) for record in lost[:limit]], len(lost)


def _loss(record: Record) -> float:
    losses = [measure(name).loss(hits, of) for name, (hits, of) in record.counts.items() if of > 0]
    return sum(losses) / len(losses) if losses else 0.0


def _safety_lost(record: Record) -> int:
    """How many safety measures a record falls short of."""
    return sum(measure(name).safety and measure(name).loss(hits, of) > 0 for name, (hits, of) in record.counts.items())


def _shown(record: Record) -> WorstCase:
    language = record.groups.get("lang", "")
    return WorstCase(
        case=record.case,
        language=language if language in LANGUAGES else "",
        groups=" · ".join(f"{key} {value}" for key, value in sorted(record.groups.items())),
        safety=_safety_lost(record) > 0,
        problems=record.problems,
        marks=tuple(
            (name, f"{hits:.4g}", f"{of:.4g}")
            for name, (hits, of) in sorted(record.counts.items(), key=lambda item: position(item[0]))
        ),
        labels=tuple(sorted(record.labels.items())),
        saw=tuple((key, _readable(value)) for key, value in record.seen.items()),
        said=record.said,
    )


def _readable(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
