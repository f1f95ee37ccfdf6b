"""A document being read: text is appended block by block, with the section and page each block stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.documents import Document, Origin
from corpus.text import detect_language

_BLANKS = re.compile(r"[^\S\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff\ud800-\udfff]")


@dataclass
class Draft:
    """Collects a document's blocks; headings open sections by level, pages are numbered from one."""

    title: str = ""
    _chunks: list[str] = field(default_factory=list)
    _length: int = 0
    _path: list[tuple[int, str]] = field(default_factory=list)
    _sections: list[tuple[int, str]] = field(default_factory=list)
    _pages: list[tuple[int, int]] = field(default_factory=list)

    def page(self, number: int) -> None:
        """What follows stands on this page."""
        self._pages.append((self._length, number))

    def heading(self, text: str, level: int = 1) -> None:
        """Open a section; deeper levels stand inside shallower ones."""
        text = tidy(text).replace("\n", " ")
        if not text:
            return
        self._path = [(depth, name) for depth, name in self._path if depth < level] + [(level, text)]
        self._sections.append((self._length, " > ".join(name for _, name in self._path)))
        self._append(text)

    def block(self, text: str) -> None:
        """Append a paragraph, list item or table."""
        text = tidy(text)
        if text:
            self._append(text)

    def finish(self, document_id: str, origin: Origin) -> Document:
        """The document; raises :class:`ValueError` where there is no text in it."""
        text = "".join(self._chunks).rstrip()
        if not text:
            raise ValueError("has no text in it")
        return Document(
            id=document_id,
            kind="user",
            language="zh" if detect_language(text[:4000]) == "zh" else "en",
            text=text,
            origin=origin,
            sections=tuple(self._sections),
            pages=tuple(self._pages),
        )

    def _append(self, text: str) -> None:
        self._chunks.append(text + "\n\n")
        self._length += len(text) + 2


def tidy(text: str) -> str:
    """Text without control characters, each run of blanks one blank, no blank lines."""
    lines = (_BLANKS.sub(" ", line).strip() for line in _CONTROL.sub(" ", text).splitlines())
    return "\n".join(line for line in lines if line)
