"""A claim that copies its evidence but for a few words: what was put in the place of what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from assistant.claims.lexicon import Lexicon, Word, load_lexicon, stem
from assistant.claims.naming import Named, explains, in_one_list

#: From this share of its words on, in the passage's order, a claim counts as a copy with changes.
COPY = 0.7
_FEWEST = 5
_SHORT = 4

_NEGATORS = frozenset(map(stem, ("not", "no", "never", "nor", "without", "cannot", "avoid", "stop", "refrain", "none")))
Spans = Sequence[tuple[int, int]]
Edit = tuple[Literal["contradicted", "unsupported"], str]


def edits(claim: Named, evidence: Named, cues: Spans, their_cues: Spans, numbers: Spans) -> Iterator[Edit]:
    """What a near copy changes: a word for another that is not like it, a "not" put in or left out.

    *cues* and *their_cues* are the spans of words that turn claim and evidence round, *numbers* those of the
    claim's quantities, which are judged elsewhere.
    """
    mine, theirs = list(claim.words), list(evidence.words)
    matcher = SequenceMatcher(None, [w.stem for w in mine], [w.stem for w in theirs], autojunk=False)
    blocks = [b for b in matcher.get_matching_blocks() if b.size]
    if len(mine) < _FEWEST or sum(b.size for b in blocks) < COPY * len(mine):
        return
    lexicon = load_lexicon()
    first, last = theirs[blocks[0].b].start, theirs[blocks[-1].b + blocks[-1].size - 1].end
    balanced = len(cues) - sum(first <= start < last for start, _ in their_cues)
    opcodes = matcher.get_opcodes()
    pairs = {
        (mine[i1].stem, theirs[j1].stem)
        for tag, i1, i2, j1, j2 in opcodes
        if tag == "replace" and i2 - i1 == j2 - j1 == 1
    }
    for a, b in sorted(pairs):
        if (
            a < b
            and (b, a) in pairs
            and not {a, b} & lexicon.light
            and not (_listed(a, b, claim) and _listed(a, b, evidence))
        ):
            yield "contradicted", f"{a} and {b} have changed places"
    for tag, i1, i2, j1, j2 in opcodes:
        put, lost = mine[i1:i2], theirs[j1:j2]
        if tag == "equal" or len(put) > _SHORT or len(lost) > _SHORT:
            continue
        if tag == "replace":
            for word in put:
                if not _within(word, numbers) and _swapped(word, put, lost, mine, theirs, lexicon):
                    yield "contradicted", f"the passage has {_text(lost, evidence)} instead of {_text([word], claim)}"
        inner = i1 > 0 and i2 < len(mine) and len(put) + len(lost) <= _SHORT
        inner = inner and balanced != 0 and (tag != "delete" or not _edge(j2, theirs, evidence))
        if inner and any(_begins(w, cues) for w in put) != any(_begins(w, their_cues) for w in lost):
            yield "contradicted", f"{_text(put or lost, claim if put else evidence)} turns the passage round"


def _listed(a: str, b: str, named: Named) -> bool:
    """Whether two words stand in one list, where their order says nothing."""
    places = [next((w for w in named.words if w.stem == stem), None) for stem in (a, b)]
    if places[0] is None or places[1] is None:
        return False
    first, second = sorted((w for w in places if w), key=lambda w: w.start)
    return in_one_list(named.folded[first.end : second.start])


def _begins(word: Word, cues: Spans) -> bool:
    return (word.han or word.stem in _NEGATORS) and _within(word, cues)


def replaced(claim: Named, evidence: Named) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The spans of a near copy that differ, in the claim and in its evidence."""
    mine, theirs = claim.words, evidence.words
    matcher = SequenceMatcher(None, [w.stem for w in mine], [w.stem for w in theirs], autojunk=False)
    if sum(b.size for b in matcher.get_matching_blocks()) < COPY * max(len(mine), _FEWEST):
        return
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "replace":
            yield (mine[i1].start, mine[i2 - 1].end), (theirs[j1].start, theirs[j2 - 1].end)


def shared_phrases(claim: Named, evidence: Named) -> Iterator[tuple[list[int], list[int]]]:
    """Phrases of at least two telling words that claim and evidence share: where their words stand in each."""
    small = load_lexicon().small
    mine, theirs = claim.words, evidence.words
    for i in range(len(mine)):
        for j in range(len(theirs)):
            if mine[i].stem != theirs[j].stem or (i and j and mine[i - 1].stem == theirs[j - 1].stem):
                continue
            size = 0
            while i + size < len(mine) and j + size < len(theirs) and mine[i + size].stem == theirs[j + size].stem:
                size += 1
            telling = [k for k in range(size) if mine[i + k].stem not in small]
            if len(telling) >= 2:
                yield [mine[i + k].start for k in telling], [theirs[j + k].start for k in telling]


def _within(word: Word, spans: Spans) -> bool:
    return any(start < word.end and word.start < end for start, end in spans)


def _swapped(
    word: Word,
    put: Sequence[Word],
    lost: Sequence[Word],
    mine: Sequence[Word],
    theirs: Sequence[Word],
    lexicon: Lexicon,
) -> bool:
    if word.stem in lexicon.light or explains(word, [w for w in lost if w.stem not in lexicon.light], lexicon):
        return False
    if word.han and len(word.stem) == 1 and any(word.stem in w.stem for w in lost):
        return False
    replaced = [w for w in lost if w.stem not in lexicon.light]
    if not replaced:
        return False
    if any(w.stem == word.stem for w in theirs):
        said = {w.stem for w in mine}
        beside = theirs.index(lost[0])
        near = theirs[max(0, beside - _SHORT) : beside + len(lost) + _SHORT]
        shifted = any(w.stem == word.stem for w in near) and _times(word, mine) <= _times(word, theirs)
        telling = [w for w in put if w.stem not in lexicon.light]
        return not shifted and not any(w.stem in said for w in replaced) and len(telling) == len(replaced)
    return True


def _times(word: Word, others: Sequence[Word]) -> int:
    return sum(w.stem == word.stem for w in others)


def _edge(position: int, theirs: Sequence[Word], evidence: Named) -> bool:
    """Whether what was left out ends a clause of the passage."""
    if position >= len(theirs):
        return True
    gap = evidence.folded[theirs[position - 1].end : theirs[position].start]
    return any(mark in gap for mark in ",;.:。()")


def _text(part: Sequence[Word], named: Named) -> str:
    return named.folded[part[0].start : part[-1].end] if part else ""
