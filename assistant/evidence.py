"""What was chosen for a patient, what was held back and why, and what both rest on."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.quotes import HeldQuote, Quoted
from corpus.concepts import ConceptTable
from corpus.conditions import CONCEPT_LEAVES, Fact, Missing, leaves
from corpus.models import Contraindication, Statement, Topic

#: Fields of facts that say who somebody is, not what ails them.
WHO_SOMEBODY_IS = frozenset({"age_years", "sex", "pregnant", "breastfeeding"})


@dataclass(frozen=True)
class Chosen:
    """A statement that applies to this patient, the facts that make it so, and how well it answers.

    ``safety``: it advises against a medicine the patient takes. ``own``: its topic is known to be for this patient
    because of an illness, a device or the like. ``linked``: it is about what a red flag fired on. ``answers``:
    it advises on what was asked about, or search finds it among the first.
    """

    statement: Statement
    because: tuple[Fact, ...]
    score: float
    safety: bool = False
    own: bool = False
    linked: bool = False
    answers: bool = False


@dataclass(frozen=True)
class Held:
    """A statement, or a thing asked about, that this patient must not be advised; ``by`` is the reason."""

    statement: Statement | None
    concept: str
    by: Statement | Contraindication
    because: tuple[Fact, ...]


@dataclass(frozen=True)
class Evidence:
    """What was chosen, what was held back, which facts were missing, and what was asked but not covered.

    ``grounded`` is false where nothing ties the question to the corpus: then there is no answer to give.
    """

    chosen: tuple[Chosen, ...] = ()
    held: tuple[Held, ...] = ()
    missing: tuple[Missing, ...] = ()
    uncovered: tuple[str, ...] = ()
    grounded: bool = False
    quoted: tuple[Quoted, ...] = ()
    held_quotes: tuple[HeldQuote, ...] = ()


def related(one: str, other: str, table: ConceptTable) -> bool:
    """Whether one of two concepts is a kind of the other."""
    return table.is_a(one, other) or table.is_a(other, one)


def concepts_of(topic: Topic) -> set[str]:
    """The concepts a topic is about: its own name and those that decide whom it is for."""
    found = leaves(topic.applies_when) if topic.applies_when else ()
    return {topic.topic, *(value for key, value in found if key in CONCEPT_LEAVES)}
