"""Answers from users' documents: the best sentences of the best passages, quoted exactly.

Such a document has no structure to say whom a sentence is for. So passages about other people are left out
(by their population tags), a sentence has to be about what was asked, and the same rules that hold back our own
statements hold back a sentence that advises, or merely names without advising against, what this patient must
not have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.directions import advice_in
from assistant.facts import PatientFacts
from assistant.hazards import Hazards
from assistant.plan import Plan
from corpus.concepts import ConceptTable
from corpus.conditions import Fact
from corpus.documents import Passage, Population
from corpus.models import TOWARDS, Contraindication, Kind
from corpus.text import sentences
from index.lexical import tokenise

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from index.search import Hit, Searcher

_PASSAGES, _SENTENCES = 8, 3
#: The least a sentence has to cover of the words and concepts asked about to be worth quoting.
_COVERED = 0.3
_LONGEST = 600
#: The kind of advice a sentence gives, by the kind of the first thing it names.
_KIND_OF: dict[str, Kind] = {
    "food": "diet", "nutrient": "diet", "activity": "activity", "medicine": "medicine_safety", "care": "intervene",
    "device": "intervene",
}  # fmt: skip
#: From this age on (years) nobody is a child for a document's purposes, and below it nobody an adult.
_ADULT = 18


@dataclass(frozen=True)
class Quoted:
    """A sentence of a user's document: where it stands, what kind of advice it is, how well it answers."""

    passage: Passage
    start: int
    end: int
    text: str
    kind: Kind
    score: float


@dataclass(frozen=True)
class HeldQuote:
    """A sentence that this patient must not be given, the concept it names and the rule against it."""

    quoted: Quoted
    concept: str
    by: Contraindication
    because: tuple[Fact, ...]


def quote(
    plan: Plan,
    facts: PatientFacts,
    hazards: Hazards,
    searcher: Searcher,
    table: ConceptTable,
    rows: npt.NDArray[np.bool_],
    least: float,
) -> tuple[list[Quoted], list[HeldQuote]]:
    """The best sentences for a question among *rows*, and those held back; passages below cosine *least* are out."""
    if not rows.any():
        return [], []
    asked = [*plan.asked, *plan.named]
    hits = searcher.search(plan.query, k=_PASSAGES, accept=rows, concepts=asked)
    found: list[Quoted] = []
    for hit in hits:
        if hit.cosine < least:
            continue
        passage = searcher.version.passage(hit.row)
        if not _is_for(passage.population, facts):
            continue
        found += _sentences(passage, hit, plan, asked, searcher, table)
    kept: list[Quoted] = []
    held: list[HeldQuote] = []
    seen: set[str] = set()
    for quoted in sorted(found, key=lambda q: (-q.score, q.passage.id, q.start)):
        if quoted.text in seen:
            continue
        seen.add(quoted.text)
        against = forbidden_in(quoted.text, hazards, table)
        if against is not None and len(held) < _SENTENCES:
            concept, rule, because = against
            held.append(HeldQuote(quoted, concept, rule, because))
        elif against is None and len(kept) < _SENTENCES:
            kept.append(quoted)
    return kept, held


def forbidden_in(
    text: str, hazards: Hazards, table: ConceptTable
) -> tuple[str, Contraindication, tuple[Fact, ...]] | None:
    """The first thing a text advises, or names without advising against it, that a rule forbids this patient."""
    for advice in advice_in(text, table):
        if advice.direction in TOWARDS and (found := hazards.forbidden(advice.target)):
            return advice.target, *found
    return None


def _sentences(
    passage: Passage, hit: Hit, plan: Plan, asked: Sequence[str], searcher: Searcher, table: ConceptTable
) -> Iterable[Quoted]:
    body = searcher.version.document(passage.document).text[passage.start : passage.end]
    wanted = set(tokenise(plan.query))
    for start, end in sentences(body):
        text = body[start:end]
        if end - start > _LONGEST or text.endswith(("?", "？", ":", "：")):
            continue
        named = [mention.concept for mention in table.find(text)]
        by_concept = _share([any(table.is_a(n, a) or table.is_a(a, n) for n in named) for a in asked])
        by_word = len(wanted & set(tokenise(text))) / len(wanted) if wanted else 0.0
        covered = max(by_concept, by_word) if asked else by_word
        if covered < _COVERED:
            continue
        advised = [advice.target for advice in advice_in(text, table)]
        kind: Kind = next((_KIND_OF[table[c].kind] for c in advised if table[c].kind in _KIND_OF), "educate")
        score = hit.score * (0.5 + 0.25 * by_concept + 0.25 * by_word)
        yield Quoted(passage, passage.start + start, passage.start + end, text, kind, score)


def _is_for(population: Sequence[Population], facts: PatientFacts) -> bool:
    """Whether a passage about these people may be about this patient; what is not known leaves nobody out."""
    if not population:
        return True
    age, pregnant = facts.number("age_years"), facts.flag("pregnant")
    fits = []
    for group in population:
        if group in ("child", "newborn"):
            fits.append(age is None or age[0] < _ADULT)
        elif group in ("adult", "older"):
            fits.append(age is None or age[1] >= _ADULT)
        else:
            fits.append(pregnant is None or bool(pregnant[0]))
    return any(fits)


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else 0.0
