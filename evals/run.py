"""Running suites: every case on every system that has what the case needs, each once, in a fixed order."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import InputError
from evals import environment
from evals.casefile import Case
from evals.records import NAME, Key, Record, append_record, read_records, write_records
from evals.suites.suite import Own, Part, Session, Suite
from evals.systems.protocol import System


@dataclass(frozen=True)
class Job:
    """One case to be run on one system."""

    suite: Suite
    part: Part
    case: Case
    set: str | None
    system: System

    @property
    def key(self) -> Key:
        """What its record will be of."""
        return Key(self.suite.name, self.case.id, self.system.name)


@dataclass(frozen=True)
class Given:
    """A user's file of cases, and what they are cases of."""

    path: Path
    suite: Suite
    part: Part
    cases: tuple[Case, ...]


def jobs(
    suites: Sequence[Suite],
    systems: Sequence[System],
    session: Session,
    *,
    quick: bool = False,
    given: Given | None = None,
) -> list[Job]:
    """What there is to run: our cases, every so many of them in the quick set, or those of a user's file."""
    if given is not None:
        return _jobs(given.suite, given.part, [Own(case) for case in given.cases], systems)
    found = []
    for suite in suites:
        for part in suite.parts:
            cases = list(part.own(session))
            found += _jobs(suite, part, cases[:: part.quick] if quick else cases, systems)
    return found


def _jobs(suite: Suite, part: Part, cases: Sequence[Own], systems: Sequence[System]) -> list[Job]:
    able = [system for system in systems if isinstance(system, part.needs)]
    return [Job(suite, part, case, name, system) for system in able for case, name in cases]


def run(
    work: Sequence[Job],
    session: Session,
    seed: int,
    *,
    done: Mapping[Key, Record] | None = None,
    save: Callable[[Record], Any] | None = None,
    show: Callable[[int, int], None] | None = None,
) -> list[Record]:
    """The records of *work* in its order; what is *done* is not run again, each new record is given to *save*.

    Raises :class:`~assistant.InputError` where two cases of a suite have one name.
    """
    _seed(seed)
    done = done or {}
    records: dict[Key, Record] = {}
    for number, job in enumerate(work, 1):
        if job.key in records:
            raise InputError(f"two cases of the suite {job.suite.name} are called {job.case.id}; rename one")
        if job.key in done:
            records[job.key] = done[job.key]
        else:
            records[job.key] = _record(job, session)
            if save is not None:
                save(records[job.key])
        if show is not None:
            show(number, len(work))
    return list(records.values())


def run_in(
    folder: Path,
    work: Sequence[Job],
    session: Session,
    now: environment.Environment,
    show: Callable[[int, int], None] | None = None,
) -> list[Record]:
    """Run into *folder*, or go on with the run that was begun there; all its records, old ones and new ones.

    Raises :class:`~assistant.InputError` where that run was made in another environment.
    """
    path = folder / NAME
    begun = path.is_file()
    environment.begin(folder, now)
    before = read_records(folder) if begun else []
    write_records(path, before)
    done = {record.key: record for record in before}
    records = run(work, session, now.seed, done=done, save=lambda record: append_record(path, record), show=show)
    new = {record.key for record in records}
    whole = [*(record for record in before if record.key not in new), *records]
    write_records(path, whole)
    return whole


def case_files(suites: Iterable[Suite], given: Given | None) -> dict[str, Path]:
    """The files that a run's cases stand in, by their names."""
    files = [given.path] if given else [path for suite in suites for part in suite.parts for path in part.files]
    return {path.name: path for path in files}


def _record(job: Job, session: Session) -> Record:
    try:
        record = job.part.judge(job.case, job.system, session)
    except InputError as error:
        raise InputError(f"case {job.case.id} of {job.suite.name}: {error}") from error
    return record if job.set is None else record.model_copy(update={"groups": {**record.groups, "set": job.set}})


def _seed(seed: int) -> None:
    """Make whatever draws lots in a system draw the same again."""
    random.seed(seed)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)
