"""The latency suite: how long a whole answer takes, each question in words that no cache has seen.

Its figures are milliseconds of this machine; they are never part of what two runs are held to share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evals.records import Record
from evals.suites import asking
from evals.suites.asking import QuestionCase
from evals.suites.suite import Own, Part, Session, Suite, failures, seen, timed_call
from evals.systems.protocol import Answers

_EVERY_PATIENT, _EVERY_QUESTION = 4, 12
_QUICK = 4


def own(_: Session) -> Iterator[Own]:
    """Some of the questions about patients, and some of the common ones."""
    yield from (Own(case, "patients") for case in list(asking.patients())[::_EVERY_PATIENT])
    yield from (Own(case, "questions") for case in list(asking.common())[::_EVERY_QUESTION])


def judge(case: QuestionCase, system: Answers, session: Session) -> Record:  # noqa: ARG001 - every judge's signature
    """The time of one answer, asked anew."""
    asked = replace(case.asked, question=f"{case.question} ({system.name})")
    response, milliseconds = timed_call(lambda: system.answer(asked))
    return Record(
        suite="latency",
        case=case.id,
        system=system.name,
        groups={"lang": case.lang},
        milliseconds=milliseconds,
        seen=seen(case.asked, response),
        said=response.text,
        problems=failures(response),
    )


SUITE = Suite(
    "latency",
    "how long a whole answer takes",
    (Part(QuestionCase, own, Answers, judge, asking.FILES, quick=_QUICK),),
)
