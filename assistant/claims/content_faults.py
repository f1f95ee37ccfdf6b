"""What a claim adds: words that say something and have no like in the evidence."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.claims.lexicon import Word, load_lexicon
from assistant.claims.naming import explains, presence
from assistant.claims.quantities import alternatives, claims
from assistant.claims.reading import Fault, Text
from corpus.concepts import ConceptTable
from corpus.text import normalise

#: How many characters after a word that forbids what it forbids may begin.
_NEXT = 10
_PART = re.compile(r"[,;:。]|[.](?=\s|$)|(?<![a-z])(?:and|but|so|because|which)(?![a-z])|并|且")


def content_faults(claim: Text, evidence: Text, table: ConceptTable, facts: Iterable[str]) -> Iterator[Fault]:
    """Words of the claim that say something and have no like in the evidence."""
    facts = tuple(facts)
    lexicon = load_lexicon()
    explained = [
        (m.start, m.end) for m in claim.named.mentions
        if presence(m, claim.named, evidence.named, facts, table)[0] == "named"
    ]  # fmt: skip
    skipped = [*claim.wording.cues, *((q.start, q.end) for q in claim.quantities)]
    telling, strange = list[Word](), list[Word]()
    for word in claim.named.words:
        if word.stem in lexicon.light or any(s <= word.start < e for s, e in skipped):
            continue
        telling.append(word)
        if any(s <= word.start < e for s, e in explained):
            continue
        if not explains(word, evidence.named.words, lexicon):
            strange.append(word)
    if not evidence.wording.cues:
        for word in _forbidden(strange, claim):
            yield "unsupported", f"the passage does not forbid {claim.folded[word.start : word.end]}"
    if strange and _too_much(strange, telling, claim, claim.han == evidence.han):
        shown = ", ".join(claim.folded[w.start : w.end] for w in strange[:4])
        yield "unsupported", f"the passage says nothing of {shown}"


def ungrounded_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """Words by which a claim reassures, excuses, limits or makes an exception, where the passage has none such."""
    passing = [m.span() for m in _passing().finditer(claim.folded)]
    for said, grounds in _grounds():
        spans = (m.span() for m in said.finditer(claim.folded))
        found = next(
            ((s, e) for s, e in spans if not any(a <= s and e <= b and (s, e) != (a, b) for a, b in passing)), None
        )
        if found and not said.search(evidence.folded) and not grounds.search(evidence.folded):
            yield "unsupported", f"the passage does not say {claim.folded[slice(*found)]}"


@functools.cache
def _grounds() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (re.compile(alternatives(group["said"])), re.compile(alternatives(group["grounds"])))
        for group in claims()["grounded"]
    )


@functools.cache
def _passing() -> re.Pattern[str]:
    return re.compile(alternatives(claims()["not_grounded"]))


@functools.cache
def _orders() -> frozenset[str]:
    return frozenset(normalise(str(word)) for words in claims()["orders"].values() for word in words)


def _forbidden(strange: Sequence[Word], claim: Text) -> list[Word]:
    """Strange words that stand directly after one that forbids."""
    orders = _orders()
    ends = [end for start, end in claim.wording.cues if claim.folded[start:end] in orders]
    return [w for w in strange if any(0 <= w.start - end <= _NEXT for end in ends)]


def _too_much(strange: Sequence[Word], telling: Sequence[Word], claim: Text, one_language: bool) -> bool:
    if len(strange) > (0.5 if one_language else 0.65) * len(telling):
        return True
    if not one_language:
        return False
    parts: dict[int, list[int]] = {}
    marks = [m.end() for m in _PART.finditer(claim.folded)]
    for word in telling:
        part = parts.setdefault(bisect.bisect_right(marks, word.start), [0, 0])
        part[0] += 1
        part[1] += word in strange
    return any(bad >= 2 and (bad == all_ or (bad >= 3 and bad > 0.6 * all_)) for all_, bad in parts.values())
