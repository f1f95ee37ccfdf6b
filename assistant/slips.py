"""English slips of the keyboard, read as the word that was meant: "cant brethe" is "can't breathe".

Only a word that no dictionary knows is read as another, and only as one near it: a valid word must never turn
into a symptom. The general word list is the frequency dictionary of symspellpy (MIT licence), of which the package
is not loaded, only the file read, and that only when a message holds a word not in our own lexicon.
"""

from __future__ import annotations

import functools
import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.concepts import ConceptTable
from corpus.load import DATA, read_yaml, strings_in
from corpus.text import normalise

_TOKEN = re.compile(r"[a-z0-9]+(?:'[a-z]+)*'?")
_DOUBLE = re.compile(r"(.)\1")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_DICTIONARY = "frequency_dictionary_en_82_765.txt"
_SHORTEST, _LONG = 4, 8
_ENDINGS = (("s", ""), ("es", ""), ("ier", "y"), ("iest", "y"), ("ies", "y"))
#: Words of our lexicon are this many times as likely in a message about health as in general text.
_OURS = 30
#: Words rarer than this in general text are no candidates for what was meant, unless they are ours.
_RARE = 500_000


@dataclass(frozen=True)
class Corrected:
    """Text with its slips put right, and how places in it lead back to the text as it was written."""

    text: str
    #: (start in the corrected text, its end, start in the written text, its end), in order.
    changes: tuple[tuple[int, int, int, int], ...] = ()

    def written(self, start: int, end: int) -> tuple[int, int]:
        """The span of the written text that a span of the corrected text stands for."""
        return self._back(start, False), self._back(end, True)

    def _back(self, place: int, is_end: bool) -> int:
        shift = 0
        for left, right, was_left, was_right in self.changes:
            if place >= right:
                shift = was_right - right
            elif place > left or (place == left and not is_end):
                return was_right if is_end else was_left
            else:
                break
        return place + shift


def correct(folded: str, table: ConceptTable) -> Corrected:
    """Put right the English slips in normalised text."""
    lexicon = _lexicon(table)
    spelled, _ = _data()
    measured = _measured(table)
    pieces: list[str] = []
    changes: list[tuple[int, int, int, int]] = []
    position = length = 0
    for match in _TOKEN.finditer(folded):
        token = match[0]
        if token in measured:
            continue
        meant = spelled.get(token)
        if meant is None:
            token = token.rstrip("'")
            meant = spelled.get(token) or _meant(token, lexicon)
        if meant is None or meant == token:
            continue
        before = folded[position : match.start()]
        pieces += [before, meant]
        length += len(before)
        position = match.start() + len(token)
        changes.append((length, length + len(meant), match.start(), position))
        length += len(meant)
    return Corrected("".join([*pieces, folded[position:]]), tuple(changes)) if changes else Corrected(folded)


def _meant(token: str, lexicon: frozenset[str]) -> str | None:
    """What an unknown word stands for; ``None`` where it is known or nothing is near."""
    bare = token.removesuffix("'s")
    if len(bare) < _SHORTEST or not bare.isalpha() or not bare.isascii() or _known(bare, lexicon):
        return None
    return _nearest(bare, lexicon)


def _known(word: str, lexicon: frozenset[str]) -> bool:
    if word in lexicon or word in _data()[1]:
        return True
    stems = [word[: -len(end)] + more for end, more in _ENDINGS if word.endswith(end)]
    return word in _general() or any(len(stem) > 3 and (stem in lexicon or stem in _general()) for stem in stems)


@functools.lru_cache(maxsize=4096)
def _nearest(word: str, lexicon: frozenset[str]) -> str | None:
    if word.endswith("in") and _general().get(word + "g", 0) >= _RARE:
        return word + "g"
    reach = 2 if len(word) >= _LONG else 1
    best: tuple[float, float, str] | None = None
    for candidate, distance, _ in process.extract(
        word, _candidates(lexicon), scorer=OSA.distance, score_cutoff=2, limit=60
    ):
        ours = candidate in lexicon
        if len(candidate) < _SHORTEST - 1 or (distance > reach and sorted(candidate) != sorted(word)):
            continue
        if distance > 1 and not ours:
            continue
        cost = distance + (candidate[0] != word[0]) + (0 if ours else 0.3) - _likeness(word, candidate)
        weight = _general().get(candidate, _RARE) * (_OURS if ours else 1)
        if best is None or (cost, -weight) < best[:2]:
            best = (cost, -weight, candidate)
    return best[2] if best and best[0] <= reach + 0.5 else None


def _likeness(word: str, candidate: str) -> float:
    """How much likelier some slips are than a wrong letter: a letter not doubled, two changed about, one left out."""
    if _DOUBLE.sub(r"\1", word) == _DOUBLE.sub(r"\1", candidate):
        return 0.6
    letters = iter(candidate)
    if sorted(word) == sorted(candidate) or (len(word) < len(candidate) and all(char in letters for char in word)):
        return 0.5
    return 0.0


@functools.lru_cache(maxsize=8)
def _candidates(lexicon: frozenset[str]) -> list[str]:
    common = (word for word, count in _general().items() if count >= _RARE and len(word) >= _SHORTEST)
    return sorted({*common, *(word for word in lexicon if len(word) >= _SHORTEST - 1)})


@functools.cache
def _data() -> tuple[dict[str, str], frozenset[str]]:
    data = read_yaml(DATA / "language" / "slips.yaml")
    return {str(k): str(v) for k, v in data["spelled"].items()}, frozenset(data["keep"])


@functools.cache
def _general() -> dict[str, int]:
    """How often each word of general English is used."""
    spec = importlib.util.find_spec("symspellpy")
    if spec is None or not spec.submodule_search_locations:
        return {}
    text = Path(spec.submodule_search_locations[0], _DICTIONARY).read_text(encoding="utf-8-sig")
    pairs = (line.split(" ") for line in text.splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}


@functools.lru_cache(maxsize=8)
def _measured(table: ConceptTable) -> frozenset[str]:
    """Every English word of the names of measurements: known, but too short to be what another word was meant for."""
    names = (normalise(name) for measurement in table.measurements.values() for name in measurement.names)
    return frozenset(word for name in names for word in _WORD.findall(name) if len(word) >= _SHORTEST)


@functools.lru_cache(maxsize=8)
def _lexicon(table: ConceptTable) -> frozenset[str]:
    """Every English word of the concepts' names, of the groups of words and of the cues."""
    words: set[str] = set()
    for name in table.names:
        words.update(_WORD.findall(name))
    for file in ("findings_en.yaml", "cues.yaml"):
        for text in strings_in(read_yaml(DATA / "language" / file)):
            words.update(word for word in _WORD.findall(normalise(text)) if "*" not in text)
    return frozenset(words)
