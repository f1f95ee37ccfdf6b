"""Chinese slips of the keyboard, read as the words that were meant: 胸藤 is 胸疼, 呼息 is 呼吸, 抽经 is 抽筋.

Who types by sound takes the wrong character of the right syllable. A stretch is read as a word of our own lexicon
where the syllables are the same, at least one character is too, and every other one stands alone and is no word by
itself (``corpus/data/language/homophones.yaml``): where a dictionary sees a word, that word is meant. Lengths stay
equal, so that places in the text stay what they are. Readings come from pypinyin (MIT licence), of which only the
table of characters is loaded, and only for Chinese.
"""

from __future__ import annotations

import functools
import importlib.util
import itertools
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from corpus.concepts import ConceptTable
from corpus.load import DATA, read_yaml, strings_in
from corpus.text import HAN

_SHORTEST, _LONGEST = 2, 6
#: Words of two characters must sound the same; longer ones may differ as dialects do (n/l, zh/z, in/ing).
_LOOSE = 3
_MOST_READINGS = 12
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))

_Index = Mapping[tuple[str, ...], tuple[str, ...]]


def respell(folded: str, table: ConceptTable) -> str:
    """Put right the Chinese slips in normalised text; the result is as long as the text."""
    if not HAN.search(folded):
        return folded
    import rjieba

    bounds, alone, position = {0}, set[int](), 0
    for word in rjieba.cut(folded, False):
        if len(word) == 1 and HAN.match(word) and _may_slip(word):
            alone.add(position)
        position += len(word)
        bounds.add(position)
    if not alone:
        return folded
    strict, loose, words = _lexicon(table)
    result = list(folded)
    taken: set[int] = set()
    for length in range(_LONGEST, _SHORTEST - 1, -1):
        starts = {start for place in alone for start in range(place - length + 1, place + 1)}
        for start in sorted(starts & bounds):
            end = start + length
            stretch = folded[start:end]
            if end not in bounds or stretch in words or not taken.isdisjoint(range(start, end)):
                continue
            meant = _meant(stretch, {place - start for place in alone}, strict, loose)
            if meant:
                result[start:end] = meant
                taken.update(range(start, end))
    return "".join(result)


def _meant(stretch: str, alone: set[int], strict: _Index, loose: _Index) -> str | None:
    """The word that a stretch sounds like, if there is one."""
    readings = [_readings(char) for char in stretch]
    if not all(readings):
        return None
    for index, key_of in ((strict, _exact), (loose, _near)):
        if index is loose and len(stretch) < _LOOSE:
            break
        for syllables in itertools.islice(itertools.product(*readings), _MOST_READINGS):
            words = index.get(tuple(key_of(s) for s in syllables), ())
            likely = [(-1 if _is_known(stretch, word) else 0, word) for word in words if _may_be(stretch, word, alone)]
            if likely:
                return min(likely)[1]
    return None


@functools.cache
def _may_slip(char: str) -> bool:
    """Whether a character that stands alone may be a slip at all."""
    likely, shapes, ordinary = _data()
    return char not in ordinary or any(char in typed for typed in (*likely.values(), *shapes.values()))


def _may_be(stretch: str, word: str, alone: set[int]) -> bool:
    """Whether the characters that differ stand alone and may each be a slip, and enough of the word is there."""
    ordinary = _data()[2]
    changed = [i for i, (a, b) in enumerate(zip(stretch, word, strict=True)) if a != b]
    return 0 < len(changed) <= max(1, len(word) // 2) and all(
        i in alone and (stretch[i] not in ordinary or _is_known(stretch[i], word[i])) for i in changed
    )


def _is_known(written: str, meant: str) -> bool:
    """Whether each character is the one meant or one often taken for it."""
    likely, shapes, _ = _data()
    return all(a == b or a in likely.get(b, "") + shapes.get(b, "") for a, b in zip(written, meant, strict=True))


def _exact(syllable: str) -> str:
    return syllable


@functools.cache
def _near(syllable: str) -> str:
    """The syllable without what speakers of the south and west run together."""
    for full, short in _INITIALS:
        if syllable.startswith(full):
            syllable = short + syllable.removeprefix(full)
            break
    for full, short in _FINALS:
        if syllable.endswith(full):
            return syllable.removesuffix(full) + short
    return syllable


@functools.cache
def _readings(char: str) -> tuple[str, ...]:
    """The syllables a character is read with, without tones."""
    marked = _table().get(ord(char), "")
    plain = (
        "".join(c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c)) for s in marked.split(",")
    )
    likened = (meant for meant, shapes in _data()[1].items() if char in shapes)
    return tuple(dict.fromkeys([*(s for s in plain if s), *(s for meant in likened for s in _readings(meant))]))[:3]


@functools.cache
def _data() -> tuple[dict[str, str], dict[str, str], frozenset[str]]:
    """What is often typed for a character, what looks like it, and the characters that are words by themselves."""
    data = read_yaml(DATA / "language" / "homophones.yaml")
    return data["meant"], data["shapes"], frozenset(data["ordinary"])


@functools.cache
def _table() -> Mapping[int, str]:
    """The readings of every character: the package's data file alone, not its dictionary of phrases."""
    package = importlib.util.find_spec("pypinyin")
    if package is None or not package.submodule_search_locations:
        return {}
    path = Path(package.submodule_search_locations[0], "pinyin_dict.py")
    spec = importlib.util.spec_from_file_location("_pinyin_characters", path)
    if spec is None or spec.loader is None:
        return {}
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    readings: dict[int, str] = module.pinyin_dict
    return readings


@functools.lru_cache(maxsize=4)
def _lexicon(table: ConceptTable) -> tuple[_Index, _Index, frozenset[str]]:
    """Our words by their syllables, said exactly and said loosely, and the words themselves."""
    words = {name for name, concept in table.names.items() if table[concept].kind in ("symptom", "condition")}
    words |= {name for name, concept in table.names.items() if table[concept].kind == "medicine" and len(name) > 2}
    words.update(strings_in(read_yaml(DATA / "language" / "findings_zh.yaml")))
    words.update(cue for cue in strings_in(read_yaml(DATA / "language" / "cues.yaml")) if len(cue) > 2)
    kept = {w for w in words if _SHORTEST <= len(w) <= _LONGEST and all(map(HAN.match, w))}
    strict: dict[tuple[str, ...], list[str]] = {}
    loose: dict[tuple[str, ...], list[str]] = {}
    for word in sorted(kept):
        syllables = [_readings(char)[:1] for char in word]
        if all(syllables):
            strict.setdefault(tuple(s[0] for s in syllables), []).append(word)
            loose.setdefault(tuple(_near(s[0]) for s in syllables), []).append(word)
    return ({k: tuple(v) for k, v in strict.items()}, {k: tuple(v) for k, v in loose.items()}, frozenset(kept))
