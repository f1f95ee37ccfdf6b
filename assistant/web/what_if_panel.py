"""What if: pick a fact, change it, and see what would be added, removed or rest on something else, and why."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from assistant.compose import facts_text
from assistant.messages import say
from assistant.patient import LISTS, Patient
from assistant.web.desk import Desk, facts_of, field_for, in_own_unit, with_value, with_word, without_fact
from assistant.web.markup import attributes, button, differences, fact_label
from assistant.web.refusal import RefusalError
from assistant.web.strings import text
from assistant.what_if import Change, Difference
from corpus.concepts import ConceptTable
from corpus.models import Language

_NEW = "new"


def what_if_panel(
    desk: Desk,
    table: ConceptTable,
    language: Language,
    given: Mapping[str, str] | None = None,
    difference: Difference | None = None,
) -> str:
    """The form, and below it the *difference* that the change *given* makes."""
    heading = f'<h2 id="whatif-title">{escape(text("nurse.whatif", language))}</h2>'
    if not desk.log:
        return f'{heading}<p class="quiet">{escape(text("nurse.whatif_first", language))}</p>'
    hint = f'<p class="quiet">{escape(text("nurse.whatif_hint", language))}</p>'
    result = _difference(difference, given, desk, table, language) if difference and given else ""
    return f"{heading}{hint}{_form(desk.patient, table, language, given or {})}{result}"


def _form(patient: Patient, table: ConceptTable, language: Language, given: Mapping[str, str]) -> str:
    facts = facts_of(patient)
    choices = [(_NEW, text("nurse.whatif_new", language))]
    numbers: list[str] = []
    for key, value in facts.items():
        name, _, entry = key.partition(":")
        label = fact_label(key, value, table, language)
        if entry in table.measurements or name == "age_years":
            choices.append((key, label))
            numbers.append(key)
        elif name in LISTS or name in ("pregnant", "breastfeeding"):
            choices.append((key, text("nurse.whatif_without", language, fact=label)))
    if "age_years" not in facts:
        choices.append(("age_years", text("nurse.age", language)))
        numbers.append("age_years")
    chosen = given.get("fact") or next(iter(numbers), _NEW)
    rows = "".join(
        f"<option{attributes(value=key, selected=key == chosen, data_number=key in numbers)}>{escape(label)}</option>"
        for key, label in choices
    )
    fact, value = escape(text("nurse.whatif_fact", language)), escape(text("nurse.whatif_value", language))
    is_new, is_number = chosen == _NEW, chosen in numbers
    return (
        f'<form id="whatif-form" data-act="whatif" autocomplete="off"><label>{fact}<select name="fact">{rows}</select></label>'
        f"<label{attributes(class_='for-number', hidden=not is_number)}>{value}"
        f'<input name="value" inputmode="decimal" value="{escape(given.get("value", ""))}"></label>'
        f"<label{attributes(class_='for-new', hidden=not is_new)}>{escape(text('nurse.whatif_word', language))}"
        f'<input name="word" value="{escape(given.get("word", ""))}"></label>'
        f'<button class="primary">{escape(text("nurse.whatif_show", language))}</button></form>'
    )


def changed_patient(patient: Patient, given: Mapping[str, str], table: ConceptTable) -> Patient:
    """The patient with the change of the form; raises :class:`~assistant.InputError` where it changes nothing."""
    key = given.get("fact", _NEW)
    if key == _NEW:
        changed = with_word(patient, given.get("word", ""), "present", table)
    elif key == "age_years" or key.partition(":")[2] in table.measurements:
        changed = with_value(patient, key, given.get("value", ""), None, table)
    else:
        changed = without_fact(patient, key)
    if changed == patient:
        raise RefusalError("no_change")
    return changed


def changes(patient: Patient, given: Mapping[str, str], table: ConceptTable) -> list[str]:
    """The same change as ``Conversation.what_if`` takes it."""
    changed_patient(patient, given, table)
    key = given.get("fact", _NEW)
    name, _, entry = key.partition(":")
    if key == _NEW:
        word = " ".join(given.get("word", "").split())
        gone = [f"absent-={w}" for w in patient.absent if table.lookup(w) == table.lookup(word) or w == word]
        return [*gone, f"{field_for(word, 'present', table)}+={word}"]
    if name == "age_years":
        return [f"age_years={given.get('value', '').strip() or 'none'}"]
    if entry in table.measurements:
        return [f"{entry}={in_own_unit(entry, given.get('value', ''), None, table):g}"]
    return [f"{name}-={entry}"] if name in LISTS else [f"{name}=none"]


def _difference(
    difference: Difference, given: Mapping[str, str], desk: Desk, table: ConceptTable, language: Language
) -> str:
    after = changed_patient(desk.patient, given, table)
    lines = "".join(f"<li>{escape(line)}</li>" for line in differences(desk.patient, after, table, language))
    levels = [say(f"what_if.level.{level}", language) for level in difference.urgency]
    key = "what_if.urgency" if levels[0] != levels[1] else "what_if.same_urgency"
    urgency = escape(say(key, language, before=levels[0], after=levels[1]))
    parts = []
    for name, sign in (("added", "+"), ("removed", "−"), ("changed", "~")):
        items: tuple[Change, ...] = getattr(difference, name)
        if items:
            listed = "".join(_change(item, language) for item in items)
            title = escape(say(f"what_if.{name}", language))
            parts.append(
                f'<section class="diff {name}"><h3><span aria-hidden="true">{sign}</span> {title}</h3><ul>{listed}</ul></section>'
            )
    nothing = "" if parts else f"<p>{escape(say('what_if.nothing', language))}</p>"
    level = difference.urgency[1]
    changed = " changed" if levels[0] != levels[1] else ""
    keep = button(text("nurse.whatif_keep", language), data_act="whatif_keep", data_fact=given.get("fact", ""),
                  data_value=given.get("value", ""), data_word=given.get("word", ""))  # fmt: skip
    return (
        f'<div id="whatif-result" tabindex="-1"><ul class="edits">{lines}</ul>'
        f'<p class="level {level}{changed}">{urgency}</p>{"".join(parts)}{nothing}{keep}</div>'
    )


def _change(item: Change, language: Language) -> str:
    facts = f" ({escape(facts_text(item.because, language))})" if item.because else ""
    return f'<li>{escape(item.text)}<p class="meta">{escape(item.why)}{facts}</p></li>'
