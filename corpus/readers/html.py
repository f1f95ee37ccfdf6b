"""HTML: headings, paragraphs, lists and tables; scripts, styles and navigation left out."""

from __future__ import annotations

import warnings

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import Tag

from corpus.readers.draft import Draft

_SKIPPED = ["script", "style", "nav", "noscript", "template", "svg", "iframe", "form", "head"]
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = {"p", "li", "blockquote", "pre", "dt", "dd", "figcaption", "caption", "table"}
_CONTAINERS = {
    "html", "body", "div", "section", "article", "main", "ul", "ol", "dl", "details", "aside", "header", "footer",
}  # fmt: skip
_STRUCTURE = {*_HEADINGS, *_BLOCKS, *_CONTAINERS}


def read(data: bytes | str, draft: Draft) -> None:
    """Read HTML into *draft*, in whatever character set it really is; raises :class:`ValueError` if it has no text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(data, "lxml")
    if soup.title and soup.title.string and not draft.title:
        draft.title = soup.title.string.strip()
    for unwanted in soup(_SKIPPED):
        unwanted.decompose()
    root = soup.body or soup
    _walk(root, draft)


def _walk(node: Tag, draft: Draft) -> None:
    loose: list[str] = []
    for child in list(node.children):
        if not isinstance(child, Tag):
            loose.append(str(child))
            continue
        if child.name not in _STRUCTURE and child.find([*_HEADINGS, *_BLOCKS]) is None:
            loose.append(child.get_text())
            continue
        draft.block("".join(loose))
        loose = []
        if child.name in _HEADINGS:
            draft.heading(child.get_text(" ", strip=True), _HEADINGS[child.name])
        elif child.name == "table":
            rows = child.find_all("tr")
            cells = (" | ".join(cell.get_text(" ", strip=True) for cell in row.find_all(["td", "th"])) for row in rows)
            draft.block("\n".join(cells))
        elif child.name in _BLOCKS and child.find(["p", "ul", "ol", "table", "div", *_HEADINGS]) is None:
            draft.block(("- " if child.name == "li" else "") + child.get_text())
        else:
            _walk(child, draft)
    draft.block("".join(loose))
