"""What a suite is made of, and what its cases are judged with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from assistant import Assistant, Settings
from assistant.claims.meaning import Nli
from corpus.concepts import ConceptTable
from evals.casefile import Case, Known
from evals.records import Record
from evals.systems.protocol import Answers, Asked, Response

_Result = TypeVar("_Result")

CASES = Path(__file__).parents[1] / "cases"


class Own(NamedTuple):
    """A case of ours, and the set that it belongs to where its suite has several."""

    case: Case
    set: str | None = None


class Timed(NamedTuple):
    """A response and how long it took."""

    response: Response
    milliseconds: float


@dataclass(frozen=True)
class Session:
    """One run: the knowledge that cases are judged by, and what each system has already answered.

    The assistant has no language model; which one the systems that want one are to have stands in *settings*.
    *shared* is a folder with public sets, *nli* an entailment model by its name; both where they are there.
    """

    care: Assistant
    settings: Settings
    shared: Path | None = None
    nli: tuple[str, Nli] | None = None
    _answered: dict[tuple[str, str], Timed] = field(default_factory=dict)

    @property
    def table(self) -> ConceptTable:
        """The concepts."""
        return self.care.knowledge.table

    @property
    def known(self) -> Known:
        """What a case may name."""
        return Known(self.table, frozenset(self.care.knowledge.topics))

    def ask(self, system: Answers, asked: Asked) -> Timed:
        """What *system* answers; asked once, however many suites ask the same."""
        key = (system.name, asked.key)
        if key not in self._answered:
            self._answered[key] = Timed(*timed_call(lambda: system.answer(asked)))
        return self._answered[key]


@dataclass(frozen=True)
class Part:
    """One kind of case: its model, ours of that kind, the ability it needs, and how it is judged.

    Of ours, the quick set takes every *quick*-th; of a user's file, all are taken.
    """

    model: type[Case]
    own: Callable[[Session], Iterable[Own]]
    needs: type[Any]
    judge: Callable[[Any, Any, Session], Record]
    files: tuple[Path, ...] = ()
    quick: int = 1


@dataclass(frozen=True)
class Suite:
    """A suite by name, what it shows in one sentence, and its kinds of case."""

    name: str
    about: str
    parts: tuple[Part, ...]


def seen(asked: Asked, response: Response) -> dict[str, Any]:
    """Everything that a system was given for an answer."""
    return {
        "question": asked.question,
        "patient": dict(asked.patient),
        "audience": asked.audience,
        "language": asked.language,
        "evidence": [{"id": source.entry, "title": source.title} for source in response.sources or ()],
    }


def failures(response: Response) -> tuple[str, ...]:
    """A line for the answer that did not come."""
    return (f"no answer: {response.failed}",) if response.failed else ()


def timed_call(call: Callable[[], _Result]) -> tuple[_Result, float]:
    """What *call* returns, and the milliseconds it took."""
    start = time.perf_counter()
    result = call()
    return result, round(1000 * (time.perf_counter() - start), 1)
