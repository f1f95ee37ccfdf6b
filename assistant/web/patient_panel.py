"""The patient's side: who it is, the facts as chips, NEWS2 with its parts and trend, and how facts are added."""

from __future__ import annotations

from html import escape

from assistant.assistant import Assistant
from assistant.facts import PatientFacts
from assistant.knowledge import Knowledge
from assistant.news2 import PARAMETERS, News2, news2
from assistant.news2_trend import news2_trend
from assistant.patient import LISTS, Patient, measurement_unit
from assistant.triage import assess, explain, vital_name
from assistant.web.desk import Desk, Origin, facts_of
from assistant.web.markup import attributes, button, fact_label, options, unit_picker
from assistant.web.show import urgency_banner
from assistant.web.strings import text
from corpus.concepts import ConceptTable
from corpus.models import Language

_VITALS = ("respiratory_rate", "spo2", "on_oxygen", "systolic_bp", "diastolic_bp", "heart_rate", "consciousness",
           "temperature_c")  # fmt: skip
_ADDED_KINDS = ("condition", "symptom", "medicine", "device", "habit")


def who_panel(desk: Desk, care: Assistant, language: Language) -> str:
    """Who the patient is. Before anything is asked, facts that are urgent by themselves are said here."""
    patient, table = desk.patient, care.knowledge.table
    facts = PatientFacts(patient, None, table, care.knowledge.derived)
    named = {table.lookup(word) for name in LISTS for word in getattr(patient, name)}
    follows = [
        table.label(c, language)
        for c, fact in facts.present.items()
        if c not in named and fact.field in ("age_years", "vitals.consciousness")
    ]
    also = ("、" if language == "zh" else ", ").join(follows)
    inferred = f'<p class="quiet">→ {escape(also)}</p>' if also else ""
    title = f'<h2 id="patient-title">{escape(text("nurse.patient", language))}</h2>'
    return f"{title}{_urgency(desk, facts, care, language)}{_who(patient, language)}{inferred}"


def facts_panel(desk: Desk, knowledge: Knowledge, language: Language) -> str:
    """Every fact with its source, and NEWS2; redrawn when one changes."""
    groups = "".join(_group(name, desk, knowledge.table, language) for name in (*LISTS, "labs", "vitals"))
    empty = "" if groups else f'<p class="quiet">{escape(text("nurse.no_facts", language))}</p>'
    return f"{groups}{empty}{_news2(desk, language)}"


def _urgency(desk: Desk, facts: PatientFacts, care: Assistant, language: Language) -> str:
    if desk.log:
        return ""
    result = assess(facts, desk.patient.vitals, care.knowledge.red_flags, care.knowledge.table)
    if result.level not in ("emergency", "urgent"):
        return ""
    number = care.settings.emergency_call(language)
    return urgency_banner(explain(result, language, number), language, number)


def _who(patient: Patient, language: Language) -> str:
    unknown = ("", text("nurse.unknown", language))
    sexes = [unknown, *((value, text(f"sex.{value}", language)) for value in ("female", "male"))]
    flags = [unknown, *((value, text(f"nurse.{value}", language)) for value in ("yes", "no"))]
    age = "" if patient.age_years is None else f"{patient.age_years:g}"
    fields = [
        f'<label>{escape(text("nurse.age", language))}<input id="field-age" data-change="age_years" inputmode="decimal" '
        f'autocomplete="off" value="{age}"></label>',
        _select("sex", sexes, patient.sex or "", language),
    ]
    if patient.sex != "male":
        for name in ("pregnant", "breastfeeding"):
            chosen = {True: "yes", False: "no", None: ""}[getattr(patient, name)]
            fields.append(_select(name, flags, chosen, language))
    return f'<div class="who">{"".join(fields)}</div>'


def _select(name: str, choices: list[tuple[str, str]], chosen: str, language: Language) -> str:
    return (
        f"<label>{escape(text(f'nurse.{name}', language))}"
        f"<select{attributes(id=f'field-{name}', data_change=name, value=chosen)}>{options(choices, chosen)}</select></label>"
    )


def _group(name: str, desk: Desk, table: ConceptTable, language: Language) -> str:
    facts = {key: value for key, value in facts_of(desk.patient).items() if key.startswith(f"{name}:")}
    if not facts:
        return ""
    unrecognised = desk.patient.unrecognised
    chips = "".join(
        _chip(key, value, desk.origins.get(key, "typed"), key.partition(":")[2] in unrecognised, table, language)
        for key, value in facts.items()
    )
    heading = escape(text(f"nurse.groups.{name}", language))
    return f'<h3>{heading}</h3><ul class="chips" data-group="{name}">{chips}</ul>'


def _chip(key: str, value: object, origin: Origin, unknown: bool, table: ConceptTable, language: Language) -> str:
    """A fact that opens to be changed, denied or removed."""
    name, _, entry = key.partition(":")
    label = fact_label(key, value, table, language)
    source = escape(text(f"nurse.origin.{origin}", language))
    note = f' <small class="unknown">{escape(text("nurse.unrecognised", language))}</small>' if unknown else ""
    actions = [button(text("nurse.remove", language), class_="small", data_act="remove", data_key=key)]
    if name in LISTS and name not in ("absent", "allergies"):
        actions.insert(0, button(text("nurse.deny", language), class_="small", data_act="deny", data_key=key))
    save = f'<button class="small">{escape(text("nurse.save", language))}</button>'
    field = _field(name, entry, value, table, language)
    form = f"<form{attributes(data_act='value', data_key=key)}>{field}{save}</form>" if field else ""
    classes = "chip-fact" + (" unknown" if unknown else "")
    return (
        f'<li><details class="{classes}" name="fact" data-fact="{escape(key)}"><summary>{escape(label)} '
        f"<small>{source}</small>{note}</summary><div>{form}{''.join(actions)}</div></details></li>"
    )


def _field(name: str, entry: str, value: object, table: ConceptTable, language: Language) -> str:
    """The input in which a fact is changed."""
    label = escape(text("nurse.value" if name in ("labs", "vitals") else "nurse.words", language))
    if entry in table.measurements:
        unit = unit_picker(table.measurements[entry], language)
        return f'<input name="value" inputmode="decimal" aria-label="{label}" value="{value:g}">{unit}'
    if entry == "on_oxygen":
        choices = [("no", text("nurse.on_air", language)), ("yes", text("nurse.on_oxygen", language))]
        return f'<select name="value" aria-label="{label}">{options(choices, "yes" if value else "no")}</select>'
    if entry == "consciousness":
        return f'<select name="value" aria-label="{label}">{options(_levels(language), str(value))}</select>'
    if name in LISTS:
        return f'<input name="value" aria-label="{label}" value="{escape(entry)}">'
    return ""


def _levels(language: Language) -> list[tuple[str, str]]:
    return [(level, text(f"nurse.acvpu.{level}", language)) for level in "ACVPU"]


def _news2(desk: Desk, language: Language) -> str:
    """The score with its parts, what is missing, and how it changed since the set of vital signs before."""
    patient = desk.patient
    score = news2(patient.vitals, patient.age_years, patient.pregnant)
    title = escape(text("nurse.news2", language))
    if score.score is None:
        if not any(name in patient.vitals for name in PARAMETERS):
            return ""
        why_not = text(f"nurse.news2_not.{'pregnant' if patient.pregnant else 'child'}", language)
        return f'<section class="news2"><h3>{title}</h3><p>{escape(why_not)}</p></section>'
    shown = text("nurse.at_least", language, score=score.score) if score.missing else str(score.score)
    # With parts missing a low band says nothing: it is a lower bound.
    sure = not score.missing or score.band != "low"
    band = f" · {escape(text(f'nurse.band.{score.band}', language))}" if sure else ""
    rows = "".join(
        f"<tr><th scope='row'>{escape(vital_name(name, language))}</th><td>{_measured(patient, name, language)}</td>"
        f"<td class='points p{points}'>{points}</td></tr>"
        for name, points in score.parts.items()
    )
    missing = ""
    if score.missing:
        names = ("、" if language == "zh" else ", ").join(vital_name(name, language) for name in score.missing)
        missing = f'<p class="quiet">{escape(text("nurse.news2_missing", language, names=names))}</p>'
    heads = "".join(
        f'<th scope="col">{escape(text(f"nurse.{name}", language))}</th>'
        for name in ("news2_part", "value", "news2_points")
    )
    return (
        f'<section class="news2"><h3>{title} <span class="score {score.band if sure else "unsure"}">{escape(shown)}{band}</span></h3>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{missing}{_trend(desk, language)}</section>"
    )


def _measured(patient: Patient, name: str, language: Language) -> str:
    value = patient.vitals[name]
    if name == "on_oxygen":
        return escape(text("nurse.on_oxygen" if value else "nurse.on_air", language))
    if name == "consciousness":
        return escape(text(f"nurse.acvpu.{value}", language))
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return escape(f"{shown} {measurement_unit(name)}".rstrip())


def _trend(desk: Desk, language: Language) -> str:
    if len(desk.observations) < 2:
        return ""
    patient = desk.patient
    scores = [news2(o.vitals, patient.age_years, patient.pregnant) for o in desk.observations]
    earlier, later = desk.observations[-2:]
    trend = news2_trend(
        earlier.vitals, later.vitals, patient.age_years, patient.pregnant,
        earlier_at=earlier.at, at=later.at, language=language,
    )  # fmt: skip
    sets = " → ".join(
        f"<span><time>{escape(o.at[11:16])}</time> <b>{escape(_short(score, language))}</b></span>"
        for o, score in zip(desk.observations, scores, strict=True)
    )
    whole = not trend.earlier.missing and not trend.later.missing
    change = trend.change or 0
    way = " worse" if change > 0 else " better" if change < 0 and whole else ""
    return (
        f'<div class="trend{way}"><h4>{escape(text("nurse.trend", language))}</h4><p class="sets">{sets}</p>'
        f"<p>{escape(trend.text)}</p></div>"
    )


def _short(score: News2, language: Language) -> str:
    if score.score is None:
        return text("nurse.not_scored", language)
    return text("nurse.at_least", language, score=score.score) if score.missing else str(score.score)


def entry_panel(table: ConceptTable, language: Language) -> str:
    """How facts are added: by search, as a set of vital signs, or from a file. Redrawn on a change of language only."""
    return f"{_add(language)}{_observe(table, language)}{_import(language)}"


def _add(language: Language) -> str:
    statuses = [(s, text(f"nurse.statuses.{s}", language)) for s in ("present", "absent", "allergy")]
    kinds = [(k, text(f"nurse.kinds.{k}", language)) for k in _ADDED_KINDS]
    find, found = escape(text("nurse.find", language)), escape(text("nurse.found", language))
    return (
        f'<h3><label for="add-word">{escape(text("nurse.add_title", language))}</label></h3>'
        f'<form id="add-form" data-act="add" autocomplete="off"><div class="combo">'
        f'<input id="add-word" name="word" role="combobox" aria-autocomplete="list" aria-expanded="false" '
        f'aria-controls="add-list" placeholder="{find}" data-found="{found}" '
        f'data-none="{escape(text("nurse.none_found", language))}">'
        f'<ul id="add-list" role="listbox" aria-label="{find}" hidden></ul></div>'
        f'<p id="add-count" class="sr-only" role="status"></p>'
        f'<div class="for-word"><label><span class="sr-only">{escape(text("nurse.status", language))}</span>'
        f'<select name="status">{options(statuses, "present")}</select></label>'
        f'<label class="for-new" hidden>{escape(text("nurse.kind", language))} '
        f'<select name="kind">{options(kinds, "condition")}</select></label></div>'
        f'<div class="for-number" hidden><label>{escape(text("nurse.value", language))} '
        f'<input name="number" inputmode="decimal"></label><label><span class="sr-only">'
        f'{escape(text("nurse.unit", language))}</span><select name="unit"></select></label></div>'
        f'<input type="hidden" name="key"><button>{escape(text("nurse.add", language))}</button></form>'
    )


def _observe(table: ConceptTable, language: Language) -> str:
    fields = []
    unknown = ("", "–")
    for name in _VITALS:
        label = escape(vital_name(name, language))
        if name == "on_oxygen":
            choices = [unknown, ("no", text("nurse.on_air", language)), ("yes", text("nurse.on_oxygen", language))]
            field = f'<select name="{name}">{options(choices)}</select>'
        elif name == "consciousness":
            field = f'<select name="{name}">{options([unknown, *_levels(language)])}</select>'
        else:
            field = f'<input name="{name}" inputmode="decimal" autocomplete="off">'
            unit = unit_picker(table.measurements[name], language, f"{name}_unit")
            fields.append(f'<div class="vital"><label>{label}{field}</label>{unit}</div>')
            continue
        fields.append(f'<div class="vital"><label>{label}{field}</label></div>')
    return (
        f'<details id="observe"><summary>{escape(text("nurse.observe", language))}</summary>'
        f'<form data-act="observe"><div class="vitals">{"".join(fields)}</div>'
        f'<label class="check"><input type="checkbox" name="spo2_scale" value="2"> {escape(text("nurse.scale2", language))}</label>'
        f'<label>{escape(text("nurse.taken_at", language))} <input type="datetime-local" name="at"></label>'
        f"<button>{escape(text('nurse.observe_save', language))}</button></form></details>"
    )


def _import(language: Language) -> str:
    return (
        f'<details id="import"><summary>{escape(text("nurse.import", language))}</summary>'
        f'<label>{escape(text("nurse.import", language))}<input type="file" accept=".json,application/json" data-file="import">'
        f'</label><p class="quiet">{escape(text("nurse.import_hint", language))}</p></details>'
    )
