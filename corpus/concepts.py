"""The concept table: what things are called, what they are a kind of, and how they are measured."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import ahocorasick_rs

from corpus.errors import CorpusError
from corpus.text import HAN, detect_language, normalise

#: By how many characters a Chinese name that cuts a word in two counts as shorter than it is.
_SPLIT_PENALTY = 1.5

_SIBILANTS = ("s", "x", "z", "ch", "sh", "o")

KINDS = frozenset(
    {
        "condition",
        "symptom",
        "medicine",
        "food",
        "nutrient",
        "activity",
        "care",
        "device",
        "function",
        "habit",
        "person",
    }
)


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing with a name: ``id``, ``kind``, its names in both languages, and what it is a kind of."""

    id: str
    kind: str
    en: str
    zh: str
    names_en: tuple[str, ...] = ()
    names_zh: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    where: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in both languages, the preferred ones first."""
        return (self.en, self.zh, *self.names_en, *self.names_zh)

    def label(self, language: str) -> str:
        """The preferred name in ``"en"`` or ``"zh"``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Measurement:
    """A lab value or vital sign: its key, unit, what is possible, and how other units convert into its own."""

    key: str
    kind: str
    en: str
    zh: str
    names: tuple[str, ...]
    unit: str
    minimum: float
    maximum: float
    alternatives: dict[str, tuple[float, float]] = field(default_factory=dict)
    codes: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        """The preferred name in ``"en"`` or ``"zh"``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept named in a text, with the span of the name in the *normalised* text.

    ``parts`` are the spans of the words it is put together from, where it is no name but words near each other;
    ``plain`` says that no cue changes it, as a wish for an appointment stays one also after "if".
    """

    concept: str
    start: int
    end: int
    name: str
    parts: tuple[tuple[int, int], ...] = ()
    plain: bool = False


class ConceptTable:
    """All concepts and measurements, with look-up by id, by name, and inside running text."""

    def __init__(self, concepts: Iterable[Concept], measurements: Iterable[Measurement]) -> None:
        self._concepts = {c.id: c for c in concepts}
        self.measurements = {m.key: m for m in measurements}
        self._by_name: dict[str, str] = {}
        for concept in self._concepts.values():
            for name in concept.names:
                self._by_name.setdefault(normalise(name), concept.id)
        self._ancestors = functools.cache(self._find_ancestors)

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self._concepts

    def __iter__(self) -> Iterator[Concept]:
        return iter(self._concepts.values())

    def __len__(self) -> int:
        return len(self._concepts)

    def __getitem__(self, concept_id: str) -> Concept:
        return self._concepts[concept_id]

    def label(self, concept_id: str, language: str) -> str:
        """The preferred name of a concept or measurement; the id itself where it is neither."""
        known = self._concepts.get(concept_id) or self.measurements.get(concept_id)
        return known.label(language) if known else concept_id

    def is_a(self, concept_id: str, ancestor: str) -> bool:
        """Whether *concept_id* is *ancestor* or a kind of it."""
        return concept_id == ancestor or ancestor in self._ancestors(concept_id)

    def ancestors(self, concept_id: str) -> frozenset[str]:
        """Everything *concept_id* is a kind of, itself not included."""
        return self._ancestors(concept_id)

    def lookup(self, name: str) -> str | None:
        """The concept that has exactly this name, in either language and script."""
        return self._by_name.get(normalise(name).strip(" .,;，。；"))

    @functools.cached_property
    def names(self) -> dict[str, str]:
        """Normalised name → concept id."""
        return dict(self._by_name)

    def by_usual_names(self, text: str) -> str:
        """The normalised text with every name in it replaced by its concept's preferred one: "puking" is "vomiting"."""
        folded = normalise(text)
        language = detect_language(folded)
        parts, at = [], 0
        for mention in self.find(folded):
            if mention.start >= at:
                parts += [folded[at : mention.start], self.label(mention.concept, language)]
                at = mention.end
        return "".join([*parts, folded[at:]])

    def find(self, text: str) -> list[Mention]:
        """Return the concepts named in *text*, left to right, the longest name where names overlap.

        A name that cuts a word in two counts as shorter: 没有呼吸困难 holds 呼吸困难, not 没有呼吸.

        English names match whole words (a plural ``s`` is allowed). A Chinese name of one character, or of
        two that is not a complaint or disease, matches only where the segmenter sees words begin and end:
        少盐 is not in 多少盐. Complaints match anywhere, since missing one is worse.
        """
        folded = normalise(text)
        names, automaton = self._automaton
        boundaries = _word_boundaries(folded) if HAN.search(folded) else frozenset()
        found: list[tuple[int, int, str]] = []
        for index, start, end in automaton.find_matches_as_indexes(folded, overlapping=True):
            end = _plural_end(folded, start, end)
            if not _stands_alone(folded, start, end):
                continue
            if HAN.match(folded[start]) and not {start, end} <= boundaries and self._needs_word(names[index]):
                continue
            found.append((start, end, names[index]))

        def preference(match: tuple[int, int, str]) -> tuple[float, int]:
            start, end, _ = match
            splits_word = HAN.match(folded[end - 1]) is not None and not {start, end} <= boundaries
            return start - end + (_SPLIT_PENALTY if splits_word else 0), start

        found.sort(key=preference)
        taken = bytearray(len(folded) + 1)
        chosen: list[Mention] = []
        for start, end, name in found:
            if not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                chosen.append(Mention(self._by_name[name], start, end, folded[start:end]))
        return sorted(chosen, key=lambda m: m.start)

    def _needs_word(self, name: str) -> bool:
        complaint = self._concepts[self._by_name[name]].kind in ("symptom", "condition")
        return len(name) == 1 or (len(name) == 2 and not complaint)

    @functools.cached_property
    def _automaton(self) -> tuple[list[str], ahocorasick_rs.AhoCorasick]:
        names = [name for name in self._by_name if name]
        return names, ahocorasick_rs.AhoCorasick(names, matchkind=ahocorasick_rs.MatchKind.Standard)

    def _find_ancestors(self, concept_id: str) -> frozenset[str]:
        seen: set[str] = set()
        queue = list(self._concepts[concept_id].parents) if concept_id in self._concepts else []
        while queue:
            parent = queue.pop()
            if parent not in seen and parent in self._concepts:
                seen.add(parent)
                queue.extend(self._concepts[parent].parents)
        return frozenset(seen)


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _plural_end(text: str, start: int, end: int) -> int:
    if _is_word(text[end - 1]) and end < len(text):
        for suffix in ("es", "s") if text[start:end].endswith(_SIBILANTS) else ("s",):
            after = end + len(suffix)
            if text.startswith(suffix, end) and (after == len(text) or not _is_word(text[after])):
                return after
    return end


def _stands_alone(text: str, start: int, end: int) -> bool:
    left_ok = start == 0 or not (_is_word(text[start]) and _is_word(text[start - 1]))
    right_ok = end == len(text) or not (_is_word(text[end - 1]) and _is_word(text[end]))
    return left_ok and right_ok


#: What the segmenter takes for the first character of a word that it does not know: 和伟哥.
_JOINING = frozenset("和跟与同及或")


def _word_boundaries(text: str) -> frozenset[int]:
    import rjieba  # loading its dictionary takes a tenth of a second: only where there is Chinese

    position, boundaries = 0, {0}
    for word in rjieba.cut(text):
        if len(word) > 2 and word[0] in _JOINING:
            boundaries.add(position + 1)
        position += len(word)
        boundaries.add(position)
    return frozenset(boundaries)


def _split(cell: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split("|") if part.strip())


def read_concepts(folder: Path) -> ConceptTable:
    """Read every CSV file of *folder*; ``measurements.csv`` holds labs and vital signs.

    Raises :class:`~corpus.errors.CorpusError` naming file and line for a row that cannot be read.
    """
    concepts: list[Concept] = []
    measurements: list[Measurement] = []
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise CorpusError(f"no concept tables (*.csv) in {folder}; reinstall the package or restore the folder")
    for path in files:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            for row in reader:
                where = f"{path.name}:{reader.line_num}"
                try:
                    if path.name == "measurements.csv":
                        measurements.append(_measurement(row))
                    else:
                        concepts.append(_concept(row, where))
                except (KeyError, TypeError, ValueError) as error:
                    raise CorpusError(f"{where}: cannot read this row ({error}); compare it with the header") from error
    return ConceptTable(concepts, measurements)


def _concept(row: dict[str, str], where: str) -> Concept:
    if row["kind"] not in KINDS:
        raise ValueError(f"unknown kind {row['kind']!r}")
    return Concept(
        id=row["id"],
        kind=row["kind"],
        en=row["en"].strip(),
        zh=row["zh"].strip(),
        names_en=_split(row["names_en"]),
        names_zh=_split(row["names_zh"]),
        parents=_split(row["parents"]),
        codes=_split(row["codes"]),
        where=where,
    )


def _measurement(row: dict[str, str]) -> Measurement:
    alternatives = {}
    for part in _split(row["alternatives"]):
        suffix, _, formula = part.partition("=")
        factor, _, offset = formula.replace("+-", "-").replace("-", "+-").lstrip("+").partition("+")
        alternatives[suffix.strip()] = (float(factor), float(offset or 0))
    return Measurement(
        key=row["key"],
        kind=row["kind"],
        en=row["en"].strip(),
        zh=row["zh"].strip(),
        names=(row["en"].strip(), row["zh"].strip(), *_split(row["names_en"]), *_split(row["names_zh"])),
        unit=row["unit"],
        minimum=float(row["min"]),
        maximum=float(row["max"]),
        alternatives=alternatives,
        codes=_split(row["codes"]),
    )
