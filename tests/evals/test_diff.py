"""Two runs compared: what got better and worse, and nothing compared that is not the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import InputError
from evals.diff import compare
from evals.records import Record
from tests.evals.records import record, write_run


def run(folder: Path, *records: Record) -> Path:
    return write_run(folder, records)


def cases(hits: int, name: str = "must-have") -> list[Record]:
    return [
        record(f"c{n:02}", counts={name: (n < hits, 1)}, problems=() if n < hits else (f"nothing on thing {n}",))
        for n in range(30)
    ]


def test_better_and_worse_follow_the_direction_of_the_measure(tmp_path: Path) -> None:
    up = compare(run(tmp_path / "a", *cases(10)), run(tmp_path / "b", *cases(25)))
    assert [(change.verdict, change.a, change.b) for change in up.measures] == [("better", 0.333333, 0.833333)]
    assert up.measures[0].low <= 0.5 <= up.measures[0].high
    said = compare(run(tmp_path / "c", *cases(10, "must-not")), run(tmp_path / "d", *cases(25, "must-not")))
    assert [change.verdict for change in said.measures] == ["worse"]
    assert "SAFETY WORSE: personal must-not" in said.text()
    assert said.text().index("Worse:") < said.text().index("Unchanged:")


def test_one_more_safety_failure_is_said_though_its_interval_holds_zero(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", *cases(0, "must-not")), run(tmp_path / "b", *cases(1, "must-not")))
    assert found.measures[0].verdict == "unclear"
    assert "SAFETY WORSE" in found.text()
    turned = compare(tmp_path / "b", tmp_path / "a")
    assert "SAFETY WORSE" not in turned.text()


def test_the_same_run_twice_has_nothing_to_say(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", *cases(9)), run(tmp_path / "b", *cases(9)))
    assert [change.verdict for change in found.measures] == ["same"]
    assert (found.cases, found.reworded, found.only_a, found.only_b, found.changed) == ((), 0, (), (), ())


def test_case_by_case_it_says_what_is_new_and_what_is_gone_and_what_each_said(tmp_path: Path) -> None:
    before = [record("a", said="Drink water.", problems=("nothing on salt",), counts={"must-have": (1, 2)}),
              record("b", said="Rest."), record("c", said="Walk.", counts={"must-have": (1, 1)})]  # fmt: skip
    after = [record("a", said="Less salt.\nMore water.", counts={"must-have": (2, 2)}),
             record("b", said="Sleep."), record("c", said="Run.", problems=("recommends run",), counts={"must-have": (0, 1)})]  # fmt: skip
    found = compare(run(tmp_path / "a", *before), run(tmp_path / "b", *after))
    assert [(change.case, change.new, change.gone) for change in found.cases] == [
        ("c", ("recommends run",), ()), ("a", (), ("nothing on salt",)),
    ]  # fmt: skip
    assert found.reworded == 1
    text = found.text()
    assert "+ new problem: recommends run" in text
    assert "must-have: 1 of 2 → 2 of 2" in text
    assert "    | Drink water." in text
    assert "    | More water." in text
    assert json.loads(found.to_json())["cases"][0]["said_b"] == "Run."


def test_cases_in_one_run_only_are_listed_and_not_averaged_in(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a", *cases(30)), run(tmp_path / "b", *cases(30)[:10], record("new")))
    assert found.compared == found.measures[0].n == 10
    assert len(found.only_a) == 20
    assert found.only_b == ("personal / ours / new",)
    assert f"NOT COMPARED, only in {tmp_path / 'a'} (20): personal / ours / c10" in found.text()


def test_a_case_that_was_changed_under_its_id_is_not_compared(tmp_path: Path) -> None:
    before = [record("a", seen={"question": "May he eat?", "evidence": ["x"]}), record("b", labels={"right": "urgent"}),
              record("c", seen={"question": "And drink?", "evidence": ["x"]})]  # fmt: skip
    after = [record("a", seen={"question": "May she eat?", "evidence": ["x"]}), record("b", labels={"right": "routine"}),
             record("c", seen={"question": "And drink?", "evidence": ["y"]})]  # fmt: skip
    found = compare(run(tmp_path / "a", *before), run(tmp_path / "b", *after))
    assert found.changed == ("personal / ours / a", "personal / ours / b")
    assert found.compared == 1


def test_a_claim_held_to_other_evidence_is_another_case(tmp_path: Path) -> None:
    pairs = [[record("a", seen={"claim": "Eat.", "evidence": evidence}), record("b")] for evidence in ("x", "y")]
    found = compare(run(tmp_path / "a", *pairs[0]), run(tmp_path / "b", *pairs[1]))
    assert found.changed == ("personal / ours / a",)


def test_runs_with_nothing_in_common_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match="no case in common: personal by ours in the first, scope by ours in the second"
    ):
        compare(run(tmp_path / "a", record("a")), run(tmp_path / "b", record("a", suite="scope")))


def test_what_a_system_said_does_not_steer_the_terminal(tmp_path: Path) -> None:
    before, after = record("a", said="x\x1b[2J"), record("a", said="y\x9b\u202e", problems=("bad \x1b]0;title\x07",))
    text = compare(run(tmp_path / "a", before), run(tmp_path / "b", after)).text()
    assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(text)
