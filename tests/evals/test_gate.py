"""The gate: what falls below its floor is named with its worst cases, and no floor ever falls itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from pydantic import ValidationError

from evals.gate import FLOORS, Floor, check, in_words, lowered, read_floors
from evals.records import Record
from evals.suites.catalogue import SUITES

ROOT = Path(__file__).parents[2]


def record(case: str, hits: float, of: float = 4, measure: str = "must-have", system: str = "ours") -> Record:
    problems = (f"{case} lacks something",) if hits < of else ()
    return Record(suite="personal", case=case, system=system, groups={"lang": "en"}, counts={measure: (hits, of)},
                  seen={"question": "What may I eat?"}, said="Eat\nwell.", problems=problems)  # fmt: skip


def floor(**bounds: float | str | bool) -> Floor:
    return Floor.model_validate({"suite": "personal", "measure": "must-have", **bounds})


def test_a_figure_below_its_floor_is_named_with_the_worst_cases_first() -> None:
    records = [record("good", 4), record("bad", 1), record("middling", 3), record("bm25", 0, system="bm25")]
    (checked,) = check([floor(at_least=0.9, safety=True)], records)
    assert not checked.passed
    told = in_words([checked])
    assert "FAIL personal must-have: 0.6667 of 3 cases; at least 0.9 [safety]" in told
    assert told.index("bad: bad lacks something") < told.index("middling: ")
    assert "said:  Eat well." in told
    assert "good:" not in told
    assert "bm25" not in told
    assert told.endswith("1 floors, 1 NOT KEPT")


def test_a_floor_is_kept_at_exactly_its_value_and_not_below() -> None:
    records = [record("a", 2), record("b", 4)]
    assert check([floor(at_least=0.75)], records)[0].passed
    assert not check([floor(at_least=0.7501)], records)[0].passed
    assert check([floor(at_most=0.75, group="lang=en")], records)[0].passed
    assert not check([floor(at_most=0.74)], records)[0].passed


def test_where_less_is_better_the_cases_that_hit_are_the_worst() -> None:
    records = [record("fine", 0, measure="must-not"), record("harmful", 2, measure="must-not")]
    (checked,) = check([floor(measure="must-not", at_most=0)], records)
    assert [worst.case for worst in checked.worst] == ["harmful"]


def test_a_figure_that_was_not_measured_does_not_pass() -> None:
    (checked,) = check([floor(measure="because", at_least=0.1)], [record("a", 4)])
    assert not checked.passed
    assert "personal because: not measured" in in_words([checked])


def test_a_floor_has_one_bound() -> None:
    for bounds in ({}, {"at_least": 0.1, "at_most": 0.2}):
        with pytest.raises(ValidationError, match="either at_least or at_most"):
            floor(**bounds)


def test_lowered_floors_are_found() -> None:
    before = [floor(at_least=0.9), floor(measure="must-not", at_most=0, safety=True)]
    assert lowered(before, before) == []
    assert lowered([floor(at_least=0.95), before[1]], before) == []
    assert lowered([floor(at_least=0.89), before[1]], before) == [
        "the floor of personal must-have (quick) was at least 0.9, is at least 0.89"
    ]
    assert lowered([before[0], floor(measure="must-not", at_most=0.01, safety=True)], before)
    assert lowered([before[0], floor(measure="must-not", at_most=0)], before)
    assert lowered([before[0]], before) == ["the floor of personal must-not (quick), at most 0, is gone"]
    assert lowered([floor(at_most=0.9), before[1]], before)


def test_the_floors_hold_figures_that_exist_and_the_safety_ones_are_absolute() -> None:
    floors = read_floors()
    assert {item.suite for item in floors} <= set(SUITES)
    keys = [(item.suite, item.measure, item.group, item.run) for item in floors]
    assert len(keys) == len(set(keys))
    for run in ("quick", "full"):
        bounds = {(f.suite, f.measure, f.group): (f.at_least, f.at_most) for f in floors if f.run == run and f.safety}
        assert bounds["personal", "must-not", "all"] == (None, 0)
        assert bounds["grounding", "quote exact", "all"] == (1, None)
        assert bounds["triage", "emergency recall", "set=known"] == (1, None)


def test_no_floor_is_lower_than_it_ever_was() -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("there is no git history here")
    name = FLOORS.relative_to(ROOT).as_posix()

    def ask(*words: str) -> str:
        return subprocess.run(
            [git, *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=True
        ).stdout

    commits = ask("log", "--format=%H", "--", name).split()
    now = read_floors()
    for commit in commits:
        assert lowered(now, read_floors(ask("show", f"{commit}:{name}"))) == [], commit
