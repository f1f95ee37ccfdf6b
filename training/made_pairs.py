"""Pairs made of the corpus by rules: a statement, its translation or its plain wording, as it is or with a slip in it.

A claim with words of the same meaning in it stays supported; one with another number, unit, food, medicine, person,
sign or an opposite is contradicted; one that says something of a neighbouring statement is not supported.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import rjieba

from corpus.concepts import Concept, ConceptTable
from corpus.load import DATA, Corpus, read_yaml
from corpus.models import Statement
from corpus.text import HAN
from evals.verify import Pair


class MadePair(Pair):
    """A pair, and what its claim ``was`` before the slip; the claim itself where there is none, empty where unknown."""

    was: str = ""


Change = Callable[[str], str | None]

_KINDS = {"medicine", "food", "nutrient", "condition", "device", "symptom", "activity", "person"}
_CLAUSE = re.compile(r"(?<=[;；,，.。])")
_WORDS = re.compile(r"[a-z][a-z0-9'-]*(?: [a-z]+)*")
_LONGEST_NAME = 4


def made_pairs(corpus: Corpus, kept_out: Collection[str], chance: random.Random) -> list[MadePair]:
    """Some forty thousand pairs of the corpus. Statements whose text is among *kept_out* are not used."""
    maker = _Maker(corpus.concepts, chance)
    pairs: list[MadePair] = []
    for topic in corpus.topics:
        used = [s for s in topic.statements if not _measured(s, kept_out)]
        for statement in used:
            pairs += maker.pairs(statement, used)
    return [pair.model_copy(update={"id": f"m{n}"}) for n, pair in enumerate(pairs)]


def copied_pairs(corpus: Corpus, kept_out: Collection[str], chance: random.Random, count: int) -> list[MadePair]:
    """Passages copied whole or in part, half of them with a word or two out of another passage: the easiest lesson."""
    texts = {
        language: [s.text[language] for t in corpus.topics for s in t.statements if not _measured(s, kept_out)]
        for language in ("en", "zh")
    }
    strange = {language: [word for text in found for word in _words(text)] for language, found in texts.items()}
    pairs = []
    for number in range(count):
        language = chance.choice(("en", "zh"))
        evidence = chance.choice(texts[language])
        parts = _clauses(evidence)
        was = chance.choice(parts) if chance.random() < 0.5 else evidence
        claim = was
        if chance.random() < 0.5:
            for _ in range(chance.choice((1, 1, 2))):
                claim = claim.replace(chance.choice(_words(claim) or [claim]), chance.choice(strange[language]), 1)
        pair = _pair(evidence, claim, "supported" if claim == was else "contradicted", was)
        pairs.append(pair.model_copy(update={"id": f"c{number}"}))
    return pairs


def _words(text: str) -> list[str]:
    found = rjieba.cut(text) if HAN.search(text) else re.findall(r"[A-Za-z]{3,}", text)
    return [word for word in found if len(word) > 1]


def _measured(statement: Statement, kept_out: Collection[str]) -> bool:
    return any(text in evidence for text in (statement.text.en, statement.text.zh) for evidence in kept_out)


class _Maker:
    def __init__(self, table: ConceptTable, chance: random.Random) -> None:
        self._chance = chance
        self._same, self._other = _thesaurus("same"), _thesaurus("other")
        slips = read_yaml(Path(__file__).with_name("slips.yaml"))
        self._opposites = [(a, b) for one, other in slips["opposites"] for a, b in ((one, other), (other, one)) if a]
        self._units = [(str(a), str(b)) for a, b in slips["units"]]
        self._names = {
            name.lower(): concept
            for concept in table
            if concept.kind in _KINDS
            for name in concept.names
            if len(name) >= (2 if HAN.search(name) else 4)
        }
        self._siblings: dict[str, list[Concept]] = defaultdict(list)
        for concept in table:
            for parent in concept.parents or (concept.kind,):
                self._siblings[parent].append(concept)

    def pairs(self, statement: Statement, topic: list[Statement]) -> Iterator[MadePair]:
        """Pairs of one statement, within and across the languages."""
        wordings = [statement.text]
        if statement.plain and self._often(0.5):
            wordings.append(statement.plain)
        for wording in wordings:
            for language, other in (("en", "zh"), ("zh", "en"), ("en", "en"), ("zh", "zh")):
                yield from self._pairs(wording[language], wording[other], language == other, statement, topic)
        if statement.plain:
            for language, other in (("en", "en"), ("zh", "zh"), ("en", "zh"), ("zh", "en")):
                if self._often(0.5):
                    yield _pair(statement.text[language], statement.plain[other], "supported")
                    if slip := self._chance.choice(self._slips())(statement.plain[other]):
                        yield _pair(statement.text[language], slip, "contradicted", statement.plain[other])

    def _pairs(
        self, evidence: str, claim: str, one_language: bool, statement: Statement, topic: list[Statement]
    ) -> Iterator[MadePair]:
        language = "zh" if HAN.search(evidence) else "en"
        whole = claim
        for _ in range(self._chance.choice((0, 1, 1, 2, 3) if one_language else (0, 0, 1))):
            claim = self._swapped(claim, self._same) or claim
        parts = _clauses(claim)
        if one_language and claim == whole and len(parts) > 1 and self._often(0.5):
            claim = parts[0]
        if self._often(0.2):
            evidence = f"{evidence} {statement.why[language]}"
        if self._often(0.1):
            evidence = f"{evidence}\n{self._chance.choice(topic).text[language]}"
        if not one_language or self._often(0.6):
            yield _pair(evidence, claim, "supported")
        for change in self._chance.sample(self._slips(), 1 if one_language else 2):
            slip = change(claim)
            if slip and slip != claim and slip.strip().lower() not in evidence.lower():
                yield _pair(evidence, slip, "contradicted", claim)
        neighbour = self._chance.choice(topic)
        if self._often(0.25) and neighbour is not statement:
            said = neighbour.text["zh" if HAN.search(claim) else "en"]
            if self._often(0.5):
                yield _pair(evidence, said, "unsupported")
            else:
                yield _pair(evidence, self._joined(claim, said), "unsupported", claim)

    def _joined(self, claim: str, said: str) -> str:
        part = self._chance.choice(_clauses(said))
        return f"{claim.rstrip('.。')}{'，' if HAN.search(claim) else ', and '}{part[:1].lower()}{part[1:]}"

    def _slips(self) -> list[Change]:
        def another(text: str) -> str | None:
            return self._swapped(text, self._other)

        return [self._number, self._opposite, self._opposite, another, another, self._sibling, self._sibling]

    def _number(self, text: str) -> str | None:
        numbers = list(re.finditer(r"\d+(?:\.\d+)?", text))
        if not numbers:
            return None
        units = [(a, b) for a, b in self._units if a in text]
        if units and self._often(0.25):
            return text.replace(*self._chance.choice(units), 1)
        match = self._chance.choice(numbers)
        value = float(match[0])
        changed = self._chance.choice((value / 2, value * 2, value * 3, value * 1.5, value / 10, value * 10, value + 2))
        whole = changed.is_integer() or value >= 10
        said = f"{max(1, round(changed))}" if whole else f"{changed:.1f}"
        said = said if said != match[0] else f"{round(value) + 3}"
        return text[: match.start()] + said + text[match.end() :]

    def _opposite(self, text: str) -> str | None:
        low, han = text.lower(), bool(HAN.search(text))
        found = [
            (match.start(), one, other)
            for one, other in self._opposites
            if bool(HAN.search(one)) == han
            for match in re.finditer(re.escape(one) if han else rf"\b{re.escape(one)}\b", low)
        ]
        return _put(text, *self._chance.choice(found)) if found else None

    def _swapped(self, text: str, words: dict[str, list[str]]) -> str | None:
        """The text with one of its words changed for one that *words* gives in its place."""
        low, han = text.lower(), bool(HAN.search(text))
        if han:
            found = [(low.find(word), word) for word in words if len(word) > 1 and word in low]
        else:
            found = [(at, word) for at, word in _phrases(low, 2) if word in words]
        choices = [(at, w, new) for at, w in found for new in words[w] if bool(HAN.search(new)) == han]
        return _put(text, *self._chance.choice(choices)) if choices else None

    def _sibling(self, text: str) -> str | None:
        """The text with one thing named in it changed for another of its kind."""
        low, han = text.lower(), bool(HAN.search(text))
        if han:
            found = [(low.find(name), name) for name in self._names if name in low]
        else:
            found = [(at, name) for at, name in _phrases(low, _LONGEST_NAME) if name in self._names]
        if not found:
            return None
        at, name = max(self._chance.sample(found, min(3, len(found))), key=lambda hit: len(hit[1]))
        concept = self._names[name]
        others = [
            c for parent in concept.parents or (concept.kind,) for c in self._siblings[parent] if c is not concept
        ]
        if not others:
            return None
        other = self._chance.choice(others)
        return _put(text, at, name, other.zh if han else other.en.lower())

    def _often(self, share: float) -> bool:
        return self._chance.random() < share


def _phrases(low: str, longest: int) -> Iterator[tuple[int, str]]:
    """Where each run of one to *longest* English words begins, and the run."""
    for match in _WORDS.finditer(low):
        words, at = match[0].split(" "), match.start()
        for first, word in enumerate(words):
            for last in range(first + 1, min(len(words), first + longest) + 1):
                yield at, " ".join(words[first:last])
            at += len(word) + 1


def _put(text: str, at: int, old: str, new: str) -> str:
    if text[at].isupper():
        new = new[:1].upper() + new[1:]
    return text[:at] + new + text[at + len(old) :]


def _clauses(text: str) -> list[str]:
    return [part.strip() for part in _CLAUSE.split(text) if part.strip()]


def _pair(evidence: str, claim: str, label: str, was: str = "") -> MadePair:
    was = claim if label == "supported" else was
    return MadePair.model_validate({"id": "", "evidence": evidence, "claim": claim, "label": label, "was": was})


def _thesaurus(column: str) -> dict[str, list[str]]:
    """Words, and those that say the same (``same``) or something else (``other``) in their place."""
    found: dict[str, list[str]] = {}
    with (DATA / "language" / "thesaurus.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if words := [word for word in (row[column] or "").split("|") if word]:
                found.setdefault(row["word"], []).extend(words)
    return found
