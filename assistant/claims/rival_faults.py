"""Where a claim has a word for which its evidence has one that says something else: the knee for the hip."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from assistant.claims.lexicon import Lexicon, Word, load_lexicon, stem, turned_over
from assistant.claims.naming import ALIKE, explains
from assistant.claims.opposites import beside
from assistant.claims.quantities import claims
from assistant.claims.reading import Fault, Text
from corpus.text import HAN

#: From here on two words stand beside the same ones.
_BESIDE = 0.5
#: A word of the passage is the rival of a claim's word when it is as like as this to one of that word's rivals.
_SAME = 0.8
#: A Chinese word that begins so denies; and how many characters at most stand between a "not" and what it denies.
_DENIES = frozenset("不没未无非免勿")
_REACH, _HAN_REACH = 12, 3


def rival_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """Words of the claim that the passage lacks and in the place of which it has a rival that the claim lacks."""
    lexicon = load_lexicon()
    passed = lexicon.small if claim.han == evidence.han else lexicon.small | _amounts()
    covered = [(q.start, q.end) for q in claim.quantities]
    missing: list[Word] | None = None
    for said, stands in _turned_over(claim, evidence):
        yield "contradicted", f"the passage says {stands}, not {said}"
    for word in claim.named.words:
        if word.stem in passed or any(start <= word.start < end for start, end in covered):
            continue
        if _denied(word, claim):
            continue
        if explains(word, evidence.named.words, lexicon):
            continue
        if missing is None:
            missing = [
                w for w in evidence.named.words
                if w.stem not in passed and not _denied(w, evidence)
                and not explains(w, claim.named.words, lexicon)
            ]  # fmt: skip
        for other in missing:
            if _rival(word, other, lexicon) and beside(word, other, claim, evidence) >= _BESIDE:
                said, stands = claim.folded[word.start : word.end], evidence.folded[other.start : other.end]
                yield "contradicted", f"the passage says {stands}, not {said}"
                break


def _turned_over(claim: Text, evidence: Text) -> Iterator[tuple[str, str]]:
    """Chinese words of the claim of which the passage has the opposite instead: 低蛋白 for 高蛋白."""
    mine, theirs = claim.named.stems, evidence.named.stems
    for said in sorted(mine - theirs):
        for stands in sorted(theirs - mine):
            if turned_over(said, stands):
                yield said, stands


@functools.cache
def _amounts() -> frozenset[str]:
    """Words for more and less, which a translation puts otherwise: limit to, take less than."""
    words = [word for way in claims()["amount"].values() for word in (*way["en"], *way["zh"])]
    return frozenset(str(word) if HAN.match(str(word)) else stem(str(word)) for word in words)


def _denied(word: Word, text: Text) -> bool:
    """Whether a word denies, or is denied close by: not unconscious is conscious."""
    if word.han and word.stem[0] in _DENIES:
        return True
    reach = _HAN_REACH if word.han else _REACH
    return any(
        start < word.end and word.start - end <= reach for start, end in text.wording.cues if start <= word.start
    )


def _rival(word: Word, other: Word, lexicon: Lexicon) -> bool:
    if lexicon.rival(word.stem, other.stem):
        return True
    if lexicon.alike(word.stem, other.stem) >= ALIKE:
        return False
    return any(lexicon.alike(rival, other.stem) >= _SAME for rival in lexicon.rivals.get(word.stem, ()))
