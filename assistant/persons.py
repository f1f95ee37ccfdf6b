"""Whose illness it is: the patient's, or that of somebody else who comes up in a conversation.

A conversation is about one person. "My mum has dementia", said first, is about the patient; "my brother is
diabetic", said later, is not. The words are data (``corpus/data/language/persons.yaml``).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from typing import Any

from assistant.intake import Intake
from assistant.measure import read_numbers
from corpus.concepts import ConceptTable
from corpus.load import DATA, read_yaml
from corpus.text import any_of, normalise

SELF = "self"
#: Somebody the patient is not related to, or whose relation does not matter.
_OTHER = "other"
_SENTENCE_END = re.compile(r"[!?;。！？；\n]|\.(?!\d)")
#: An illness, a complaint or a need is somebody's; a food is nobody's.
_STATES = frozenset({"condition", "symptom", "function", "device", "person"})
_ILLNESS = _STATES | {"medicine"}
#: Somebody who looks after the patient says so of themselves.
_CARER = "carer"
_OWNED = _STATES | {"medicine", "habit"}


@dataclass(frozen=True)
class Heard:
    """A turn, read for one patient: the facts that are the patient's, the findings to plan by, and about whom.

    ``person`` is who the patient is to the speaker, once known; ``aged`` are words for that person that tell the age
    ("my toddler"). ``others`` are the illnesses told of somebody else. ``stranger`` is true where the turn begins with
    somebody else: with another subject announced, the whole turn is about that person.
    """

    facts: Intake
    asked: Intake
    person: str | None
    stranger: bool
    aged: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Subject:
    start: int
    end: int
    person: str


def hear(intake: Intake, person: str | None, first: bool, table: ConceptTable) -> Heard:
    """Take out of a turn what is said of somebody else than *person*.

    In the *first* turn the one of whom an illness is told is the patient. Later, while nobody was named, a relative
    of the speaker is taken for the patient, unless the speaker comes in beside them ("can she eat the same as me?").
    """
    folded = normalise(intake.text)
    subjects = _subjects(folded)
    stretches = _stretches(folded, subjects)
    if person is None and first:
        person = _patient(intake, stretches, table)
    elif person is None:
        person = _named_late(intake, folded, subjects, stretches, table)
    strange = [s for s in stretches if s[2] not in (SELF, person)]
    aged = tuple(
        finding.text
        for finding in intake.findings
        for subject in subjects
        if subject.person == person and subject.start <= finding.start < subject.end
        if table[finding.concept].kind == "person" and finding.concept != _CARER
    )
    if not strange:
        return Heard(intake, intake, person, False, aged)
    facts = _told_of_others(intake, strange, _OWNED, table)
    others = [after.concept for before, after in zip(intake.findings, facts.findings, strict=True) if before != after]
    text = "".join(" " if any(a <= i < b for a, b, _ in strange) else char for i, char in enumerate(folded))
    return Heard(
        facts=replace(facts, numbers=read_numbers(text, table)),
        asked=_told_of_others(intake, strange, _STATES, table),
        person=person,
        stranger=subjects[0].person not in (SELF, person),
        aged=aged,
        others=tuple(dict.fromkeys(others)),
    )


def _patient(intake: Intake, stretches: list[tuple[int, int, str]], table: ConceptTable) -> str | None:
    """Who the patient is, by a first turn: whose illness is told, else whoever is named."""
    known = [stretch for stretch in stretches if stretch[2] != _OTHER]
    folded = normalise(intake.text)
    ill = [
        person
        for start, end, person in known
        if _tells_illness(intake, start, end, table) or re.search(r"\d", folded[start:end])
    ]
    return next(iter([*ill, *(person for _, _, person in known if person != SELF)]), None)


def _named_late(
    intake: Intake,
    folded: str,
    subjects: list[_Subject],
    stretches: list[tuple[int, int, str]],
    table: ConceptTable,
) -> str | None:
    relatives = [s for s in subjects if s.person not in (SELF, _OTHER)]
    if not relatives or _patterns()["thirds"].match(folded[relatives[0].start :]):
        return None
    person = relatives[0].person
    rest = folded
    for subject in reversed(relatives):
        rest = rest[: subject.start] + rest[subject.end :]
    told = any(_tells_illness(intake, start, end, table) for start, end, who in stretches if who == person)
    measured = bool(intake.numbers.labs or intake.numbers.vitals)
    return person if (told or measured) and not _patterns()["beside"].search(rest) else None


def _tells_illness(intake: Intake, start: int, end: int, table: ConceptTable) -> bool:
    told = [f for f in intake.findings if start <= f.start < end and f.concept != _CARER]
    return any(table[finding.concept].kind in _ILLNESS for finding in told)


def not_theirs(text: str) -> bool:
    """Whether a turn says that something told before was somebody else's."""
    return bool(_patterns()["not_theirs"].search(normalise(text)))


def _told_of_others(
    intake: Intake, strange: list[tuple[int, int, str]], kinds: frozenset[str], table: ConceptTable
) -> Intake:
    findings = tuple(
        replace(finding, status="other")
        if table[finding.concept].kind in kinds and any(a <= finding.start < b for a, b, _ in strange)
        else finding
        for finding in intake.findings
    )
    return replace(intake, findings=findings)


def _stretches(folded: str, subjects: list[_Subject]) -> list[tuple[int, int, str]]:
    """From each subject to the next one or the end of its sentence."""
    ends = [match.start() for match in _SENTENCE_END.finditer(folded)] + [len(folded)]
    found = []
    for position, subject in enumerate(subjects):
        sentence = next(end for end in ends if end >= subject.end or end == len(folded))
        following = subjects[position + 1].start if position + 1 < len(subjects) else len(folded)
        found.append((subject.start, min(sentence, following), subject.person))
    return found


def _subjects(folded: str) -> list[_Subject]:
    """Who is spoken of, from left to right; somebody who only says or asks something is left out."""
    patterns = _patterns()
    found = [
        _Subject(match.start(), match.end(), person)
        for person, pattern in patterns["relations"].items()
        for match in pattern.finditer(folded)
    ]
    found += [_Subject(m.start(), m.end(), _OTHER) for m in patterns["others"].finditer(folded)]
    found = [s for s in found if not patterns["speaks"].match(folded[s.end :].lstrip())]
    found += [_Subject(m.start(), m.end(), SELF) for m in patterns["self"].finditer(folded)]
    found.sort(key=lambda s: (s.start, -s.end))
    kept: list[_Subject] = []
    for subject in found:
        if not kept or subject.start >= kept[-1].end:
            kept.append(subject)
    return kept


@functools.cache
def _patterns() -> dict[str, Any]:
    data = read_yaml(DATA / "language" / "persons.yaml")
    owners = any_of(data["owners"]).pattern
    bare = {language: set(data["bare"][language]) for language in ("en", "zh")}
    relations = {}
    for person, words in data["relations"].items():
        owned = any_of(words).pattern
        alone = {language: [w for w in words[language] if w in bare[language]] for language in ("en", "zh")}
        own = rf"(?:{owners})\s*(?:(?:\d+|old|elderly|late|poor|little|older|younger|big)[ -])*(?:{owned})"
        relations[person] = re.compile(own + (f"|{any_of(alone).pattern}" if any(alone.values()) else ""))
    return {"relations": relations} | {
        name: any_of(data[name]) for name in ("others", "speaks", "self", "not_theirs", "thirds", "beside")
    }
