"""A conversation: the patient as known so far, and what the last question was about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.answer import Answer, Audience
from assistant.intake import merge, read
from assistant.patient import Patient
from corpus.models import Language

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.plan import Plan


class Conversation:
    """One patient, one thread of questions. Two conversations share nothing."""

    def __init__(
        self, assistant: Assistant, patient: Patient, audience: Audience = "nurse", plan: Plan | None = None
    ) -> None:
        self._assistant = assistant
        self.plan = plan
        self.patient = patient
        self.audience: Audience = audience
        self.answers: list[Answer] = []

    def say(self, text: str, *, language: Language | None = None) -> Answer:
        """Answer the next message. Facts it states are added to :attr:`patient` first.

        Raises :class:`~assistant.InputError` for an empty message, or one whose facts contradict each other;
        the conversation is then as it was before.
        """
        table = self._assistant.knowledge.table
        patient = merge(self.patient, read(text, table), table)
        turn = self._assistant.turn(text, patient, audience=self.audience, language=language, previous=self.plan)
        self.patient, self.plan = patient, turn.plan
        self.answers.append(turn.answer)
        return turn.answer
