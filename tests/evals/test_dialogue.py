"""The dialogue suite notices what it is there to notice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant import Assistant
from evals.casefile import read_jsonl
from evals.dialogue import CASES, Dialogue, run_dialogue


def report(care: Assistant, tmp_path: Path, *turns: dict[str, Any]) -> dict[str, Any]:
    path = tmp_path / "dialogues.jsonl"
    path.write_text(json.dumps({"id": "x", "lang": "en", "turns": turns}), encoding="utf-8")
    return run_dialogue(care, path)


def test_the_cases_are_well_formed() -> None:
    dialogues = read_jsonl(CASES, Dialogue)
    assert len({dialogue.id for dialogue in dialogues}) == len(dialogues) == 40


def test_each_check_can_fail(care: Assistant, tmp_path: Path) -> None:
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
    found = report(care, tmp_path, {"user": "He is 70 and has gout. What should he eat?", "checks": checks})
    assert found["turns_passed"] == 0
    assert {kind for kind, groups in found["kinds"].items() if groups["all"]["passed"] < groups["all"]["of"]} >= {
        "mentions", "topics", "facts", "absent", "language", "level", "changed", "format",
    }  # fmt: skip
    assert found["checks"]["all"]["passed"] + len(found["failures"]) == found["checks"]["all"]["of"]


def test_a_good_conversation_passes(care: Assistant, tmp_path: Path) -> None:
    found = report(
        care,
        tmp_path,
        {"user": "He is 70 and has gout. And beer?", "checks": {"facts": {"age_years": 70}, "topics": ["gout"]}},
        {"user": "as a care plan", "checks": {"format": "care_plan", "language": "en"}},
    )
    assert found["failures"] == []
    assert found["turns_passed"] == found["turns"] == 2
