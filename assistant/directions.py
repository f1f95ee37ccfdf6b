"""Which way a sentence points for each thing it names: "avoid grapefruit" is not "eat grapefruit".

Statements say this in data; this module reads it off running text, for sentences of users' documents and for
anything a model writes. What is merely mentioned counts as advised: a sentence has to say plainly that it is
against a thing to be harmless for somebody who must not have it.
"""

from __future__ import annotations

import functools
import re

from corpus.concepts import ConceptTable, Mention
from corpus.load import DATA, read_yaml
from corpus.models import Advice, Direction
from corpus.text import any_of, normalise

#: Kinds of concept that can be advised at all.
ADVISABLE = frozenset({"food", "nutrient", "activity", "care", "device", "medicine", "habit"})

#: From the strictest on.
_NAMES: tuple[Direction, ...] = ("avoid", "limit", "encourage")
#: A verb so many characters behind a word against belongs to it.
_JOINED_EN, _JOINED_ZH = 12, 3


def advice_in(text: str, table: ConceptTable, *, mentioned: bool = True) -> list[Advice]:
    """What *text* advises, clause by clause: ``avoid``, ``limit`` or, where it says neither, ``encourage``.

    Without *mentioned*, what is named without a word that says which way is left out.
    """
    found: dict[Advice, None] = {}
    folded = normalise(text)
    mentions = [m for m in table.find(text) if table[m.concept].kind in ADVISABLE]
    start = 0
    for end in [*(match.end() for match in _patterns()["clause"].finditer(folded)), len(folded)]:
        inside = [m for m in mentions if start <= m.start < end]
        if _is_cooking(folded, start, end):
            inside = [m for m in inside if m.concept != "fluid" and not table.is_a(m.concept, "water")]
        for position, mention in enumerate(inside):
            direction = _direction(folded, start, end, inside, position)
            if direction is None and not mentioned:
                continue
            found[Advice(direction=direction or "encourage", target=mention.concept)] = None
        start = end
    return list(found)


def _is_cooking(folded: str, start: int, end: int) -> bool:
    """Whether a clause is about water that something is cooked or washed in, not about drinking any."""
    patterns = _patterns()
    return bool(patterns["cooking"].search(folded, start, end)) and not patterns["drinking"].search(folded, start, end)


def _direction(folded: str, start: int, end: int, inside: list[Mention], position: int) -> Direction | None:
    """The direction of the nearest cue before a mention in its clause, else of one just after the mention's list."""
    mention = inside[position]
    patterns = _patterns()
    cues: list[tuple[int, int, Direction]] = []
    for direction in _NAMES:
        cues += [(*match.span(), direction) for match in patterns[direction].finditer(folded, start, mention.start)]
    if cues:
        return _last(folded, sorted(cues, key=lambda cue: (cue[0], -cue[1])))
    for direction in _NAMES[:2]:
        if patterns[f"{direction}_after"].search(folded, mention.end, end):
            return direction
    return None


def _last(folded: str, cues: list[tuple[int, int, Direction]]) -> Direction:
    """The direction of the last cue; "avoid eating" and 不要多吃 are one cue, and point away."""
    reach, current = -1, cues[0][2]
    for start, end, direction in cues:
        if end <= reach:
            continue
        gap = folded[reach:start]
        joined = reach >= 0 and "," not in gap and len(gap) <= (_JOINED_EN if gap.isascii() and gap else _JOINED_ZH)
        if not (direction == "encourage" and current != "encourage" and joined):
            current = direction
        reach = end
    return current


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    data = read_yaml(DATA / "language" / "directions.yaml")
    return {name: any_of(words) for name, words in data.items()}
