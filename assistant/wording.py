"""How a text puts things: its clauses, what is turned round in them, what is to be more or less, and opposites."""

from __future__ import annotations

import bisect
import functools
import re
from dataclasses import dataclass

from assistant.quantities import alternatives, claims
from corpus.text import HAN

_PUNCTUATION = re.compile(r"[;:!?。]|[.](?=\s|$)|[,](?!\d{3})|[()]|\n|\s-\s")
_JOIN = re.compile(r"(?<![a-z])(?:and|or)(?![a-z])")
_RELATIVE = ("who", "which", "whose", "where")
_MODAL = re.compile(r"(?<![a-z])(?:should|must|may|can|is|are|need|needs|ought)(?![a-z])")
_HAN_TAIL = 2
_AMOUNT_REACH = 45
_TURNED_PAST = re.compile(r"(?:is|are|be|been|being|has|have|needs?|kept|should be|的)\s*$")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text within which a word can turn another one round."""

    start: int
    end: int


@dataclass(frozen=True)
class Wording:
    """The clauses of a normalised text, with the signs of every place in it."""

    folded: str
    clauses: tuple[Clause, ...]
    _starts: tuple[int, ...]
    _turned: bytes
    _amount: tuple[tuple[int, int, int], ...]
    cues: tuple[tuple[int, int], ...]
    poles: frozenset[tuple[int, int]]

    def clause_at(self, position: int) -> Clause:
        """The clause in which a place lies."""
        return self.clauses[max(0, bisect.bisect_right(self._starts, position) - 1)]

    def turned(self, position: int) -> bool:
        """Whether what stands at this place is turned round: avoided, denied, forbidden."""
        return bool(self._turned[min(position, len(self._turned) - 1)])

    def amount(self, position: int) -> int:
        """+1 where more of it is meant, -1 where less, 0 where neither."""
        signs = {sign for start, end, sign in self._amount if start <= position < end}
        return signs.pop() if len(signs) == 1 else 0


@dataclass(frozen=True)
class _Patterns:
    breaks: re.Pattern[str]
    ahead: re.Pattern[str]
    amount: tuple[tuple[int, re.Pattern[str]], ...]
    opposites: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]
    verbs: frozenset[str]


@functools.cache
def _patterns() -> _Patterns:
    data = claims()
    negation = data["negation"]
    shield, whole, ahead = (
        alternatives([*negation[key]["en"], *negation[key]["zh"]]) for key in ("shield", "whole", "ahead")
    )
    pole = {
        id(side): re.compile(alternatives([*side["en"], *side["zh"]])) for pair in data["opposites"] for side in pair
    }
    return _Patterns(
        breaks=re.compile(alternatives([*data["breaks"]["en"], *data["breaks"]["zh"]])),
        ahead=re.compile(f"(?P<shield>{shield})|(?P<whole>{whole})|(?P<ahead>{ahead})"),
        amount=tuple(
            (sign, re.compile(alternatives([*data["amount"][key]["en"], *data["amount"][key]["zh"]])))
            for sign, key in ((1, "more"), (-1, "less"))
        ),
        opposites=tuple((pole[id(a)], pole[id(b)]) for a, b in data["opposites"]),
        verbs=frozenset(str(verb) for verb in data["verbs"]),
    )


@functools.lru_cache(maxsize=512)
def read_wording(folded: str) -> Wording:
    """Read the clauses and signs of a normalised text."""
    patterns = _patterns()
    clauses, inherits = _clauses(folded, patterns)
    turned = bytearray(len(folded) + 1)
    cues = [m for m in patterns.ahead.finditer(folded)]
    carried = 0
    for clause, inherit in zip(clauses, inherits, strict=True):
        own = [m for m in cues if clause.start <= m.start() < clause.end and m.lastgroup != "shield"]
        start = carried if inherit else 0
        for position in range(clause.start, clause.end):
            turned[position] = start
        for cue in own:
            first = clause.start if _is_whole(cue, clause, folded) else cue.end()
            for position in range(first, clause.end):
                turned[position] ^= 1
        carried = turned[clause.end - 1] if clause.end > clause.start else 0
    return Wording(
        folded=folded,
        clauses=tuple(clauses),
        _starts=tuple(c.start for c in clauses),
        _turned=bytes(turned),
        _amount=tuple(_amounts(folded, clauses, patterns)),
        cues=tuple((m.start(), m.end()) for m in cues if m.lastgroup != "shield"),
        poles=frozenset(
            (number, side)
            for number, pair in enumerate(patterns.opposites)
            for side in (0, 1)
            if pair[side].search(folded)
        ),
    )


def _is_whole(cue: re.Match[str], clause: Clause, folded: str) -> bool:
    """Whether a cue turns its whole clause: it says so itself, or it ends a Chinese clause (alcohol: avoid)."""
    if cue.lastgroup == "whole":
        return True
    if not HAN.match(cue[0][0]):
        return False
    tail = HAN.findall(folded[cue.end() : clause.end])
    return len(tail) <= _HAN_TAIL


def _clauses(folded: str, patterns: _Patterns) -> tuple[list[Clause], list[bool]]:
    """The clauses, and for each whether it only continues a list, so that the signs before reach into it."""
    cuts: dict[int, bool] = {0: False}
    for mark in _PUNCTUATION.finditer(folded):
        continues = False
        if mark[0] == "," and not HAN.match(folded[mark.start() - 1 : mark.start()] or " "):
            continues = not _new_instruction(folded[mark.end() :], patterns)
        cuts[mark.end()] = continues
    for mark in _JOIN.finditer(folded):
        if _new_instruction(folded[mark.start() :], patterns):
            cuts[mark.start()] = False
    for mark in patterns.breaks.finditer(folded):
        cuts[mark.end() if HAN.match(mark[0]) and mark[0] in "者时的人的患者" else mark.start()] = False
        if mark[0] in _RELATIVE and (modal := _MODAL.search(folded, mark.end() + 8)):
            if not _PUNCTUATION.search(folded, mark.end(), modal.start()):
                cuts.setdefault(modal.start(), False)
    starts = sorted(position for position in cuts if position < len(folded))
    ends = [*starts[1:], len(folded)]
    return [Clause(s, e) for s, e in zip(starts, ends, strict=True)], [cuts[s] for s in starts]


def _new_instruction(rest: str, patterns: _Patterns) -> bool:
    found = re.match(r"\s*(?:and|or|then|also)?\s*(?:always |gently |slowly )?([a-z']+)\s*([a-z']*)\s*([a-z']*)", rest)
    if found is None:
        return False
    return found[1] in patterns.verbs or any(_MODAL.fullmatch(found[n] or "") for n in (2, 3))


def _amounts(folded: str, clauses: list[Clause], patterns: _Patterns) -> list[tuple[int, int, int]]:
    spans = []
    for sign, pattern in patterns.amount:
        for cue in pattern.finditer(folded):
            clause = next(c for c in reversed(clauses) if c.start <= cue.start())
            passive = _TURNED_PAST.search(folded[: cue.start()][-12:])
            if passive and cue[0].endswith("ed"):
                spans.append((clause.start, cue.start(), sign))
            spans.append((cue.end(), min(clause.end, cue.end() + _AMOUNT_REACH), sign))
    return spans


def opposed(claim: Wording, evidence: Wording) -> list[int]:
    """The pairs of opposites of which the claim has one and the passage only the other."""
    found = []
    for number, side in claim.poles:
        other = (number, 1 - side)
        if other not in claim.poles and other in evidence.poles and (number, side) not in evidence.poles:
            found.append(number)
    return sorted(found)


def opposite_words(number: int, claim: Wording, evidence: Wording) -> tuple[str, str]:
    """The words by which the claim and the passage take opposite sides in a pair."""
    pair = _patterns().opposites[number]
    side = 0 if (number, 0) in claim.poles else 1
    said, stands = pair[side].search(claim.folded), pair[1 - side].search(evidence.folded)
    return (said[0] if said else "", stands[0] if stands else "")
