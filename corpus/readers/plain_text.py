"""Plain text and Markdown."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from corpus.documents import Document, Origin
from corpus.text import detect_language


def read(path: Path) -> Iterator[Document]:
    """Yield the file as one document; raises :class:`ValueError` where it is not UTF-8 text or is empty."""
    data = path.read_bytes()
    if b"\x00" in data:
        raise ValueError("is not text")
    text = data.decode("utf-8-sig").replace("\r\n", "\n").strip()
    if not text:
        raise ValueError("is empty")
    title = text.splitlines()[0].lstrip("# ").strip()[:200] if path.suffix.lower() != ".txt" else path.stem
    yield Document(
        id=path.name,
        kind="user",
        language="zh" if detect_language(text) == "zh" else "en",
        text=text,
        origin=Origin(title=title or path.stem),
        source_hash=hashlib.sha256(data).hexdigest(),
    )
