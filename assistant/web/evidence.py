"""The evidence: one card a source, with who says so, where, and the passage with the quoted words marked."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from assistant.answer import Answer, Citation
from assistant.assistant import Assistant
from assistant.messages import say
from assistant.web.strings import text
from corpus.models import Language


def evidence(answer: Answer | None, turn: int, care: Assistant, language: Language) -> str:
    """The cards of the answer *turn*; a word on what will be here where there is none."""
    heading = f'<h2 id="evidence-title">{escape(text("nurse.evidence", language))}</h2>'
    if answer is None or not answer.citations:
        return f'{heading}<p class="quiet">{escape(text("nurse.no_evidence", language))}</p>'
    cards = "".join(_card(citation, turn, care, language) for citation in answer.citations)
    return f'{heading}<div data-turn="{turn}" id="sources">{cards}</div>'


def _card(citation: Citation, turn: int, care: Assistant, language: Language) -> str:
    before, after = _around(citation, care)
    where = [citation.publisher, str(citation.year) if citation.year else "", citation.section]
    where += [text("nurse.page", language, n=citation.page)] if citation.page else []
    where += [text("nurse.reviewed", language, date=citation.reviewed)] if citation.reviewed else []
    meta = " · ".join(escape(part) for part in where if part)
    overdue = f' <span class="overdue">{escape(say("label.overdue", language))}</span>' if citation.overdue else ""
    back = escape(text("nurse.back_to_answer", language))
    return (
        f'<article class="source-card" id="source-{citation.n}" tabindex="-1" aria-labelledby="source-{citation.n}-title">'
        f'<h3 id="source-{citation.n}-title">[{citation.n}] {escape(citation.title)}</h3>'
        f'<p class="meta">{meta}{overdue}</p>'
        f"<blockquote>{before}<mark>{escape(citation.quote)}</mark>{after}</blockquote>"
        f'<p class="meta links">{_link(citation, language)}'
        f'<button type="button" class="small" data-back="{citation.n}" data-turn="{turn}" aria-label="{back}" title="{back}">↩</button></p></article>'
    )


def _around(citation: Citation, care: Assistant) -> tuple[str, str]:
    """What stands before and after the quote in its paragraph."""
    document = care.document(citation.document).text
    start = document.rfind("\n\n", 0, citation.start) + 2 if "\n\n" in document[: citation.start] else 0
    end = document.find("\n\n", citation.end)
    end = len(document) if end < 0 else end
    return escape(document[start : citation.start]), escape(document[citation.end : end])


def _link(citation: Citation, language: Language) -> str:
    if not citation.url:
        return ""
    host = urlsplit(citation.url).hostname or citation.url
    return (
        f'<a href="{escape(citation.url)}" target="_blank" rel="noopener noreferrer">'
        f"{escape(text('nurse.open_source', language))} ({escape(host)})</a>"
    )
