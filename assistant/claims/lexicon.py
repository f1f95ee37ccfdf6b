"""How alike two words are: by stem, by lists and a thesaurus of words of one meaning, or by a table of translations.

The thesaurus (``thesaurus.csv``) also has, for each word, those that say something else in its place: the ankle for the
wrist, weekly for daily.

The table pairs English stems with Chinese words, learned from aligned sentences (:mod:`corpus.align`); two English
words are alike as far as they are translated by the same Chinese words, and the other way round.
"""

from __future__ import annotations

import csv
import functools
import math
import re
from collections import defaultdict
from dataclasses import dataclass, field

from assistant.claims.quantities import claims
from corpus.load import DATA
from corpus.text import HAN

_OPPOSITE_PREFIXES = ("un", "in", "im", "ir", "il", "non", "dis", "de", "hyper", "hypo", "anti", "over", "under")
_NO_OPPOSITES = frozenset({"discolour", "discolor", "disinfect", "disord", "discharg"})
_HAN_NEUTRAL = frozenset("脏部子儿性者类症病处口体们总全")
_HEADS = frozenset("用别勿请给让把再就应要须可不无被")
_MADE_UP = 3
_OF_A_KIND = 2
_WORD = re.compile(r"[a-z][a-z']*[a-z]|[a-z]|[\u3400-\u4dbf\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a normalised text: its stem (English) or itself (Chinese), and where it stands."""

    stem: str
    start: int
    end: int

    @property
    def han(self) -> bool:
        """Whether the word is Chinese."""
        return HAN.match(self.stem) is not None


@dataclass
class Lexicon:
    """Words of one meaning and translations."""

    groups: dict[str, frozenset[int | str]]
    vectors: dict[str, dict[str, float]]
    light: frozenset[str]
    small: frozenset[str]
    rivals: dict[str, frozenset[str]] = field(default_factory=dict)
    synonyms: dict[str, frozenset[str]] = field(default_factory=dict)
    _cache: dict[tuple[str, str], float] = field(default_factory=dict)

    def alike(self, a: str, b: str) -> float:
        """From 0 to 1, how far *b*, a stem or a Chinese word of the evidence, says what *a* of the claim does."""
        if a == b:
            return 1.0
        key = (a, b)
        known = self._cache.get(key)
        if known is None:
            known = self._cache[key] = self._alike(a, b)
        return known

    def rival(self, a: str, b: str) -> bool:
        """Whether one word in the place of the other says something else."""
        return b in self.rivals.get(a, ()) or a in self.rivals.get(b, ())

    def _alike(self, a: str, b: str) -> float:
        if self.groups.get(a, frozenset()) & self.groups.get(b, frozenset()):
            return 0.9
        if b in self.synonyms.get(a, ()) or a in self.synonyms.get(b, ()):
            return 0.7
        a_han, b_han = HAN.match(a) is not None, HAN.match(b) is not None
        va, vb = self.vectors.get(a, {}), self.vectors.get(b, {})
        if a_han != b_han:
            core = self._core(a if a_han else b)
            if core and self.groups.get(core, frozenset()) & self.groups.get(b if a_han else a, frozenset()):
                return 0.8
            best = va.get(b, 0.0)
            if a_han:
                best = max([best, *(w for other, w in va.items() if one_family(other, b))])
            else:
                best = max([best, *(0.8 * w for other, w in va.items() if len(other) > 1 and self._within(other, b))])
            return min(1.0, best * 2)
        if one_family(a, b) if not a_han else self._within(a, b):
            return 0.8
        dot = sum(weight * vb.get(other, 0.0) for other, weight in va.items())
        if not dot:
            return 0.0
        return dot / (_norm(va) * _norm(vb))

    def _core(self, word: str) -> str:
        """A Chinese word without characters at its end that say little: 睡 of 睡前."""
        return word[:-1] if len(word) > 1 and word[-1] in self.light else ""

    def _within(self, a: str, b: str) -> bool:
        """Whether one Chinese word is the other with something that does not matter: 肾 and 肾脏, 药 and 吃药."""
        shorter, longer = sorted((a, b), key=len)
        if shorter not in longer:
            return False
        if len(a) < len(b) and len(a) >= 2:
            return True
        return all(char in _HAN_NEUTRAL or char in self.light for char in longer.replace(shorter, "", 1))


def _norm(vector: dict[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in vector.values()))


def one_family(a: str, b: str) -> bool:
    """Whether two English stems are of one family: infect and infecti, catheter and catheteris."""
    if 5 <= len(a) < len(b) and b.endswith(a) and not b.startswith(_OPPOSITE_PREFIXES):
        return True
    shorter, longer = sorted((a, b), key=len)
    return len(shorter) >= 4 and longer.startswith(shorter[: max(4, len(shorter) - 1)])


def opposite_of(a: str, b: str) -> bool:
    """Whether one English stem is the other with a prefix that denies it: kink and unkink."""
    shorter, longer = sorted((a, b), key=len)
    return (
        len(shorter) >= 4
        and longer not in _NO_OPPOSITES
        and any(longer == prefix + shorter for prefix in ("un", "ir", "im", "non", "dis", "non-"))
    )


def turned_over(a: str, b: str) -> bool:
    """Whether two Chinese words differ in one character that is the opposite of the other's: 高蛋白 and 低蛋白."""
    if len(a) != len(b) or len(a) < _OF_A_KIND or not HAN.match(a):
        return False
    unlike = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(unlike) == 1 and any(set(unlike[0]) == set(pair) for pair in claims()["opposite_characters"])


@functools.cache
def _stemmer() -> object:
    import Stemmer

    return Stemmer.Stemmer("english")


@functools.lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a lower-case English word."""
    word = word.removesuffix("'s").replace("aemia", "emia").replace("oedema", "edema").replace("oea", "ea")
    return str(_stemmer().stemWord(word))  # type: ignore[attr-defined]


def _pieces(word: str) -> tuple[str, ...]:
    """A Chinese word made up by the segmenter with a word of grammar at its head, cut there: 用手掌 is 用 and 手掌."""
    lexicon = load_lexicon()
    rest = word[1:]
    if len(word) < _MADE_UP or word[0] not in _HEADS or word in lexicon.vectors or word in lexicon.groups:
        return (word,)
    return (word[0], rest) if rest in lexicon.vectors or rest in lexicon.groups else (word,)


def words(folded: str) -> list[Word]:
    """The words of a normalised text, Chinese ones as the segmenter sees them."""
    found: list[Word] = []
    for match in _WORD.finditer(folded):
        if HAN.match(match[0]):
            import rjieba

            position = match.start()
            for part in (piece for cut in rjieba.cut(match[0]) for piece in _pieces(cut)):
                found.append(Word(part, position, position + len(part)))
                position += len(part)
        else:
            found.append(Word(stem(match[0]), match.start(), match.end()))
    return found


def _key(word: str) -> str:
    return word if HAN.match(word) else stem(word)


@functools.cache
def load_lexicon() -> Lexicon:
    """The lexicon of the package."""
    data = claims()
    groups: dict[str, set[int | str]] = defaultdict(set)
    for number, members in enumerate(data["same"]):
        for member in members:
            groups[_key(str(member))].add(number)
    for kind in ("body", "people"):
        for entry in data[kind]:
            for name in (*entry[1], *entry[2]):
                groups[_key(name)].add(f"{kind}:{entry[0]}")
    rivals: dict[str, frozenset[str]] = {}
    synonyms: dict[str, set[str]] = defaultdict(set)
    with (DATA / "language" / "thesaurus.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            head = _key(row["word"])
            for member in filter(None, [*row["same"].split("|"), *row["translated"].split("|")]):
                synonyms[head].add(_key(member))
            rivals[head] = rivals.get(head, frozenset()) | {_key(other) for other in row["other"].split("|") if other}
    vectors: dict[str, dict[str, float]] = defaultdict(dict)
    with (DATA / "language" / "words.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            vectors[row["en"]][row["zh"]] = vectors[row["zh"]][row["en"]] = float(row["weight"])
    light = {stem(str(w)) for w in data["light"]["en"]} | {str(w) for w in data["light"]["zh"]}
    small = {stem(str(w)) for w in data["small"]["en"]} | {str(w) for w in data["small"]["zh"]}
    return Lexicon(
        {word: frozenset(ids) for word, ids in groups.items()},
        dict(vectors),
        frozenset(light | small),
        frozenset(small),
        rivals,
        {word: frozenset(same) for word, same in synonyms.items()},
    )
