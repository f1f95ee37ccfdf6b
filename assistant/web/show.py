"""Parts of an answer as HTML: the urgency banner, the evidence with the quoted words marked, and fact chips."""

from __future__ import annotations

import re
from html import escape

from assistant import compose
from assistant.answer import Answer, Citation
from assistant.assistant import Assistant
from assistant.messages import say
from assistant.patient import Patient
from assistant.triage import because
from assistant.web.strings import text

_MARK = re.compile(r"\[(\d+)\]")


def chat_blocks(answer: Answer, number: str) -> list[str]:
    """The answer for the chat, in pieces to stream: the urgency first; marks link to the evidence panel."""
    body = answer.text if answer.form else compose.markdown(answer, number, sources=False)
    return [
        _MARK.sub(r'<a href="#source-\1" target="_self">[\1]</a>', block) for block in re.split(r"\n\n(?=### )", body)
    ]


def evidence(answer: Answer, care: Assistant) -> str:
    """One card a citation: who says so, where, and the passage with the quoted words marked."""
    cards = "".join(_card(citation, care, answer.language) for citation in answer.citations)
    return f'<section aria-label="{escape(text("nurse.evidence", answer.language))}">{cards}</section>'


def chips(patient: Patient, care: Assistant, language: str) -> str:
    """The patient's facts as the program understands them, and the words it does not know."""
    from assistant.facts import PatientFacts

    facts = PatientFacts(patient, None, care.knowledge.table, care.knowledge.derived)
    items = [
        f"<li>{escape(care.knowledge.table.label(concept, language))}</li>"
        for concept, fact in facts.present.items()
        if fact.field.partition(".")[0] not in ("labs", "vitals")
    ]
    items += [
        f"<li>{escape(compose.fact_text(because(fact), 'zh' if language == 'zh' else 'en'))}</li>"
        for _, fact in facts.numbers().values()
    ]
    unknown = text("nurse.unrecognised", language)
    items += [f'<li class="unknown">{escape(word)} · {escape(unknown)}</li>' for word in patient.unrecognised]
    if not items:
        return ""
    return f'<p>{escape(text("nurse.understood", language))}</p><ul class="chips">{"".join(items)}</ul>'


def banner(answer: Answer, number: str) -> str:
    """The urgency as a coloured banner with what to do now."""
    urgency, language = answer.urgency, answer.language
    lines = "".join(f"<p>{escape(reason.text)}</p>" for reason in urgency.reasons)
    action = f"<p><strong>{escape(urgency.action)}</strong></p>" if urgency.reasons else ""
    role = "alert" if urgency.level == "emergency" else "status"
    title = escape(say(f"level.{urgency.level}", language, number=number))
    return f'<div class="banner {urgency.level}" role="{role}"><h2>{title}</h2>{action}{lines}</div>'


def _card(citation: Citation, care: Assistant, language: str) -> str:
    document = care.document(citation.document).text
    start = document.rfind("\n\n", 0, citation.start) + 2 if "\n\n" in document[: citation.start] else 0
    end = document.find("\n\n", citation.end)
    end = len(document) if end < 0 else end
    before, after = escape(document[start : citation.start]), escape(document[citation.end : end])
    where = [citation.publisher, str(citation.year) if citation.year else "", citation.section]
    where += [f"p. {citation.page}"] if citation.page else []
    meta = " · ".join(escape(part) for part in where if part)
    overdue = f' <span class="overdue">{escape(say("label.overdue", language))}</span>' if citation.overdue else ""
    link = ""
    if citation.url:
        link = (
            f'<br><a href="{escape(citation.url)}" target="_blank" rel="noopener noreferrer">{escape(citation.url)}</a>'
        )
    return (
        f'<article class="source-card" id="source-{citation.n}"><h3>[{citation.n}] {escape(citation.title)}</h3>'
        f'<p class="meta">{meta}{overdue}{link}</p>'
        f"<blockquote>{before}<mark>{escape(citation.quote)}</mark>{after}</blockquote></article>"
    )
