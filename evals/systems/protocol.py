"""What a suite asks of a system, and what a system says, in a form that every suite can read.

A system has a name and some of these abilities. A suite names the one that its cases need, and a system without it is
left out of that suite: it is never scored as if it had failed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from assistant import Answer, Patient
from assistant.answer import Audience
from assistant.intake import Intake
from assistant.verify import Label
from corpus.models import Language, Level


@dataclass(frozen=True)
class Asked:
    """A question about a patient, and for whom the answer is."""

    question: str
    language: Language
    patient: Mapping[str, Any] = field(default_factory=dict)
    audience: Audience = "nurse"

    @property
    def key(self) -> str:
        """Tells apart what is asked."""
        return json.dumps([self.question, self.language, self.audience, dict(self.patient)], sort_keys=True)

    @property
    def with_patient(self) -> str:
        """The question with the patient's facts behind it, for a system that takes text alone."""
        told = ", ".join(_told(self.patient))
        return f"{self.question} ({told})" if told else self.question


@dataclass(frozen=True)
class Source:
    """A passage that can be cited as ``[n]``; *place* is where its quote stands, for systems that show quotes."""

    n: int
    entry: str
    title: str
    text: str
    place: tuple[str, int, int] | None = None


@dataclass(frozen=True)
class Said:
    """One thing advised: its words, whose statement it is if it is one, and what it cites."""

    text: str
    statement: str | None = None
    citations: tuple[int, ...] = ()
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """Advice shown as not for this patient; *concept* is the thing where no statement is behind it."""

    statement: str
    text: str


@dataclass(frozen=True)
class Response:
    """What a system answers.

    ``advice`` is all that it advises; ``sources`` all that it may cite, None where it cites nothing by its nature.
    ``fields``, ``declined`` and ``level`` are None where a system has no such thing: then the facts it names and
    whether it refuses are read off its words. ``failed`` says why nothing came.
    """

    text: str
    advice: tuple[Said, ...] = ()
    held: tuple[Held, ...] = ()
    sources: tuple[Source, ...] | None = ()
    level: Level | None = None
    fields: frozenset[str] | None = None
    declined: tuple[str, ...] | None = None
    abstained: bool = False
    failed: str | None = None


@runtime_checkable
class System(Protocol):
    """Something that can be evaluated."""

    name: str


@runtime_checkable
class Answers(System, Protocol):
    """Answers a question about a patient."""

    def answer(self, asked: Asked) -> Response: ...


@runtime_checkable
class Searches(System, Protocol):
    """Finds statements for a question."""

    def search(self, asked: Asked, k: int) -> list[str]:
        """The ids of the best *k* statements, best first."""
        ...


@runtime_checkable
class Triages(System, Protocol):
    """Decides how urgent a message is."""

    def triage(self, text: str, patient: Mapping[str, Any], language: Language) -> tuple[Level | None, str]:
        """The level, and why in a line; no level where none could be made out."""
        ...


@runtime_checkable
class Reads(System, Protocol):
    """Reads findings and numbers off a sentence."""

    def read(self, text: str) -> Intake: ...


@runtime_checkable
class Verifies(System, Protocol):
    """Judges whether evidence supports a claim."""

    def verify(self, evidence: str, claim: str) -> tuple[Label, Sequence[str]]: ...


class Chat(Protocol):
    """A conversation about one patient."""

    @property
    def patient(self) -> Patient: ...

    def say(self, text: str) -> Answer: ...


@runtime_checkable
class Converses(System, Protocol):
    """Holds a conversation."""

    def converse(self, audience: Audience) -> Chat: ...


def _told(patient: Mapping[str, Any]) -> list[str]:
    told = []
    for name, value in patient.items():
        if isinstance(value, Mapping):
            told += [f"{key.replace('_', ' ')} {number}" for key, number in value.items()]
        elif isinstance(value, list | tuple):
            told += [str(item) for item in value]
        else:
            told.append(f"{name.replace('_', ' ')} {value}" if name != "sex" else str(value))
    return told
