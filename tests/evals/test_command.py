"""``care eval`` from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

import evals.command as command
from assistant import Assistant
from evals.environment import read
from evals.reading import advised
from evals.records import read_records
from evals.run import Given
from evals.suites.suite import Session
from evals.systems.ours import Ours
from evals.systems.protocol import Asked

CASE: dict[str, Any] = {
    "id": "h1", "origin": "ward 3", "lang": "en", "question": "What should he eat and avoid?",
    "patient": {"conditions": ["ckd stage 4"], "labs": {"potassium_mmol_l": 5.6}},
    "must_have": ["potassium_rich_food"], "must_not": ["potassium_salt_substitute"],
}  # fmt: skip
Care = Callable[..., Result]


@pytest.fixture
def care_eval(care: Assistant, monkeypatch: pytest.MonkeyPatch) -> Care:
    monkeypatch.setattr(Assistant, "load", lambda *_, **__: care)
    monkeypatch.setattr(command, "_write_report", lambda folder: None)
    return lambda *words: CliRunner().invoke(command.evaluate, [str(word) for word in words])


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(json.dumps(CASE | {"id": name}) + "\n" for name in ("h1", "h2")), encoding="utf-8")
    return path


def test_own_cases_need_no_suite_and_no_command_to_be_named(care_eval: Care, cases: Path) -> None:
    result = care_eval("--cases", cases)
    assert result.exit_code == 0, result.output
    assert "personal: 2 cases, ours" in result.output
    assert "must-not 0.000 (0 of 2)" in result.output


def test_systems_stand_side_by_side(care_eval: Care, cases: Path) -> None:
    result = care_eval("personal", "--cases", cases, "--system", "ours", "--system", "bm25", "--json")
    (suite,) = json.loads(result.stdout)
    figures = {(f["system"], f["measure"]): f for f in suite["figures"] if f["group"] == "all"}
    assert figures["ours", "must-have"]["value"] == 1
    assert figures["bm25", "must-not"]["of"] == 2


def test_a_run_is_written_down_and_not_made_twice(
    care_eval: Care, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    first = care_eval("--cases", cases, "--out", out, "--seed", 3)
    written = (out / "records.jsonl").read_bytes()
    assert (read(out).seed, read(out).systems, list(read(out).case_files)) == (3, ("ours",), ["mine.jsonl"])
    monkeypatch.setattr(Assistant, "ask", None)
    again = care_eval("--cases", cases, "--out", out, "--seed", 3)
    assert again.exit_code == 0
    assert (out / "records.jsonl").read_bytes() == written
    assert first.stdout == again.stdout
    other = care_eval("--cases", cases, "--out", out, "--seed", 4)
    assert "seed was 3, is 4" in str(other.exception)


def test_two_runs_with_one_seed_give_the_same_figures(care_eval: Care, cases: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        care_eval("--cases", cases, "--out", tmp_path / name)
    one, other = ([r.model_dump(exclude={"milliseconds"}) for r in read_records(tmp_path / name)] for name in "ab")
    assert one == other


def test_advice_that_must_not_be_given_fails_the_command(care_eval: Care, care: Assistant, tmp_path: Path) -> None:
    response = Ours(care).answer(Asked(CASE["question"], "en", CASE["patient"]))
    concept, _ = advised(response, care.knowledge)[0]
    path = tmp_path / "strict.jsonl"
    path.write_text(json.dumps(CASE | {"must_not": [concept]}) + "\n", encoding="utf-8")
    result = care_eval("--cases", path)
    assert result.exit_code == 1
    assert f"- h1: recommends {concept}: " in result.output


def test_mistakes_in_a_case_file_are_all_told(care_eval: Care, cases: Path) -> None:
    cases.write_text(json.dumps(CASE | {"lang": "de", "questoin": "x"}) + "\n", encoding="utf-8")
    result = care_eval("--cases", cases)
    assert "mine.jsonl cannot be used, 2 mistakes:" in str(result.exception)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("triag",), "no suite is called triag; did you mean triage?"),
        (("triage", "--system", "oors"), "no system is called oors; did you mean ours?"),
        (("intake", "--system", "bm25"), "there is nothing to run"),
        (("personal", "--system", "model"), "needs a language model; set CARE_LLM"),
    ],
)
def test_what_cannot_be_run_is_told(care_eval: Care, words: tuple[str, ...], said: str) -> None:
    assert said in str(care_eval(*words).exception)


def test_of_all_systems_those_that_cannot_run_are_left_out_and_said(
    care_eval: Care, cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []

    def no_run(_: Any, systems: Any, *__: Any, **___: Any) -> list[Any]:
        names.extend(system.name for system in systems)
        return []

    monkeypatch.setattr(command, "_run", no_run)
    result = care_eval("triage", "--system", "all")
    assert names == ["ours", "bm25", "dense", "always-emergency", "always-routine"]
    assert "left out: langchain-rag needs a language model" in result.stderr


def test_the_schema_can_be_read_by_people_and_by_programs(care_eval: Care) -> None:
    assert "| `must_not` | list: id of a concept | no |" in care_eval("schema", "personal").output
    (kind,) = json.loads(care_eval("schema", "triage", "--json").stdout)["triage"]
    assert {"id", "origin", "text", "level"} <= set(kind["required"])


def test_a_gate_that_holds_and_one_that_does_not(care_eval: Care, monkeypatch: pytest.MonkeyPatch, cases: Path) -> None:
    from evals import gate
    from evals.outsiders import read_cases

    inner = command._session

    def small(*_: Any) -> tuple[Session, Given, list[Any]]:
        session, _given, _chosen = inner(["personal"], None, None, None)
        given = read_cases(cases, None, session.known)
        return session, given, [given.suite]

    monkeypatch.setattr(command, "_session", small)
    for bound, status, said in (
        (1.0, 0, "all kept"),
        (1.1, 1, "FAIL personal must-have: 1.0000 of 2 cases; at least 1.1"),
    ):
        floor = gate.Floor(suite="personal", measure="must-have", at_least=bound)
        monkeypatch.setattr(gate, "read_floors", lambda floor=floor: [floor])
        result = care_eval("gate")
        assert result.exit_code == status
        assert said in result.output
