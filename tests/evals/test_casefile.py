"""Everything that is wrong in a case file is said at once: where, what is expected, what may have been meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant import InputError
from evals.casefile import CaseFileError, read_jsonl
from evals.outsiders import read_cases, schema
from evals.suites.catalogue import SUITES
from evals.suites.personal import PersonalCase
from evals.suites.suite import CASES, Session

GOOD = {
    "id": "h1", "origin": "ward 3, by two nurses", "lang": "en", "question": "What may she drink?",
    "patient": {"conditions": ["heart failure"]}, "must_have_topics": ["heart_failure"], "must_not": ["alcohol"],
}  # fmt: skip


def written(tmp_path: Path, *rows: Any) -> Path:
    path = tmp_path / "ours.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def problems(session: Session, path: Path) -> tuple[str, ...]:
    with pytest.raises(CaseFileError) as caught:
        read_cases(path, SUITES["personal"], session.known)
    assert all(problem in str(caught.value) for problem in caught.value.problems)
    assert str(caught.value).startswith("ours.jsonl")
    return caught.value.problems


def test_three_mistakes_are_said_at_once(session: Session, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        GOOD,
        GOOD | {"id": "h2", "must_nott": ["alcohol"]},
        GOOD | {"id": "h3", "must_not": ["potasium_rich_food"]},
        GOOD | {"id": "h4", "lang": "fr"},
    )
    assert problems(session, path) == (
        "line 2: must_nott: there is no such field; did you mean must_not?",
        "line 3: must_not.0: no concept is called 'potasium_rich_food'; did you mean potassium_rich_food?",
        "line 4: lang: 'fr' is none of 'en' or 'zh'",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"origin": None}, "origin"),
        ({"origin": ""}, "origin"),
        ({"must_not": "alcohol"}, "must_not: must be a list, as [\"…\"], not 'alcohol'"),
        ({"must_have_topics": ["heart_failur"]}, "no topic is called 'heart_failur'; did you mean heart_failure?"),
        ({"must_have": ["beer and wine and more"]}, "no concept is called"),
        ({"patient": {"vitals": {"spo2": 180}}}, "patient: "),
        ({"patient": {"conditons": ["gout"]}}, "conditions"),
    ],
)
def test_each_kind_of_mistake_is_named(session: Session, tmp_path: Path, change: dict[str, Any], said: str) -> None:
    (problem,) = problems(session, written(tmp_path, GOOD | change))
    assert problem.startswith("line 1: ")
    assert said in problem


def test_a_case_without_an_origin_is_refused_and_told_what_an_origin_is(session: Session, tmp_path: Path) -> None:
    row = {key: value for key, value in GOOD.items() if key != "origin"}
    (problem,) = problems(session, written(tmp_path, row))
    assert problem == "line 1: origin: is missing; it says where the case comes from: who wrote it, and from what"


def test_a_line_that_is_no_json_and_an_id_given_twice_are_told(session: Session, tmp_path: Path) -> None:
    found = problems(session, written(tmp_path, GOOD, '{"id": "h2", ', GOOD))
    assert found[0].startswith("line 2: this is not JSON: ")
    assert found[1] == "line 3: id: 'h1' is the id of line 1 too; each needs its own"


def test_a_concept_named_in_plain_words_is_answered_with_its_id(session: Session, tmp_path: Path) -> None:
    (problem,) = problems(session, written(tmp_path, GOOD | {"must_not": ["低钠盐"]}))
    assert problem.endswith("did you mean potassium_salt_substitute?")


def test_an_empty_file_and_a_file_that_is_not_there_are_told(session: Session, tmp_path: Path) -> None:
    assert problems(session, written(tmp_path, "")) == ("it holds no case; write one a line, as JSON",)
    with pytest.raises(InputError, match="cannot be read"):
        read_jsonl(tmp_path / "none.jsonl", PersonalCase)


@pytest.mark.parametrize(
    ("name", "suite"),
    [
        ("personal.jsonl", "personal"), ("triage_fresh.jsonl", "triage"), ("intake.jsonl", "intake"),
        ("scope.jsonl", "scope"), ("dialogues.jsonl", "dialogue"), ("questions.jsonl", "retrieval"),
        ("verify_outsiders.jsonl", "grounding"), ("parity.jsonl", "parity"),
    ],
)  # fmt: skip
def test_the_suite_of_a_file_is_found_from_its_fields(session: Session, name: str, suite: str) -> None:
    given = read_cases(CASES / name, None, session.known)
    assert given.suite.name == suite
    assert len(given.cases) == len((CASES / name).read_text(encoding="utf-8").splitlines())


def test_our_own_cases_pass_what_outsiders_are_held_to_and_state_their_origin_and_licence(session: Session) -> None:
    for path in CASES.glob("*.jsonl"):
        given = read_cases(path, None, session.known)
        assert all(case.licence in ("Apache-2.0", "CC BY 4.0") for case in given.cases), path


def test_a_misspelt_field_does_not_hide_what_a_file_is_for(session: Session, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD | {"must_nott": ["alcohol"]})
    with pytest.raises(CaseFileError, match="did you mean must_not"):
        read_cases(path, None, session.known)


def test_a_file_that_could_be_for_several_suites_asks_which(session: Session, tmp_path: Path) -> None:
    path = written(tmp_path, {"id": "a", "origin": "me", "lang": "en", "question": "What may I eat?"})
    with pytest.raises(InputError, match=r"grounding, plain, latency; say which with --suite"):
        read_cases(path, None, session.known)
    assert read_cases(path, SUITES["plain"], session.known).suite.name == "plain"


def test_the_schema_tells_every_field_of_every_suite() -> None:
    told = schema(list(SUITES.values()))
    for field in ("`origin`", "`must_not`", "`turns.checks.facts.labs`", "`evidence`", "`findings.status`", "`zh`"):
        assert field in told, field
    assert "| `lang` | en, zh | yes |" in told
