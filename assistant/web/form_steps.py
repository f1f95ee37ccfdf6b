"""The steps of the form: what has been filled in, and what a press of a button makes of it.

What is filled in is a value, :class:`Sheet`. The browser holds it and hands it back with every press, so that the
server keeps nothing of anybody, and closing the page forgets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.assistant import Assistant, check_question
from assistant.errors import InputError
from assistant.facts import CHILDBEARING
from assistant.intake import read
from assistant.interview import Given, Interview, Outcome, Reply, State
from assistant.patient import Patient
from assistant.web.fields import AgeUnit, age_from, lines, number_from
from assistant.web.form_lists import Nearest, Sign, signs_at
from assistant.web.strings import text
from corpus.form import MAX_QUESTIONS, Complaint, Question
from corpus.models import Language

Step = Literal[
    "who", "age", "sex", "pregnant", "signs", "what", "choose", "ask", "conditions", "medications", "allergies", "own",
    "result",
]  # fmt: skip
Skipped = Literal["none", "unknown"]
#: The steps that everybody takes after the interview.
BACKGROUND: tuple[Step, ...] = ("conditions", "medications", "allergies", "own")
#: What the fields of a screen may set, each only where it is on the screen.
_FIELDS: dict[Step, tuple[str, ...]] = {
    "age": ("age", "age_unit"), "signs": ("signs",), "what": ("text",), "ask": ("number", "unit", "age_unit"),
    "conditions": ("conditions",), "medications": ("medications",), "allergies": ("allergies",), "own": ("own",),
}  # fmt: skip
#: A few sentences are enough; all of them are read for warning signs with every press.
_LONGEST, _LONGEST_SOUGHT = 3_000, 300


class Sheet(BaseModel):
    """Everything that was filled in so far, as typed, and where on the form somebody is.

    ``skipped`` holds the steps that were answered with "none" or "don't know"; ``trail`` the steps on the way here.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Language = "en"
    step: Step = "who"
    trail: tuple[Step, ...] = ()
    skipped: dict[Step, Skipped] = {}
    who: Literal["me", "other"] | None = None
    age: str = ""
    age_unit: AgeUnit = "years"
    sex: Literal["female", "male"] | None = None
    pregnant: bool | None = None
    signs: tuple[str, ...] = ()
    text: str = ""
    complaint: str | None = None
    answers: tuple[Given, ...] = ()
    kept: tuple[Given, ...] = ()
    number: str = ""
    unit: str = ""
    conditions: str = ""
    medications: str = ""
    allergies: str = ""
    own: str = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field of the screen, and what to do about it."""

    message: str
    field: str | None = None


class Guide:
    """Leads through the form. It holds nothing of anybody: every method takes and returns values."""

    def __init__(self, care: Assistant) -> None:
        self.care = care
        self.table = care.knowledge.table
        self.interview = Interview.load(care.knowledge, care.settings)
        self._nearest = Nearest(self.interview.form.complaints, care.searcher.embedder)

    def read_sheet(self, given: Any) -> Sheet:
        """The sheet that a browser handed back; raises :class:`~assistant.InputError` where it is none of ours."""
        try:
            return Sheet.model_validate(given)
        except ValidationError as error:
            raise InputError("what was filled in cannot be read; start again") from error

    def act(self, sheet: Sheet, action: str, value: str, fields: dict[str, Any]) -> tuple[Sheet, Problem | None]:
        """The sheet after a button was pressed; the same step with what is wrong where it cannot go on."""
        sheet = self._filled(sheet, fields)
        if action == "language" and value in get_args(Language):
            return sheet.model_copy(update={"language": value}), None
        if action == "again":
            return Sheet(language=sheet.language), None
        if action == "back":
            return self._back(sheet), None
        try:
            return self._next(self._replied(sheet, action, value), sheet), None
        except InputError as error:
            return sheet, Problem(str(error), _FIELDS.get(sheet.step, (None,))[0])

    def state(self, sheet: Sheet) -> State:
        """The interview's state for what was filled in."""
        return State(
            text="\n".join(part.strip() for part in (sheet.text, sheet.own) if part.strip()),
            patient=self.patient(sheet),
            language=sheet.language,
            complaint=sheet.complaint,
            answers=sheet.answers,
            kept=sheet.kept,
        )

    def patient(self, sheet: Sheet) -> Patient:
        """The patient by what was filled in, without the interview's answers."""
        label = self.table.label
        return Patient(
            age_years=self.age(sheet),
            sex=sheet.sex,
            pregnant=sheet.pregnant if self.may_be_pregnant(sheet) else None,
            symptoms=[label(sign, sheet.language) for sign in self.ticked(sheet)],
            absent=[label(concept, sheet.language) for concept in self._denied(sheet)],
            conditions=lines(sheet.conditions),
            medications=lines(sheet.medications),
            allergies=lines(sheet.allergies),
        )

    def age(self, sheet: Sheet) -> float | None:
        """The age in years; ``None`` where it is not known, or not an age."""
        if sheet.skipped.get("age") == "unknown":
            return None
        try:
            return age_from(sheet.age, sheet.age_unit, sheet.language)
        except InputError:
            return None

    def may_be_pregnant(self, sheet: Sheet) -> bool:
        """Whether pregnancy has to be asked about."""
        age = self.age(sheet)
        return sheet.sex != "male" and (age is None or CHILDBEARING[0] <= age <= CHILDBEARING[1])

    def signs(self, sheet: Sheet) -> tuple[Sign, ...]:
        """The emergency signs that are asked for at this age."""
        return signs_at(self.age(sheet))

    def ticked(self, sheet: Sheet) -> tuple[str, ...]:
        """The emergency signs that are there."""
        if "signs" in sheet.skipped:
            return ()
        return tuple(sign.concept for sign in self.signs(sheet) if sign.concept in sheet.signs)

    def outcome(self, sheet: Sheet) -> Outcome:
        """How urgent it is by what is known so far."""
        return self.interview.result(self.state(sheet), sheet.language)

    def question(self, sheet: Sheet) -> Question | None:
        """The interview's next question."""
        if sheet.complaint is None:
            return None
        return self.interview.next_question(self.state(sheet))

    def found(self, sheet: Sheet) -> tuple[Complaint, ...]:
        """The complaints that the text names."""
        return self.interview.find(sheet.text, self.patient(sheet)) if sheet.text.strip() else ()

    def nearest(self, sheet: Sheet) -> tuple[Complaint, ...]:
        """The complaints that come closest to the text, where it names none."""
        words = sheet.text.strip()
        return self._nearest.to(words[:_LONGEST_SOUGHT], self.interview.offered(self.patient(sheet))) if words else ()

    def progress(self, sheet: Sheet) -> tuple[int, int]:
        """At which step somebody is, and about how many there are."""
        done = len(sheet.trail) + 1
        before: list[Step] = ["who", "age", "sex", "pregnant", "signs", "what"]
        if not self.may_be_pregnant(sheet):
            before.remove("pregnant")
        after = list(BACKGROUND)
        if sheet.step in before:
            left = len(before) - before.index(sheet.step) - 1 + MAX_QUESTIONS + len(after)
        elif sheet.step == "choose":
            left = MAX_QUESTIONS + len(after)
        elif sheet.step == "ask":
            left = self.interview.remaining(self.state(sheet)) - 1 + (0 if "own" in sheet.trail else len(after))
        else:
            left = len(after) - after.index(sheet.step) - 1 if sheet.step in after else 0
        return done, done + left

    def _filled(self, sheet: Sheet, fields: dict[str, Any]) -> Sheet:
        """The sheet with what stands in the fields of the screen."""
        allowed = _FIELDS.get(sheet.step, ())
        changes = {name: given for name, given in fields.items() if name in allowed}
        if not changes:
            return sheet
        return self.read_sheet(sheet.model_dump() | changes)

    def _replied(self, sheet: Sheet, action: str, value: str) -> Sheet:
        """The sheet with the reply to its step; raises :class:`~assistant.InputError` where that is none."""
        step, language = sheet.step, sheet.language
        skipped = {name: how for name, how in sheet.skipped.items() if name != step}
        if action == "skip" and value in get_args(Skipped) and step != "ask":
            return self._skip(sheet.model_copy(update={"skipped": skipped | {step: value}}))
        sheet = sheet.model_copy(update={"skipped": skipped})
        if step == "ask":
            return self._answered(sheet, action, value)
        if step == "who" and value in ("me", "other"):
            return sheet.model_copy(update={"who": value})
        if step == "sex" and value in ("female", "male"):
            return sheet.model_copy(update={"sex": value})
        if step == "pregnant" and value in ("present", "absent"):
            return sheet.model_copy(update={"pregnant": value == "present"})
        if step == "choose":
            return self._chosen(sheet, value)
        if step == "what" and action == "list":
            return sheet.model_copy(update={"complaint": None})
        if step == "age" and age_from(sheet.age, sheet.age_unit, language) is None:
            raise InputError(text("patient.must.age", language))
        if step == "signs" and not self.ticked(sheet):
            raise InputError(text("patient.must.signs", language))
        if step == "what":
            return self._told(sheet)
        if step in BACKGROUND and not getattr(sheet, step).strip():
            raise InputError(text(f"patient.must.{'own' if step == 'own' else 'list'}", language))
        if step in ("conditions", "medications", "allergies"):
            self._check_text(getattr(sheet, step), language)
            self._check_list(sheet)
        if step == "own":
            self._check_text(sheet.own, language)
        return sheet

    def _skip(self, sheet: Sheet) -> Sheet:
        """The sheet with nothing of what the step asks; ticks that speak against it have to be looked at again."""
        step, language = sheet.step, sheet.language
        if step == "signs" and sheet.signs:
            raise InputError(text("patient.must.untick", language))
        if step in ("conditions", "medications", "allergies", "own") and getattr(sheet, step).strip():
            raise InputError(text("patient.must.empty", language))
        blank: dict[Step, dict[str, Any]] = {
            "sex": {"sex": None}, "pregnant": {"pregnant": None}, "age": {"age": ""}, "what": {"complaint": None},
            "choose": {"complaint": None},
        }  # fmt: skip
        return sheet.model_copy(update=blank.get(step, {}))

    def _told(self, sheet: Sheet) -> Sheet:
        """The sheet with the complaint that the text names, where it names one only."""
        if not sheet.text.strip():
            raise InputError(text("patient.must.tell", sheet.language))
        self._check_text(sheet.text, sheet.language)
        found = [complaint.id for complaint in self.found(sheet)]
        if sheet.complaint in found:
            return sheet
        return sheet.model_copy(update={"complaint": found[0] if len(found) == 1 else None})

    def _chosen(self, sheet: Sheet, complaint: str) -> Sheet:
        if complaint not in {entry.id for entry in self.interview.offered(self.patient(sheet))}:
            raise InputError(text("patient.must.choose", sheet.language))
        return sheet.model_copy(update={"complaint": complaint})

    def _answered(self, sheet: Sheet, action: str, value: str) -> Sheet:
        """The sheet with the interview's question answered."""
        question = self.question(sheet)
        if question is None:
            return sheet
        kind = self.interview.kind(question)
        reply: Reply
        if action == "skip":
            reply = "unknown"
        elif kind == "number":
            reply = self._number(sheet, question)
        elif value in ("present", "absent", "female", "male"):
            reply = value  # type: ignore[assignment]
        else:
            raise InputError(text("patient.must.reply", sheet.language))
        try:
            state = self.interview.answer(self.state(sheet), reply)
        except InputError as error:
            raise InputError(text("patient.wrong.together", sheet.language)) from error
        return sheet.model_copy(update={"answers": state.answers, "kept": state.kept, "number": "", "unit": ""})

    def _number(self, sheet: Sheet, question: Question) -> float:
        if not sheet.number.strip():
            raise InputError(text("patient.must.number", sheet.language))
        if question.about == "age":
            age = age_from(sheet.number, sheet.age_unit, sheet.language)
            assert age is not None
            return age
        measurement = self.table.measurements[question.about]
        factor, offset = measurement.alternatives.get(sheet.unit, (1.0, 0.0))
        low, high = (measurement.minimum - offset) / factor, (measurement.maximum - offset) / factor
        unit = sheet.unit.replace("_", "/") if sheet.unit else measurement.unit
        return round(number_from(sheet.number, low, high, unit, sheet.language) * factor + offset, 2)

    def _check_text(self, words: str, language: Language) -> None:
        if len(words) > _LONGEST:
            raise InputError(text("patient.wrong.long", language).format(count=f"{len(words):,}", most=f"{_LONGEST:,}"))
        try:
            check_question(words)
        except InputError as error:
            raise InputError(text("patient.must.tell", language)) from error

    def _check_list(self, sheet: Sheet) -> None:
        try:
            self.patient(sheet)
        except InputError as error:
            raise InputError(text("patient.wrong.entry", sheet.language)) from error

    def _next(self, sheet: Sheet, before: Sheet) -> Sheet:
        """The sheet at its next step. An emergency ends the questions at once."""
        step = self._after(sheet)
        return sheet.model_copy(update={"step": step, "trail": (*before.trail, before.step)})

    def _after(self, sheet: Sheet) -> Step:
        if sheet.step not in ("who", "age", "sex", "pregnant") and self.outcome(sheet).urgency.level == "emergency":
            return "result"
        if sheet.step == "who":
            return "age"
        if sheet.step == "age":
            return "sex"
        if sheet.step == "sex" and self.may_be_pregnant(sheet):
            return "pregnant"
        if sheet.step in ("sex", "pregnant"):
            return "signs"
        if sheet.step == "signs":
            return "what"
        if sheet.step == "what" and sheet.complaint is None and "what" not in sheet.skipped:
            return "choose"
        if self.question(sheet) is not None and sheet.step in ("what", "choose", "ask", "own"):
            return "ask"
        if sheet.step in BACKGROUND:
            return (*BACKGROUND, "result")[BACKGROUND.index(sheet.step) + 1]
        return "result" if "own" in sheet.trail else "conditions"

    def _back(self, sheet: Sheet) -> Sheet:
        """One step back; nothing that was filled in is lost."""
        if not sheet.trail:
            return sheet
        *trail, step = sheet.trail
        changes: dict[str, Any] = {"step": step, "trail": tuple(trail)}
        if step == "ask":
            state = self.interview.back(self.state(sheet))
            changes |= {"answers": state.answers, "kept": state.kept}
            question = self.question(sheet.model_copy(update=changes))
            earlier = self.interview.earlier_reply(state, question) if question else None
            changes |= {"number": f"{earlier:g}" if isinstance(earlier, float) else "", "unit": ""}
            if question is not None and question.about == "age":
                changes["age_unit"] = "years"
        return sheet.model_copy(update=changes)

    def _denied(self, sheet: Sheet) -> list[str]:
        """The emergency signs that are said not to be there, but for those that the words or the complaint are about.

        Who comes with chest pain is asked about chest pain again, whatever was ticked before.
        """
        if sheet.skipped.get("signs") != "none":
            return []
        denied = [concept for sign in self.signs(sheet) for concept in (sign.concept, *sign.also)]
        about = set(read(f"{sheet.text}\n{sheet.own}", self.table).concepts("present", "uncertain"))
        if sheet.complaint is not None:
            about.update(self.interview.form.complaint(sheet.complaint).leads)
        return [
            concept for concept in dict.fromkeys(denied)
            if not any(self.table.is_a(concept, one) or self.table.is_a(one, concept) for one in about)
        ]  # fmt: skip
