"""SBAR: situation, background, assessment, recommendation, for a telephone call or a handover."""

from __future__ import annotations

from assistant.answer import Answer
from assistant.compose import facts_text, marked
from assistant.forms import parts
from assistant.messages import say
from assistant.patient import Patient
from assistant.triage import news2_text, vital_name
from corpus.models import Language


def sbar(patient: Patient, answer: Answer, language: Language | None = None) -> str:
    """The answer as SBAR: what is known and what is missing stand beside each other, NEWS2 with its parts."""
    language = language or answer.language
    blocks = ["## SBAR"]
    for name, lines in (
        ("situation", _situation(patient, answer, language)),
        ("background", _background(patient, language)),
        ("assessment", _assessment(patient, answer, language)),
        ("recommendation", _recommendation(answer, language)),
    ):
        blocks += parts.section(say(f"form.sbar.{name}", language), lines)
    return parts.closed(blocks, answer, language, "nurse")


def _situation(patient: Patient, answer: Answer, language: Language) -> list[str]:
    who = parts.person(patient, language) or say("form.not_recorded", language)
    lines = [
        f"- {parts.urgency_line(answer.urgency, language)}",
        *parts.reason_lines(answer.urgency, language),
        parts.labelled(say("form.patient", language), who, language),
        *parts.word_lines(patient, ["symptoms"], language),
    ]
    return [*lines, parts.labelled(say("form.told", language), f"“{' '.join(answer.question.split())}”", language)]


def _background(patient: Patient, language: Language) -> list[str]:
    fields = ["conditions", "medications", "allergies", "devices", "habits", "absent"]
    return parts.word_lines(patient, fields, language, always=["conditions", "medications", "allergies"])


def _assessment(patient: Patient, answer: Answer, language: Language) -> list[str]:
    lines = []
    if patient.vitals:
        lines.append(parts.labelled(say("form.vitals", language), parts.measured(patient.vitals, language), language))
    lines.append(parts.labelled("NEWS2", _news2(answer, language), language))
    if patient.labs:
        lines.append(parts.labelled(say("form.labs", language), parts.measured(patient.labs, language), language))
    lines += [f"- {line}" for line in answer.not_checked]
    return lines


def _news2(answer: Answer, language: Language) -> str:
    score = answer.urgency.news2
    if score is None or score.score is None:
        return say("form.no_news2", language)
    told = [f"{vital_name(name, language)} {points}" for name, points in score.parts.items()]
    missing = [vital_name(name, language) for name in score.missing]
    shown = f"{news2_text(score, language)} {say('form.parts', language, parts=parts.joined(told, language))}"
    return f"{shown} {say('form.missing', language, missing=parts.joined(missing, language))}" if missing else shown


def _recommendation(answer: Answer, language: Language) -> list[str]:
    lines = [f"- {parts.urgency_line(answer.urgency, language)}"]
    for item in answer.recommendations:
        lines.append(parts.advice_line(item))
        if item.escalate_when:
            told = marked(item.escalate_when, item.citations)
            lines.append(f"  - {say(f'label.escalate.{answer.audience}', language)}{parts.colon(language)}{told}")
    for held in answer.held_back:
        facts = f" ({facts_text(held.because, language)})" if held.because else ""
        lines.append(
            parts.labelled(
                say("form.not_for_patient", language),
                f"{held.text.rstrip(' .。')} – {marked(held.reason, held.citations)}{facts}",
                language,
            )
        )
    lines += [parts.labelled(say("heading.ask_next", language), ask, language) for ask in answer.ask_next]
    return lines
