"""``care corpus``: check and read the knowledge files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli_options import UNUSABLE, Json, show
from assistant.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Check and read the knowledge files.")


@app.command(name="lint")
def lint_command(
    data: Annotated[Path | None, typer.Option(help="knowledge folder; by default the one in the package")] = None,
    as_json: Json = False,
) -> None:
    """Check the knowledge files; exit status 3 if there is an error."""
    from dataclasses import asdict

    from corpus.lint import lint
    from corpus.load import DATA

    issues = lint(data or DATA)
    errors = sum(issue.severity == "error" for issue in issues)
    lines = [f"{issue.where}: {issue.severity}: {issue.message}" for issue in issues]
    lines.append(f"{errors} errors, {len(issues) - errors} warnings")
    show({"issues": [asdict(issue) for issue in issues], "errors": errors}, "\n".join(lines), as_json)
    if errors:
        raise typer.Exit(UNUSABLE)


@app.command()
def stats(as_json: Json = False) -> None:
    """Count topics, statements, sources, concepts and names."""
    from corpus.load import load_corpus
    from corpus.stats import corpus_stats

    numbers = corpus_stats(load_corpus())
    show(numbers, json.dumps(numbers, ensure_ascii=False, indent=2), as_json)


@app.command(name="show")
def show_entry(
    entry: Annotated[str, typer.Argument(metavar="ID", help="a statement, topic, concept or document id")],
    as_json: Json = False,
) -> None:
    """Show a statement, rule, topic, concept or document in full."""
    from corpus.load import load_corpus
    from corpus.stats import find_entry

    found = find_entry(load_corpus(), entry)
    if found is None:
        raise InputError(f"nothing in the knowledge files has the id {entry!r}")
    show(found, json.dumps(found, ensure_ascii=False, indent=2, default=str), as_json)


@app.command()
def vectors(
    fresh: Annotated[bool, typer.Option("--fresh", help="embed every text anew, also the unchanged ones")] = False,
    as_json: Json = False,
) -> None:
    """Write the vectors that come with the program, after the knowledge files were changed."""
    import tempfile

    from assistant.progress import progress_bar
    from index.build import build_index
    from index.embed import load_embedder
    from index.shipped import SHIPPED, ship
    from index.store import IndexDirectory

    with tempfile.TemporaryDirectory() as folder, progress_bar("Embedding the knowledge files") as progress:
        manifest = build_index(Path(folder), load_embedder(), fresh=fresh, progress=progress)
        version = IndexDirectory(Path(folder)).open()
        known = version.vectors()
        version.close()
    ship(known, manifest.embedder)
    written = {"vectors": len(known), "embedder": manifest.embedder, "file": str(SHIPPED)}
    show(written, f"{len(known)} vectors of {manifest.embedder} in {SHIPPED}", as_json)
