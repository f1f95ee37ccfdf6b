"""The verifier: no sentence of advice leaves without a passage that supports it. It fails closed.

The composed answer quotes, so its check is exact: each sentence has to stand, word for word, in the
passage it cites. A claim in other words is judged by :func:`verify_claim`: numbers with their units,
direction, negation and every named concept have to agree with the evidence.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.answer import Citation, Recommendation
from corpus.concepts import ConceptTable
from corpus.documents import Document
from corpus.load import DATA, read_yaml
from corpus.text import any_of, normalise, sentences

Label = Literal["supported", "contradicted", "unsupported"]


class Verification(BaseModel):
    """Whether evidence supports a claim, and the reasons in words."""

    model_config = ConfigDict(frozen=True)

    label: Label
    reasons: tuple[str, ...] = ()


def exact_quotes(citations: Iterable[Citation], document_of: Callable[[str], Document]) -> set[int]:
    """The numbers of the citations whose quote is exactly the document's text at ``start:end``."""
    return {c.n for c in citations if c.quote and document_of(c.document).text[c.start : c.end] == c.quote}


def supported(items: Sequence[Recommendation], citations: Sequence[Citation], sound: set[int]) -> list[Recommendation]:
    """The recommendations all of whose sentences stand in a sound passage that they cite; the rest are dropped."""
    quotes = {citation.n: citation.quote for citation in citations if citation.n in sound}
    return [item for item in items if _is_supported(item, quotes)]


def _is_supported(item: Recommendation, quotes: dict[int, str]) -> bool:
    cited = [quotes[n] for n in item.citations if n in quotes]
    if not cited or len(cited) != len(item.citations):
        return False
    said = [text for text in (item.text, item.why, item.escalate_when) if text]
    return all(any(text[s:e] in quote for quote in cited) for text in said for s, e in sentences(text))


def verify_claim(evidence: str, claim: str, table: ConceptTable) -> Verification:
    """Judge whether *evidence* supports *claim*, sentence by sentence; the worst sentence decides."""
    evidence, claim = evidence.strip(), claim.strip()
    if not claim or not evidence:
        return Verification(label="unsupported", reasons=("there is nothing to compare",))
    results = [_verify_sentence(evidence, claim[s:e], table) for s, e in sentences(claim)]
    for label in ("contradicted", "unsupported"):
        reasons = tuple(dict.fromkeys(reason for r in results if r.label == label for reason in r.reasons))
        if reasons:
            return Verification(label=label, reasons=reasons)
    return Verification(label="supported", reasons=results[0].reasons)


def _verify_sentence(evidence: str, claim: str, table: ConceptTable) -> Verification:
    folded_evidence, folded_claim = normalise(evidence), normalise(claim)
    if folded_claim.rstrip(" .。") in folded_evidence:
        return Verification(label="supported", reasons=("the sentence stands in the passage",))
    named = {m.concept for m in table.find(claim)}
    known = {m.concept for m in table.find(evidence)}
    strange = sorted(c for c in named if not any(table.is_a(c, k) or table.is_a(k, c) for k in known))
    numbers = sorted(_quantities(folded_claim) - _quantities(folded_evidence))
    turned = (
        _direction(folded_claim) is not None
        and _direction(folded_evidence) is not None
        and _direction(folded_claim) != _direction(folded_evidence)
    )
    shared = bool(named) and len(strange) < len(named)
    if shared and numbers and _quantities(folded_evidence):
        return Verification(label="contradicted", reasons=(f"the passage does not say {', '.join(numbers)}",))
    if shared and turned:
        return Verification(label="contradicted", reasons=("the passage points the other way",))
    if numbers:
        return Verification(label="unsupported", reasons=(f"the passage gives no {', '.join(numbers)}",))
    if strange:
        labels = ", ".join(table.label(concept, "en") for concept in strange)
        return Verification(label="unsupported", reasons=(f"the passage does not mention {labels}",))
    if not shared and _overlap(folded_claim, folded_evidence) < 0.5:
        return Verification(label="unsupported", reasons=("the passage is about something else",))
    return Verification(label="supported", reasons=("numbers, direction and everything named agree",))


def _quantities(folded: str) -> set[str]:
    """The numbers of a text with their units, each unit in one spelling."""
    pattern, units, _, _ = _language()
    return {f"{float(value):g} {units.get(unit, '')}".strip() for value, unit in pattern.findall(folded)}


def _direction(folded: str) -> str | None:
    _, _, against, towards = _language()
    if against.search(folded):
        return "against"
    return "towards" if towards.search(folded) else None


@functools.cache
def _language() -> tuple[re.Pattern[str], dict[str, str], re.Pattern[str], re.Pattern[str]]:
    """The pattern of a quantity, units by spelling, and the patterns of words that point away or towards."""
    data = read_yaml(DATA / "language" / "claims.yaml")
    units = {spelling: unit for unit, spellings in data["units"].items() for spelling in spellings}
    spellings = "|".join(re.escape(s) for s in sorted(units, key=len, reverse=True))
    quantity = re.compile(rf"(\d+(?:\.\d+)?)\s*((?:{spellings})(?![a-z]))?")
    return quantity, units, any_of(data["against"]), any_of(data["towards"])


def _overlap(claim: str, evidence: str) -> float:
    words = set(re.findall(r"[a-z]{4,}|[\u4e00-\u9fff]", claim))
    return sum(word in evidence for word in words) / len(words) if words else 0.0
