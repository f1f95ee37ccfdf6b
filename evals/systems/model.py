"""The language model alone: no passages, no rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.call_model import Reply, call
from assistant.triage import LEVELS
from corpus.models import Language, Level
from evals.systems.prose import LANGUAGE, LONGEST, response_to
from evals.systems.protocol import Asked, Response

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_ANSWER = (
    "You are a nursing-care assistant. Answer the question about this patient for a {audience}, in {language}, in at "
    "most five short sentences. If it is not about nursing care, or asks for a dose, a diagnosis or whether to start "
    "or stop a medicine, say that you cannot answer it."
)
_TRIAGE = (
    "How urgent is this message? Reply with one word: emergency (call an ambulance now), urgent (seen today), routine "
    "(an appointment) or self_care (no appointment needed)."
)
#: The word that stands first decides; "non-urgent" is no "urgent".
_LEVEL = re.compile(r"(?<![\w-])(emergency|urgent|routine|self[_ -]?care)", re.IGNORECASE)


class ModelAlone:
    """The model, told the question and the patient's facts."""

    name = "model"

    def __init__(self, llm: BaseChatModel, seconds: float) -> None:
        self._llm = llm
        self._seconds = seconds

    def answer(self, asked: Asked) -> Response:
        prompt = _ANSWER.format(audience=asked.audience, language=LANGUAGE[asked.language])
        messages = [("system", prompt), ("user", asked.with_patient)]
        return response_to(call(self._llm, messages, self._seconds, LONGEST, {}), None, asked.question)

    def triage(self, text: str, patient: Mapping[str, Any], language: Language) -> tuple[Level | None, str]:
        told = Asked(text, language, patient).with_patient
        reply = call(self._llm, [("system", _TRIAGE), ("user", told)], self._seconds, LONGEST, {})
        if not isinstance(reply, Reply):
            return None, reply.reason
        return level_in(reply.text), reply.text


def level_in(reply: str) -> Level | None:
    """The level that a reply names first; none where it names none."""
    found = _LEVEL.search(reply)
    if not found:
        return None
    word = re.sub(r"[ -]", "_", found[1].lower())
    return next(level for level in LEVELS if level.replace("_", "") == word.replace("_", ""))
