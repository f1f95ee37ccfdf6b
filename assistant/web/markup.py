"""Small pieces of HTML that several parts of the nurse's page use; everything from outside is escaped here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from assistant.messages import knows, say
from assistant.patient import LISTS, Patient, measurement_label, measurement_unit
from assistant.web.desk import facts_of
from assistant.web.strings import text, unit_names
from corpus.concepts import ConceptTable, Measurement
from corpus.models import Language

_MARK = re.compile(r"\[(\d+)\]")


def attributes(**values: object) -> str:
    """HTML attributes; ``None`` and false leave one out, true gives it without a value, ``_`` becomes ``-``."""
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        shown = name.rstrip("_").replace("_", "-")
        parts.append(shown if value is True else f'{shown}="{escape(str(value))}"')
    return "".join(f" {part}" for part in parts)


def button(label: str, **values: object) -> str:
    """A button that does nothing by itself; ``data_act`` names what it asks the program to do."""
    return f'<button type="button"{attributes(**values)}>{escape(label)}</button>'


def linked(words: str, turn: int, language: str) -> str:
    """Words with each ``[n]`` as a link to the source *n* of the answer *turn*."""
    return link_marks(escape(words), turn, language)


def link_marks(html: str, turn: int, language: str) -> str:
    """The same for HTML."""
    return _MARK.sub(
        lambda m: (
            f'<a class="cite" href="#source-{m[1]}" data-turn="{turn}" data-source="{m[1]}" '
            f'aria-label="{escape(text("nurse.source", language, n=m[1]))}">[{m[1]}]</a>'
        ),
        html,
    )


def options(choices: Iterable[tuple[str, str]], chosen: str = "") -> str:
    """The options of a select as (value, label)."""
    return "".join(
        f"<option{attributes(value=value, selected=value == chosen)}>{escape(label)}</option>"
        for value, label in choices
    ).replace("<option>", '<option value="">')


def units(measurement: Measurement) -> list[tuple[str, str]]:
    """The units a value can be typed in: its own first, with an empty name."""
    names = unit_names()
    return [("", measurement.unit), *((u, names[u]) for u in measurement.alternatives if u in names)]


def unit_picker(measurement: Measurement, language: str, name: str = "unit") -> str:
    """A select of the units, or the one unit as text."""
    choices = units(measurement)
    if len(choices) == 1:
        return f'<span class="unit">{escape(measurement.unit)}</span>'
    label = escape(f"{text('nurse.unit', language)}: {measurement.label(language)}")
    return f'<select name="{name}" aria-label="{label}">{options(choices)}</select>'


def fact_label(key: str, value: object, table: ConceptTable, language: Language) -> str:
    """A fact of :func:`~assistant.web.desk.facts_of` in words."""
    name, _, entry = key.partition(":")
    if name in LISTS:
        concept = table.lookup(entry)
        return table.label(concept, language) if concept else entry
    if name == "age_years":
        return say("years", language, value=f"{value:g}")
    if name in ("labs", "vitals"):
        if entry == "on_oxygen":
            return text("nurse.on_oxygen" if value else "nurse.on_air", language)
        if entry == "spo2_scale":
            return f"{say('form.spo2_scale', language)} {value}"
        if entry == "consciousness":
            return text(f"nurse.acvpu.{value}", language)
        label = measurement_label(entry, language)
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        return f"{label} {shown} {measurement_unit(entry)}".rstrip()
    shown = say(f"value.{value}", language) if knows(f"value.{value}") else str(value)
    label = text(f"nurse.{name}", language)
    return shown if name == "sex" else f"{label}{'：' if language == 'zh' else ': '}{shown}"


def differences(before: Patient, after: Patient, table: ConceptTable, language: Language) -> list[str]:
    """What was edited between two patients, a line each: "− ibuprofen", "potassium: 5.6 → 4.1"."""
    old, new = facts_of(before), facts_of(after)
    lines = []
    for key in [*old, *(key for key in new if key not in old)]:
        if key in old and key in new:
            if old[key] != new[key]:
                was, now = (fact_label(key, facts[key], table, language) for facts in (old, new))
                lines.append(f"{was} → {now}")
            continue
        shown = fact_label(key, (old | new)[key], table, language)
        if key.startswith("absent:"):
            shown = f"{text('nurse.deny', language)}{'：' if language == 'zh' else ': '}{shown}"
        lines.append(f"{'+' if key in new else '−'} {shown}")
    return lines
