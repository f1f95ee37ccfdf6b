"""Where a claim names what neither its evidence nor the patient's facts do."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from assistant.claims.lexicon import load_lexicon, words
from assistant.claims.naming import covered, explains, partly, presence
from assistant.claims.quantities import alternatives, claims
from assistant.claims.reading import Fault, Text
from corpus.concepts import ConceptTable, Mention

#: Kinds that rewordings name in passing; one that has no like counts as a strange word, not as a fault by itself.
_SOFT = frozenset({"body part", "function", "habit", "symptom"})
#: Kinds of which half a name is enough.
_LOOSE = frozenset({"care", "activity", "device", "function", "habit", "symptom"})
#: People who are not the ones advised.
_BYSTANDERS = frozenset({"carer", "people:parents"})


#: A name of a letter or two and a number: k1, b12, t6.
_LABEL = re.compile(r"(?<![a-z0-9])([a-z]{1,2})-?(\d{1,3})(?![a-z0-9.])")


def name_faults(claim: Text, evidence: Text, facts: Iterable[str], table: ConceptTable) -> Iterator[Fault]:
    """Things the claim names that neither the evidence nor the patient's facts do."""
    facts = tuple(facts)
    spans = [(q.start, q.end) for q in claim.quantities]
    judged = [
        (m, *presence(m, claim.named, evidence.named, facts, table))
        for m in claim.named.sure
        if not any(start <= m.start < end for start, end in spans)
    ]
    used = set().union(*(by for _, state, by in judged if state == "named"))
    one_language = claim.han == evidence.han
    for mention, state, _ in judged:
        kind = table[mention.concept].kind
        if state == "named" or (kind in _LOOSE and (not one_language or partly(mention, claim.named, evidence.named))):
            continue
        label = mention.name
        swapped = [m for m in evidence.named.mentions if m.concept not in used and _swaps(m, mention, claim, table)]
        if swapped:
            yield "contradicted", f"the passage names {swapped[0].name}, not {label}"
        elif kind in _SOFT or (kind == "person" and _implied(mention, evidence)):
            continue
        elif state == "narrower":
            yield "unsupported", f"the passage is less specific than {label}"
        else:
            yield "unsupported", f"the passage does not mention {label}"


def label_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """Names of a letter and a number of which the evidence has another one: vitamin K3 for K1."""
    stands = {(m[1], m[2]) for m in _LABEL.finditer(evidence.folded)}
    for match in _LABEL.finditer(claim.folded):
        others = sorted(number for letters, number in stands if letters == match[1])
        if others and match[2] not in others:
            yield "contradicted", f"the passage says {match[1]}{others[0]}, not {match[0]}"


def _implied(person: Mention, evidence: Text) -> bool:
    """Whether who is named goes without saying in a passage: the woman in one on pregnancy, the baby."""
    return any(who.search(person.name) and by.search(evidence.folded) for who, by in _implications())


@functools.cache
def _implications() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (re.compile(alternatives(row["who"])), re.compile(alternatives(row["by"]))) for row in claims()["implied"]
    )


def medicine_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """Words of the claim that end as names of medicines do and that no concept covers nor the evidence has."""
    lexicon = load_lexicon()
    covered_by_names = [(m.start, m.end) for m in claim.named.mentions]
    for word in claim.named.words:
        if any(start <= word.start < end for start, end in covered_by_names):
            continue
        said = claim.folded[word.start : word.end]
        if _medicine_like().fullmatch(said) and not explains(word, evidence.named.words, lexicon):
            yield "unsupported", f"the passage does not mention {said}"


@functools.cache
def _medicine_like() -> re.Pattern[str]:
    stems = claims()["medicine_stems"]
    return re.compile(rf"[a-z]{{3,}}(?:{'|'.join(stems['en'])})s?|[\u4e00-\u9fff]+(?:{'|'.join(stems['zh'])})")


def _swaps(stands: Mention, said: Mention, claim: Text, table: ConceptTable) -> bool:
    """Whether a claim may have put one thing for another: of a kind, unrelated, and the other is not said elsewhere."""
    if stands.concept in _BYSTANDERS or not _same_kind(table[stands.concept].kind, table[said.concept].kind):
        return False
    if table.is_a(said.concept, stands.concept):
        return False
    return not covered(words(stands.name), claim.named.words, load_lexicon())


def _same_kind(a: str, b: str) -> bool:
    groups = ({"food", "nutrient"}, {"condition", "symptom"}, {"activity", "care", "device", "function", "habit"})
    return a == b or any(a in group and b in group for group in groups)
