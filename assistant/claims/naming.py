"""What a claim names, and whether its evidence names it too: concepts, parts of the body, groups of people."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.claims.lexicon import Lexicon, Word, load_lexicon, words
from assistant.claims.quantities import claims
from corpus.concepts import Concept, ConceptTable, Mention
from corpus.text import HAN, normalise

Presence = Literal["named", "narrower", "absent"]
#: A fall is not what falls off or asleep.
_PARTICLE = re.compile(r"fall(?:s|ing|en)? (?:off|asleep|below|under|outside|to)(?![a-z])")
#: From here on two words count as the same thing in other words.
ALIKE = 0.45
#: What separates the items of a list, and how many words an item has at most.
_SEPARATOR = re.compile(r",|(?<![a-z])(?:and|or)(?![a-z])|[、和或及与]")
_ITEM_WORDS = 2


@functools.lru_cache(maxsize=4)
def extended(table: ConceptTable) -> ConceptTable:
    """The concept table with parts of the body and groups of people added."""
    concepts = {concept.id: concept for concept in table}
    for kind in ("body", "people"):
        for entry in claims()[kind]:
            name, en, zh = entry[:3]
            parents = tuple(f"{kind}:{p}" for p in entry[3]) if len(entry) > 3 else ()
            known = next((c for c in map(table.lookup, (*en, *zh)) if c and table[c].kind == "person"), None)
            if known and kind == "people":
                concept = concepts[known]
                concepts[known] = replace(concept, names_en=(*concept.names_en, *en), names_zh=(*concept.names_zh, *zh))
            else:
                concept_kind = "body part" if kind == "body" else "person"
                concepts[f"{kind}:{name}"] = Concept(
                    f"{kind}:{name}", concept_kind, en[0], zh[0], tuple(en[1:]), tuple(zh[1:]), parents
                )
    return ConceptTable(concepts.values(), table.measurements.values())


@dataclass(frozen=True)
class Named:
    """The concepts and words of a text; ``sure`` leaves out Chinese names that the segmenter sees otherwise."""

    folded: str
    mentions: tuple[Mention, ...]
    sure: tuple[Mention, ...]
    words: tuple[Word, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of the concepts named."""
        return frozenset(m.concept for m in self.mentions)

    @functools.cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all words."""
        return frozenset(w.stem for w in self.words)


@functools.lru_cache(maxsize=512)
def read_names(folded: str, table: ConceptTable) -> Named:
    """The concepts and words of a normalised text; *table* is an :func:`extended` one."""
    found = tuple(words(folded))
    edges = {edge for word in found for edge in (word.start, word.end)}
    mentions = tuple(
        m for m in table.find(folded) if not _inside_word(m, found) and not _PARTICLE.match(folded, m.start)
    )
    mentions = tuple(sorted((*mentions, *_unseen(found, mentions, folded, table)), key=lambda m: m.start))
    sure = tuple(m for m in mentions if not HAN.match(m.name) or {m.start, m.end} <= edges)
    return Named(folded, mentions, sure, found)


def _unseen(found: Sequence[Word], mentions: Sequence[Mention], folded: str, table: ConceptTable) -> Iterator[Mention]:
    """Names that are whole words here though the segmenter drew them together with a word of grammar: 用手掌."""
    for word in found:
        if (
            word.han
            and word.end - word.start > 1
            and not any(m.start < word.end and word.start < m.end for m in mentions)
        ):
            concept = table.lookup(folded[word.start : word.end])
            if concept is not None:
                yield Mention(concept, word.start, word.end, folded[word.start : word.end])


def _inside_word(mention: Mention, found: Sequence[Word]) -> bool:
    """Whether a Chinese name begins or ends in the middle of one word: 性病 in 慢性病."""
    return any(
        word.han and word.end - word.start > mention.end - mention.start
        and word.start <= mention.start and mention.end <= word.end
        for word in found
    )  # fmt: skip


def presence(
    mention: Mention, claim: Named, evidence: Named, facts: Iterable[str], table: ConceptTable
) -> tuple[Presence, frozenset[str]]:
    """Whether the evidence or the patient's facts name what a claim names, and which concepts of theirs do."""
    known = evidence.ids | set(facts)
    same = frozenset(k for k in known if table.is_a(k, mention.concept))
    if same:
        return "named", same
    if any(name in evidence.folded for name in _han_names(table, mention.concept)):
        return "named", frozenset({mention.concept})
    if HAN.match(mention.name) and any(name <= evidence.stems for name in _english(table, mention.concept)):
        return "named", frozenset(k for k in evidence.ids if table[k].kind == table[mention.concept].kind)
    inside = [w for w in claim.words if mention.start <= w.start < mention.end]
    if covered(inside, evidence.words, load_lexicon()):
        return "named", frozenset(k for k in evidence.ids if _overlap(table[k], mention))
    wider = frozenset(k for k in known if table.is_a(mention.concept, k))
    return ("narrower" if wider else "absent"), wider


def in_one_list(between: str) -> bool:
    """Whether the text between two things is that of a list, in which their order says nothing."""
    items = _SEPARATOR.split(between)
    return len(items) > 1 and all(len(item.split()) <= _ITEM_WORDS for item in items)


def covered(inside: Sequence[Word], others: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether every word that says something has a like among the others."""
    telling = [w for w in inside if w.stem not in lexicon.light or len(inside) == 1]
    if not telling:
        stems = {w.stem for w in others}
        rest = [w for w in inside if w.stem not in lexicon.small]
        return bool(rest) and sum(w.stem in stems for w in rest) * 2 >= len(rest)
    return all(explains(w, others, lexicon, strict=True) for w in telling)


def partly(mention: Mention, claim: Named, evidence: Named) -> bool:
    """Whether the evidence has at least half the words of what a claim names."""
    lexicon = load_lexicon()
    inside = [w for w in claim.words if mention.start <= w.start < mention.end and w.stem not in lexicon.small]
    return bool(inside) and 2 * sum(explains(w, evidence.words, lexicon) for w in inside) >= len(inside)


def explains(word: Word, others: Sequence[Word], lexicon: Lexicon, *, strict: bool = False) -> bool:
    """Whether a word has a like among the others, or each character of a Chinese one says nothing or has one.

    To be *strict* at least one of the characters has to have a like.
    """
    if best_match(word, others, lexicon)[0] >= ALIKE:
        return True
    if not word.han or len(word.stem) < 2:
        return False
    if strict and all(char in lexicon.light for char in word.stem):
        return False
    return all(
        char in lexicon.light or best_match(Word(char, word.start, word.end), others, lexicon)[0] >= ALIKE
        for char in word.stem
    )


def best_match(word: Word, others: Sequence[Word], lexicon: Lexicon) -> tuple[float, Word | None]:
    """The most alike of the other words and how alike it is."""
    best: tuple[float, Word | None] = (0.0, None)
    for other in others:
        score = lexicon.alike(word.stem, other.stem)
        if score > best[0]:
            best = (score, other)
            if score == 1.0:
                break
    return best


@functools.lru_cache(maxsize=20_000)
def _han_names(table: ConceptTable, concept: str) -> tuple[str, ...]:
    return tuple(n for n in map(normalise, table[concept].names) if not n.isascii() and len(n) >= 2)


@functools.lru_cache(maxsize=20_000)
def _english(table: ConceptTable, concept: str) -> tuple[frozenset[str], ...]:
    """The stems of each English name but for those that say little."""
    light = load_lexicon().light
    names = (frozenset(w.stem for w in words(normalise(n))) - light for n in table[concept].names if n.isascii())
    return tuple(name for name in names if name)


def _overlap(concept: Concept, mention: Mention) -> bool:
    stems = {w.stem for name in concept.names[:2] for w in words(normalise(name))}
    return any(w.stem in stems for w in words(mention.name))
