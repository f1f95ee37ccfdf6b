"""What several forms share: the urgency in a line, the patient in words, advice with its marks, the sources used."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from assistant.answer import Answer, HeldBack, Recommendation, Urgency
from assistant.compose import fact_text, facts_text, marked, source_line
from assistant.messages import say
from assistant.patient import Patient, measurement_label, measurement_unit
from assistant.triage import vital_name
from corpus.concepts import ConceptTable
from corpus.load import load_concepts
from corpus.models import Language

_MARK = re.compile(r"\[(\d+)\]")
_SCALES = ("on_oxygen", "consciousness", "spo2_scale")


@functools.cache
def concepts() -> ConceptTable:
    """The concept table, read once."""
    return load_concepts()


def joined(words: Iterable[str], language: Language) -> str:
    """Words as a list in running text."""
    return ("、" if language == "zh" else ", ").join(words)


def colon(language: Language) -> str:
    """The colon of the language, with its blank."""
    return "：" if language == "zh" else ": "


def labelled(label: str, text: str, language: Language) -> str:
    """A bullet "**label**: text"."""
    return f"- **{label}**{colon(language)}{text}"


def urgency_line(urgency: Urgency, language: Language) -> str:
    """The level with what to do now, its sentences marked where a rule with a source decided it."""
    cited = sorted({n for reason in urgency.reasons for n in reason.citations})
    action = marked(urgency.action, cited) if cited else urgency.action
    return f"**{say(f'form.level.{urgency.level}', language)}** – {action}"


def reason_lines(urgency: Urgency, language: Language) -> list[str]:
    """One bullet for each reason of the urgency, with its facts and marks."""
    lines = []
    for reason in urgency.reasons:
        facts = f" ({facts_text(reason.because, language)})" if reason.because else ""
        lines.append(f"- {reason.text}{facts}{''.join(f' [{n}]' for n in reason.citations)}")
    return lines


def opening(answer: Answer, language: Language) -> list[str]:
    """What stands first in every form where it is urgent: how urgent, what to do, and why."""
    if answer.urgency.level not in ("emergency", "urgent"):
        return []
    return [urgency_line(answer.urgency, language), "\n".join(reason_lines(answer.urgency, language))]


def known_as(word: str, language: Language) -> str:
    """A patient's word by its preferred name in the language; the word itself where it is unknown."""
    concept = concepts().lookup(word)
    return concepts().label(concept, language) if concept else word


def person(patient: Patient, language: Language) -> str:
    """Age, sex, pregnancy and breastfeeding in words; empty where none is known."""
    parts = []
    if patient.age_years is not None:
        parts.append(say("years", language, value=f"{patient.age_years:g}"))
    if patient.sex:
        parts.append(say(f"value.{patient.sex}", language))
    for flag in ("pregnant", "breastfeeding"):
        if getattr(patient, flag):
            parts.append(say(f"field.{flag}", language))
    return joined(parts, language)


def word_lines(patient: Patient, fields: Iterable[str], language: Language, always: Iterable[str] = ()) -> list[str]:
    """One bullet for each list of the patient's words; of those *always* asked for, also where nothing is recorded."""
    lines = []
    for field in fields:
        words = [known_as(word, language) for word in getattr(patient, field)]
        if words or field in always:
            shown = joined(dict.fromkeys(words), language) if words else say("form.not_recorded", language)
            lines.append(labelled(say(f"form.words.{field}", language), shown, language))
    return lines


def measured(values: dict[str, float | str | bool] | dict[str, float], language: Language) -> str:
    """Vital signs or laboratory values with their units."""
    shown = []
    for key, value in values.items():
        if key in _SCALES:
            told = say(f"value.{value}", language) if isinstance(value, bool) else str(value)
            name = vital_name(key, language) if key != "spo2_scale" else say("form.spo2_scale", language)
            shown.append(f"{name} {told}")
        else:
            shown.append(f"{measurement_label(key, language)} {value:g} {measurement_unit(key)}".rstrip())
    return joined(shown, language)


def advice_line(item: Recommendation) -> str:
    """A bullet of one recommendation, every sentence marked."""
    return f"- {marked(item.text, item.citations)}"


def held_line(item: HeldBack, language: Language) -> str:
    """A bullet of what was held back, with the reason and the marks."""
    facts = f" ({facts_text(item.because, language)})" if item.because else ""
    text = item.text.rstrip(" .。")
    return f"- {text}{colon(language)}{marked(item.reason, item.citations)}{facts}"


def because_line(item: Recommendation | HeldBack, language: Language) -> str:
    """The patient's facts that something rests on; that it is for everybody where it rests on none."""
    if not item.because:
        return say("form.for_everybody", language)
    return ("；" if language == "zh" else "; ").join(fact_text(fact, language) for fact in item.because)


def section(heading: str, lines: Iterable[str]) -> list[str]:
    """A heading with its lines; nothing where there are none."""
    lines = list(lines)
    return [f"### {heading}", "\n".join(lines)] if lines else []


def closed(blocks: list[str], answer: Answer, language: Language, audience: str | None = None) -> str:
    """The blocks with the sources of the marks in them, and the disclaimer."""
    used = {int(n) for block in blocks for n in _MARK.findall(block)}
    lines = [source_line(citation, language) for citation in answer.citations if citation.n in used]
    blocks = [*blocks, *section(say("heading.sources", language), lines)]
    blocks.append(f"*{say(f'disclaimer.{audience or answer.audience}', language)}*")
    return "\n\n".join(block for block in blocks if block)
