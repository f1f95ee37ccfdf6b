"""Findings put together from words that stand near each other: "my chest is dead tight", "心口像堵了块石头".

A list of names can never hold every way to say a thing; a list of words for the place and one for the
feeling holds their product. Words and findings are data (``corpus/data/language/findings.yaml``).
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick_rs

from corpus.concepts import ConceptTable, Mention
from corpus.load import DATA, read_yaml
from corpus.text import HAN, normalise

Span = tuple[int, int]
_COMMA = re.compile(r"[,，、]|(?<= )- ")
_JOINED = re.compile(
    r"^[\s,，、]*(?:and|or|&|\+|then|into|和|跟|与|及|连着|还有|带)?[\s,，、]*(?:my|his|her|the|me|both|left|right)?\s*$"
)
#: A clause in which a word stands this often is not read word by word: nobody writes like that.
_MOST_HITS = 8
_MOST_CHOICES = 400


@dataclass(frozen=True, slots=True)
class _Composition:
    """One finding: its concept, the groups of which each part needs a hit, and how near they must be."""

    concept: str
    parts: tuple[frozenset[str], ...]
    ordered: bool
    across: bool
    without: frozenset[str]
    within: Mapping[str, int]
    lang: str | None
    plain: bool


@dataclass(frozen=True)
class Compositions:
    """Every group of words and every finding made of them, ready to be looked for."""

    entries: tuple[tuple[str, str, bool], ...]
    automaton: ahocorasick_rs.AhoCorasick
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    findings: tuple[_Composition, ...]
    places: frozenset[str]
    shadows: frozenset[str]

    def find(self, folded: str, clauses: Iterable[Span]) -> list[Mention]:
        """The findings in normalised text, each within one clause, with the spans of their parts."""
        hits = sorted({*self._hits(folded), *self._pattern_hits(folded)})
        hidden = [(start, end) for start, end, group in hits if group in self.shadows]
        hits = [
            (a, b, group) for a, b, group in hits if not any(s <= a and b <= e and b - a < e - s for s, e in hidden)
        ]
        if not hits:
            return []
        language = "zh" if HAN.search(folded) else "en"
        found: list[Mention] = []
        for start, end in clauses:
            inside: dict[str, list[Span]] = {}
            for left, right, group in hits:
                if start <= left and right <= end:
                    inside.setdefault(group, []).append((left, right))
            found += self._in_clause(folded, inside, language) if inside else ()
        return found

    @functools.cached_property
    def _by_group(self) -> Mapping[str, list[int]]:
        """The findings by the groups of their first part: only those are looked at whose first part has a hit."""
        found: dict[str, list[int]] = {}
        for number, finding in enumerate(self.findings):
            for group in finding.parts[0]:
                found.setdefault(group, []).append(number)
        return found

    def _hits(self, folded: str) -> Iterator[tuple[int, int, str]]:
        for index, start, end in self.automaton.find_matches_as_indexes(folded, overlapping=True):
            group, word, open_end = self.entries[index]
            if word[0].isascii():
                if start and _joins(folded[start - 1], folded[start]):
                    continue
                if open_end:
                    while end < len(folded) and folded[end].isascii() and folded[end].isalpha():
                        end += 1
                else:
                    end = _whole(folded, end)
                    if end < 0:
                        continue
            yield start, end, group

    def _pattern_hits(self, folded: str) -> Iterator[tuple[int, int, str]]:
        for group, pattern in self.patterns:
            for match in pattern.finditer(folded):
                yield match.start(), match.end(), group

    def _in_clause(self, folded: str, inside: dict[str, list[Span]], language: str) -> Iterator[Mention]:
        present = inside.keys()
        for number in sorted({n for group in present for n in self._by_group.get(group, ())}):
            finding = self.findings[number]
            if (finding.lang == "zh" and language == "en") or not all(part & present for part in finding.parts):
                continue
            if finding.without & present:
                continue
            choices: list[list[Span]] = []
            for part in finding.parts:
                spans = sorted({span for group in part & present for span in inside[group]})
                choices.append(_maximal(spans)[:_MOST_HITS])
            yield from self._choose(folded, finding, choices, inside, finding.within[finding.lang or language])

    def _choose(
        self, folded: str, finding: _Composition, choices: list[list[Span]], inside: dict[str, list[Span]], within: int
    ) -> Iterator[Mention]:
        """The nearest combinations of one hit a part, none of them sharing a word."""
        fits: list[tuple[int, list[Span]]] = []
        for chosen in itertools.islice(itertools.product(*choices), _MOST_CHOICES):
            spans = sorted(chosen)
            if finding.ordered and spans != list(chosen):
                continue
            distance = _distance(folded, spans, finding.across)
            if distance is None or distance > within:
                continue
            if not self._other_place_between(folded, finding, spans, inside):
                fits.append((distance, spans))
        taken: list[Span] = []
        for _, spans in sorted(fits):
            start, end = spans[0][0], max(e for _, e in spans)
            if not any(a < end and start < b for a, b in taken):
                taken.append((start, end))
                yield Mention(finding.concept, start, end, folded[start:end], tuple(spans), finding.plain)

    def _other_place_between(
        self, folded: str, finding: _Composition, spans: Sequence[Span], inside: dict[str, list[Span]]
    ) -> bool:
        """Whether a word for another part of the body parts the words: in "chest fine leg sore" the chest is not."""
        own = frozenset().union(*finding.parts) & self.places
        if not own:
            return False
        for group in self.places & inside.keys() - own:
            for start, end in inside[group]:
                for (_, left), (right, _) in itertools.pairwise(spans):
                    joined = _JOINED.match(folded[left:start]) or _JOINED.match(folded[end:right])
                    if left <= start and end <= right and not joined:
                        return True
        return False


def _joins(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def _whole(text: str, end: int) -> int:
    """Where the word that stands up to *end* ends with its plural or possessive s; -1 where it goes on otherwise."""
    for ending in ("'s", "s", "es"):
        after = end + len(ending)
        if text.startswith(ending, end) and (after == len(text) or not _joins(text[after - 1], text[after])):
            return after
    return -1 if end < len(text) and _joins(text[end - 1], text[end]) else end


def _maximal(spans: Sequence[Span]) -> list[Span]:
    """Spans that lie in no other one: of "heart" and "heart attack" the longer."""
    return [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]


def _distance(folded: str, spans: Sequence[Span], across: bool) -> int | None:
    """The characters between the parts together; ``None`` where parts overlap or a comma stands between them."""
    total = 0
    for (_, left), (right, _) in itertools.pairwise(spans):
        if right < left or (not across and _COMMA.search(folded, left, right)):
            return None
        total += right - left
    return total


def merge_mentions(named: list[Mention], composed: list[Mention], table: ConceptTable) -> list[Mention]:
    """Both kinds of mention in order; of two at the same place that say the same the more exact one stays."""
    kept = list(named)
    for mention in composed:
        rivals = [k for k in kept if k.start < mention.end and mention.start < k.end]
        if any(table.is_a(r.concept, mention.concept) for r in rivals):
            continue
        kept = [k for k in kept if k not in rivals or not table.is_a(mention.concept, k.concept)]
        kept.append(mention)
    return sorted(kept, key=lambda m: (m.start, m.end))


@functools.cache
def compositions() -> Compositions:
    """The findings of the data files, read once: what is common, and the words and findings of each language."""
    data: dict[str, Any] = read_yaml(DATA / "language" / "findings.yaml")
    for language in ("en", "zh"):
        own = read_yaml(DATA / "language" / f"findings_{language}.yaml")
        for name, lists in own["groups"].items():
            known = data["groups"].setdefault(name, {})
            for key, words in lists.items():
                known[key] = [*known.get(key, ()), *words]
        data["findings"] += [{"lang": language} | entry for entry in own["findings"]]
        for key in ("places", "shadows"):
            data[key] = [*data.get(key, ()), *own.get(key, ())]
    return build(data)


def build(data: Mapping[str, Any]) -> Compositions:
    """Compositions of a data file's content; raises :class:`ValueError` for a group that is not there."""
    groups: dict[str, list[str]] = {}
    patterns: list[tuple[str, re.Pattern[str]]] = []
    for name, lists in data["groups"].items():
        groups[name] = [str(word) for key, words in lists.items() if key != "patterns" for word in words or ()]
        for pattern in lists.get("patterns", ()):
            patterns.append((name, re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])")))
    default: dict[str, int] = data["within"]
    findings = []
    for entry in data["findings"]:
        parts = []
        for part in entry["parts"]:
            names = {name.strip() for name in str(part).split("|")}
            for name in names:
                if name.startswith("="):
                    groups.setdefault(name, [name[1:]])
                elif name not in groups:
                    raise ValueError(f"findings.yaml: {entry['concept']}: there is no group {name!r}")
            parts.append(frozenset(names))
        findings.append(
            _Composition(
                concept=entry["concept"],
                parts=tuple(parts),
                ordered=bool(entry.get("ordered")),
                across=bool(entry.get("across")),
                without=frozenset(entry.get("without", ())),
                within=default | entry.get("within", {}),
                lang=entry.get("lang"),
                plain=bool(entry.get("plain")),
            )
        )
    entries = []
    for name, words in groups.items():
        for word in words:
            folded = normalise(word)
            open_end = folded.endswith("*")
            entries.append((name, folded.removesuffix("*"), open_end))
    automaton = ahocorasick_rs.AhoCorasick([e[1] for e in entries], matchkind=ahocorasick_rs.MatchKind.Standard)
    named = frozenset(data.get("places", ())), frozenset(data.get("shadows", ()))
    return Compositions(tuple(entries), automaton, tuple(patterns), tuple(findings), *named)
