"""The program with a language model that rewords its answers (``CARE_LLM``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant import Assistant, Patient
from assistant.answer import Audience
from evals.systems.ours import response_of
from evals.systems.protocol import Asked, Chat, Response

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class OursReworded:
    """The answers and conversations that a model rewords; all else is the same as without one, and not run twice."""

    name = "ours+llm"

    def __init__(self, care: Assistant, llm: BaseChatModel) -> None:
        self._care = Assistant(care.searcher, care.knowledge, care.settings, llm)

    def answer(self, asked: Asked) -> Response:
        patient = Patient(**asked.patient)
        return response_of(self._care.ask(asked.question, patient, audience=asked.audience, language=asked.language))

    def converse(self, audience: Audience) -> Chat:
        return self._care.conversation(audience=audience)
