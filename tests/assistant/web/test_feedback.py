"""Verdicts on recommendations: kept only where the operator says so, and readable as evaluation cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Settings
from assistant.web.clerk import Clerk
from assistant.web.desk import Desk
from assistant.web.feedback import FILE, jsonl
from assistant.web.refusal import RefusalError
from evals.casefile import read_jsonl
from evals.suites import personal
from evals.suites.personal import PersonalCase
from evals.suites.suite import Session
from evals.systems.ours import Ours

_ASKED = "72-year-old man, CKD stage 4, K 5.6, takes ibuprofen. What should he eat and avoid?"


def judged(clerk: Clerk, desk: Desk, which: int, **data: Any) -> Desk:
    item = desk.log[-1].answer.recommendations[which]
    *_, step = clerk.carry_out(desk, {"act": "verdict", "turn": str(len(desk.log) - 1), "id": item.id, **data})
    return step.desk


@pytest.fixture
def desk(care: Assistant) -> Desk:
    *_, step = Clerk(care).carry_out(Desk(), {"act": "ask", "words": _ASKED})
    return step.desk


def keeping(care: Assistant, folder: Path) -> Clerk:
    settings = care.settings.model_copy(update={"feedback": folder})
    return Clerk(Assistant(care.searcher, care.knowledge, settings))


def test_exported_verdicts_are_evaluation_cases(care: Assistant, desk: Desk, tmp_path: Path) -> None:
    clerk = Clerk(care)
    desk = judged(clerk, desk, 0, verdict="accept")
    desk = judged(clerk, desk, 1, verdict="edit", wording="Ask the renal team.", reason="local policy")
    desk = judged(clerk, desk, 2, verdict="reject", reason="not on our ward")
    file = tmp_path / "verdicts.jsonl"
    file.write_text(jsonl(clerk.cases(desk)), encoding="utf-8")
    cases = read_jsonl(file, PersonalCase)
    assert [case.lang for case in cases] == ["en"] * 3
    assert cases[0].must_have
    assert cases[0].patient["conditions"] == ["ckd stage 4"]
    assert not cases[2].must_have
    assert [case.verdict for case in cases] == ["accept", "edit", "reject"]
    assert cases[1].wording == "Ask the renal team."


def test_an_accepted_case_holds_when_it_is_run(care: Assistant, desk: Desk, tmp_path: Path) -> None:
    clerk = Clerk(care)
    for which in range(3):
        desk = judged(clerk, desk, which, verdict="accept")
    file = tmp_path / "verdicts.jsonl"
    file.write_text(jsonl(clerk.cases(desk)), encoding="utf-8")
    session = Session(care, care.settings)
    records = [personal.judge(case, Ours(care), session) for case in read_jsonl(file, PersonalCase)]
    assert len(records) == 3
    assert [problem for record in records for problem in record.problems] == []


def test_nothing_is_written_unless_the_operator_turned_it_on(care: Assistant, desk: Desk, tmp_path: Path) -> None:
    assert Settings(_env_file=None).feedback is None
    folder = tmp_path / "kept"
    judged(Clerk(care), desk, 0, verdict="accept")
    assert not folder.exists()
    judged(keeping(care, folder), desk, 0, verdict="reject", reason="Nurse Jane Smith says no")
    kept = (folder / FILE).read_text(encoding="utf-8")
    assert len(read_jsonl(folder / FILE, PersonalCase)) == 1
    assert "Jane" not in kept


def test_a_folder_that_cannot_be_written_is_said(care: Assistant, desk: Desk, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(RefusalError, match="export it instead"):
        judged(keeping(care, blocked), desk, 0, verdict="accept")


def test_a_rejection_wants_a_reason_and_an_edit_wants_words(care: Assistant, desk: Desk) -> None:
    with pytest.raises(RefusalError, match="why"):
        judged(Clerk(care), desk, 0, verdict="reject", reason="  ")
    with pytest.raises(RefusalError, match="words"):
        judged(Clerk(care), desk, 0, verdict="edit", wording="")


def test_the_same_verdict_again_takes_it_back(care: Assistant, desk: Desk) -> None:
    clerk = Clerk(care)
    once = judged(clerk, desk, 0, verdict="accept")
    assert len(once.verdicts) == 1
    assert judged(clerk, once, 0, verdict="accept").verdicts == {}
