"""Markdown as a PDF, in English and Chinese without a font file: Chinese stands in a font that every reader brings."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from markdown_it.token import Token

from assistant.web.markdown import parser
from corpus.models import Language

_CHINESE, _LATIN = "STSong-Light", "Helvetica"
#: What neither font has, in characters or markup that they have.
_RAISED = {"⁰": "0", "¹": "1", "²": "2", "³": "3", "⁹": "9"}
_LOWERED = {"₀": "0", "₁": "1", "₂": "2", "₃": "3"}
_MARGIN = 48


def to_pdf(markdown: str, title: str, language: Language) -> bytes:
    """The document as PDF, A4."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    _register()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=_MARGIN, bottomMargin=_MARGIN,
        title=title, lang="zh-CN" if language == "zh" else "en",
    )  # fmt: skip
    document.build(_flow(parser().parse(markdown), language, A4[0] - 2 * _MARGIN))
    return out.getvalue()


@functools.cache
def _register() -> None:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont

    registerFont(UnicodeCIDFont(_CHINESE))


def _flow(tokens: Sequence[Token], language: Language, width: float) -> list[Any]:
    """The blocks of a document: headings, paragraphs, lists and tables."""
    from reportlab.platypus import Paragraph

    blocks: list[Any] = []
    style, depth, bullet = "body", 0, ""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.type == "heading_open":
            style = "title" if token.tag in ("h1", "h2") else "heading"
        elif token.type in ("heading_close", "paragraph_close"):
            style = "body"
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "list_item_open":
            bullet = f"{token.info}." if token.info else "•"
        elif token.type == "table_open":
            end = next(i for i in range(at, len(tokens)) if tokens[i].type == "table_close")
            blocks.append(_table(tokens[at:end], language, width))
            at = end
        elif token.type == "inline":
            text = _inline(token.children or ())
            if depth:
                blocks.append(Paragraph(text, _style("item", language, depth), bulletText=bullet or None))
                bullet = ""
            else:
                blocks.append(Paragraph(text, _style(style, language)))
        at += 1
    return blocks


def _table(tokens: Sequence[Token], language: Language, width: float) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table

    rows: list[list[Any]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            style = _style("head" if len(rows) == 1 else "cell", language)
            rows[-1].append(_cell(_inline(token.children or ()), style, Paragraph))
    shares = [0.15, 0.22, 0.37, 0.26] if len(rows[0]) == 4 else [1 / len(rows[0])] * len(rows[0])
    table = Table(rows, colWidths=[width * share for share in shares], repeatRows=1, splitInRow=1)
    table.setStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#6b7280")),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#f3f4f6")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ]
    )
    return table


def _cell(text: str, style: Any, paragraph: Any) -> list[Any]:
    return [paragraph(line, style) for line in text.split("<br/>")]


def _inline(tokens: Sequence[Token]) -> str:
    return "".join(_marked_up(tokens))


def _marked_up(tokens: Sequence[Token]) -> Iterator[str]:
    """Inline Markdown in the markup that paragraphs read."""
    pairs = {"strong_open": "<b>", "strong_close": "</b>", "em_open": "<i>", "em_close": "</i>"}
    for token in tokens:
        if token.type in pairs:
            yield pairs[token.type]
        elif token.type in ("softbreak",):
            yield " "
        elif token.type == "hardbreak":
            yield "<br/>"
        elif token.type in ("text", "code_inline", "html_inline"):
            yield from ("<br/>" if part is None else in_fonts(part) for part in _broken(token.content))


def _broken(text: str) -> Iterator[str | None]:
    for n, part in enumerate(text.split("<br>")):
        if n:
            yield None
        yield part


def in_fonts(text: str) -> str:
    """Text with what the Latin font lacks set in the Chinese one, raised and lowered figures in markup."""
    out: list[str] = []
    run: list[str] = []

    def close() -> None:
        if run:
            out.append(f'<font name="{_CHINESE}">{escape("".join(run))}</font>')
            run.clear()

    for char in text:
        if char in _RAISED or char in _LOWERED:
            close()
            tag, figure = ("super", _RAISED[char]) if char in _RAISED else ("sub", _LOWERED[char])
            out.append(f"<{tag}>{figure}</{tag}>")
        elif _is_latin(char):
            close()
            out.append(escape(char))
        else:
            run.append(char)
    close()
    return "".join(out)


def _is_latin(char: str) -> bool:
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@functools.cache
def _style(name: str, language: Language, depth: int = 1) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    size = {"title": 16, "heading": 12.5, "head": 9, "cell": 8.5}.get(name, 10)
    return ParagraphStyle(
        f"{name}-{language}-{depth}",
        fontName=f"{_LATIN}-Bold" if name in ("title", "heading", "head") else _LATIN,
        fontSize=size,
        leading=size * 1.45,
        spaceBefore={"title": 0, "heading": 10}.get(name, 2),
        spaceAfter={"title": 8, "heading": 4}.get(name, 3),
        leftIndent=20 * depth if name == "item" else 0,
        bulletIndent=20 * (depth - 1) + 3 if name == "item" else 0,
        wordWrap="CJK" if language == "zh" else None,
    )
