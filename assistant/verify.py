"""The verifier: no sentence of advice leaves without a passage that supports it. It fails closed.

The composed answer quotes, so its check is exact: each sentence has to stand, word for word, in the
passage it cites. A claim in other words is judged by :func:`verify_claim`: numbers with their units,
direction, negation and every named concept have to agree with the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.answer import Citation, Recommendation
from corpus.concepts import ConceptTable
from corpus.documents import Document
from corpus.text import normalise, sentences

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


_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)\s*(%|mmol/l|mg/dl|mmhg|kg|mg|µg|μg|g|ml|l|cm|°c|℃|hours?|h\b|minutes?|min|days?|weeks?|months?|years?|次|小时|分钟|天|日|周|个月|月|年|克|毫克|升|毫升|公斤|厘米)?")
_UNITS = {
    "小时": "hour", "hours": "hour", "h": "hour", "分钟": "minute", "minutes": "minute", "min": "minute", "天": "day",
    "日": "day", "days": "day", "周": "week", "weeks": "week", "个月": "month", "月": "month", "months": "month",
    "年": "year", "years": "year", "克": "g", "毫克": "mg", "升": "l", "毫升": "ml", "公斤": "kg", "厘米": "cm", "℃": "°c",
}  # fmt: skip
_AGAINST = re.compile(
    r"\b(?:avoid|do not|don't|should not|shouldn't|must not|never|not recommended|limit|reduce|restrict|cut down|stop|less|refrain|contraindicated|unsafe)\b"
    r"|避免|不要|不应|不宜|禁|勿|忌|限制|减少|少吃|控制|不推荐|不建议|切勿|不可|别"
)
_FOR = re.compile(
    r"\b(?:recommend(?:ed)?|encourage|should|can|may|eat|take|use|offer|give|increase|choose|safe|good|plenty)\b|推荐|建议|鼓励|应|可以|多吃|增加|宜|适合|给予|选择"
)
_STOP = frozenset("the a an of to and or in for with is are be by on at as it this that per should can may must not no do".split())


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
    turned = _direction(folded_claim) is not None and _direction(folded_evidence) is not None and _direction(
        folded_claim
    ) != _direction(folded_evidence)
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
    return {f"{float(value):g} {_UNITS.get(unit, unit)}".strip() for value, unit in _QUANTITY.findall(folded)}


def _direction(folded: str) -> str | None:
    if _AGAINST.search(folded):
        return "against"
    return "for" if _FOR.search(folded) else None


def _overlap(claim: str, evidence: str) -> float:
    words = {w for w in re.findall(r"[a-z]{3,}|[\u4e00-\u9fff]", claim) if w not in _STOP}
    return sum(word in evidence for word in words) / len(words) if words else 0.0
