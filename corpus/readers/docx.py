"""Word documents: headings by style, paragraphs and tables in their order."""

from __future__ import annotations

import io
import re
import zipfile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table

from corpus.readers.draft import Draft

#: A document that unpacks to more than this, or by more than this factor, is a bomb and not a document.
_LARGEST, _RATIO = 300 * 2**20, 200
_LEVEL = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)


def read(data: bytes, draft: Draft) -> None:
    """Read a DOCX into *draft*; raises :class:`ValueError` for one that is broken or unpacks to an absurd size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            unpacked = sum(entry.file_size for entry in package.infolist())
        if unpacked > _LARGEST or unpacked > _RATIO * max(len(data), 1):
            raise ValueError(f"unpacks to {unpacked // 2**20} MB from {len(data) // 1024} KB; it was not opened")
        document = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, OSError) as error:
        raise ValueError("is not a Word document, or is damaged") from error
    draft.title = draft.title or (document.core_properties.title or "").strip()
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            draft.block("\n".join(" | ".join(cell.text.replace("\n", " ") for cell in row.cells) for row in block.rows))
            continue
        style = block.style.name if block.style is not None else ""
        level = _LEVEL.match(style or "")
        if level or style == "Title":
            draft.heading(block.text, int(level.group(1)) if level else 1)
        else:
            draft.block(block.text)
