"""Cutting a document into passages: at headings and blank lines, then at sentences, never inside one."""

from __future__ import annotations

import re

from corpus.documents import Document, Passage
from corpus.text import sentences

#: Characters a passage holds at the most, unless one sentence alone is longer.
LONGEST = 1100
_HEADING = re.compile(r"^#{1,6}\s+(.+)$")


def passages_of(document: Document) -> list[Passage]:
    """The passages of a document, in order; each knows the heading it stands under."""
    passages: list[Passage] = []
    section = ""
    for start, end in _blocks(document.text):
        heading = _HEADING.match(document.text[start:end])
        if heading:
            section = heading.group(1).strip()
            continue
        for left, right in _pieces(document.text, start, end):
            body = document.text[left:right]
            title = "\n".join(part for part in (document.origin.title, section) if part)
            passages.append(
                Passage(
                    id=f"{document.id}#{len(passages)}",
                    document=document.id,
                    start=left,
                    end=right,
                    language=document.language,
                    origin=document.origin.model_copy(update={"section": section or document.origin.section}),
                    search_text=f"{title}\n{body}",
                    embed_text=f"{title}\n{body}",
                )
            )
    return passages


def _blocks(text: str) -> list[tuple[int, int]]:
    """Runs of text between blank lines; a heading line is a block of its own."""
    blocks = []
    for match in re.finditer(r"[^\n](?:[^\n]|\n(?!\s*\n|#{1,6}\s))*", text):
        line_end = text.find("\n", match.start(), match.end())
        if text[match.start()] == "#" and line_end > 0:
            blocks += [(match.start(), line_end), (line_end + 1, match.end())]
        else:
            blocks.append((match.start(), match.end()))
    return blocks


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    if end - start <= LONGEST:
        return [(start, end)]
    pieces: list[tuple[int, int]] = []
    for s, e in sentences(text[start:end]):
        left, right = start + s, start + e
        if pieces and right - pieces[-1][0] <= LONGEST:
            pieces[-1] = pieces[-1][0], right
        else:
            pieces.append((left, right))
    return pieces
