"""The program itself, composing its answers without a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant import Answer, Assistant, Patient
from assistant.answer import Audience
from assistant.assistant import triage
from assistant.claims.meaning import load_nli
from assistant.intake import Intake, read
from assistant.plan import make_plan
from assistant.verify import Label, verify_claim
from corpus.models import Language, Level
from evals.systems.protocol import Asked, Chat, Held, Response, Said, Source

#: So many passages are looked through for statements, each of which has several.
_PASSAGES = 12


class Ours:
    """The composed answer, the search beneath it, urgency, intake, verification and conversations."""

    name = "ours"

    def __init__(self, care: Assistant) -> None:
        self._care = care
        self._nli = load_nli(care.settings.nli)

    def answer(self, asked: Asked) -> Response:
        return response_of(self.ask(asked))

    def ask(self, asked: Asked) -> Answer:
        """The whole answer."""
        return self._care.ask(
            asked.question, Patient(**asked.patient), audience=asked.audience, language=asked.language
        )

    def search(self, asked: Asked, k: int) -> list[str]:
        table, version = self._care.knowledge.table, self._care.searcher.version
        plan = make_plan(read(asked.question, table), table)
        hits = self._care.searcher.search(
            plan.query, k=_PASSAGES * k, accept=version.statement_rows, concepts=[*plan.asked, *plan.named]
        )
        return list(dict.fromkeys(version.rows[hit.row].entry for hit in hits))[:k]

    def triage(self, text: str, patient: Mapping[str, Any], language: Language) -> tuple[Level | None, str]:
        urgency = triage(text, Patient(**patient), self._care.knowledge, self._care.settings, language)
        return urgency.level, ", ".join(reason.rule for reason in urgency.reasons)

    def read(self, text: str) -> Intake:
        return read(text, self._care.knowledge.table)

    def verify(self, evidence: str, claim: str) -> tuple[Label, Sequence[str]]:
        found = verify_claim(evidence, claim, self._care.knowledge.table, nli=self._nli)
        return found.label, found.reasons

    def converse(self, audience: Audience) -> Chat:
        return self._care.conversation(audience=audience)


def response_of(answer: Answer) -> Response:
    """An answer of ours as every suite reads it."""
    reasons = [*(item.because for item in answer.recommendations), *(item.because for item in answer.held_back)]
    return Response(
        text=answer.text,
        advice=tuple(
            Said(item.text, item.id, item.citations, tuple(t for t in (item.why, item.escalate_when) if t))
            for item in answer.recommendations
        ),
        held=tuple(Held(item.id, item.text) for item in answer.held_back),
        sources=tuple(
            Source(c.n, f"{c.document}:{c.start}", c.title, c.quote, (c.document, c.start, c.end))
            for c in answer.citations
        ),
        level=answer.urgency.level,
        fields=frozenset(fact.field for facts in reasons for fact in facts),
        declined=tuple(part.kind for part in answer.declined),
        abstained=answer.abstained,
    )
