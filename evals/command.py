"""The command ``care eval``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.assistant import Assistant
from assistant.progress import progress_bar
from evals.dialogue import run_dialogue
from evals.intake import run_intake
from evals.personal import run_personal
from evals.plain import plain
from evals.retrieval import run_retrieval
from evals.scope import run_scope
from evals.triage import run_triage

Suite = Callable[[Assistant, Path | None], dict[str, Any]]
_SUITES: dict[str, Suite] = {
    "triage": run_triage,
    "intake": run_intake,
    "scope": run_scope,
    "personal": run_personal,
    "dialogue": run_dialogue,
    "retrieval": run_retrieval,
}


def evaluate(
    suites: Annotated[list[str] | None, typer.Argument(help=f"{', '.join(_SUITES)}; by default all")] = None,
    cases: Annotated[Path | None, typer.Option(help="JSONL file of your own cases, for one suite")] = None,
    shared: Annotated[Path | None, typer.Option(help="folder with the public triage sets")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="write JSON alone to standard output")] = False,
) -> None:
    """Evaluate what is said to each patient and in conversations, what is found, and what is declined."""
    wanted = suites or list(_SUITES)
    unknown = [name for name in wanted if name not in _SUITES]
    if unknown:
        raise typer.BadParameter(f"no suite {', '.join(unknown)}; there are {', '.join(_SUITES)}")
    if cases is not None and len(wanted) != 1:
        raise typer.BadParameter("--cases needs the one suite they are for")
    with progress_bar("Building the index") as show:
        care = Assistant.load(progress=show)
    reports = [run_triage(care, cases, shared) if name == "triage" else _SUITES[name](care, cases) for name in wanted]
    if as_json:
        typer.echo(json.dumps(reports, ensure_ascii=False))
    else:
        typer.echo("\n\n".join(plain(report) for report in reports))
    if any(report.get("must_not_said") for report in reports):
        raise typer.Exit(1)
