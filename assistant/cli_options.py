"""What the commands share: options, output and exit statuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

BAD_INPUT, UNUSABLE = 1, 3

PatientFile = Annotated[Path | None, typer.Option("--patient", help="JSON file of a patient's facts")]
BatchFile = Annotated[Path | None, typer.Option("--batch", help="JSONL file of cases, one a line; - is standard input")]
Json = Annotated[bool, typer.Option("--json", help="write JSON alone to standard output")]
Audience = Annotated[str, typer.Option(help="nurse or patient")]
Lang = Annotated[str | None, typer.Option("--lang", help="en or zh; by default that of the question")]
IndexDir = Annotated[Path | None, typer.Option("--index", help="index directory; by default the one under CARE_HOME")]


def show(data: Any, plain: str, as_json: bool) -> None:
    """Write *data* as JSON, or *plain* text."""
    typer.echo(json.dumps(data, ensure_ascii=False) if as_json else plain)


def one_of(value: str | None, allowed: tuple[str, ...], option: str) -> None:
    """Refuse an option's value that is not among the allowed ones, as a usage error."""
    if value is not None and value not in allowed:
        raise typer.BadParameter(f"{option} must be one of {', '.join(allowed)}")


def typed_lines() -> Iterator[str]:
    """The lines of standard input that say something; somebody who types them is shown where, on standard error."""
    prompt = sys.stdin.isatty()
    while True:
        if prompt:
            typer.echo("> ", nl=False, err=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line


def finish(good: bool) -> NoReturn:
    """End a batch: status 1 if any line of it was bad."""
    raise typer.Exit(0 if good else BAD_INPUT)
