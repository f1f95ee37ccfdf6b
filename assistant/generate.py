"""A language model puts chosen recommendations into other words; what does not pass every check is not shown.

The model decides nothing. It is sent the text of recommendations, and of its reply only sentences are used that
the verifier finds supported by the passage already cited, that advise nothing held back for this patient, and that
together keep what the original says. A recommendation whose new wording fails keeps its own. One that must not be
lost (:attr:`~assistant.answer.Recommendation.safety`) and fails takes the whole draft with it: a model that gets a
warning wrong is not used for the rest. Urgency, what was held back and what is not known never reach it.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant import compose
from assistant.answer import Answer, Generation, HeldBack, Recommendation
from assistant.call_model import Failure, Reply, call
from assistant.claims.meaning import load_nli
from assistant.directions import advice_in
from assistant.facts import PatientFacts
from assistant.hazards import Hazards
from assistant.knowledge import Knowledge
from assistant.llm import model_name, takes_schema
from assistant.prompting import Prompt, build, parse
from assistant.rewording import brings_in, likeness, loses
from assistant.settings import Settings
from assistant.verify import check_sentences, verify_claim
from corpus.models import TOWARDS
from corpus.text import sentences
from index.lexical import tokenise

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_LOG = logging.getLogger(__name__)
#: With less than this share of the recommendations reworded, one voice for all of them reads better.
_ENOUGH = 0.5
#: A rewording that is so many times as long has something added.
_LONGEST = 2.0
#: A part of which more than this share of the words stand in the original does not add to it.
_LIKE = 0.6
#: What divides a sentence into parts that could stand alone.
_PART = re.compile(
    r"[;；:：，]\s*|,\s+(?:and|but|so|or)\s+(?=[a-z]+ (?:is|are|was|can|may|do|has|have|will)\b)"
    r"|\s[-–—]\s|\s*[()（）]\s*"
)


@dataclass
class Checked:
    """What is left of the draft of one recommendation, and what was taken out of it."""

    text: str | None
    drafted: int = 0
    dropped: int = 0
    contradicted: int = 0


class Rewriter:
    """Rewords answers with one chat model."""

    def __init__(self, model: BaseChatModel, knowledge: Knowledge, settings: Settings) -> None:
        self._model = model
        self._knowledge = knowledge
        self._settings = settings
        self._structured = self._says_when_done = takes_schema(model)
        self._nli = load_nli(settings.nli)
        self.name = model_name(model)

    def reword(self, answer: Answer, facts: PatientFacts) -> Answer:
        """The answer in the model's words where they pass, else as it was; ``generation`` says which, and why."""
        started = time.monotonic()
        items = [item for item in answer.recommendations if item.id in self._knowledge.statements]
        if answer.urgency.level == "emergency":
            return self._composed(answer, started, "emergency")
        if not items:
            return self._composed(answer, started, "nothing_to_reword")
        reply = self._draft(answer, items, facts)
        if isinstance(reply, Failure):
            return self._composed(answer, started, reply.reason)
        checked = self._check(answer, reply, facts)
        counts = {
            "sentences_drafted": sum(c.drafted for c in checked.values()),
            "dropped": sum(c.dropped for c in checked.values()),
            "contradicted": sum(c.contradicted for c in checked.values()),
        }
        if counts["contradicted"]:
            _LOG.warning("%s contradicted its sources in %d sentence(s)", self.name, counts["contradicted"])
        texts = {identifier: c.text for identifier, c in checked.items() if c.text is not None}
        if any(item.safety and item.id not in texts for item in items):
            return self._composed(answer, started, "lost_safety", counts)
        if len(texts) < _ENOUGH * len(items):
            return self._composed(answer, started, "too_little", counts)
        recommendations = tuple(
            item.model_copy(update={"text": texts[item.id]}) if item.id in texts else item
            for item in answer.recommendations
        )
        note = Generation(status="reworded", model=self.name, seconds=_since(started), **counts)
        changes = {"recommendations": recommendations, "generator": self.name, "generation": note}
        return self._written(answer.model_copy(update=changes))

    def _draft(self, answer: Answer, items: list[Recommendation], facts: PatientFacts) -> dict[str, str] | Failure:
        """The reworded text by id. A server that knows no schema is asked again without one, now and from then on."""

        def prompt(structured: bool) -> Prompt:
            return build(
                answer,
                items,
                facts,
                self._knowledge.table,
                structured=structured,
                with_question=self._settings.llm_question,
            )

        deadline = time.monotonic() + self._settings.llm_timeout
        failure = Failure("unusable")
        attempts = self._settings.llm_retries + 1
        while attempts > 0 and (left := deadline - time.monotonic()) > 0:
            asked = prompt(self._structured)
            options = {"response_format": asked.schema} if self._structured else {}
            reply = call(
                self._model,
                asked.messages,
                left,
                asked.longest_reply,
                options,
                says_when_done=takes_schema(self._model),
            )
            if isinstance(reply, Reply):
                found = parse(reply.text, asked.keys)
                if found:
                    return {asked.keys[key].id: text for key, text in found.items()}
                reply = Failure("unusable")
            if reply.refused and self._structured:
                self._structured = False
                continue
            failure = reply
            attempts -= 1
        return failure

    def _check(self, answer: Answer, drafts: Mapping[str, str], facts: PatientFacts) -> dict[str, Checked]:
        hazards = Hazards(facts, self._knowledge)
        held = self._held(answer.held_back)
        return {
            item.id: self._check_one(item, drafts[item.id], hazards, held)
            for item in answer.recommendations
            if item.id in drafts
        }

    def _check_one(self, item: Recommendation, draft: str, hazards: Hazards, held: frozenset[str]) -> Checked:
        """Each sentence against the text it rewords, which stands word for word in the passage cited."""
        banned = self._advised(item.text, hazards, held)
        checked = Checked(None)
        kept = []
        for start, end in sentences(draft):
            said = draft[start:end]
            # Facts of the patient are no support: "ibuprofen is fine" names nothing new where ibuprofen is taken.
            results = check_sentences(f"{said} [1]", {1: item.text}, self._knowledge.table, nli=self._nli)
            checked.drafted += 1
            reasons = [reason for r in results if not r.kept for reason in r.reasons]
            if not self._advised(said, hazards, held) <= banned:
                reasons.append("advises what is held back")
            if word := brings_in(said, item.text):
                reasons.append(f"brings in “{word}”")
            if not reasons:
                kept.append(said)
                continue
            checked.dropped += 1
            checked.contradicted += any(r.label == "contradicted" for r in results)
            _LOG.debug("dropped from %s: %s (%s)", item.id, said, "; ".join(reasons))
        needed = self._needed(kept, item)
        checked.dropped += len(kept) - len(needed)
        text = _joined(needed)
        if text and len(text) <= _LONGEST * len(item.text) + 40 and self._keeps(text, item):
            checked.text = text
        return checked

    def _needed(self, kept: list[str], item: Recommendation) -> list[str]:
        """The sentences without those that only add: there are more than in the original, and it stands without them.

        A sentence that has such a part goes whole.
        """
        words = set(tokenise(item.text))
        by_likeness = sorted(kept, key=lambda said: likeness(said, words))
        surplus = len(kept) - len(sentences(item.text))
        for said in by_likeness:
            rest = [other for other in kept if other is not said]
            if surplus > 0 and rest and self._keeps(_joined(rest), item):
                kept, surplus = rest, surplus - 1
        parts_before = len(_parts(item.text))
        for said in list(kept):
            rest = [other for other in kept if other is not said]
            parts = _parts(said)
            if len(parts) < 2 or len(_parts(_joined(kept))) <= parts_before:
                continue
            least = min(parts, key=lambda part: likeness(part, words))
            if likeness(least, words) > _LIKE:
                continue
            without = ", ".join(part for part in parts if part is not least) + "."
            if self._keeps(_joined([without, *rest]), item):
                kept = rest
        return kept

    def _advised(self, text: str, hazards: Hazards, held: frozenset[str]) -> frozenset[str]:
        """What a text advises although this patient must not have it; a checked original may only seem to."""
        table = self._knowledge.table
        return frozenset(
            advice.target
            for advice in advice_in(text, table)
            if advice.direction in TOWARDS
            and (hazards.forbidden(advice.target) or any(table.is_a(advice.target, concept) for concept in held))
        )

    def _keeps(self, text: str, item: Recommendation) -> bool:
        """Whether nothing of the original is lost: read the other way round, the new text has to support it."""
        if loses(text, item.text):
            return False
        return verify_claim(text, item.text, self._knowledge.table, nli=self._nli).label == "supported"

    def _held(self, items: Iterable[HeldBack]) -> frozenset[str]:
        """The concepts that were held back for this patient."""
        found = set()
        for item in items:
            statement = self._knowledge.statements.get(item.id)
            if statement is not None:
                found |= {advice.target for advice in statement.advice if advice.direction in TOWARDS}
            found.add(item.id.rpartition("/")[2])
        return frozenset(concept for concept in found if concept in self._knowledge.table)

    def _composed(self, answer: Answer, started: float, reason: str, counts: Mapping[str, int] | None = None) -> Answer:
        if reason not in ("emergency", "nothing_to_reword"):
            _LOG.warning("the composed wording stands, not that of %s: %s", self.name, reason)
        note = Generation(
            status="composed", model=self.name, reason=reason, seconds=_since(started), **dict(counts or {})
        )
        return self._written(answer.model_copy(update={"generation": note}))

    def _written(self, answer: Answer) -> Answer:
        text = compose.markdown(answer, self._settings.emergency_call(answer.language))
        return answer.model_copy(update={"text": text})


def _joined(said: list[str]) -> str:
    return ("" if said and said[-1][-1] in "。！？" else " ").join(said)


def _parts(text: str) -> list[str]:
    return [part.strip(" .。") for part in _PART.split(text) if part.strip(" .。")]


def _since(started: float) -> float:
    return round(time.monotonic() - started, 2)
