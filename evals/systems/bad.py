"""Systems that are known to be bad, each in one way: they test the suites, and are compared with nothing else.

Each is ours with one fault put in. ``FALLS`` says which figures that fault has to bring down, and all others have to
stay where they are: a suite that does not see the fault, or blames it elsewhere, is at fault itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant import Answer, Assistant, Patient
from assistant.answer import Audience, Citation, Declined
from assistant.verify import Label
from corpus.models import Language, Level
from evals.systems.dense import Dense
from evals.systems.ours import Ours, response_of
from evals.systems.protocol import Asked, Chat, Response
from index.embed import load_embedder


class _Bad(Ours):
    """Ours with every answer changed, in conversations too; *told* holds ours, so that each is made once for all."""

    def __init__(self, care: Assistant, told: dict[str, Answer]) -> None:
        super().__init__(care)
        self._told = told

    def ask(self, asked: Asked) -> Answer:
        if asked.key not in self._told:
            self._told[asked.key] = super().ask(asked)
        return self._told[asked.key]

    def answer(self, asked: Asked) -> Response:
        return response_of(self._spoilt(self.ask(asked)))

    def converse(self, audience: Audience) -> Chat:
        return _SpoiltChat(super().converse(audience), self)

    def _spoilt(self, answer: Answer) -> Answer:
        return answer


class _SpoiltChat:
    """A conversation whose answers are changed."""

    def __init__(self, chat: Chat, system: _Bad) -> None:
        self._chat = chat
        self._system = system

    @property
    def patient(self) -> Patient:
        return self._chat.patient

    def say(self, text: str) -> Answer:
        return self._system._spoilt(self._chat.say(text))


class WrongPassage(_Bad):
    """Cites, for everything it says, a passage about something else."""

    name = "bad-wrong-passage"

    def _spoilt(self, answer: Answer) -> Answer:
        """The same answer, every citation with the quote of another topic's statement."""
        wrong = tuple(self._other(citation, answer.language) for citation in answer.citations)
        return answer.model_copy(update={"citations": wrong})

    def _other(self, citation: Citation, language: Language) -> Citation:
        version, knowledge = self._care.searcher.version, self._care.knowledge
        for statement in knowledge.statements.values():
            passage = version.passage_of(statement.id, language)
            if passage.document != citation.document:
                quote = version.document(passage.document).text[passage.start : passage.end]
                place = {"document": passage.document, "start": passage.start, "end": passage.end, "quote": quote}
                return citation.model_copy(update=place)
        raise AssertionError("the corpus has one document only")


class AlwaysAlarmed(_Bad):
    """Calls everything an emergency."""

    name = "bad-always-emergency"

    def triage(self, text: str, patient: Mapping[str, Any], language: Language) -> tuple[Level | None, str]:  # noqa: ARG002
        return "emergency", ""

    def _spoilt(self, answer: Answer) -> Answer:
        urgency = answer.urgency.model_copy(update={"level": "emergency"})
        return answer.model_copy(update={"urgency": urgency})


class IgnoresPatient(_Bad):
    """Answers the question as if it were about anybody."""

    name = "bad-ignores-patient"

    def ask(self, asked: Asked) -> Answer:
        return super().ask(replace(asked, patient={}))

    def triage(self, text: str, patient: Mapping[str, Any], language: Language) -> tuple[Level | None, str]:  # noqa: ARG002
        return super().triage(text, {}, language)


class AnswersEverything(_Bad):
    """Declines nothing: where ours would, it shows the nearest passages."""

    name = "bad-answers-everything"

    def __init__(self, care: Assistant, told: dict[str, Answer]) -> None:
        super().__init__(care, told)
        self._dense = Dense(care, load_embedder(care.settings.embedder))

    def answer(self, asked: Asked) -> Response:
        response = replace(response_of(self.ask(asked)), declined=(), abstained=False)
        if response.advice or response.held:
            return response
        nearest = self._dense.answer(asked)
        return replace(response, text=nearest.text, advice=nearest.advice, sources=nearest.sources)


class RefusesEverything(_Bad):
    """Declines everything, supports no claim, and finds nothing."""

    name = "bad-refuses-everything"

    def search(self, asked: Asked, k: int) -> list[str]:  # noqa: ARG002
        return []

    def verify(self, evidence: str, claim: str) -> tuple[Label, Sequence[str]]:  # noqa: ARG002
        return "unsupported", ()

    def _spoilt(self, answer: Answer) -> Answer:
        reply = "I cannot help with that." if answer.language == "en" else "这个问题我无法回答。"
        declined = answer.declined or (Declined(text=answer.question, kind="not_care", reply=reply),)
        nothing: dict[str, Any] = {"recommendations": (), "held_back": (), "citations": (), "changed": (), "form": None}
        return answer.model_copy(
            update=nothing | {"declined": declined, "abstained": True, "abstain_reason": reply, "text": reply}
        )


BAD: tuple[type[_Bad], ...] = (WrongPassage, AlwaysAlarmed, IgnoresPatient, AnswersEverything, RefusesEverything)
