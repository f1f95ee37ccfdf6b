"""Readers of users' own documents: one small module a format, all yielding documents with exact text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.documents import Document, Origin
from corpus.readers import html, markup, plain_text, rows
from corpus.readers.draft import Draft

#: A larger file is refused: it would have to be held in memory whole.
LARGEST = 64 * 2**20

_Whole = Callable[[bytes, Draft], None]


def _pdf(data: bytes, draft: Draft) -> None:
    from corpus.readers import pdf

    pdf.read(data, draft)


def _docx(data: bytes, draft: Draft) -> None:
    from corpus.readers import docx

    docx.read(data, draft)


_WHOLE: dict[str, _Whole] = {
    ".txt": plain_text.read,
    ".md": plain_text.read,
    ".markdown": plain_text.read,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
    ".pdf": _pdf,
    ".docx": _docx,
}
_ROWS = {".jsonl": rows.read_jsonl, ".csv": rows.read_csv}
_XML = {".xml", ".cnxml"}
#: Files beside the documents that are no documents: they are passed over without a word.
_IGNORED = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".css", ".js", ".ico", ".mp4", ".mp3"}


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file: its documents, or why there are none. ``unchanged`` ones are known, by whatever name."""

    path: Path
    source: str
    documents: tuple[Document, ...] = ()
    unchanged: bool = False
    error: str | None = None


def read_paths(
    paths: Iterable[Path],
    origin: Mapping[str, Any] | None = None,
    known: Mapping[str, str] | None = None,
    text_field: str | None = None,
) -> Iterator[FileResult]:
    """Read files and folders, one result a file, in order.

    *origin* overrides what the files say of themselves (``title``, ``publisher``, ``year``, ``url``,
    ``licence``, ``jurisdiction``). *known* maps sources to the hash they were last read with; files of that
    content are passed over unread, also where they are a copy or are given by another folder's name.
    """
    given = {key: value for key, value in (origin or {}).items() if value is not None}
    hashes = set((known or {}).values())
    seen: dict[str, Path] = {}
    for path, source in _walk(paths):
        if path.suffix.lower() in _IGNORED:
            continue
        try:
            data = _load(path)
            key = hashlib.sha256(data + repr(sorted(given.items())).encode()).hexdigest()
            if key in hashes:
                yield FileResult(path, source, unchanged=True)
                continue
            if seen.setdefault(source, path) != path:
                raise ValueError(f"has the same name as {seen[source]}; rename one, or add the folder they stand in")
            documents = tuple(
                document.model_copy(update={"source": source, "source_hash": key})
                for document in _read(path, source, data, given, text_field)
            )
        except (OSError, ValueError, RecursionError) as error:
            yield FileResult(path, source, error=" ".join(str(error).split()) or type(error).__name__)
            continue
        hashes.add(key)
        yield FileResult(path, source, documents)


def _load(path: Path) -> bytes:
    """The bytes of a file, read once; raises :class:`ValueError` for one too large or changed meanwhile."""
    before = path.stat()
    if before.st_size > LARGEST:
        raise ValueError(f"is larger than {LARGEST // 2**20} MB; split it")
    data = path.read_bytes()
    after = path.stat()
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size) or len(data) != after.st_size:
        raise ValueError("changed while it was read; add it again")
    return data


def _read(path: Path, source: str, data: bytes, given: dict[str, Any], text_field: str | None) -> Iterator[Document]:
    suffix = path.suffix.lower()
    if suffix in _ROWS:
        yield from _ROWS[suffix](data, source, given, text_field)
    elif suffix in _XML:
        yield from markup.read(data, source, given, path)
    elif suffix in _WHOLE:
        draft = Draft()
        _WHOLE[suffix](data, draft)
        title = given.get("title") or draft.title or path.stem
        yield draft.finish(source, Origin(**{**given, "title": title}))
    else:
        kinds = ", ".join(sorted({*_WHOLE, *_ROWS, *_XML}))
        raise ValueError(f"no reader for {suffix or 'files without an ending'} (there are readers for {kinds})")


def _walk(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Files with the names they are known by: relative to the folder that was given."""
    for path in paths:
        if path.is_dir():
            for found in sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith(".")):
                yield found, f"{path.resolve().name}/{found.relative_to(path).as_posix()}"
        else:
            yield path, path.name
