"""PDF: page numbers, headings by type size, tables as rows, columns read one after the other."""

from __future__ import annotations

import io
import statistics
import warnings
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfparser import PDFSyntaxError
from pdfplumber.utils.exceptions import PdfminerException

from corpus.readers.draft import Draft

#: A line set this much larger than the page's usual type, and this short, is a heading.
_HEADING_SIZE, _HEADING_LENGTH = 1.15, 120


def read(data: bytes, draft: Draft) -> None:
    """Read a PDF into *draft*; raises :class:`ValueError` for one that is encrypted, broken or only scanned."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pdfplumber.open(io.BytesIO(data), laparams={"boxes_flow": None}) as document:
                if not document.pages:
                    raise ValueError("is truncated or damaged: it has no pages")
                draft.title = draft.title or str((document.metadata or {}).get("Title") or "").strip()
                characters = sum(_read_page(page, draft) for page in document.pages)
                pages = len(document.pages)
    except PDFPasswordIncorrect as error:
        raise ValueError("is encrypted; remove the password first") from error
    except PdfminerException as error:
        if isinstance(error.args[0], PDFPasswordIncorrect):
            raise ValueError("is encrypted; remove the password first") from error
        raise ValueError("is truncated or damaged") from error
    except (PDFSyntaxError, KeyError, TypeError, IndexError, AssertionError, OSError) as error:
        raise ValueError("is truncated or damaged") from error
    if characters < 10 * pages:
        raise ValueError("holds pictures of pages and no text; recognise the text (OCR) first")


def _read_page(page: Any, draft: Draft) -> int:
    """Append one page; returns how many characters of text it has."""
    draft.page(page.page_number)
    tables = page.find_tables()
    boxes = [box for box in page.textboxhorizontals if not any(_inside(box, table.bbox) for table in tables)]
    size = _usual_size(page)
    pieces = [(*_position(box, page), "text", box) for box in boxes]
    pieces += [(*_place(table.bbox, page), "table", table) for table in tables]
    for *_, kind, piece in sorted(pieces, key=lambda item: item[:2]):
        if kind == "table":
            draft.block(
                "\n".join(" | ".join((cell or "").replace("\n", " ") for cell in row) for row in piece.extract())
            )
            continue
        text = _joined(piece["text"])
        lines = page.crop(_clipped(piece, page), strict=False).chars
        own = statistics.median(c["size"] for c in lines) if lines else size
        if size and own >= _HEADING_SIZE * size and len(text) <= _HEADING_LENGTH:
            draft.heading(text, 1 if own >= 1.5 * size else 2)
        else:
            draft.block(text)
    characters = len(page.chars)
    page.close()
    return characters


def _position(box: Any, page: Any) -> tuple[int, float]:
    return _place((box["x0"], box["top"], box["x1"], box["bottom"]), page)


def _place(bbox: tuple[float, float, float, float], page: Any) -> tuple[int, float]:
    """The reading order of a box: left column, then right; what spans the page counts with the left."""
    left, top, right, _ = bbox
    middle = page.width / 2
    in_right_column = left >= middle - 0.02 * page.width and right > middle
    return int(in_right_column), top


def _inside(box: Any, bbox: tuple[float, float, float, float]) -> bool:
    x, y = (box["x0"] + box["x1"]) / 2, (box["top"] + box["bottom"]) / 2
    return bool(bbox[0] <= x <= bbox[2] and bbox[1] <= y <= bbox[3])


def _clipped(box: Any, page: Any) -> tuple[float, float, float, float]:
    return (
        max(box["x0"], page.bbox[0]), max(box["top"], page.bbox[1]),
        min(box["x1"], page.bbox[2]), min(box["bottom"], page.bbox[3]),
    )  # fmt: skip


def _usual_size(page: Any) -> float:
    sizes = [char["size"] for char in page.chars]
    return statistics.median(sizes) if sizes else 0.0


def _joined(text: str) -> str:
    """The lines of a box as running text: words split at a line end are put together again."""
    joined = ""
    for line in text.splitlines():
        line = line.strip()
        if joined.endswith("-") and line[:1].islower():
            joined = joined[:-1] + line
        elif joined and joined[-1].isascii() and line[:1].isascii():
            joined += " " + line
        else:
            joined += line
    return joined
