"""What a nurse makes of a recommendation, as an evaluation case; written down only where the operator said so."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer, Recommendation
from assistant.knowledge import Knowledge
from assistant.patient import Patient
from assistant.privacy import scrub
from assistant.web.refusal import RefusalError
from corpus.models import TOWARDS

FILE = "feedback.jsonl"
_writing = threading.Lock()


class Verdict(BaseModel):
    """Accept as it is, accept in other words, or reject; the last two with a reason."""

    model_config = ConfigDict(frozen=True)

    verdict: Literal["accept", "edit", "reject"]
    reason: str = ""
    wording: str = ""

    def checked(self) -> Verdict:
        """The verdict itself; raises :class:`~assistant.InputError` where a reason or the other words are missing."""
        if self.verdict == "reject" and not self.reason.strip():
            raise RefusalError("no_reason")
        if self.verdict == "edit" and not self.wording.strip():
            raise RefusalError("no_wording")
        return self


def case(
    answer: Answer, patient: Patient, item: Recommendation, verdict: Verdict, knowledge: Knowledge
) -> dict[str, Any]:
    """The verdict as a case of the personal suite (``evals/suites/personal.py``), with what was judged and how.

    What was accepted has to be dealt with again; what was rejected must not be advised again, as far as it says to
    take, eat or do something. Names, numbers and addresses are taken out of the words.
    """
    statement = knowledge.statements.get(item.id)
    advice = statement.advice if statement else ()
    accepted = verdict.verdict != "reject"
    return {
        "id": f"feedback-{item.id}",
        "origin": "feedback",
        "lang": answer.language,
        "question": scrub(answer.question),
        "patient": patient.model_dump(exclude_defaults=True, mode="json"),
        "must_have": sorted({a.target for a in advice}) if accepted else [],
        "must_not": [] if accepted else sorted({a.target for a in advice if a.direction in TOWARDS}),
        "because": sorted({fact.field for fact in item.because}) if accepted else [],
        "recommendation": item.id,
        "text": item.text,
        "verdict": verdict.verdict,
        "reason": scrub(verdict.reason),
        "wording": scrub(verdict.wording),
    }


def jsonl(cases: Iterable[Mapping[str, Any]]) -> str:
    """Cases, one a line."""
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in cases)


def keep(folder: Path, entry: Mapping[str, Any]) -> None:
    """Add a case to the operator's file; raises :class:`~assistant.InputError` where that cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _writing, (folder / FILE).open("a", encoding="utf-8") as stream:
            stream.write(jsonl([entry]))
    except OSError as error:
        raise RefusalError("not_kept", detail=error.strerror) from error
