"""``care index``: build, change and inspect the index."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli_options import BAD_INPUT, IndexDir, Json, show
from assistant.errors import InputError
from assistant.progress import progress_bar
from assistant.settings import Settings

if TYPE_CHECKING:
    from corpus.documents import Document, Passage
    from index.store import Manifest

app = typer.Typer(no_args_is_help=True, help="Build, change and inspect the index.")


@app.command()
def build(
    index: IndexDir = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="embed every text anew; takes minutes")] = False,
    as_json: Json = False,
) -> None:
    """Build the index from the knowledge files; users' documents in it are kept."""
    _change_index(index, as_json, fresh=fresh)


@app.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="files or folders")],
    title: Annotated[str | None, typer.Option(help="title shown with a citation")] = None,
    publisher: Annotated[str | None, typer.Option(help="publisher shown with a citation")] = None,
    year: Annotated[int | None, typer.Option(help="year shown with a citation")] = None,
    url: Annotated[str | None, typer.Option(help="address shown with a citation")] = None,
    licence: Annotated[str | None, typer.Option(help="licence of the documents")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="where they apply")] = None,
    text_field: Annotated[str | None, typer.Option(help="field of a CSV or JSONL file that holds the text")] = None,
    index: IndexDir = None,
    as_json: Json = False,
) -> None:
    """Add documents: PDF, DOCX, HTML, Markdown, text, CSV, JSONL, OpenStax CNXML, MedQuAD and MedlinePlus XML.

    Folders are walked. Files that have not changed since are passed over; one that changed replaces what was
    read from it before. Stopped half-way, run it again: it goes on where it was. Exit status 1 if some file
    could not be read; the others are in the index then.
    """
    origin = {"title": title, "publisher": publisher, "year": year, "url": url, "licence": licence,
              "jurisdiction": jurisdiction}  # fmt: skip
    path = index or Settings().index_path
    known, of_source = _known_sources(path)
    added, gone, failed, unchanged = _read_files(paths, origin, known, of_source, text_field)
    for name, reason in failed:
        typer.echo(f"not read: {name}: {reason}", err=True)
    if not added and not unchanged:
        raise InputError("none of the files could be read; nothing was added")
    if added:
        _write_index(path, add=added, remove=gone)
    passages = sum(len(of_document) for _, of_document in added)
    earlier = set().union(*of_source.values()) if of_source else set()
    replaced = sum(document.id in earlier for document, _ in added)
    not_read = [{"file": name, "reason": reason} for name, reason in failed]
    report = {
        "documents": len(added),
        "passages": passages,
        "replaced": replaced,
        "unchanged": unchanged,
        "not_read": not_read,
    }
    plain = (
        f"added {len(added)} documents with {passages} passages"
        + (f" ({replaced} in place of earlier ones of the same name)" if replaced else "")
        + f"; {unchanged} unchanged; {len(failed)} not read"
    )
    show(report, plain, as_json)
    if failed:
        raise typer.Exit(BAD_INPUT)


def _known_sources(path: Path) -> tuple[dict[str, str], dict[str, set[str]]]:
    """The files the index was fed with: the hash of each, and the documents that came of it."""
    from index.store import IndexDirectory

    hashes: dict[str, str] = {}
    documents: dict[str, set[str]] = {}
    for document, _ in IndexDirectory(path).user_documents():
        if document.source:
            hashes[document.source] = document.source_hash
            documents.setdefault(document.source, set()).add(document.id)
    return hashes, documents


def _read_files(
    paths: list[Path],
    origin: dict[str, Any],
    known: dict[str, str],
    of_source: dict[str, set[str]],
    text_field: str | None,
) -> tuple[list[tuple[Document, list[Passage]]], list[str], list[tuple[str, str]], int]:
    """Documents with passages, ids that are gone, files that could not be read with the reason, files unchanged."""
    from corpus.load import load_concepts
    from corpus.readers import read_paths
    from corpus.readers.chunk import passages_of

    table = load_concepts()
    added: list[tuple[Document, list[Passage]]] = []
    gone: list[str] = []
    failed: list[tuple[str, str]] = []
    unchanged = 0
    with progress_bar("Reading") as progress:
        for number, result in enumerate(read_paths(paths, origin, known, text_field), 1):
            if result.error is not None:
                failed.append((str(result.path), result.error))
            unchanged += result.unchanged
            added += [(document, passages_of(document, table)) for document in result.documents]
            if result.documents:
                gone += of_source.get(result.source, set()) - {document.id for document in result.documents}
            progress(number, number)
    return added, sorted(gone), failed, unchanged


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
    from index.store import IndexDirectory

    path = index or Settings().index_path
    manifest = asdict(IndexDirectory(path).manifest()) | {"path": str(path)}
    show(manifest, "\n".join(f"{key}: {value}" for key, value in manifest.items() if key != "checksums"), as_json)


def _change_index(index: Path | None, as_json: bool, **changes: Any) -> None:
    path = index or Settings().index_path
    manifest = _write_index(path, **changes)
    show(asdict(manifest), f"{manifest.documents} documents, {manifest.passages} passages at {path}", as_json)


def _write_index(path: Path, **changes: Any) -> Manifest:
    from index.build import build_index
    from index.embed import load_embedder

    with progress_bar("Building the index") as progress:
        return build_index(path, load_embedder(Settings().embedder), progress=progress, **changes)
