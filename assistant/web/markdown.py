"""Markdown as HTML; HTML inside it is shown as text, never run."""

from __future__ import annotations

import functools

from markdown_it import MarkdownIt


@functools.cache
def parser() -> MarkdownIt:
    """CommonMark with tables and bare links, without HTML."""
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def to_html(markdown: str) -> str:
    """The HTML of a Markdown text; items of an ordered list keep the numbers they have, also where some are left out.

    The forms write line breaks of table cells as ``<br>``; only those are let through.
    """
    tokens = parser().parse(markdown)
    for token in tokens:
        if token.type == "list_item_open" and token.info:
            token.attrSet("value", token.info)
    return str(parser().renderer.render(tokens, parser().options, {})).replace("&lt;br&gt;", "<br>")
