"""The parity suite: the same question about the same patient, asked in English and in Chinese, gets the same answer."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from assistant.answer import Audience
from evals.casefile import Case, Facts, read_jsonl
from evals.reading import is_refusal
from evals.records import Record
from evals.suites.suite import CASES as FOLDER
from evals.suites.suite import Own, Part, Session, Suite, failures, seen
from evals.systems.protocol import Answers, Asked, Response

CASES = FOLDER / "parity.jsonl"


class ParityCase(Case):
    """One question in both languages."""

    en: str = Field(min_length=1, description="the question in English")
    zh: str = Field(min_length=1, description="the same question in Chinese, as it would be asked")
    patient: Facts = Field(default={}, description="the patient's facts, the same for both")
    audience: Audience = Field(default="nurse", description="nurse or patient")


def own(_: Session) -> Iterator[Own]:
    """The cases of this package."""
    return (Own(case) for case in read_jsonl(CASES, ParityCase))


def judge(case: ParityCase, system: Answers, session: Session) -> Record:
    """Whether urgency is the same, how many of the statements are in both (Jaccard), and whether both are answered."""
    english, chinese = (
        Asked(case.en, "en", case.patient, case.audience),
        Asked(case.zh, "zh", case.patient, case.audience),
    )
    (first, took), (second, took_too) = session.ask(system, english), session.ask(system, chinese)
    answered = [_answered(response) for response in (first, second)]
    counts: dict[str, tuple[float, float]] = {"answered in both": (float(all(answered)), 1)}
    problems = [
        f"not answered in {name}" for name, good in zip(("English", "Chinese"), answered, strict=True) if not good
    ]
    if first.level and second.level:
        counts["same urgency"] = (float(first.level == second.level), 1)
        problems += [f"{first.level} in English, {second.level} in Chinese"] if first.level != second.level else []
    one, other = _statements(first), _statements(second)
    if one is not None and other is not None and one | other:
        counts["same statements"] = (len(one & other) / len(one | other), 1)
        problems += [f"in English alone: {', '.join(sorted(one - other))}"] if one - other else []
        problems += [f"in Chinese alone: {', '.join(sorted(other - one))}"] if other - one else []
    return Record(
        suite="parity",
        case=case.id,
        system=system.name,
        groups={"audience": case.audience},
        counts=counts,
        milliseconds=round((took + took_too) / 2, 1),
        seen=seen(english, first) | {"question": f"{case.en} · {case.zh}", "language": "en, zh"},
        said=f"{first.text}\n\n---\n\n{second.text}",
        problems=(*problems, *failures(first), *failures(second)),
    )


def _answered(response: Response) -> bool:
    said = [item for item in response.advice if item.statement is not None or not is_refusal(item.text)]
    return bool(said or response.held)


def _statements(response: Response) -> set[str] | None:
    """The statements recommended; none where an answer is not made of statements."""
    if any(item.statement is None for item in response.advice):
        return None
    return {item.statement for item in response.advice if item.statement}


SUITE = Suite(
    "parity",
    "whether English and Chinese get the same answer",
    (Part(ParityCase, own, Answers, judge, (CASES,)),),
)
