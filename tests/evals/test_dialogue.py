"""The dialogue suite notices what it is there to notice."""

from __future__ import annotations

from typing import Any

from evals.casefile import read_jsonl
from evals.records import Record
from evals.suites.dialogue import CASES, Dialogue, judge
from evals.suites.suite import Session
from evals.systems.ours import Ours


def record(session: Session, *turns: dict[str, Any]) -> Record:
    case = Dialogue.model_validate({"id": "x", "origin": "this test", "lang": "en", "turns": turns})
    return judge(case, Ours(session.care), session)


def test_the_cases_are_well_formed() -> None:
    dialogues = read_jsonl(CASES, Dialogue)
    assert len({dialogue.id for dialogue in dialogues}) == len(dialogues) == 40


def test_each_check_can_fail(session: Session) -> None:
    checks = {
        "mentions": ["wheelchair_user"],
        "topics": ["stroke"],
        "not_recommended": ["vegetable"],
        "facts": {"conditions": ["stroke"], "labs": {"potassium_mmol_l": 4.0}, "age_years": 71},
        "absent": ["gout"],
        "language": "zh",
        "level": "urgent",
        "changed": True,
        "format": "sbar",
    }
    found = record(session, {"user": "He is 70 and has gout. What should he eat?", "checks": checks})
    assert found.counts["turns"] == (0, 1)
    assert {kind for kind, (passed, of) in found.counts.items() if passed < of} >= {
        "mentions", "topics", "facts", "absent", "language", "level", "changed", "format",
    }  # fmt: skip
    kinds = [count for kind, count in found.counts.items() if kind != "turns"]
    assert sum(passed for passed, _ in kinds) + len(found.problems) == sum(of for _, of in kinds)


def test_a_good_conversation_passes(session: Session) -> None:
    found = record(
        session,
        {"user": "He is 70 and has gout. And beer?", "checks": {"facts": {"age_years": 70}, "topics": ["gout"]}},
        {"user": "as a care plan", "checks": {"format": "care_plan", "language": "en"}},
    )
    assert found.problems == ()
    assert found.counts["turns"] == (2, 2)
