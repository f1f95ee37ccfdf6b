"""Readers of users' own documents: one small module a format, each yielding documents with passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.documents import Document, Passage
from corpus.readers import jsonl, plain_text
from corpus.readers.chunk import passages_of

_READERS = {
    ".txt": plain_text.read,
    ".md": plain_text.read,
    ".markdown": plain_text.read,
    ".jsonl": jsonl.read,
}


def read_paths(paths: Iterable[Path]) -> tuple[list[tuple[Document, list[Passage]]], list[tuple[Path, str]]]:
    """Read files and folders into documents with passages; also returns what could not be read, and why."""
    documents: list[tuple[Document, list[Passage]]] = []
    failures: list[tuple[Path, str]] = []
    for path in _walk(paths):
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
            failures.append((path, f"no reader for {path.suffix or 'files without an ending'}"))
            continue
        try:
            documents += [(document, passages_of(document)) for document in reader(path)]
        except (OSError, UnicodeDecodeError, ValueError) as error:
            failures.append((path, " ".join(str(error).split())))
    return documents, failures


def _walk(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file())
        else:
            yield path
