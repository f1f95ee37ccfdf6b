"""Records: totals, and a run that can be stopped and taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import InputError
from evals import environment
from evals.casefile import Case
from evals.environment import Environment, describe
from evals.records import NAME, Measured, Record, Total, line_of, read_records, totals
from evals.run import Job, jobs, run, run_in
from evals.suites.suite import Own, Part, Session, Suite


class Echo:
    """A system that says what it is told, and counts how often."""

    name = "echo"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def echo(self, text: str) -> str:
        self.asked.append(text)
        if text == "stop":
            raise KeyboardInterrupt
        return text


class Deaf:
    name = "deaf"


def judge(case: Case, system: Echo, session: Session) -> Record:
    said = system.echo(case.id)
    return Record(suite="echo", case=case.id, system=system.name, groups={"kind": said[0]},
                  counts={"said": (len(said), 4), "never": (0, 0)}, said=said)  # fmt: skip


def suite(*ids: str) -> Suite:
    def own(_: Session) -> Iterator[Own]:
        return (Own(Case(id=name, origin="this test"), "one") for name in ids)

    return Suite("echo", "", (Part(Case, own, Echo, judge, quick=2),))


def work(system: Any, *ids: str, session: Session) -> list[Job]:
    return jobs([suite(*ids)], [system], session)


@pytest.fixture
def now(session: Session) -> Environment:
    return describe(session.care, session.settings, ["echo"], ["echo"], {}, 7, False)


def test_a_figure_is_the_sum_of_hits_over_the_sum_of_what_they_are_of(session: Session) -> None:
    found = totals(run(work(Echo(), "a", "abcd", "bb", session=session), session, 1))
    assert found[Measured("echo", "echo", "said")] == Total(7, 12, 3)
    assert found[Measured("echo", "echo", "said", "kind=a")] == Total(5, 8, 2)
    assert found[Measured("echo", "echo", "said", "set=one")].value == pytest.approx(7 / 12)
    assert not [key for key in found if key.measure == "never"]


def test_a_system_without_what_a_suite_needs_is_left_out(session: Session) -> None:
    assert work(Deaf(), "a", session=session) == []


def test_the_quick_set_takes_every_so_many_of_the_cases(session: Session) -> None:
    quick = jobs([suite("a", "b", "c")], [Echo()], session, quick=True)
    assert [job.case.id for job in quick] == ["a", "c"]


def test_a_stopped_run_goes_on_where_it_was(session: Session, tmp_path: Path, now: Environment) -> None:
    first = Echo()
    with pytest.raises(KeyboardInterrupt):
        run_in(tmp_path, work(first, "a", "b", "stop", "c", session=session), session, now)
    with (tmp_path / NAME).open("a", encoding="utf-8") as file:
        file.write('{"suite": "echo", "case": "to')
    second = Echo()
    records = run_in(tmp_path, work(second, "a", "b", "d", "c", session=session), session, now)
    assert second.asked == ["d", "c"]
    assert [record.case for record in records] == ["a", "b", "d", "c"]
    assert read_records(tmp_path) == records


def test_a_stopped_run_ends_with_the_same_file_as_one_that_was_not(
    session: Session, tmp_path: Path, now: Environment
) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    run_in(whole, work(Echo(), "a", "b", "c", session=session), session, now)
    run_in(parts, work(Echo(), "b", session=session), session, now)
    run_in(parts, work(Echo(), "a", "b", "c", session=session), session, now)
    assert (whole / NAME).read_bytes() == (parts / NAME).read_bytes()


def test_more_suites_and_systems_can_be_added_to_a_run(session: Session, tmp_path: Path, now: Environment) -> None:
    run_in(tmp_path, work(Echo(), "a", session=session), session, now)
    later = now.model_copy(update={"systems": ("other",), "case_files": {"x.jsonl": "1"}})
    assert environment.begin(tmp_path, later).systems == ("echo", "other")
    assert environment.read(tmp_path).case_files == {"x.jsonl": "1"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"corpus": "other"}, "corpus was"),
        ({"seed": 8}, "seed was 7, is 8"),
        ({"quick": True}, "quick was False, is True"),
        ({"case_files": {"x.jsonl": "2"}}, "the case file x.jsonl has changed"),
    ],
)
def test_a_run_in_another_environment_is_refused(
    session: Session, tmp_path: Path, now: Environment, change: dict[str, Any], said: str
) -> None:
    environment.begin(tmp_path, now.model_copy(update={"case_files": {"x.jsonl": "1"}}))
    with pytest.raises(InputError, match=r"another environment: .*use another --out|Use another --out") as caught:
        environment.begin(tmp_path, now.model_copy(update=change))
    assert said in str(caught.value)


def test_two_cases_of_one_name_are_refused(session: Session) -> None:
    with pytest.raises(InputError, match="two cases of the suite echo are called a"):
        run(work(Echo(), "a", "a", session=session), session, 1)


def test_a_broken_line_inside_the_records_is_told(tmp_path: Path) -> None:
    record = Record(suite="s", case="c", system="x")
    (tmp_path / NAME).write_text("{}\n" + line_of(record), encoding="utf-8")
    with pytest.raises(InputError, match="line 1 is no record"):
        read_records(tmp_path)
    with pytest.raises(InputError, match="there is no"):
        read_records(tmp_path / "none")


def test_the_environment_names_no_folder_of_this_machine(session: Session) -> None:
    settings = session.settings.model_copy(update={"llm": "transformers:/home/somebody/model", "nli": "/opt/nli-small"})
    now = describe(session.care, settings, [], [], {}, 1, False)
    assert (now.llm, now.nli) == ("transformers:model", "nli-small")
    server = settings.model_copy(update={"llm": "openai:small@http://127.0.0.1:1/v1"})
    assert describe(session.care, server, [], [], {}, 1, False).llm == "openai:small@http://127.0.0.1:1/v1"
