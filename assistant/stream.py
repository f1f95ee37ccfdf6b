"""An answer as it comes about: the urgency at once, then the composed answer, then what a language model made of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from assistant import compose
from assistant.answer import Answer, Urgency
from assistant.intake import read
from assistant.patient import Patient

if TYPE_CHECKING:
    from assistant.assistant import Assistant


class Event(BaseModel):
    """A step of an answer. ``text`` is Markdown to show; it takes the place of the text of the event before.

    ``urgency`` comes first, from rules alone. ``composed`` is a whole answer. Where a language model is set, one of
    two follows: ``reworded``, an answer in its words, or ``note``, the composed answer that says why it stands.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["urgency", "composed", "reworded", "note"]
    text: str
    urgency: Urgency
    answer: Answer | None = None


def events(care: Assistant, question: str, patient: Patient, **options: Any) -> Iterator[Event]:
    """The events of one question, in order."""
    urgency = care.triage(question, patient, language=options.get("language"))
    language = options.get("language") or care.settings.lang or read(question, care.knowledge.table).language
    yield Event(
        kind="urgency",
        text=compose.urgency_block(urgency, language, care.settings.emergency_call(language)),
        urgency=urgency,
    )
    composed = care.turn(question, patient, **options).answer
    yield Event(kind="composed", text=composed.text, urgency=composed.urgency, answer=composed)
    answer = care.reword(composed, patient)
    if answer.generation is not None:
        kind: Literal["reworded", "note"] = "reworded" if answer.generation.status == "reworded" else "note"
        yield Event(kind=kind, text=answer.text, urgency=answer.urgency, answer=answer)


async def in_thread(steps: Iterator[Event]) -> AsyncIterator[Event]:
    """The same events without blocking the event loop between them."""
    done = object()
    while (event := await asyncio.to_thread(next, steps, done)) is not done:
        assert isinstance(event, Event)
        yield event
