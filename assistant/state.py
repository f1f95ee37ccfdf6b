"""What a conversation knows, as a value: it can be kept, sent and read back, and belongs to one conversation alone."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer, Audience
from assistant.patient import Patient
from assistant.plan import Plan
from corpus.models import Language


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Said(_Frozen):
    """One turn: what the user said, the answer, the plan it was found by, and the patient as known after it.

    ``other`` is the person whom the turn was about, where that was not the patient; ``number`` the source asked for.
    """

    text: str
    answer: Answer
    plan: Plan
    patient: Patient
    other: Patient | None = None
    number: int | None = None


class State(_Frozen):
    """All that a conversation knows; ``model_dump_json`` writes it, ``model_validate_json`` reads it back.

    ``start`` is the patient as given before the first turn, ``person`` what the patient is to the speaker, ``language``
    the one asked for, ``spoken`` the one the user wrote last.
    """

    patient: Patient = Patient()
    turns: tuple[Said, ...] = ()
    plan: Plan | None = None
    audience: Audience = "nurse"
    language: Language | None = None
    spoken: Language | None = None
    person: str | None = None
    start: Patient = Patient()
