"""The screens of the form as HTML: one question each, with big buttons, the progress, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import get_args

from assistant.facts import PatientFacts
from assistant.patient import Patient
from assistant.web.fields import AgeUnit, lines
from assistant.web.form_html import area, button, calls, chips, inset, line, radios, ticks
from assistant.web.form_lists import grouped
from assistant.web.form_steps import BACKGROUND, Guide, Problem, Sheet, Skipped
from assistant.web.strings import LANGUAGES, text
from corpus.form import Complaint, Question
from corpus.models import Language

#: So many entries of a list are shown as understood or not, and no longer ones.
_MOST_ENTRIES, _LONGEST_ENTRY = 50, 200


def head(language: Language, number: str | None) -> str:
    """What stands above every screen: the title, the languages, and the *number* to call in an emergency, if any."""
    switch = "".join(
        button(name, "language", code, pressed=code == language, attributes=f' lang="{code}"')
        for name, code in LANGUAGES
    )
    call = inset(text("patient.call_first", language), number=calls(number)) if number else ""
    return (
        f'<div class="form-head"><h1>{escape(text("title", language))}</h1>'
        f'<div class="form-languages" role="group" aria-label="Language · 语言">{switch}</div></div>'
        f"{f'<p class=form-call>{call}</p>' if call else ''}"
    )


def echo(guide: Guide, kind: str, value: str, language: Language) -> str:
    """What is understood of the entries of a list, as chips, and what is not."""
    known: list[str] = []
    unknown: list[str] = []
    for entry in lines(value)[:_MOST_ENTRIES]:
        names = _understood(guide, kind, entry, language) if len(entry) <= _LONGEST_ENTRY else []
        known += names
        unknown += [] if names else [entry[:_LONGEST_ENTRY]]
    html = f"<p>{escape(text('patient.understood', language))}</p>{chips(known)}" if known else ""
    if unknown:
        html += f"<p>{escape(text('patient.not_understood', language))}</p>{chips(unknown, 'chips unknown')}"
    return html


def _understood(guide: Guide, kind: str, entry: str, language: Language) -> list[str]:
    facts = PatientFacts(Patient(**{kind: [entry]}), None, guide.table, guide.care.knowledge.derived)
    found = facts.allergies if kind == "allergies" else facts.present
    names = [guide.table.label(concept, language) for concept in found if concept in guide.table]
    denied = text("patient.understood_not", language)
    return names + [denied.format(name=guide.table.label(concept, language)) for concept in facts.absent]


class Screen:
    """The screen of a step that asks something."""

    def __init__(self, guide: Guide, sheet: Sheet, problem: Problem | None = None) -> None:
        self._guide, self._sheet, self._problem = guide, sheet, problem
        self._language: Language = sheet.language

    @property
    def title(self) -> str:
        """The question that the screen asks."""
        if self._sheet.step != "ask":
            return text(f"patient.title.{self._sheet.step}", self._language)
        question = self._question()
        return (
            text("patient.age_question", self._language) if question.about == "age" else question.text[self._language]
        )

    def html(self) -> str:
        """The screen, with what is wrong with it where something is."""
        step = self._sheet.step
        done, about = self._guide.progress(self._sheet)
        progress = escape(text("patient.progress", self._language).format(n=done, m=about))
        bodies = {
            "who": self._who, "age": self._age, "sex": self._sex, "pregnant": self._pregnant, "signs": self._signs,
            "what": self._what, "choose": self._choose, "ask": self._ask, **dict.fromkeys(BACKGROUND, self._list),
        }  # fmt: skip
        error = ""
        if self._problem:
            error = f"<strong>{self._say('please')}</strong> · {escape(self._problem.message)}"
            error = f'<p class="form-error" id="form-error" role="alert">{error}</p>'
        first = step == "who"
        return (
            f'<form class="form-screen" data-step="{step}" novalidate autocomplete="off">'
            f"{self._note('intro') if first else ''}"
            f'<div class="form-progress"><progress max="{about}" value="{done}" aria-label="{progress}"></progress>'
            f'<span aria-hidden="true">{progress}</span></div>'
            f'<h2 id="form-title" tabindex="-1">{escape(self.title)}</h2>{error}{bodies[step]()}'
            f"{self._note('private') if first else ''}</form>"
        )

    def _who(self) -> str:
        return self._choices([(self._say("me"), "me"), (self._say("other"), "other")], self._sheet.who) + self._moves()

    def _age(self) -> str:
        label = self._say("age_label")
        field = line("age", self._sheet.age, label, self._described("form-age-hint"))
        hint = f'<p class="form-note" id="form-age-hint">{self._say("age_hint")}</p>'
        return f"{field}{self._units()}{hint}{self._moves(forward=True, others=self._skip('unknown', 'unknown'))}"

    def _sex(self) -> str:
        return self._choices(self._sexes(), self._sheet.sex, unsure=True) + self._moves()

    def _pregnant(self) -> str:
        pregnant = self._sheet.pregnant
        chosen = None if pregnant is None else "present" if pregnant else "absent"
        return self._choices(self._yes_no(), chosen, unsure=True) + self._moves()

    def _signs(self) -> str:
        options = [(sign.words(self._language), sign.concept) for sign in self._guide.signs(self._sheet)]
        boxes = ticks("signs", options, self._sheet.signs, self._say("signs_hint"), self._described(field=False))
        others = self._skip("none", "signs_none") + self._skip("unknown", "signs_unknown")
        return boxes + self._moves(forward=True, others=others)

    def _what(self) -> str:
        field = area("text", self._sheet.text, self._say("what_label"), self._say("what_hint"), self._described())
        others = button(self._say("what_list"), "list") + self._skip("unknown", "what_unknown")
        return field + self._moves(forward=True, others=others)

    def _choose(self) -> str:
        guide, sheet = self._guide, self._sheet
        found = guide.found(sheet)
        lead = "choose_found" if found else "choose_lost" if sheet.text.strip() else ""
        found = found or guide.nearest(sheet)
        html = f"<p>{self._say(lead)}</p>" if lead else ""
        html += f'<div class="form-choices">{"".join(map(self._complaint, found))}</div>' if found else ""
        html += (
            f'<label class="form-label" for="form-search">{self._say("search")}</label>'
            '<input type="search" id="form-search" class="form-input" autocomplete="off">'
            f'<p class="form-note" id="form-search-none" role="status" hidden>{self._say("search_none")}</p>'
        )
        offered = guide.interview.offered(guide.patient(sheet))
        for name, members in grouped([one for one in offered if one not in found], self._language):
            buttons = f'<div class="form-choices">{"".join(map(self._complaint, members))}</div>'
            html += f'<section class="form-group"><h3>{escape(name)}</h3>{buttons}</section>'
        return html + self._moves(others=self._skip("none", "choose_none"))

    def _complaint(self, complaint: Complaint) -> str:
        names = (*complaint.names.en, *complaint.names.zh, complaint.name.en, complaint.name.zh)
        return button(
            escape(complaint.name[self._language]),
            "reply",
            complaint.id,
            pressed=complaint.id == self._sheet.complaint,
            style="form-choice",
            attributes=f' data-names="{escape(" ".join(names).lower())}"',
        )

    def _ask(self) -> str:
        question, interview = self._question(), self._guide.interview
        assert self._sheet.complaint is not None
        name = interview.form.complaint(self._sheet.complaint).name[self._language]
        html = f'<p class="form-note">{escape(text("patient.about", self._language).format(name=name))}</p>'
        earlier = interview.earlier_reply(self._guide.state(self._sheet), question)
        html += "" if earlier is None else self._note("earlier")
        pressed = earlier if isinstance(earlier, str) else None
        kind = interview.kind(question)
        if kind == "number":
            skip = self._skip("unknown", "unknown", pressed == "unknown")
            return html + self._number(question) + self._moves(forward=True, others=skip)
        options = self._sexes() if kind == "sex" else self._yes_no()
        return html + self._choices(options, pressed, unsure=True) + self._moves()

    def _number(self, question: Question) -> str:
        sheet = self._sheet
        if question.about == "age":
            return line("number", sheet.number, self._say("age_label"), self._described()) + self._units()
        measurement = self._guide.table.measurements[question.about]
        if not measurement.alternatives:
            label = inset(text("patient.number_label", self._language), unit=measurement.unit)
            return line("number", sheet.number, label, self._described())
        units = [(measurement.unit, "")]
        units += [(key.replace("_dl", "/dL").replace("_", "/"), key) for key in measurement.alternatives]
        field = line("number", sheet.number, self._say("number"), self._described())
        return field + radios("unit", units, sheet.unit, self._say("unit_label"))

    def _list(self) -> str:
        name = self._sheet.step
        value: str = getattr(self._sheet, name)
        html = area(name, value, self._say(f"{name}_label"), self._say(f"{name}_hint"), self._described())
        others = self._skip("none", f"{name}_none")
        if name != "own":
            understood = echo(self._guide, name, value, self._language)
            html += self._note("list_hint")
            html += f'<div id="form-echo" data-kind="{name}" role="status" aria-live="polite">{understood}</div>'
            others += self._skip("unknown", "unknown")
        return html + self._moves(forward=True, others=others)

    def _question(self) -> Question:
        question = self._guide.question(self._sheet)
        assert question is not None
        return question

    def _say(self, key: str) -> str:
        return escape(text(f"patient.{key}", self._language))

    def _note(self, key: str) -> str:
        return f'<p class="form-note">{self._say(key)}</p>'

    def _yes_no(self) -> list[tuple[str, str]]:
        return [(self._say("yes"), "present"), (self._say("no"), "absent")]

    def _sexes(self) -> list[tuple[str, str]]:
        return [(escape(text(f"sex.{value}", self._language).capitalize()), value) for value in ("female", "male")]

    def _choices(self, options: Iterable[tuple[str, str]], chosen: str | None, *, unsure: bool = False) -> str:
        """Big buttons, one an answer; pressing one goes on."""
        html = "".join(
            button(label, "reply", value, pressed=value == chosen, style="form-choice") for label, value in options
        )
        if unsure:
            html += self._skip("unknown", "unknown", chosen == "unknown" or None)
        return f'<div class="form-choices" role="group" aria-labelledby="form-title">{html}</div>'

    def _skip(self, how: Skipped, key: str, pressed: bool | None = None) -> str:
        pressed = self._sheet.skipped.get(self._sheet.step) == how if pressed is None else pressed
        return button(self._say(key), "skip", how, pressed=pressed, style="form-choice quiet")

    def _moves(self, *, forward: bool = False, others: str = "") -> str:
        """The way on and the way back."""
        ahead = f'<button type="submit" class="form-next">{self._say("next")}</button>' if forward else ""
        back = button(self._say("back"), "back") if self._sheet.trail else ""
        return f'<div class="form-moves">{ahead}{others}</div><div class="form-back">{back}</div>'

    def _described(self, *hints: str, field: bool = True) -> str:
        """The attributes that tie a field, or a group of them, to what is wrong with it and to its hint."""
        invalid = ' aria-invalid="true"' if self._problem and field else ""
        ids = [*(["form-error"] if self._problem else []), *hints]
        return invalid + (f' aria-describedby="{" ".join(ids)}"' if ids else "")

    def _units(self) -> str:
        options = [(text(f"patient.units.{unit}", self._language), unit) for unit in get_args(AgeUnit)]
        return radios("age_unit", options, self._sheet.age_unit, self._say("age_unit"))
