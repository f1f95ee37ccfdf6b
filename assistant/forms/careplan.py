"""A care plan: for each problem a goal, the interventions and how they are evaluated, as a Markdown table.

A goal or a time is only given where a cited statement gives one; otherwise the plan says that it is to be agreed.
"""

from __future__ import annotations

import functools
import re

from assistant.answer import Answer, Recommendation
from assistant.compose import facts_text, marked
from assistant.forms import parts
from assistant.messages import say
from assistant.patient import Patient
from corpus.load import DATA, read_yaml
from corpus.models import Language
from corpus.text import any_of, normalise, sentences

_FIELDS = ("conditions", "symptoms", "devices", "medications", "habits", "age_years", "pregnant", "breastfeeding")
_MOST_TIMES = 2


def care_plan(patient: Patient, answer: Answer, language: Language | None = None) -> str:
    """The answer as a care plan: problem, goal, interventions with their marks, evaluation with its time."""
    language = language or answer.language
    groups: dict[str, list[Recommendation]] = {}
    for item in answer.recommendations:
        groups.setdefault(_problem(item, answer, language), []).append(item)
    blocks = [f"## {say('form.plan.title', language)}", *parts.opening(answer, language)]
    who = parts.person(patient, language)
    lines = [parts.labelled(say("form.patient", language), who, language)] if who else []
    blocks.append("\n".join([*lines, *parts.word_lines(patient, ["conditions", "medications", "allergies"], language)]))
    if groups:
        header = [say(f"form.plan.{name}", language) for name in ("problem", "goal", "interventions", "evaluation")]
        rows = [_row(header), _row(["---"] * 4)]
        for problem, items in groups.items():
            rows.append(
                _row(
                    [
                        problem,
                        _goal(problem, items, language),
                        _interventions(items),
                        _evaluation(items, answer, language),
                    ]
                )
            )
        blocks.append("\n".join(rows))
    else:
        blocks.append(answer.abstain_reason or say("form.no_advice", language))
    held = [parts.held_line(item, language) for item in answer.held_back]
    blocks += parts.section(say("heading.held_back", language), held)
    blocks += parts.section(say("heading.not_checked", language), [f"- {line}" for line in answer.not_checked])
    blocks += parts.section(say("heading.ask_next", language), [f"- {line}" for line in answer.ask_next])
    return parts.closed(blocks, answer, language, "nurse")


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells) + " |"


def _problem(item: Recommendation, answer: Answer, language: Language) -> str:
    """What a recommendation is for: the topic it comes from, else the facts it rests on."""
    citation = next((c for c in answer.citations if c.n == item.citations[0]), None)
    topic = citation.document.rpartition(".")[0] if citation else ""
    if topic in parts.concepts():
        return parts.concepts().label(topic, language)
    for fact in item.because:
        if fact.field in _FIELDS:
            told = parts.known_as(str(fact.value), language)
            return told if isinstance(fact.value, str) else facts_text([fact], language)
    return facts_text(item.because[:1], language) or say(f"heading.{item.kind}", language)


def _goal(problem: str, items: list[Recommendation], language: Language) -> str:
    targets = [
        marked(item.text[start:end], item.citations)
        for item in items
        for start, end in sentences(item.text)
        if _cues()["target"].search(folded := normalise(item.text[start:end])) and re.search(r"\d", folded)
    ]
    return "\n".join(dict.fromkeys(targets)) or say("form.plan.agree_goal", language, problem=problem)


def _interventions(items: list[Recommendation]) -> str:
    return "\n".join(f"• {marked(item.text, item.citations)}" for item in items)


def _evaluation(items: list[Recommendation], answer: Answer, language: Language) -> str:
    """When to look again, and what would have to be passed on."""
    times = [
        marked(item.text[start:end], item.citations)
        for item in sorted(items, key=lambda item: item.kind != "monitor")
        for start, end in sentences(item.text)
        if _cues()["time"].search(normalise(item.text[start:end]))
    ]
    lines = list(dict.fromkeys(times))[:_MOST_TIMES]
    lines.append(say(f"form.plan.review.{answer.urgency.level}", language))
    lines += [
        f"{say('label.escalate.nurse', language)}{parts.colon(language)}{marked(item.escalate_when, item.citations)}"
        for item in items
        if item.escalate_when
    ]
    return "\n".join(dict.fromkeys(lines))


@functools.cache
def _cues() -> dict[str, re.Pattern[str]]:
    data = read_yaml(DATA / "language" / "plans.yaml")
    return {name: any_of(data[name]) for name in ("target", "time")}
