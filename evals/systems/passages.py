"""The best passages as they are, for an answer: what a search engine alone would show."""

from __future__ import annotations

from collections.abc import Sequence

from assistant import Assistant
from corpus.models import Language
from evals.systems.protocol import Response, Said, Source

#: As many as our own answer may recommend.
MOST = 8


def cited(entries: Sequence[str], language: Language, care: Assistant) -> Response:
    """The statements *entries* in one language, each citing itself."""
    version = care.searcher.version
    advice, sources = [], []
    for n, entry in enumerate(entries, 1):
        passage = version.passage_of(entry, language)
        statement = care.knowledge.statements[entry]
        document = version.document(passage.document)
        quote = document.text[passage.start : passage.end]
        said = statement.text[language]
        at = passage.start + max(quote.find(said), 0)
        place = (
            (passage.document, at, at + len(said)) if said in quote else (passage.document, passage.start, passage.end)
        )
        sources.append(Source(n, entry, passage.origin.title, document.text[place[1] : place[2]], place))
        advice.append(Said(said, entry, (n,)))
    text = "\n".join(f"- {item.text} [{n}]" for n, item in enumerate(advice, 1))
    return Response(text=text, advice=tuple(advice), sources=tuple(sources))


def first(rows: Sequence[int], care: Assistant, k: int) -> list[str]:
    """The first *k* statements behind *rows*, each once."""
    found: dict[str, None] = {}
    for row in rows:
        found[care.searcher.version.rows[row].entry] = None
        if len(found) == k:
            break
    return list(found)
