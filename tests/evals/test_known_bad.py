"""The suites see each known fault where it is, and blame it for nothing else."""

from __future__ import annotations

import pytest

from evals.known_bad import FAULTS, compare, in_words
from evals.records import Record
from evals.run import jobs, run
from evals.suites.catalogue import SUITES
from evals.suites.suite import Session
from evals.systems.bad import BAD
from evals.systems.factory import Systems


@pytest.fixture(scope="module")
def records(session: Session) -> list[Record]:
    """Ours and the bad systems on every sixth case of the quick set, and on every patient."""
    make = Systems(session.care, session.settings)
    systems = [make.called(name) for name in ("ours", *FAULTS)]
    suites = [suite for suite in SUITES.values() if suite.name not in ("latency", "intake")]
    work = jobs(suites, systems, session, quick=True)
    places: dict[tuple[str, str, type], int] = {}
    chosen = []
    for job in work:
        place = (job.suite.name, job.system.name, job.part.model)
        places[place] = places.get(place, -1) + 1
        if places[place] % (1 if job.suite.name == "personal" else 6) == 0:
            chosen.append(job)
    return run(chosen, session, seed=0)


def test_every_bad_system_has_its_fault_written_down() -> None:
    assert list(FAULTS) == [system.name for system in BAD]


def test_each_fault_is_seen_where_it_is_and_nowhere_else(records: list[Record]) -> None:
    rows = compare(records)
    assert [row for row in rows if row.wrong] == [], in_words(rows)
    assert {row.system for row in rows if row.expected in ("down", "up") and not row.wrong} == set(FAULTS)


def test_ours_passed_off_as_a_bad_system_is_noticed(records: list[Record]) -> None:
    honest = [r for r in records if r.system == "ours"]
    passed_off = [r.model_copy(update={"system": "bad-wrong-passage"}) for r in honest]
    wrong = {
        (row.suite, row.measure)
        for row in compare([*honest, *passed_off])
        if row.wrong and "wrong-passage" in row.system
    }
    assert wrong == {("grounding", "citation recall"), ("grounding", "citation precision")}


def test_a_fault_that_shows_elsewhere_is_noticed(records: list[Record]) -> None:
    swapped = {"bad-always-emergency": "bad-refuses-everything", "bad-refuses-everything": "bad-always-emergency"}
    mixed = [r.model_copy(update={"system": swapped.get(r.system, r.system)}) for r in records]
    wrong = [row for row in compare(mixed) if row.wrong and row.system == "bad-always-emergency"]
    assert {("personal", "must-have"), ("triage", "false alarms")} <= {(row.suite, row.measure) for row in wrong}
    assert "WRONG: the fault" in in_words(wrong)
