"""Which complaint of the guided form a text is about."""

from __future__ import annotations

import re

from assistant.intake import Intake
from corpus.concepts import ConceptTable
from corpus.form import Complaint
from corpus.text import normalise


def place_of(complaint: Complaint, intake: Intake, table: ConceptTable) -> tuple[int, int] | None:
    """Where a text first names a complaint and how long the name is, so that the earliest and longest sorts first.

    A complaint is named by its lay names, or by a concept that leads to it; never inside what the text denies,
    or says of the past or of somebody else.
    """
    stated = [f for f in intake.findings if f.status in ("present", "uncertain")]
    others = [f for f in intake.findings if f.status not in ("present", "uncertain")]
    places = [
        (f.start, f.start - f.end) for f in stated if any(table.is_a(f.concept, lead) for lead in complaint.leads)
    ]
    folded = normalise(intake.text)
    for name in (complaint.name.en, complaint.name.zh, *complaint.names.en, *complaint.names.zh):
        match = _word(name).search(folded)
        if match and not any(f.start < match.end() and match.start() < f.end for f in others):
            places.append((match.start(), match.start() - match.end()))
    return min(places, default=None)


def _word(name: str) -> re.Pattern[str]:
    word = re.escape(normalise(name))
    return re.compile(rf"(?<![a-z]){word}(?![a-z])" if name.isascii() else word)
