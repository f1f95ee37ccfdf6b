"""For the patient to read: what to do, what not to, and when to get help, in plain words."""

from __future__ import annotations

from assistant.answer import Answer
from assistant.compose import marked
from assistant.forms import parts
from assistant.messages import say
from assistant.patient import Patient
from corpus.models import Language


def leaflet(patient: Patient, answer: Answer, language: Language | None = None) -> str:  # noqa: ARG001
    """The answer as a leaflet. Made from an answer for a patient it is in plain words; grades and facts stay out."""
    language = language or answer.language
    blocks = [f"## {say('form.leaflet.title', language)}", *parts.opening(answer, language)]
    if not answer.recommendations and not answer.held_back:
        blocks.append(answer.abstain_reason or say("form.no_advice", language))
    advice = [parts.advice_line(item) for item in answer.recommendations]
    blocks += parts.section(say("form.leaflet.do", language), advice)
    held = [
        f"- {i.text.rstrip(' .。')}{parts.colon(language)}{marked(i.reason, i.citations)}" for i in answer.held_back
    ]
    blocks += parts.section(say("form.leaflet.not", language), held)
    help_when = [
        f"- {marked(item.escalate_when, item.citations)}" for item in answer.recommendations if item.escalate_when
    ]
    blocks += parts.section(say("form.leaflet.help", language), dict.fromkeys(help_when))
    blocks += parts.section(say("form.leaflet.ask", language), [f"- {line}" for line in answer.ask_next])
    return parts.closed(blocks, answer, language, "patient")
