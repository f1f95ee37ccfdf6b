"""Findings put together from words that stand near each other: "my chest is dead tight", "心口像堵了块石头".

A list of names can never hold every way to say a thing; a list of words for the place and one for the
feeling holds their product. Words and findings are data (``corpus/data/language/findings.yaml``).
"""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick_rs

from corpus.concepts import ConceptTable, Mention
from corpus.load import DATA, read_yaml
from corpus.text import HAN, normalise

Span = tuple[int, int]
_LATIN = re.compile(r"[a-z]{2}")
_COMMA = re.compile(r"[,，、]|(?<= )- |\bbut\b")
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
    anywhere: bool
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
    felt: frozenset[str]
    shadows: frozenset[str]

    def find(self, folded: str, clauses: Iterable[Span]) -> list[Mention]:
        """The findings in normalised text, each within one clause, with the spans of their parts."""
        hits = sorted({*self._hits(folded), *self._pattern_hits(folded)})
        hidden = _maximal([(start, end) for start, end, group in hits if group in self.shadows])
        hits = [hit for hit in hits if not _lies_in(hit[:2], hidden)]
        if not hits:
            return []
        language = "zh" if HAN.search(folded) else "en"
        found: list[Mention] = []
        for start, end in clauses:
            inside = _grouped(hits, start, end)
            found += self._in_clause(folded, inside, language, False) if inside else ()
        found += self._in_clause(folded, _grouped(hits, 0, len(folded)), language, True)
        return found

    @functools.cached_property
    def _by_group(self) -> Mapping[str, list[int]]:
        """The findings by the groups of their first part: only those are looked at whose first part has a hit."""
        found: dict[str, list[int]] = {}
        for number, finding in enumerate(self.findings):
            for group in finding.parts[0]:
                found.setdefault(group, []).append(number)
        return found

    @functools.cached_property
    def _by_script(self) -> tuple[tuple[tuple[str, re.Pattern[str]], ...], ...]:
        """The expressions without Chinese characters, and those with them."""
        chinese = [HAN.search(pattern.pattern) is not None for _, pattern in self.patterns]
        both = tuple(zip(self.patterns, chinese, strict=True))
        return tuple(p for p, han in both if not han), tuple(p for p, han in both if han)

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
        if not HAN.search(folded):
            patterns = self._by_script[0]
        else:
            patterns = self.patterns if _LATIN.search(folded) else self._by_script[1]
        for group, pattern in patterns:
            for match in pattern.finditer(folded):
                yield match.start(), match.end(), group

    def _in_clause(
        self, folded: str, inside: dict[str, list[Span]], language: str, anywhere: bool
    ) -> Iterator[Mention]:
        present = inside.keys()
        for number in sorted({n for group in present for n in self._by_group.get(group, ())}):
            finding = self.findings[number]
            if finding.anywhere != anywhere:
                continue
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
            if not (self._other_place_between(folded, finding, spans, inside) or self._felt_before(spans, inside)):
                fits.append((distance, spans))
        taken: list[Span] = []
        for _, spans in sorted(fits):
            start, end = spans[0][0], max(e for _, e in spans)
            if not any(a < end and start < b for a, b in taken):
                taken.append((start, end))
                yield Mention(finding.concept, start, end, folded[start:end], tuple(spans), finding.plain)

    def _felt_before(self, spans: Sequence[Span], inside: dict[str, list[Span]]) -> bool:
        """Whether the first of two joined words is felt in the place before it: 头痛眼花 is no pain in the eye."""
        if len(spans) != 2 or spans[0][1] != spans[1][0]:
            return False
        places = {span for group in self.felt & inside.keys() for span in inside[group]}
        return spans[0] not in places and spans[1] in places and any(end == spans[0][0] for _, end in places)

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


def _grouped(hits: Sequence[tuple[int, int, str]], start: int, end: int) -> dict[str, list[Span]]:
    """The hits of each group within a stretch of the text; *hits* are in order."""
    inside: dict[str, list[Span]] = {}
    for left, right, group in hits[bisect_left(hits, (start,)) : bisect_left(hits, (end,))]:
        if right <= end:
            inside.setdefault(group, []).append((left, right))
    return inside


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
    kept: list[Span] = []
    for span in sorted(set(spans), key=lambda s: (s[0], -s[1])):
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return kept


def _lies_in(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span is a part of one of the *others*, which are in order and none within another."""
    last = bisect_right(others, span[0], key=lambda s: s[0]) - 1
    return last >= 0 and others[last] != span and span[1] <= others[last][1]


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
    kept: list[Mention] = []
    at: dict[int, set[int]] = {}  # which of them stand at a character

    def keep(mention: Mention) -> None:
        for place in range(mention.start, mention.end):
            at.setdefault(place, set()).add(len(kept))
        kept.append(mention)

    gone: set[int] = set()
    for mention in named:
        keep(mention)
    for mention in sorted(composed, key=lambda m: not m.plain):
        rivals = {n for place in range(mention.start, mention.end) for n in at.get(place, ())} - gone
        if any(table.is_a(kept[n].concept, mention.concept) for n in rivals):
            continue
        gone |= {n for n in rivals if table.is_a(mention.concept, kept[n].concept)}
        keep(mention)
    return sorted((m for n, m in enumerate(kept) if n not in gone), key=lambda m: (m.start, m.end))


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
        for key in ("places", "felt", "shadows"):
            data[key] = [*data.get(key, ()), *own.get(key, ())]
    return build(data)


def build(data: Mapping[str, Any]) -> Compositions:
    """Compositions of a data file's content; raises :class:`ValueError` for a group that is not there."""
    groups: dict[str, list[str]] = {}
    patterns: list[tuple[str, re.Pattern[str]]] = []
    for name, lists in data["groups"].items():
        strange = [
            word
            for key, words in lists.items()
            for word in words or ()
            if not isinstance(word, str | int) or isinstance(word, bool)
        ]
        if strange:
            raise ValueError(f"findings.yaml: {name}: {strange[0]!r} is no text; put it in quotes")
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
                across=bool(entry.get("across") or entry.get("anywhere")),
                anywhere=bool(entry.get("anywhere")),
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
    named = (frozenset(data.get(key, ())) for key in ("places", "felt", "shadows"))
    return Compositions(tuple(entries), automaton, tuple(patterns), tuple(findings), *named)
