"""Where a claim has things in another order than its passage: what comes first, what is preferred, what belongs."""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.claims.lexicon import load_lexicon, one_family
from assistant.claims.quantities import alternatives, claims
from assistant.claims.reading import Fault, Text
from corpus.text import HAN

Relation = Literal["time", "preference"]

_LIKE = 0.75
#: How many steps back the left side may stand, if those between say nothing.
_BACK = 4
#: How many characters after the word that joins them the second of two compared things may take.
_REACH = 60
_SENTENCE = re.compile(r"[;。!?！？]|[.](?=\s|$)")
_LISTED = re.compile("[、和及]")
#: Joins what is turned with what has to come first: no suction until the tube is in.
_UNTIL = frozenset({"until"})
_STEP = re.compile(r"[,;:。!?()！？]|[.](?=\s|$)")
_ITEM = re.compile(rf"{_STEP.pattern}|(?<![a-z])(?:and|or|but|while|whereas)(?![a-z])|[和或而、]")
_FOR = re.compile(r"(?<![a-z])(?:for|in|with|at|to|on)(?![a-z])|者")
_END = re.compile(rf"{_STEP.pattern}|(?<![a-z])and(?![a-z])")


@dataclass(frozen=True)
class _Pair:
    """What comes first, or is preferred, and what comes second: the telling words and things of each."""

    relation: Relation
    first: frozenset[str]
    second: frozenset[str]


def order_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """Steps, times and preferences the other way round, and what comes before something else than in the passage."""
    ours, theirs = _read_pairs(claim), _read_pairs(evidence)
    for pair in ours:
        rivals = [other for other in theirs if other.relation == pair.relation]
        if any(_kept(pair, other) for other in rivals):
            continue
        if any(_crossed(pair, other) for other in rivals):
            what = "comes first" if pair.relation == "time" else "is preferred"
            yield "contradicted", f"the passage has it the other way round what {what}"
        elif any(_mixed(pair, one, other) for one, other in itertools.permutations(rivals, 2)):
            yield "contradicted", "the passage says what comes before which otherwise"


def belonging_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """What the passage gives for one thing and the claim for its neighbour: a closed bag for an ileostomy."""
    if claim.han != evidence.han:
        return
    said = _telling(claim, 0, len(claim.folded))
    for items in _lists(evidence):
        for one, other in itertools.permutations(items, 2):
            has = [_alike(said, side) for side in (one.first - other.first, one.second - other.second,
                                                   other.first - one.first, other.second - one.second)]  # fmt: skip
            if has[0] and has[3] and not has[1] and not has[2]:
                yield "contradicted", "the passage gives that for something else"
                return


def _lists(text: Text) -> Iterator[list[_Pair]]:
    """Neighbouring items that are joined by the same word each: a closed bag for one, a drainable one for another."""
    cuts = [0, *(m.end() for m in _ITEM.finditer(text.folded)), len(text.folded)]
    items: list[_Pair] = []
    before = ""
    for start, end in itertools.pairwise(cuts):
        joints = list(_FOR.finditer(text.folded, start, end))
        joint = joints[0][0] if len(joints) == 1 else ""
        if joint != before and items:
            yield items
            items = []
        before = joint
        if joint:
            a, b = (_telling(text, *span) for span in ((start, joints[0].start()), (joints[0].end(), end)))
            items.append(_Pair("time", a - b, b - a))
    if items:
        yield items


def agreed_order(claim: Text, evidence: Text) -> bool:
    """Whether the evidence has all that the claim says of what comes first: B only after A, A before B."""
    ours, theirs = ([pair for pair in _read_pairs(t) if pair.relation == "time"] for t in (claim, evidence))
    joints = sum(1 for _, relation, found in _joints() if relation == "time" for _ in found.finditer(claim.folded))
    return joints == len(ours) > 0 and all(any(_kept(pair, other) for other in theirs) for pair in ours)


def rejected_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """What the passage rejects for something else that the claim leaves out: the hand, not the elbow."""
    said = _telling(claim, 0, len(claim.folded), affirmed=True)
    everything = _telling(claim, 0, len(claim.folded))
    for pair in _read_pairs(evidence):
        affirmed = pair.relation == "preference" and _alike(said, pair.second) == len(pair.second)
        if affirmed and not _alike(everything, pair.first):
            yield "contradicted", "the passage wants something else instead"


def _kept(ours: _Pair, theirs: _Pair) -> bool:
    return bool(_alike(ours.first, theirs.first) and _alike(ours.second, theirs.second))


def _crossed(ours: _Pair, theirs: _Pair) -> bool:
    kept = [_alike(ours.first, theirs.first), _alike(ours.second, theirs.second)]
    crossed = [_alike(ours.first, theirs.second), _alike(ours.second, theirs.first)]
    return min(crossed) > 0 and sum(crossed) > 2 * sum(kept)


def _mixed(ours: _Pair, one: _Pair, other: _Pair) -> bool:
    """Whether a claim joins the first of one pair of the passage to the second of another."""
    return bool(
        _alike(ours.first, one.first)
        and _alike(ours.second, other.second)
        and not _alike(ours.first, other.first)
        and not _alike(ours.second, one.second)
    )


def _without(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """The words of one side that the other has not too, in any form."""
    return frozenset(a for a in words if not any(a == b or (a.isascii() and one_family(a, b)) for b in others))


def _alike(ours: frozenset[str], theirs: frozenset[str]) -> int:
    lexicon = load_lexicon()
    return sum(any(a == b or lexicon.alike(a, b) >= _LIKE for b in theirs) for a in ours)


@functools.cache
def _joints() -> tuple[tuple[str, Relation, re.Pattern[str]], ...]:
    """How the two sides stand (``left``: what stands left comes first), in which relation, and by which words."""
    data = claims()["order"]
    relations: tuple[Relation, ...] = ("time", "preference")
    return tuple(
        (side, relation, re.compile(alternatives([*words["en"], *words["zh"]])))
        for relation in relations
        for side, words in data[relation].items()
    )


@functools.lru_cache(maxsize=256)
def _read_pairs(text: Text) -> tuple[_Pair, ...]:
    found = []
    marks = [(m, side, relation) for side, relation, pattern in _joints() for m in pattern.finditer(text.folded)]
    spans = [m.span() for m, _, _ in marks]
    for mark, side, relation in marks:
        start, end = mark.span()
        if text.wording.shielded(start) or any(s <= start and end <= e and e - s > end - start for s, e in spans):
            continue
        if mark[0] in _UNTIL and not text.wording.turned(max(0, start - 2)):
            continue  # only "not until" says what comes first
        if HAN.match(mark[0]) and (text.folded[end : end + 1] == "、" or not _whole(mark, text)):
            continue
        lefts, rights = _sides(mark, text, side)
        following = min((s for s, _ in spans if s >= end), default=len(text.folded))
        rights[0] = (rights[0][0], min(rights[0][1], following))
        there = next((said for span in rights if (said := _telling(text, *span))), frozenset[str]())
        for left in lefts:
            here = _telling(text, *left)
            a, b = (there, here) if side == "right" else (here, there)
            a, b = _without(a, b), _without(b, a)
            if a and b and (mark[0] in _UNTIL or not _turned(left, rights[0], text)):
                found.append(_Pair(relation, a, b))
            if here and side != "steps":
                break
    return tuple(found)


def _whole(mark: re.Match[str], text: Text) -> bool:
    """Whether a Chinese word that joins is a word, or words, by itself: 后 and not 术后."""
    edges = {edge for w in text.named.words for edge in (w.start, w.end)}
    found = [edge in edges for edge in mark.span()]
    return all(found) or (any(found) and len(mark[0]) > 1)


def _turned(left: tuple[int, int], right: tuple[int, int], text: Text) -> bool:
    """Whether one of two sides is denied as a whole, so that what is said of their order may be too."""
    return any(
        text.wording.turned(w.start) for w in text.named.words
        if w.stem not in load_lexicon().light and (left[0] <= w.start < left[1] or right[0] <= w.start < right[1])
    )  # fmt: skip


def _sides(mark: re.Match[str], text: Text, side: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where what a word joins may stand, the likeliest first: left of it, else after it; and what follows the word.

    Of steps all that stand before the last one do.
    """
    folded = text.folded
    sentence = max((m.end() for m in _SENTENCE.finditer(folded, 0, mark.start())), default=0)
    cuts = [sentence, *(m.end() for m in _STEP.finditer(folded, sentence, mark.start())), mark.start()]
    if HAN.match(mark[0]):
        cuts = sorted({*cuts, *(m.end() for m in _LISTED.finditer(folded, cuts[-2], mark.start()))})
    before = list(itertools.pairwise(cuts))[::-1]
    ends = [*(m.start() for m in _END.finditer(folded, mark.end())), len(folded)]
    right = [(mark.end(), min(ends[0], mark.end() + _REACH))]
    if HAN.match(mark[0]):
        right.append((ends[0], min([*ends[1:2], ends[0] + _REACH])))
    if side == "steps":
        return before, right
    if not before or not any(char.isalnum() for char in folded[slice(*before[0])]):
        return [(ends[0], min([*ends[1:2], ends[0] + _REACH])), *before], right
    return [span for span in before if span[0] < span[1]][:_BACK], right


def _telling(text: Text, start: int, end: int, *, affirmed: bool = False) -> frozenset[str]:
    light = load_lexicon().light
    starts = [w.start for w in text.named.words]
    inside = list(text.named.words[bisect.bisect_left(starts, start) : bisect.bisect_left(starts, end)])
    inside = [w for w in inside if not (affirmed and text.wording.turned(w.start))]
    things = {
        m.concept for m in text.named.mentions
        if start <= m.start < end and not (affirmed and text.wording.turned(m.start))
    }  # fmt: skip
    return frozenset(things | {w.stem for w in inside if w.stem not in light})
