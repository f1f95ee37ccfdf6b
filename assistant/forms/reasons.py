"""Shorter, the reasons behind an answer, and the passage behind a mark."""

from __future__ import annotations

from assistant.answer import Answer, Citation
from assistant.compose import marked
from assistant.forms import parts
from assistant.messages import say
from assistant.patient import Patient
from corpus.models import Language

_LONGEST = 3


def shorter(patient: Patient, answer: Answer, language: Language | None = None) -> str:  # noqa: ARG001
    """The first few recommendations and what was held back, a line each."""
    language = language or answer.language
    blocks = parts.opening(answer, language)
    blocks.append("\n".join(parts.advice_line(item) for item in answer.recommendations[:_LONGEST]))
    held = [
        parts.labelled(
            say("form.not_for_patient", language), f"{i.text} {''.join(f'[{n}]' for n in i.citations)}", language
        )
        for i in answer.held_back[:_LONGEST]
    ]
    blocks.append("\n".join(held))
    if not answer.recommendations and not held:
        blocks.append(answer.abstain_reason or say("form.no_advice", language))
    help_when = [marked(i.escalate_when, i.citations) for i in answer.recommendations[:_LONGEST] if i.escalate_when]
    if help_when:
        label = say(f"label.escalate.{answer.audience}", language)
        blocks.append(parts.labelled(label, help_when[0], language))
    return parts.closed(blocks, answer, language)


def why(patient: Patient, answer: Answer, language: Language | None = None) -> str:  # noqa: ARG001
    """The reason of each recommendation and of what was held back, and the patient's facts that it rests on."""
    language = language or answer.language
    mark = parts.colon(language)
    blocks = parts.opening(answer, language) or ["\n".join(parts.reason_lines(answer.urgency, language))]
    told = []
    for held in answer.held_back:
        told.append(
            f"- {held.text}  \n  {say('label.held_because', language)}{mark}{marked(held.reason, held.citations)}"
            f"  \n  {say('form.rests_on', language)}{mark}{parts.because_line(held, language)}"
        )
    for item in answer.recommendations:
        reason = f"  \n  {say('label.why', language)}{mark}{marked(item.why, item.citations)}" if item.why else ""
        told.append(
            f"{parts.advice_line(item)}{reason}"
            f"  \n  {say('form.rests_on', language)}{mark}{parts.because_line(item, language)}"
        )
    blocks += parts.section(say("form.why", language), told)
    if not told:
        blocks.append(answer.abstain_reason or say("form.no_advice", language))
    return parts.closed(blocks, answer, language)


def source(patient: Patient, answer: Answer, language: Language | None = None, number: int | None = None) -> str:  # noqa: ARG001
    """The passage behind the mark ``[number]`` with where it stands; of all marks where none is named."""
    language = language or answer.language
    shown = [citation for citation in answer.citations if number is None or citation.n == number]
    blocks = parts.opening(answer, language)
    if not shown:
        last = max((citation.n for citation in answer.citations), default=0)
        blocks.append(say("form.no_source" if last else "form.no_sources", language, n=number, last=last))
    blocks += [_source(citation, answer, language) for citation in shown]
    blocks.append(f"*{say(f'disclaimer.{answer.audience}', language)}*")
    return "\n\n".join(block for block in blocks if block)


def _source(citation: Citation, answer: Answer, language: Language) -> str:
    fields = (
        ("publisher", citation.publisher),
        ("title", citation.title),
        ("year", citation.year),
        ("section", citation.section),
        ("page", citation.page),
        ("url", citation.url),
        ("reviewed", citation.reviewed),
    )
    quote = "\n".join(f"> {line}" for line in citation.quote.splitlines() if line.strip())
    lines = [
        parts.labelled(say(f"form.source.{name}", language), str(value), language) for name, value in fields if value
    ]
    if citation.overdue:
        lines.append(f"- {say('label.overdue', language)}")
    rests = [item.text for item in answer.recommendations if citation.n in item.citations]
    lines += [parts.labelled(say("form.source.rests", language), f"{text} [{citation.n}]", language) for text in rests]
    return f"### {say('form.source.heading', language)} [{citation.n}]\n\n{quote}\n\n" + "\n".join(lines)
