"""The command ``care eval``: a run by default, or one of the commands below it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from assistant.progress import progress_bar

if TYPE_CHECKING:
    from evals.records import Record
    from evals.run import Given, Job
    from evals.suites.suite import Session, Suite
    from evals.systems.protocol import System

_SEED = 2026
_ALL = "all"
_ABOUT = """Evaluate: what is said to each patient and in conversations, what is found, cited, declined and how fast.

care eval [SUITE…] [--system NAME]… [--cases FILE [--suite NAME]] [--out DIR] [--quick] [--seed N] [--json] runs suites;
`care eval run --help` says more. Suites: personal, triage, intake, scope, dialogue, retrieval, grounding, parity,
plain, latency. Systems: ours, ours+llm, bm25, dense, langchain-rag, model, always-emergency, always-routine, or all.
"""


class _RunByDefault(TyperGroup):
    """A group whose command ``run`` need not be named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


evaluate = typer.Typer(cls=_RunByDefault, help=_ABOUT, no_args_is_help=False, rich_markup_mode=None)

Systems = Annotated[
    list[str] | None, typer.Option("--system", help="what to run, more than once for several, or all; by default ours")
]
Json = Annotated[bool, typer.Option("--json", help="write JSON alone to standard output")]


@evaluate.command()
def run(
    suites: Annotated[list[str] | None, typer.Argument(help="by default all", metavar="[SUITE…]")] = None,
    system: Systems = None,
    cases: Annotated[Path | None, typer.Option(help="JSONL file of your own cases; see `care eval schema`")] = None,
    suite: Annotated[
        str | None, typer.Option(help="the suite that --cases are for, where the fields do not say")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="folder for records, figures and the report; a run begun there goes on")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="a part of the cases: under three minutes")] = False,
    seed: Annotated[int, typer.Option(help="of everything that is drawn by lot")] = _SEED,
    shared: Annotated[Path | None, typer.Option(help="folder with the public sets, for triage")] = None,
    as_json: Json = False,
) -> None:
    """Run suites on systems and show the figures."""
    from evals import told

    session, given, chosen = _session(suites, suite, cases, shared)
    systems = _systems(system or ["ours"], session)
    records = _run(chosen, systems, session, given, quick=quick, seed=seed, out=out)
    if out is not None:
        _write_report(out)
    if as_json:
        typer.echo(json.dumps(told.data(records), ensure_ascii=False))
    else:
        typer.echo(told.report(records))
    if any(r.system == "ours" and r.counts.get("must-not", (0, 0))[0] for r in records):
        raise typer.Exit(1)


@evaluate.command()
def gate(
    full: Annotated[bool, typer.Option("--full", help="every case, against the floors of the full run too")] = False,
    seed: Annotated[int, typer.Option(help="of everything that is drawn by lot")] = _SEED,
) -> None:
    """Fail, with the worst cases, where a figure is below its floor (evals/floors.yaml)."""
    from evals.gate import check, in_words, read_floors

    floors = [floor for floor in read_floors() if floor.run == ("full" if full else "quick")]
    session, given, chosen = _session(list(dict.fromkeys(floor.suite for floor in floors)), None, None, None)
    records = _run(chosen, _systems(["ours"], session), session, given, quick=not full, seed=seed)
    checked = check(floors, records)
    typer.echo(in_words(checked))
    if not all(item.passed for item in checked):
        raise typer.Exit(1)


@evaluate.command("known-bad")
def known_bad(
    suites: Annotated[list[str] | None, typer.Argument(help="by default all", metavar="[SUITE…]")] = None,
    full: Annotated[bool, typer.Option("--full", help="every case, not the quick set")] = False,
    out: Annotated[Path | None, typer.Option(help="folder for the records")] = None,
) -> None:
    """Test the suites with systems that are bad in one known way each."""
    from evals.known_bad import FAULTS, compare, in_words

    session, given, chosen = _session(suites, None, None, None)
    chosen = [suite for suite in chosen if suite.name != "latency"]
    systems = _systems(["ours", *FAULTS], session)
    rows = compare(_run(chosen, systems, session, given, quick=not full, seed=_SEED, out=out))
    typer.echo(in_words(rows))
    if any(row.wrong for row in rows):
        raise typer.Exit(1)


@evaluate.command()
def schema(
    suites: Annotated[list[str] | None, typer.Argument(help="by default all", metavar="[SUITE…]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON Schema")] = False,
) -> None:
    """The fields of a suite's cases, for writing your own."""
    from evals.outsiders import for_users
    from evals.outsiders import schema as in_words
    from evals.suites.catalogue import SUITES, suite_called

    chosen = [suite_called(name) for name in suites or SUITES]
    if as_json:
        kinds = {suite.name: [part.model.model_json_schema() for part in for_users(suite)] for suite in chosen}
        typer.echo(json.dumps(kinds, ensure_ascii=False))
    else:
        typer.echo(in_words(chosen))


@evaluate.command()
def diff(
    before: Annotated[Path, typer.Argument(help="folder of the one run")],
    after: Annotated[Path, typer.Argument(help="folder of the other")],
    as_json: Json = False,
) -> None:
    """What got better and worse from one run to the other, case by case."""
    found = importlib.import_module("evals.diff").compare(before, after)
    typer.echo(found.to_json() if as_json else found.text())


@evaluate.command()
def report(folder: Annotated[Path, typer.Argument(help="folder of a run")]) -> None:
    """Write a run's page, and its figures as JSON and CSV, anew from its records."""
    typer.echo(importlib.import_module("evals.report").write(folder))


def _session(
    suites: Sequence[str] | None, suite: str | None, cases: Path | None, shared: Path | None
) -> tuple[Session, Given | None, list[Suite]]:
    """What a run needs: the assistant without its language model, a user's cases, and the suites meant."""
    from assistant import Assistant, InputError, Settings
    from assistant.claims.meaning import load_nli
    from evals.outsiders import read_cases
    from evals.suites.catalogue import SUITES, suite_called
    from evals.suites.suite import Session

    chosen = [suite_called(name) for name in suites or SUITES]
    if cases is not None and (len(suites or ()) > 1 or (suite and suites)):
        raise InputError("--cases are for one suite: name it once, with --suite or alone")
    one = suite_called(suite) if suite else chosen[0] if suites else None
    settings = Settings()
    with progress_bar("Building the index") as show:
        care = Assistant.load(settings=settings.model_copy(update={"llm": None}), progress=show)
    another = None if settings.nli in ("bundled", "none") else load_nli(settings.nli)
    nli = (settings.nli.rstrip("/").rpartition("/")[2], another) if another else None
    session = Session(care, settings, shared, nli)
    given = read_cases(cases, one, session.known) if cases is not None else None
    return session, given, [given.suite] if given else chosen


def _systems(names: Sequence[str], session: Session) -> list[System]:
    """The systems named; one of all that cannot run here is left out, and the reason said."""
    from evals.systems.factory import SYSTEMS, SkippedError, Systems

    make, found = Systems(session.care, session.settings), []
    for name in dict.fromkeys(SYSTEMS if _ALL in names else names):
        try:
            found.append(make.called(name))
        except SkippedError as reason:
            if _ALL not in names:
                raise
            typer.echo(f"left out: {reason}", err=True)
    return found


def _run(
    suites: Sequence[Suite],
    systems: Sequence[System],
    session: Session,
    given: Given | None,
    *,
    quick: bool,
    seed: int,
    out: Path | None = None,
) -> list[Record]:
    from assistant import InputError
    from evals.environment import describe
    from evals.run import case_files, jobs, run, run_in

    work = jobs(suites, systems, session, quick=quick, given=given)
    for system in _idle(systems, work):
        typer.echo(f"left out: {system} has nothing that {', '.join(s.name for s in suites)} needs", err=True)
    if not work:
        raise InputError("there is nothing to run: no system has what the suite needs")
    with progress_bar("Cases") as show:
        if out is None:
            return run(work, session, seed, show=show)
        names = list(dict.fromkeys(job.system.name for job in work))
        files = case_files(suites, given)
        now = describe(session.care, session.settings, [suite.name for suite in suites], names, files, seed, quick)
        return run_in(out, work, session, now, show)


def _idle(systems: Iterable[System], work: Iterable[Job]) -> list[str]:
    busy = {job.system.name for job in work}
    return [system.name for system in systems if system.name not in busy]


def _write_report(folder: Path) -> None:
    """The page beside the records, where what draws it is installed."""
    try:
        typer.echo(f"report: {importlib.import_module('evals.report').write(folder)}", err=True)
    except ModuleNotFoundError as missing:
        typer.echo(f"no report is written: {missing}; {folder} holds the records", err=True)
