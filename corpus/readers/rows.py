"""CSV and JSON lines: one document a row of JSONL, one document a CSV file with a section a row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from corpus.documents import Document, Origin
from corpus.readers.draft import Draft
from corpus.readers.plain_text import decode

_TEXT_FIELDS = ("text", "content", "body", "answer", "正文", "内容")
_SECTION_FIELDS = ("chapter", "section", "subsection", "heading", "章", "节")
_ORIGIN_FIELDS = ("title", "publisher", "section", "url", "licence", "jurisdiction")


def read_jsonl(data: bytes, name: str, origin: dict[str, Any], text_field: str | None = None) -> Iterator[Document]:
    """Yield a document a line, under the line's own ``id``; raises :class:`ValueError` naming the first bad line."""
    for number, line in enumerate(decode(data).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ValueError(f"line {number} is not JSON ({error})") from error
        if not isinstance(row, dict):
            raise ValueError(f"line {number} is not a JSON object")
        field = _field(list(row), text_field)
        text = row.get(field) if field else None
        if not isinstance(text, str) or not text.strip():
            raise ValueError(f"line {number} has no text in a field {text_field or 'named text'}")
        given: dict[str, Any] = {key: str(row[key]) for key in _ORIGIN_FIELDS if row.get(key)}
        if isinstance(row.get("year"), int):
            given["year"] = row["year"]
        document_id = str(row["id"]) if row.get("id") not in (None, "") else f"{name}#{number}"
        yield _finish(text, document_id, Origin(**{"title": name, **given, **origin}))


def read_csv(data: bytes, name: str, origin: dict[str, Any], text_field: str | None = None) -> Iterator[Document]:
    """Yield the table as one document; raises :class:`ValueError` where no column holds the text."""
    csv.field_size_limit(2**24)
    reader = csv.DictReader(io.StringIO(decode(data)))
    columns = list(reader.fieldnames or [])
    field = _field(columns, text_field)
    if field is None:
        raise ValueError(f"has no column of text among {', '.join(columns[:12])}; name it with --text-field")
    sections = [column for column in columns if column and column.strip().lower() in _SECTION_FIELDS]
    draft = Draft(title=name)
    last: list[str] = []
    for row in reader:
        path = [(row.get(column) or "").strip() for column in sections]
        for level, heading in enumerate(path):
            if heading and path[: level + 1] != last[: level + 1]:
                draft.heading(heading, level + 1)
        last = path
        draft.block(row.get(field) or "")
    yield draft.finish(name, Origin(**{"title": name, **origin}))


def _finish(text: str, document_id: str, origin: Origin) -> Document:
    draft = Draft(title=origin.title)
    for paragraph in text.replace("\r\n", "\n").split("\n\n"):
        draft.block(paragraph)
    return draft.finish(document_id, origin)


def _field(columns: list[str], wanted: str | None) -> str | None:
    if wanted is not None:
        return wanted if wanted in columns else None
    return next((column for column in columns if column and column.strip().lower() in _TEXT_FIELDS), None)
