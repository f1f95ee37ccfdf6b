"""``care index``: build, change and inspect the index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli_options import BAD_INPUT, IndexDir, Json, show
from assistant.errors import InputError
from assistant.progress import progress_bar
from assistant.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Build, change and inspect the index.")


@app.command()
def build(index: IndexDir = None, as_json: Json = False) -> None:
    """Build the index from the knowledge files; users' documents in it are kept."""
    _change_index(index, as_json)


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="files or folders")], index: IndexDir = None, as_json: Json = False
) -> None:
    """Add documents (text, Markdown, JSONL) to the index; one of the same id is replaced."""
    from corpus.readers import read_paths

    documents, failures = read_paths(paths)
    for path, reason in failures:
        typer.echo(f"not read: {path}: {reason}", err=True)
    if not documents:
        raise InputError("none of the files could be read; nothing was added")
    _change_index(index, as_json, add=documents)
    if failures:
        raise typer.Exit(BAD_INPUT)


@app.command()
def remove(
    ids: Annotated[list[str], typer.Argument(help="document ids")], index: IndexDir = None, as_json: Json = False
) -> None:
    """Remove users' documents from the index."""
    from index.store import IndexDirectory

    version = IndexDirectory(index or Settings().index_path).open()
    known = {document.id for document in version.documents("user")}
    version.close()
    unknown = [document_id for document_id in ids if document_id not in known]
    if unknown:
        raise InputError(f"no user document {', '.join(unknown)} in the index; `care index list` shows them")
    _change_index(index, as_json, remove=ids)


@app.command(name="list")
def list_documents(index: IndexDir = None, as_json: Json = False) -> None:
    """List the documents in the index."""
    from index.store import IndexDirectory

    version = IndexDirectory(index or Settings().index_path).open()
    rows = [
        {"document": d.id, "kind": d.kind, "language": d.language, "title": d.origin.title, "characters": len(d.text)}
        for d in version.documents()
    ]
    show(
        {"documents": rows},
        "\n".join(f"{r['kind']:<11}{r['language']}  {r['document']:<45}{r['title']}" for r in rows),
        as_json,
    )


@app.command(name="verify")
def verify_index(index: IndexDir = None, as_json: Json = False) -> None:
    """Check every file of the index against its checksum."""
    from index.store import IndexDirectory

    manifest = IndexDirectory(index or Settings().index_path).verify()
    show(
        {"ok": True, "files": len(manifest.checksums)},
        f"all {len(manifest.checksums)} files are as they were written",
        as_json,
    )


@app.command()
def info(index: IndexDir = None, as_json: Json = False) -> None:
    """Show what the index holds and what it was built with."""
    from dataclasses import asdict

    from index.store import IndexDirectory

    path = index or Settings().index_path
    manifest = asdict(IndexDirectory(path).manifest()) | {"path": str(path)}
    show(manifest, "\n".join(f"{key}: {value}" for key, value in manifest.items() if key != "checksums"), as_json)


def _change_index(index: Path | None, as_json: bool, **changes: Any) -> None:
    from dataclasses import asdict

    from index.build import build_index
    from index.embed import load_embedder

    settings = Settings()
    path = index or settings.index_path
    with progress_bar("Building the index") as show_progress:
        manifest = build_index(path, load_embedder(settings.embedder), progress=show_progress, **changes)
    show(asdict(manifest), f"{manifest.documents} documents, {manifest.passages} passages at {path}", as_json)
