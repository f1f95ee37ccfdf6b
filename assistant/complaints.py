"""Which complaints of the guided form a patient may have, and which a text is about."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.facts import PatientFacts
from assistant.intake import Intake
from corpus.concepts import ConceptTable
from corpus.conditions import evaluate
from corpus.form import Complaint, Form
from corpus.text import normalise


def offered(form: Form, facts: PatientFacts) -> tuple[Complaint, ...]:
    """The complaints that are not known to be impossible for this patient, in the order of the form."""
    return tuple(c for c in form.complaints if evaluate(c.applies_when, facts).truth is not False)


def named(complaints: Iterable[Complaint], intake: Intake, table: ConceptTable) -> tuple[Complaint, ...]:
    """Those of the complaints that a text names, the one named first before the others."""
    found = []
    for complaint in complaints:
        place = _place(complaint, intake, table)
        if place is not None:
            found.append((place, complaint))
    return tuple(complaint for _, complaint in sorted(found, key=lambda item: item[0]))


def _place(complaint: Complaint, intake: Intake, table: ConceptTable) -> tuple[int, int] | None:
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
