"""Cutting a document into passages: at headings and paragraphs, then at sentences, never inside one."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

from corpus.concepts import ConceptTable
from corpus.documents import Document, Passage
from corpus.readers.tags import tag
from corpus.text import sentences

#: Characters a passage holds at the most, unless one sentence alone is longer.
LONGEST = {"en": 1000, "zh": 400}
#: Paragraphs are joined until a passage holds at least this share of that.
_FULL = 0.6
_BLOCK = re.compile(r"[^\n](?:[^\n]|\n(?!\n))*")


def passages_of(document: Document, table: ConceptTable) -> list[Passage]:
    """The passages of a document, in order, each with its section, page and tags."""
    starts = [start for start, _ in document.sections]
    pages = [start for start, _ in document.pages]
    passages: list[Passage] = []
    for start, end in _spans(document):
        body = document.text[start:end]
        at = bisect.bisect_right(starts, start) - 1
        section = document.sections[at][1] if at >= 0 else document.origin.section
        on = bisect.bisect_right(pages, start) - 1
        heading = "\n".join(part for part in (document.origin.title, section) if part)
        text = f"{heading}\n{body}"
        passages.append(
            Passage(
                id=f"{document.id}#{len(passages)}",
                document=document.id,
                start=start,
                end=end,
                language=document.language,
                origin=document.origin.model_copy(update={"section": section}),
                search_text=text,
                embed_text=text,
                page=document.pages[on][1] if on >= 0 else None,
                **tag(text, table),
            )
        )
    return passages


def _spans(document: Document) -> Iterator[tuple[int, int]]:
    """Spans of passages: paragraphs of one section and page joined up to a size, long ones cut at sentences."""
    longest = LONGEST[document.language]
    breaks = {start for start, _ in document.sections} | {start for start, _ in document.pages}
    headings = {start for start, _ in document.sections}
    open_start: int | None = None
    open_end = 0
    for match in _BLOCK.finditer(document.text):
        start, end = match.span()
        new_place = any(open_end <= b <= start for b in _between(breaks, open_end, start))
        full = open_start is not None and (end - open_start > longest or open_end - open_start > _FULL * longest)
        if open_start is not None and (new_place or full):
            yield open_start, open_end
            open_start = None
        if start in headings:
            continue
        if end - start > longest:
            yield from _cut(document.text, start, end, longest)
            open_start, open_end = None, end
        else:
            open_start = start if open_start is None else open_start
            open_end = end
    if open_start is not None:
        yield open_start, open_end


def _between(breaks: set[int], low: int, high: int) -> list[int]:
    return [position for position in range(low, high + 1) if position in breaks] if high - low < 8 else list(breaks)


def _cut(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    left = right = start
    for s, e in sentences(text[start:end]):
        if right > left and start + e - left > longest:
            yield left, right
            left = start + s
        elif right == left:
            left = start + s
        right = start + e
    if right > left:
        yield left, right
