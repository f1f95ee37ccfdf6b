"""XML, told apart by its root: OpenStax CNXML modules, MedQuAD question-answer files, MedlinePlus health topics."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from corpus.documents import Document, Origin
from corpus.readers import html
from corpus.readers.draft import Draft

_CNXML = "{http://cnx.rice.edu/cnxml}"
_MDML = "{http://cnx.rice.edu/mdml}"
_COLXML = "{http://cnx.rice.edu/collxml}"


def read(data: bytes, name: str, origin: dict[str, Any], path: Path) -> Iterator[Document]:
    """Yield the documents of an XML file; raises :class:`ValueError` where it is broken or of an unknown kind.

    A CNXML module takes its book and chapter from the collections beside it. Entities are not expanded and
    nothing is fetched, whatever the file asks for.
    """
    root = _parse(data)
    if root.tag == f"{_CNXML}document":
        yield _module(root, name, origin, _place_in_book(path))
    elif root.tag == f"{_COLXML}collection":
        return
    elif root.find(".//QAPair") is not None or root.find("QAPairs") is not None:
        yield from _questions(root, name, origin)
    elif root.tag == "health-topics":
        yield from _topics(root, name, origin)
    else:
        raise ValueError(f"has the root element {etree.QName(root).localname!r}, which no reader knows")


def _parse(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"is not well-formed XML ({error.msg})") from error


def _module(root: Any, name: str, origin: dict[str, Any], place: tuple[str, ...]) -> Document:
    title = _text(root.find(f"{_CNXML}title")) or name
    draft = Draft(title=title)
    for level, heading in enumerate([*place[1:], title], 1):
        draft.heading(heading, level)
    content = root.find(f"{_CNXML}content")
    if content is not None:
        _walk(content, draft, len(place) + 1)
    given = {"title": place[0], "publisher": "OpenStax"} if place else {"title": title}
    return draft.finish(name, Origin(**{**given, **origin}))


def _place_in_book(path: Path) -> tuple[str, ...]:
    """The book and the chapters that a module stands in, from ``collections/`` beside its ``modules/``."""
    folder = path.parent.parent.parent / "collections"
    return _books(folder).get(path.parent.name, ()) if folder.is_dir() else ()


@functools.lru_cache(maxsize=4)
def _books(folder: Path) -> dict[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.collection.xml")):
        root = _parse(path.read_bytes())
        book = _text(root.find(f".//{_MDML}title"))
        for module in root.iter(f"{_COLXML}module"):
            chapters = [
                _text(parent.find(f"{_MDML}title")) for parent in module.iterancestors(f"{_COLXML}subcollection")
            ]
            places.setdefault(module.get("document"), (book, *reversed(chapters)))
    return places


def _walk(node: Any, draft: Draft, level: int) -> None:
    for child in node:
        kind = etree.QName(child).localname
        if kind == "title":
            draft.heading(_text(child), level)
        elif kind in ("section", "note", "example", "exercise", "problem", "solution", "injected-exercise"):
            _walk(child, draft, level + (kind == "section"))
        elif kind == "list":
            draft.block("\n".join(f"- {_text(item)}" for item in child.iter(f"{_CNXML}item")))
        elif kind == "table":
            rows = child.iter(f"{_CNXML}row")
            draft.block("\n".join(" | ".join(_text(cell) for cell in row.iter(f"{_CNXML}entry")) for row in rows))
        elif kind in ("para", "equation", "quote", "definition", "caption"):
            draft.block(_text(child))
        elif kind == "figure":
            draft.block(_text(child.find(f"{_CNXML}caption")))


def _questions(root: Any, name: str, origin: dict[str, Any]) -> Iterator[Document]:
    """One document a file: each question a section with its answer."""
    focus = (root.findtext("Focus") or root.findtext("Disease") or root.get("name") or name).strip()
    draft = Draft(title=focus)
    for pair in root.iter("QAPair"):
        answer = (pair.findtext("Answer") or "").strip()
        if answer:
            draft.heading(" ".join((pair.findtext("Question") or "").split()))
            draft.block(answer)
    given = {"title": focus, "publisher": root.get("source"), "url": root.get("url")}
    yield draft.finish(name, Origin(**{**{k: v for k, v in given.items() if v}, **origin}))


def _topics(root: Any, name: str, origin: dict[str, Any]) -> Iterator[Document]:
    """One document a health topic of a MedlinePlus export."""
    for topic in root.iter("health-topic"):
        title = topic.get("title") or name
        draft = Draft(title=title)
        html.read(topic.findtext("full-summary") or "", draft)
        key = topic.get("id") or hashlib.sha256(title.encode()).hexdigest()[:12]
        given = {"title": title, "publisher": "MedlinePlus", "url": topic.get("url")}
        try:
            yield draft.finish(f"{name}#{key}", Origin(**{**{k: v for k, v in given.items() if v}, **origin}))
        except ValueError:
            continue


def _text(node: Any) -> str:
    if node is None:
        return ""
    return re.sub(r"\s+", " ", "".join(node.itertext())).strip()
