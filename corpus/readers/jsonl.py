"""JSON lines: one document a line, with the fields ``id``, ``text`` and optionally ``title`` and what a source has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from corpus.documents import Document, Origin
from corpus.text import detect_language


def read(path: Path) -> Iterator[Document]:
    """Yield a document a line; raises :class:`ValueError` naming the first line that is not one."""
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield _document(line, f"line {number}", path.stem)


def _document(line: str, where: str, stem: str) -> Document:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{where} is not JSON ({error})") from error
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{where} has no 'text'")
    known = {key: row[key] for key in ("publisher", "section", "url", "licence", "jurisdiction") if row.get(key)}
    year = row.get("year")
    return Document(
        id=str(row.get("id") or f"{stem}-{where.replace(' ', '')}"),
        kind="user",
        language="zh" if detect_language(text) == "zh" else "en",
        text=text,
        origin=Origin(title=str(row.get("title") or stem), year=year if isinstance(year, int) else None, **known),
        source_hash=hashlib.sha256(line.encode()).hexdigest(),
    )
