"""A conversation: the patient as known so far, what was said, and what the talk is about. Its state is a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.answer import Answer, Audience
from assistant.assistant import check_question
from assistant.errors import InputError
from assistant.exchange import Exchange
from assistant.patient import Patient
from assistant.plan import Plan
from assistant.requests import Form, Request, read_request
from assistant.state import Said, State
from corpus.models import Language
from corpus.text import HAN, detect_language

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.what_if import Difference

__all__ = ["Conversation", "Said", "State"]

_WORD = re.compile(r"[A-Za-z]{2,}")


class Conversation:
    """One patient, one thread of questions. Two conversations share nothing."""

    def __init__(self, assistant: Assistant, state: State | None = None) -> None:
        self._assistant = assistant
        state = state or State()
        self.state = state if state.turns else state.model_copy(update={"start": state.patient})

    @classmethod
    def resume(cls, assistant: Assistant, state: State) -> Conversation:
        """Go on from a state that was kept."""
        return cls(assistant, state)

    @property
    def patient(self) -> Patient:
        """The patient's facts found so far."""
        return self.state.patient

    @property
    def audience(self) -> Audience:
        """Whom the answers are worded for."""
        return self.state.audience

    @property
    def plan(self) -> Plan | None:
        """What the last question was about."""
        return self.state.plan

    @property
    def answers(self) -> list[Answer]:
        """The answers since the patient was last changed."""
        return [turn.answer for turn in self.state.turns]

    def say(self, text: str, *, language: Language | None = None) -> Answer:
        """Answer the next message. Facts it states are added to :attr:`patient` first, what it corrects is replaced.

        A message may also ask for the last answer in another form or language. *language* is that of this answer,
        whatever the message says. Raises :class:`~assistant.InputError` for an empty message, or one whose facts
        contradict each other; the conversation is then as it was before.
        """
        text = check_question(text)
        request = read_request(text, self._assistant.knowledge.table)
        state = self.state
        if request.fresh:
            state = State(audience=state.audience, language=state.language, spoken=state.spoken)
        spoken = _spoken(text) or state.spoken
        chosen = language or request.language or self._language(state, spoken)
        said, person = Exchange(self._assistant, state, request, text, chosen).answer()
        self.state = state.model_copy(
            update={
                "patient": said.patient,
                "turns": (*state.turns, said),
                "plan": state.plan if said.answer.form == "note" else said.plan,
                "language": state.language if spoken == state.spoken or state.spoken is None else None,
                "spoken": spoken,
                "person": person,
            }
        )
        return said.answer

    def edit(self, patient: Patient, *, language: Language | None = None) -> Answer | None:
        """Put *patient* in the place of the facts known so far, and answer the last question again for it.

        The answer's ``changed`` says what that does to the earlier advice. ``None`` where nothing was asked yet.
        """
        if not self._asked or patient == self.state.patient:
            self.state = self.state.model_copy(update={"patient": patient})
            return None
        said = self._exchange(language).edited(patient)
        self.state = self.state.model_copy(update={"patient": patient, "turns": (*self.state.turns, said)})
        return said.answer

    def what_if(self, *changes: str, language: Language | None = None) -> Difference:
        """What differs in the last answer when facts change: ``"potassium_mmol_l=4.1"``, ``"conditions+=gout"``.

        The conversation stays as it is. Raises :class:`~assistant.InputError` for a change that cannot be made, or
        where nothing was asked yet.
        """
        if not self._asked:
            raise InputError("nothing was asked yet; ask a question first, then change a fact")
        return self._exchange(language).what_if(changes)

    def arranged(self, form: Form, *, language: Language | None = None) -> Answer:
        """What was advised, as a ``sbar``, a ``care_plan`` or ``plain`` as a leaflet; the conversation stays as it is.

        Raises :class:`~assistant.InputError` where nothing was asked yet.
        """
        if not self._asked:
            raise InputError("nothing was asked yet; ask a question first, then have it arranged")
        return self._exchange(language).arranged(form)

    @property
    def _asked(self) -> bool:
        return any(turn.answer.form != "note" for turn in self.state.turns)

    def _exchange(self, language: Language | None) -> Exchange:
        chosen = language or self.state.turns[-1].answer.language
        return Exchange(self._assistant, self.state, Request(), "", chosen)

    def _language(self, state: State, spoken: Language | None) -> Language:
        """The language asked for at the start until the user writes in another; then the user's."""
        wanted = state.language or self._assistant.settings.lang
        if wanted and (state.spoken is None or spoken == state.spoken):
            return wanted
        return spoken or "en"


def _spoken(text: str) -> Language | None:
    """The language a message is written in; ``None`` for one too short to tell, such as "SBAR"."""
    if not HAN.search(text) and not any(not word.isupper() for word in _WORD.findall(text)):
        return None
    return "zh" if detect_language(text) == "zh" else "en"
