"""Whether other words say the same: nothing brought in, nothing lost. The words to watch stand in ``rewording.yaml``.

The verifier asks whether a text supports a claim, and so forgives what a claim leaves out. A rewording may leave out
nothing. These checks are crude on purpose: what they refuse keeps its own wording.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corpus.load import read_yaml
from corpus.text import any_of, normalise
from index.lexical import tokenise

#: The least share of the words of each part of the original that a rewording has to have.
_COVERED = 0.5
_STOPS = re.compile(r"[,;:.!?()，。；：！？（）、]+(?!\d)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def brings_in(text: str, original: str) -> str | None:
    """The first word that reassures, permits or overrules in *text* where *original* has none of that meaning."""
    text, original = normalise(text), normalise(original)
    for group in _patterns()["not_added"]:
        if (found := group.search(text)) and not group.search(original):
            return str(found[0])
    return None


def loses(text: str, original: str) -> str | None:
    """What *text* loses or turns round of *original*: a number, a no, an opposite, how soon, by whom, a part."""
    text, original = normalise(text), normalise(original)
    if set(_NUMBER.findall(text)) != set(_NUMBER.findall(original)):
        return "a number"
    said, meant = (len(_patterns()["negations"].findall(t)) for t in (text, original))
    if not meant <= said <= meant + 1:
        return "a no"
    for one, other in _patterns()["poles"]:
        gained = [len(side.findall(text)) - len(side.findall(original)) for side in (one, other)]
        if min(gained) < 0 < max(gained):
            return "an opposite"
    if any(group.search(original) and not group.search(text) for group in _patterns()["kept"]):
        return "how soon or by whom"
    words = set(tokenise(text))
    parts = (part.strip() for part in _parts(original))
    return next((part for part in parts if part not in text and likeness(part, words) < _COVERED), None)


def likeness(text: str, words: set[str]) -> float:
    """The share of a text's words that are among *words*."""
    own = tokenise(text)
    return sum(word in words for word in own) / len(own) if own else 1.0


def _parts(folded: str) -> list[str]:
    """The parts of a text between punctuation and before the words that join them."""
    cuts = sorted({0, len(folded), *(m.start() for m in _patterns()["joints"].finditer(folded))})
    pieces = (folded[a:b] for a, b in itertools.pairwise(cuts))
    return [
        part for piece in pieces for part in re.split(r"[,;:.!?()，。；：！？（）、]+(?!\d)", piece) if part.strip()
    ]


@functools.cache
def _patterns() -> dict[str, Any]:
    data: Mapping[str, Any] = read_yaml(Path(__file__).parent / "rewording.yaml")
    poles: Sequence[Sequence[Any]] = data["poles"]
    return {
        "not_added": [any_of(group) for group in data["not_added"]],
        "negations": any_of(data["negations"]),
        "kept": [any_of(group) for group in data["kept"]],
        "joints": any_of(data["joints"]),
        "poles": [(any_of(one), any_of(other)) for one, other in poles],
    }
