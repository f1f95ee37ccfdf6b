"""The command ``care eval``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.assistant import Assistant
from assistant.progress import progress_bar
from evals.personal import run_personal


def evaluate(
    cases: Annotated[
        Path | None, typer.Option(help="JSONL file of your own cases; by default those in the package")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="write JSON alone to standard output")] = False,
) -> None:
    """Run the personal suite: what must be said and must not be said to each patient."""
    with progress_bar("Building the index") as show:
        care = Assistant.load(progress=show)
    report = run_personal(care, cases)
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        typer.echo(f"cases {report['cases']}, must-have found {report['must_have_found']} of {report['must_have']}, "
                   f"must-not said {report['must_not_said']} of {report['must_not']}")  # fmt: skip
        for failure in report["failures"]:
            typer.echo(f"- {failure['id']}: {failure['problem']}")
    if report["failures"]:
        raise typer.Exit(1)
