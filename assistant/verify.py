"""The verifier: no sentence of advice leaves without a passage that supports it. It fails closed.

The composed answer quotes, so its check is exact: each sentence has to stand, word for word, in the
passage it cites. A claim in other words is judged by :func:`verify_claim`: numbers with their units,
direction, negation and every named concept have to agree with the evidence, and nothing may be added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from assistant.agreement import Fault, content_faults, copy_faults, name_faults, quantity_faults, read_text, sign_faults
from assistant.answer import Citation, Recommendation
from assistant.naming import extended
from corpus.concepts import ConceptTable
from corpus.documents import Document
from corpus.text import normalise, sentences

if TYPE_CHECKING:
    from index.embed import Embedder

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


def verify_claim(
    evidence: str,
    claim: str,
    table: ConceptTable,
    embedder: Embedder | None = None,
    *,
    facts: Iterable[str] = (),
) -> Verification:
    """Judge whether *evidence* supports *claim*, sentence by sentence; the worst sentence decides.

    *facts* are ids of concepts known of the patient, which a claim may name besides the evidence. With an
    *embedder* the meaning has to be near enough too.
    """
    evidence, claim = evidence.strip(), claim.strip()
    if not claim or not evidence:
        return Verification(label="unsupported", reasons=("there is nothing to compare",))
    facts = tuple(facts)
    results = [_verify_sentence(evidence, claim[s:e], table, facts) for s, e in sentences(claim)]
    for label in ("contradicted", "unsupported"):
        reasons = tuple(dict.fromkeys(reason for r in results if r.label == label for reason in r.reasons))
        if reasons:
            return Verification(label=label, reasons=reasons)
    return Verification(label="supported", reasons=results[0].reasons)


def _verify_sentence(evidence: str, claim: str, table: ConceptTable, facts: tuple[str, ...]) -> Verification:
    folded_evidence, folded_claim = normalise(evidence), normalise(claim)
    if _stands_in(folded_claim, folded_evidence):
        return Verification(label="supported", reasons=("the sentence stands in the passage",))
    names = extended(table)
    said, stands = read_text(folded_claim, names), read_text(folded_evidence, names)
    faults: list[Fault] = [
        *quantity_faults(said, stands, names),
        *name_faults(said, stands, facts, names),
        *copy_faults(said, stands, names),
        *sign_faults(said, stands, names),
        *content_faults(said, stands, names, facts),
    ]
    for label in ("contradicted", "unsupported"):
        reasons = tuple(dict.fromkeys(reason for kind, reason in faults if kind == label))
        if reasons:
            return Verification(label=label, reasons=reasons)
    return Verification(label="supported", reasons=("numbers, direction and everything named agree",))


def _stands_in(claim: str, evidence: str) -> bool:
    """Whether a sentence stands in a text as one or more whole sentences."""
    core = claim.rstrip(" .。")
    pattern = rf"(?:^|[.。!?！？\n]\s*){re.escape(core)}(?:$|\s*[.。!?！？;\n])"
    return bool(core) and re.search(pattern, evidence) is not None
