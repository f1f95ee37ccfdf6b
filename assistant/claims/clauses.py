"""Clauses: the stretches of a sentence within which one word can turn another round."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from assistant.claims.quantities import alternatives, claims
from corpus.text import HAN

#: How a clause follows the one before: anew, as more of a list, sharing what is said at its end, or inside it.
NEW, LIST, SHARED, INNER = 1, 2, 3, 4
PUNCTUATION = re.compile(r"[;:!?。]|[.](?=\s|$)|[,](?!\d{3})|[()]|\n|\s-\s")
_JOIN = re.compile(r"(?<![a-z])and(?![a-z])")
_LAST_JOIN = re.compile(r"(?<![a-z])(and|or|but)(?![a-z])|[.;:]")
_HAN_CUT = re.compile(r"(?<=[\u4e00-\u9fff])(?:(?<![目以提饭餐])前(?![列面])|(?<![不反适效相对])应(?![用激答]))")
_HAN_ENDS = frozenset({"者", "时", "的人", "的患者", "的话", "期间"})
_NO_BREAK = re.compile(r"[同及临小有随平暂定按即实计准]时|.时[间候常]")
_BUT = re.compile(r"(?<![a-z])(?:do not|don't|never|avoid|put off|stop|postpone|hold off)(?![a-z])")
_THAT = re.compile(r"(?<![a-z])that(?= (?:do|does|is|are|can|cannot|may|will|has|have|was|were|would)(?![a-z]))")
_RELATIVE = re.compile(r"(?<![a-z])(?:who|which|whose|where|without)(?![a-z])")
_MODAL = re.compile(r"(?<![a-z])(?:should|must|may|can|is|are|need|needs|ought|usually)(?![a-z])")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a text within which a word can turn another one round."""

    start: int
    end: int


@dataclass(frozen=True)
class BreakPatterns:
    """What separates clauses, begins examples or says when and for whom, and verbs that begin an instruction."""

    breaks: re.Pattern[str]
    examples: re.Pattern[str]
    context: re.Pattern[str]
    verbs: frozenset[str]


@functools.cache
def break_patterns() -> BreakPatterns:
    """The patterns from the package's data."""
    data = claims()
    return BreakPatterns(
        breaks=re.compile(alternatives([*data["breaks"]["en"], *data["breaks"]["zh"]])),
        examples=re.compile(alternatives(data["breaks"]["examples"])),
        context=re.compile(rf"\s*(?:{alternatives(data['context'])})"),
        verbs=frozenset(str(verb) for verb in data["verbs"]),
    )


def clauses_of(folded: str, inside: bytearray) -> tuple[list[Clause], list[int]]:
    """The clauses, and for each whether it is new, only continues a list, or shares what follows.

    What lies *inside* a name is not cut.
    """
    patterns = break_patterns()
    cuts: dict[int, int] = {0: NEW}
    for mark in PUNCTUATION.finditer(folded):
        rest = folded[mark.end() :]
        how = LIST if mark[0] in "()" or patterns.examples.match(rest.lstrip()) else NEW
        if mark[0] == "," and not HAN.match(folded[mark.start() - 1 : mark.start()] or " "):
            how = NEW if _new_instruction(rest, patterns) and not ends_in_or(rest) else LIST
        cuts[mark.end()] = how
    for mark in _JOIN.finditer(folded):
        if new := _new_instruction(folded[mark.start() :], patterns):
            cuts[mark.start()] = SHARED if new == SHARED and folded[: mark.start()].rstrip()[-1:] != "," else NEW
    for mark in patterns.examples.finditer(folded):
        cuts.setdefault(mark.start(), LIST)
    for mark in _HAN_CUT.finditer(folded):
        if not inside[mark.start()]:
            cuts.setdefault(mark.end() if mark[0] == "前" else mark.start(), INNER)
    for mark in patterns.breaks.finditer(folded):
        if not inside[mark.start()] and not (mark[0] == "时" and _NO_BREAK.match(folded, mark.start() - 1)):
            han = HAN.match(mark[0]) is not None
            cuts[mark.end() if han and mark[0] in _HAN_ENDS else mark.start()] = INNER if han else NEW
    for mark in _BUT.finditer(folded):
        if patterns.context.match(folded, max(cut for cut in cuts if cut <= mark.start())):
            cuts.setdefault(mark.start(), NEW)
    for mark in _THAT.finditer(folded):
        cuts[mark.start()] = NEW
    for mark in _RELATIVE.finditer(folded):
        modal = _MODAL.search(folded, mark.end() + 8)
        if modal and not PUNCTUATION.search(folded, mark.end(), modal.start()):
            cuts.setdefault(modal.start(), NEW)
    starts = sorted(position for position in cuts if position < len(folded))
    ends = [*starts[1:], len(folded)]
    return [Clause(s, e) for s, e in zip(starts, ends, strict=True)], [cuts[s] for s in starts]


def ends_in_or(rest: str) -> bool:
    """Whether the list that goes on here is one of alternatives: do not stand, cross the legs, or sleep."""
    joined = _LAST_JOIN.search(rest)
    return joined is not None and joined[1] == "or"


def _new_instruction(rest: str, patterns: BreakPatterns) -> int:
    """Whether a new instruction begins here (NEW), or something that may share what is said at its end, or neither."""
    found = re.match(r"\s*(?:and|or|then|also)?\s*(?:always |gently |slowly )?([a-z']+)\s*([a-z']*)\s*([a-z']*)", rest)
    if found is None:
        return 0
    if found[1] in patterns.verbs:
        return NEW
    return SHARED if found[2] in patterns.verbs or _MODAL.fullmatch(found[3] or "") else 0
