"""Documents and passages: the exact texts that answers cite.

Statements are rendered into one document per topic and language, rules into one per file, so that
every citation, whatever it rests on, is a span of a document's text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corpus.models import (
    Asked,
    Bilingual,
    Contraindication,
    Language,
    RedFlag,
    RuleFile,
    Source,
    SourceRef,
    Statement,
    Topic,
)

#: A cited part of a paragraph. Parts stand in this order, so that neighbours can be quoted together.
Part = Literal["plain", "text", "why", "escalate_when", "not_reason"]
PARTS: tuple[Part, ...] = ("plain", "text", "why", "escalate_when", "not_reason")


#: Whom a passage of a user's document is about, as far as its words tell.
Population = Literal["adult", "older", "child", "newborn", "pregnant"]
#: Whether a passage of a user's document advises something, advises against something, or both.
Polarity = Literal["none", "advises", "advises_against", "both"]


class Origin(BaseModel):
    """Who says so: what a citation shows about its source."""

    model_config = ConfigDict(frozen=True)

    title: str
    publisher: str | None = None
    year: int | None = None
    section: str | None = None
    url: str | None = None
    jurisdiction: str | None = None
    licence: str | None = None
    reviewed: dt.date | None = None


class Document(BaseModel):
    """A text with an id; ``origin`` is where it comes from as a whole. ``kind``: ours or the user's.

    A user's document also knows the file it was read from (``source``, with the hash of its bytes), and
    where in its text each section and each page begins.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Literal["statements", "rules", "user"]
    language: Language
    text: str
    origin: Origin
    source: str = ""
    source_hash: str = ""
    sections: tuple[tuple[int, str], ...] = ()
    pages: tuple[tuple[int, int], ...] = ()


class Passage(BaseModel):
    """A retrievable span ``[start, end)`` of a document.

    ``entry`` is the statement or rule it renders; ``parts`` are the spans of that entry's texts.
    ``search_text`` is what word search indexes, ``embed_text`` what is embedded; both begin with the title.
    ``asked`` are questions that it answers, searched as well: they bring it in and are never shown.
    A passage that is only ever cited has neither.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    document: str
    start: int
    end: int
    language: Language
    origin: Origin
    search_text: str
    embed_text: str
    topic: str = ""
    entry: str = ""
    parts: dict[Part, tuple[int, int]] = {}
    concepts: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    population: tuple[Population, ...] = ()
    polarity: Polarity = "none"
    page: int | None = None


class _Writer:
    """Builds a document's text and notes where each part comes to stand."""

    def __init__(self, title: str) -> None:
        self._chunks = [title]
        self._length = len(title)

    def paragraph(
        self, parts: Iterable[tuple[Part, str]], language: Language
    ) -> tuple[int, int, dict[Part, tuple[int, int]]]:
        self._add("\n\n")
        start = self._length
        spans: dict[Part, tuple[int, int]] = {}
        for part, text in parts:
            if spans and language == "en":
                self._add(" ")
            begin = self._length
            self._add(text)
            spans[part] = (begin, self._length)
        return start, self._length, spans

    def _add(self, chunk: str) -> None:
        self._chunks.append(chunk)
        self._length += len(chunk)

    @property
    def text(self) -> str:
        return "".join(self._chunks)


def origin_of(ref: SourceRef, sources: dict[str, Source], reviewed: dt.date) -> Origin:
    """The origin of a statement or rule, from its reference and the file's sources."""
    source = sources[ref.ref]
    return Origin(
        title=source.title,
        publisher=source.publisher,
        year=source.year,
        section=ref.section,
        url=ref.url or source.url,
        jurisdiction=source.jurisdiction,
        reviewed=reviewed,
    )


def statement_document(
    topic: Topic, language: Language, asked: Mapping[str, Asked] | None = None
) -> tuple[Document, list[Passage]]:
    """Render a topic's statements in one language into a document and one passage a statement.

    *asked* are the questions that each statement answers.
    """
    asked = asked or {}
    document_id = f"{topic.topic}.{language}"
    title = topic.title[language]
    writer = _Writer(title)
    passages = []
    for statement in topic.statements:
        start, end, spans = writer.paragraph(_texts(statement, language), language)
        shown = [statement.text, statement.plain, statement.why]
        passages.append(
            Passage(
                id=f"{statement.id}.{language}",
                document=document_id,
                start=start,
                end=end,
                language=language,
                origin=origin_of(statement.source, topic.sources, statement.reviewed),
                search_text="\n".join([title, *(text[language] for text in shown if text)]),
                embed_text=f"{title}\n{statement.text[language]}",
                topic=topic.topic,
                entry=statement.id,
                parts=spans,
                asked=asked[statement.id][language] if statement.id in asked else (),
            )
        )
    origin = Origin(title=title)
    return Document(id=document_id, kind="statements", language=language, text=writer.text, origin=origin), passages


def rule_document(rule_file: RuleFile, language: Language) -> tuple[Document, list[Passage]]:
    """Render a file's red flags and contraindications into a document; its passages are cited, not searched."""
    document_id = f"{rule_file.name}.{language}"
    writer = _Writer(rule_file.name)
    passages = []
    for rule in rule_file.cited:
        start, end, spans = writer.paragraph(_rule_texts(rule, language), language)
        passages.append(
            Passage(
                id=f"{rule.id}.{language}",
                document=document_id,
                start=start,
                end=end,
                language=language,
                origin=origin_of(rule.source, rule_file.sources, rule.reviewed),
                search_text="",
                embed_text="",
                entry=rule.id,
                parts=spans,
            )
        )
    origin = Origin(title=rule_file.name)
    return Document(id=document_id, kind="rules", language=language, text=writer.text, origin=origin), passages


def _texts(statement: Statement, language: Language) -> Iterator[tuple[Part, str]]:
    for part in PARTS:
        text: Bilingual | None = getattr(statement, part)
        if text is not None:
            yield part, text[language]


def _rule_texts(rule: RedFlag | Contraindication, language: Language) -> Iterator[tuple[Part, str]]:
    yield "text", rule.reason[language]
    if isinstance(rule, RedFlag):
        yield "escalate_when", rule.action[language]
