"""Nurses' verdicts on recommendations as cases: read, checked, and run like the personal ones."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from evals.casefile import read_jsonl
from evals.personal import PersonalCase


class FeedbackCase(PersonalCase):
    """A personal case with the recommendation that was judged, the verdict, its reason and the nurse's own wording."""

    recommendation: str
    text: str
    verdict: Literal["accept", "edit", "reject"]
    reason: str = ""
    wording: str = ""


def read_feedback(path: Path) -> list[PersonalCase]:
    """The verdicts of a file that the page exported or kept, as personal cases.

    Raises :class:`~assistant.InputError` naming the line that is wrong.
    """
    known = set(PersonalCase.model_fields)
    return [PersonalCase(**case.model_dump(include=known)) for case in read_jsonl(path, FeedbackCase)]
