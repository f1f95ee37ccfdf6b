"""Opposites: mild and severe, before and after, left and right; where a claim takes another side than its evidence."""

from __future__ import annotations

import bisect
import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.claims.lexicon import Word, load_lexicon
from assistant.claims.naming import Named, in_one_list
from assistant.claims.order_faults import agreed_order
from assistant.claims.quantities import claims
from assistant.claims.reading import Fault, Text
from corpus.concepts import ConceptTable
from corpus.text import HAN, normalise

_TOKEN = re.compile(r"[a-z0-9][a-z0-9'-]*|[\u3400-\u4dbf\u4e00-\u9fff]+")
#: Who alone may do something: that says neither that it is done nor that it is not.
_BY_WHOM = re.compile(r"(?<![a-z])(?:only|without|unless|until)(?![a-z])|只有|[须应]由|由")
#: When one may stop says nothing against going on until then.
_UNTIL = re.compile(r"\s*(?:until|till|unless)(?![a-z])|直到|除非")
_LONGEST = 6
_GRADED = (
    "vigorous",
    "severe",
    "acute",
    "high-risk",
    "type 1",
    "morning",
    "young",
    "early",
    "daytime",
    "women",
    "premature",
    "affected side",
)
#: How many telling words on either side of an opposite stand beside it, and from where on they count as the same.
_WINDOW = 4
_ALIKE = 0.6
_SAME = 0.9
_NEARLY = 0.65
_SOME = 0.45
#: From which share on most are meant, and up to which few.
_MOST, _FEW = 0.5, 0.1
_REACH, _HAN_REACH = 12, 5


@dataclass(frozen=True, slots=True)
class Pole:
    """A word that takes a side: which of which opposites, and whether only its neighbours make it count."""

    number: int
    side: int
    start: int
    end: int
    near: bool
    action: bool = False


@dataclass(frozen=True)
class _Table:
    """What each word takes sides in, the Chinese words of one character, and verbs with a gap: take ... out."""

    words: dict[str, list[tuple[int, int, str]]]
    single: frozenset[str]
    split: tuple[tuple[re.Pattern[str], int, int, str], ...]


@functools.cache
def _table() -> _Table:
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    single: set[str] = set()
    split = []
    data = claims()
    number = 0
    for kind in ("opposites", "opposites_near", "actions"):
        for scale in data[kind]:
            for side, words in enumerate(scale):
                for word in (*words["en"], *words["zh"], *words.get("zh1", ())):
                    if "..." in str(word):
                        first, last = str(word).split(" ... ")
                        gap = re.compile(rf"(?<![a-z]){first} (?:[a-z'-]+ ){{1,4}}?{last}(?![a-z])")
                        split.append((gap, number, side, kind))
                    else:
                        found[normalise(str(word))].append((number, side, kind))
                single |= set(words.get("zh1", ()))
            number += 1
    for word in data["no_opposites"]:
        found.setdefault(normalise(str(word)), [])
    return _Table(dict(found), frozenset(single), tuple(split))


@functools.cache
def graded() -> frozenset[int]:
    """The opposites that tell for what a quantity is given: for moderate and for vigorous activity."""
    words = _table().words
    return frozenset(number for word in _GRADED for number, _, _ in words[word])


@functools.lru_cache(maxsize=512)
def poles(folded: str, words: tuple[Word, ...]) -> tuple[Pole, ...]:
    """Every word of a normalised text that takes a side, the longest of those that overlap."""
    table = _table()
    whole = {(w.start, w.end) for w in words}
    found = [
        Pole(number, side, m.start(), m.end(), kind != "opposites", kind == "actions")
        for pattern, number, side, kind in table.split
        for m in pattern.finditer(folded)
    ]
    gaps = [(pole.start, pole.end) for pole in found]
    tokens = list(_tokens(folded, table))
    i = 0
    while i < len(tokens):
        start, end = tokens[i]
        i += 1
        if HAN.match(folded[start]):
            at = start
            while at < end:
                stop = next((e for e in range(min(end, at + _LONGEST), at, -1) if folded[at:e] in table.words), 0)
                if stop:
                    word = folded[at:stop]
                    if word not in table.single or (at, stop) in whole:
                        found += _taken(word, at, table)
                at = stop or at + 1
            continue
        for more in range(min(len(tokens), i + _LONGEST - 1), i - 1, -1):
            text = folded[start : tokens[more - 1][1]]
            if text in table.words:
                found += _taken(text, start, table)
                i = more
                break
    return tuple(p for p in found if not any(s < p.start and p.end == e for s, e in gaps))


def _tokens(folded: str, table: _Table) -> Iterator[tuple[int, int]]:
    """Words, and the parts of those with hyphens that take no side as a whole: a single-hospital study."""
    for found in _TOKEN.finditer(folded):
        parts = [found] if found[0] in table.words else re.finditer(r"[^-]+", found[0])
        at = 0 if found[0] in table.words else found.start()
        yield from ((at + part.start(), at + part.end()) for part in parts)


def _taken(word: str, start: int, table: _Table) -> list[Pole]:
    return [
        Pole(number, side, start, start + len(word), kind != "opposites", kind == "actions")
        for number, side, kind in table.words[word]
    ]


def opposite_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """Where the claim takes one side of a pair of opposites and the passage, of the same thing, another one."""
    ordered = {n for n, _, _ in _table().words["before"]} if agreed_order(claim, evidence) else frozenset[int]()
    shared = claim.named.ids & evidence.named.ids
    mine, theirs = (_unmasked(text, shared) for text in (claim, evidence))
    for number in sorted(({p.number for p in mine} & {p.number for p in theirs}) - ordered):
        ours, others = ([p for p in found if p.number == number] for found in (mine, theirs))
        for pole in ours:
            stands = _contradicting(pole, ours, others, claim, evidence)
            if stands:
                said = claim.folded[pole.start : pole.end]
                yield "contradicted", f"the passage says {evidence.folded[stands.start : stands.end]}, not {said}"
                break


def _unmasked(text: Text, shared: frozenset[str]) -> list[Pole]:
    spans = [(m.start, m.end) for m in text.named.mentions if m.concept in shared]
    often = _table().words["rarely"]
    found = list(poles(text.folded, text.named.words))
    for quantity in text.quantities:
        if quantity.dimension == "ratio" and (quantity.low >= _MOST or quantity.high <= _FEW):
            side = 0 if quantity.low >= _MOST else 1
            found += [Pole(n, side, quantity.start, quantity.end, near=True) for n, rare, _ in often if rare == 1]
    found = [
        p for p in found
        if not any(s <= p.start and p.end <= e for s, e in (*spans, *text.wording.shields))
        and not (p.action and _BY_WHOM.search(text.folded, text.wording.part_at(p.start), p.start))
    ]  # fmt: skip
    found = [p for p in found if not (p.action and _UNTIL.match(text.folded, text.wording.clause_at(p.start).start))]
    return [replace(p, side=1 - p.side) if p.action and _denied(p, text) else p for p in found]


def _contradicting(
    pole: Pole, ours: Sequence[Pole], others: Sequence[Pole], claim: Text, evidence: Text
) -> Pole | None:
    same = [p for p in others if _agree(pole, p, claim, evidence)]
    rivals = [p for p in others if p.side != pole.side and p not in same]
    if not rivals:
        return None
    nearest = max((beside(pole, p, claim, evidence), p.start, p) for p in rivals)
    agreeing = max((beside(pole, p, claim, evidence) for p in same), default=0.0)
    rival = nearest[2]
    better = (beside(p, rival, claim, evidence) for p in ours if p is not pole and _agree(p, rival, claim, evidence))
    if max(better, default=0.0) >= max(0.1, 0.5 * nearest[0]):
        return None
    if not same and not pole.near and not any(p.side == rival.side for p in ours):
        return rival
    least = _SAME if same else _NEARLY if pole.near else _SOME
    if nearest[0] >= least and agreeing < 0.5 * nearest[0]:
        return rival
    return None


def _agree(a: Pole, b: Pole, claim: Text, evidence: Text) -> bool:
    """Whether two words take the same side, or opposite ones of which one is denied: not slowly and fast."""
    if a.side == b.side:
        return True
    return not a.action and _denied(a, claim) != _denied(b, evidence)


def _denied(pole: Pole, text: Text) -> bool:
    """Whether a word close before denies this one."""
    clause = text.wording.clause_at(pole.start).start
    reach = _HAN_REACH if HAN.match(text.folded[pole.start]) else _REACH
    return any(clause <= start and end <= pole.start and pole.start - end <= reach for start, end in text.wording.cues)


def beside(a: Pole | Word, b: Pole | Word, claim: Text, evidence: Text) -> float:
    """How much of what stands beside one opposite stands beside the other too."""
    return _shared(_neighbours(a.start, a.end, claim), _neighbours(b.start, b.end, evidence))


@dataclass(frozen=True, slots=True)
class _Neighbour:
    stem: str
    concept: str
    distance: int


def _shared(ours: Sequence[_Neighbour], theirs: Sequence[_Neighbour]) -> float:
    lexicon = load_lexicon()
    total = 0.0
    for word in ours:
        total += max(
            (
                2 / (word.distance + other.distance)
                for other in theirs
                if (word.concept and word.concept == other.concept) or lexicon.alike(word.stem, other.stem) >= _ALIKE
            ),
            default=0.0,
        )
    return total


def _neighbours(
    start: int, end: int, text: Text, side: int = 0, without: frozenset[str] = frozenset()
) -> list[_Neighbour]:
    found = _neighbours_at(start, end, text.named, side)
    return [n for n in found if n.concept not in without] if without else found


@functools.lru_cache(maxsize=4096)
def _neighbours_at(start: int, end: int, named: Named, side: int) -> list[_Neighbour]:
    """The telling words on either side within the same part of the sentence, or inside, and how far away each is."""
    small = load_lexicon().small
    words = named.words
    starts = [w.start for w in words]
    first, last = bisect.bisect_left(starts, start), bisect.bisect_left(starts, end)
    found = [_neighbour(w, 1, named) for w in words[first + 1 : last - 1] if w.stem not in small]
    for step, at in ((-1, first - 1), (1, last)):
        if side == -step:
            continue
        distance, position = 0, start if step < 0 else end
        while 0 <= at < len(words) and distance < _WINDOW:
            word = words[at]
            between = named.folded[word.end : position] if step < 0 else named.folded[position : word.start]
            if any(mark in between for mark in ",;:.。()"):
                break
            position = word.start if step < 0 else word.end
            if word.stem not in small:
                distance += 1
                found.append(_neighbour(word, distance, named))
            at += step
    return found


def _neighbour(word: Word, distance: int, named: Named) -> _Neighbour:
    concept = next((m.concept for m in named.mentions if m.start <= word.start < m.end), "")
    return _Neighbour(word.stem, concept, distance)


#: How much more like the other thing's neighbours have to be than like its own.
_SWAPPED = 1.8
_KINDS = frozenset({"body part", "food", "nutrient", "medicine", "person", "activity", "device", "condition"})


def swap_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """Where two things of a kind have changed places: fish instead of red meat, through the mouth and not the nose."""
    ours = [m for m in claim.named.mentions if table[m.concept].kind in _KINDS]
    theirs = [m for m in evidence.named.mentions if table[m.concept].kind in _KINDS]
    shared = sorted({m.concept for m in ours} & {m.concept for m in theirs})
    for i, a in enumerate(shared):
        for b in shared[i + 1 :]:
            if table[a].kind != table[b].kind or table.is_a(a, b) or table.is_a(b, a):
                continue
            if _listed(a, b, claim.named) and _listed(a, b, evidence.named):
                continue
            kept = [_like(x, x, frozenset({a, b}), claim, evidence) for x in (a, b)]
            swapped = [_like(x, y, frozenset({a, b}), claim, evidence) for x, y in ((a, b), (b, a))]
            if min(swapped) >= _SOME and sum(swapped) > _SWAPPED * sum(kept) + _SOME:
                yield "contradicted", f"{table.label(a, 'en')} and {table.label(b, 'en')} have changed places"


def _listed(a: str, b: str, named: Named) -> bool:
    first, second = sorted(
        (next(m for m in named.mentions if m.concept == concept) for concept in (a, b)), key=lambda m: m.start
    )
    return in_one_list(named.folded[first.end : second.start])


def _like(a: str, b: str, pair: frozenset[str], claim: Text, evidence: Text) -> float:
    """How alike the neighbours are of one thing in the claim and of another in the evidence."""
    scores = [
        sum(
            _shared(_neighbours(m.start, m.end, claim, step, pair), _neighbours(o.start, o.end, evidence, step, pair))
            for step in (-1, 1)
        )
        for m in claim.named.mentions if m.concept == a
        for o in evidence.named.mentions if o.concept == b
    ]  # fmt: skip
    return max(scores, default=0.0)
