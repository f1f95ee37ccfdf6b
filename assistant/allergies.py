"""Allergies told in a conversation: "she's allergic to penicillin and nuts", 对花生过敏."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.intake import Intake
from assistant.requests import asks
from corpus.concepts import ConceptTable
from corpus.text import normalise

_TOLD = re.compile(
    r"(?P<before>[^.;!?。；！？\n]*?)(?:(?:allergic|allergy|allergies|anaphylaxis|anaphylactic)\s+to\s+(?P<to>[^.;!?。；！？\n]+)"
    r"|\b(?P<kind>[a-z]+(?:\s[a-z]+)?)\s+allergy|对(?P<dui>[^.;!?,。；！？\n]{1,20}?)(?P<not>不|没有|没|无)?过敏"
    r"|(?P<zh>[\u4e00-\u9fff]{2,6}?)(?P<nor>不|没有|没|无)?过敏)"
)
_DENIED = re.compile(r"\b(?:no|not|never|denies|without)\b|n't\b|没有|没|无|不|否认|未")
_ENDS = re.compile(
    r"\b(?:and|but|so|who)\s+(?:has|have|takes|take|is|are|on|she|he|i|they|can|could|what)\b|\bbut\b|但"
    r"|,\s*(?:what|how|which|can|could|should|is|so|he|she|i|they)\b"
)
_ASKED = re.compile(r"[吗么]")
_ALLERGENS = frozenset({"food", "nutrient", "medicine", "device"})


def told_allergies(intake: Intake, table: ConceptTable) -> tuple[Intake, tuple[str, ...]]:
    """What a turn says that the patient is allergic to; the turn without the medicines in it as taken.

    What is asked about, or denied, is no allergy, and no medicine taken either.
    """
    folded = normalise(intake.text)
    found: dict[str, None] = {}
    spans: list[tuple[int, int]] = []
    for match in _TOLD.finditer(folded):
        told = next(name for name in ("to", "kind", "dui", "zh") if match[name])
        denied = match["not"] or match["nor"] or _DENIED.search(match["before"][-20:])
        asked = asks(match["before"]) or _ASKED.match(folded, match.end())
        text = _ENDS.split(match[told])[0]
        start = match.start(told)
        for mention in table.find(text):
            if table[mention.concept].kind in _ALLERGENS:
                spans.append((start + mention.start, start + mention.end))
                if not (denied or asked):
                    found[mention.name] = None
    findings = tuple(
        replace(finding, status="hypothetical")
        if table[finding.concept].kind == "medicine" and any(a <= finding.start < b for a, b in spans)
        else finding
        for finding in intake.findings
    )
    return replace(intake, findings=findings), tuple(found)
