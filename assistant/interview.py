"""The guided form's engine: which question comes next, and how urgent it is when enough is known.

The state of an interview is a value, :class:`State`: it can be stored as JSON, handed to a page and back, and
compared. Nothing is asked that is known already from the patient, the free text or an earlier answer; warning
signs come first; an emergency stops the questions at once; nobody is asked more than seven.

"Don't know" is never a no. Where it was the answer to a red-flag question, the result reports the question as
not known; where the question says ``unsure: urgent`` (its source says to be safe when in doubt) the result is
urgent at least. What the rules make of the answers is decided by :mod:`assistant.triage` alone; the interview only
ever raises its level, for such a question or for a complaint that needs looking at in any case (``at_least``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Because, Reason, Urgency
from assistant.assistant import check_question
from assistant.complaints import named, offered
from assistant.errors import InputError
from assistant.facts import PatientFacts
from assistant.intake import read
from assistant.knowledge import Knowledge
from assistant.messages import say
from assistant.patient import Patient
from assistant.settings import Settings
from assistant.triage import LEVELS, TriageResult, assess, explain
from corpus.conditions import evaluate
from corpus.form import MAX_QUESTIONS, Complaint, Form, Question
from corpus.load import DATA, load_form
from corpus.models import Language, Level

Reply = Literal["present", "absent", "unknown", "female", "male"] | Annotated[float, Field(strict=True)]
Kind = Literal["yes_no", "number", "sex"]
_REPLIES: dict[Kind, tuple[str, ...]] = {
    "yes_no": ("present", "absent", "unknown"),
    "number": ("unknown",),
    "sex": ("female", "male", "unknown"),
}
_FIELDS = {"symptom": "symptoms", "medicine": "medications", "device": "devices", "habit": "habits"}
_FLAGS = {"pregnancy": "pregnant", "breastfeeding_person": "breastfeeding"}


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Given(_Value):
    """The reply to one question."""

    question: str
    reply: Reply


class State(_Value):
    """Where an interview stands: what it is about, what is known of the patient, and the answers in order.

    ``kept`` are answers that :meth:`Interview.back` took back: they count for nothing until they are given again,
    and a page can offer them as they were.
    """

    text: str = ""
    patient: Patient = Patient()
    language: Language = "en"
    complaint: str | None = None
    answers: tuple[Given, ...] = ()
    kept: tuple[Given, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How urgent it is, the patient with everything that was answered, and the warning signs that are not known."""

    urgency: Urgency
    patient: Patient
    not_known: tuple[Question, ...]


@dataclass(frozen=True)
class _Known:
    patient: Patient
    facts: PatientFacts
    triaged: TriageResult


class Interview:
    """Asks what is needed about a complaint. It holds no state of its own: every method takes and returns values."""

    def __init__(self, form: Form, knowledge: Knowledge, settings: Settings | None = None) -> None:
        self.form = form
        self._knowledge = knowledge
        self._table = knowledge.table
        self._settings = settings or Settings()
        self._questions = {question.id: question for question in form.questions()}

    @classmethod
    def load(cls, knowledge: Knowledge | None = None, settings: Settings | None = None, data: Path = DATA) -> Interview:
        """Read the form's questions, and the rules and concepts unless they are given."""
        return cls(load_form(data), knowledge or Knowledge.load(data=data), settings)

    def start(
        self,
        text: str = "",
        patient: Patient | None = None,
        *,
        complaint: str | None = None,
        language: Language | None = None,
    ) -> State:
        """Begin, with the complaint named or found in the text; raises :class:`~assistant.InputError`.

        ``state.complaint`` is ``None`` where the text names none: then one has to be chosen (:meth:`choose`).
        """
        text = check_question(text) if text.strip() else ""
        language = language or self._settings.lang or read(text, self._table).language
        state = State(text=text, patient=patient or Patient(), language=language)
        found = self.find(text, state.patient)
        if complaint is None and found:
            complaint = found[0].id
        return self.choose(state, complaint) if complaint else state

    def offered(self, patient: Patient) -> tuple[Complaint, ...]:
        """The complaints this patient may have: all but those that are known not to apply."""
        facts = PatientFacts(patient, None, self._table, self._knowledge.derived)
        return offered(self.form, facts)

    def find(self, text: str, patient: Patient | None = None) -> tuple[Complaint, ...]:
        """The complaints that a text names, the first one named first."""
        intake = read(text, self._table)
        facts = PatientFacts(patient or Patient(), intake, self._table, self._knowledge.derived)
        return named(offered(self.form, facts), intake, self._table)

    def choose(self, state: State, complaint: str) -> State:
        """The state about another complaint; answers already given stay. Raises :class:`~assistant.InputError`."""
        facts = self._known(state.model_copy(update={"complaint": None})).facts
        if complaint not in {entry.id for entry in offered(self.form, facts)}:
            raise InputError(f"the form has no complaint {complaint!r} for this patient")
        return state.model_copy(update={"complaint": complaint})

    def next_question(self, state: State) -> Question | None:
        """The next question; ``None`` once it is an emergency, seven were asked, or nothing is left to ask."""
        known = self._known(state)
        if known.triaged.level == "emergency":
            return None
        return next(iter(self._open(state, known.facts)), None)

    def remaining(self, state: State) -> int:
        """How many questions are still to come as far as is known now; an answer may add or spare some."""
        complaint = self._complaint(state)
        if complaint is None:
            return 0
        asked = {given.question for given in state.answers}
        left = MAX_QUESTIONS - sum(question.id in asked for question in complaint.questions)
        return min(left, len(self._open(state, self._known(state).facts)))

    def if_present(self, state: State) -> tuple[tuple[Question, Level], ...]:
        """How urgent a yes to each red-flag question would make it, in the order of the form: what to look out for."""
        complaint = self._complaint(state)
        found: list[tuple[Question, Level]] = []
        for question in complaint.questions if complaint else ():
            if question.red_flag and question.about in self._table and question.about not in _FLAGS:
                answers = [given for given in state.answers if given.question != question.id]
                yes = Given(question=question.id, reply="present")
                known = self._known(state.model_copy(update={"answers": (*answers, yes)}))
                found.append((question, known.triaged.level))
        return tuple(found)

    def kind(self, question: Question) -> Kind:
        """How a question is answered: yes or no, with a number, or with a sex."""
        if question.about == "sex":
            return "sex"
        if question.about in self._table or question.about == "pregnant":
            return "yes_no"
        return "number"

    def answer(self, state: State, reply: Reply) -> State:
        """The state with the next question answered; raises :class:`~assistant.InputError` for an unusable reply."""
        question = self.next_question(state)
        if question is None:
            raise InputError("there is no question left to answer")
        kind = self.kind(question)
        number = kind == "number" and isinstance(reply, int | float) and not isinstance(reply, bool)
        if not number and reply not in _REPLIES[kind]:
            allowed = ", ".join((*(("a number",) if kind == "number" else ()), *_REPLIES[kind]))
            raise InputError(f"the reply to {question.id} is one of: {allowed} (given: {reply!r})")
        kept = tuple(given for given in state.kept if given.question != question.id)
        answers = (*state.answers, Given(question=question.id, reply=reply))
        state = state.model_copy(update={"answers": answers, "kept": kept})
        self.patient(state)
        return state

    def back(self, state: State) -> State:
        """One question back. The answer is kept, to be offered again; at the first question nothing changes."""
        if not state.answers:
            return state
        return state.model_copy(
            update={"answers": state.answers[:-1], "kept": (state.answers[-1], *state.kept)},
        )

    def earlier_reply(self, state: State, question: Question) -> Reply | None:
        """The reply that was given to a question before going back past it."""
        return next((given.reply for given in state.kept if given.question == question.id), None)

    def patient(self, state: State) -> Patient:
        """The patient with the complaint and every answer added; raises :class:`~assistant.InputError`."""
        changes: dict[str, Any] = {}
        complaint = self._complaint(state)
        for concept in complaint.states if complaint else ():
            self._add(changes, concept, True, state.language)
        for given in state.answers:
            question = self._question(given)
            if given.reply == "unknown":
                continue
            if isinstance(given.reply, int | float):
                self._measure(changes, question.about, given.reply)
            elif question.about in ("sex", "pregnant"):
                changes[question.about] = given.reply if question.about == "sex" else given.reply == "present"
            else:
                self._add(changes, question.about, given.reply == "present", state.language)
                for concept in question.also if given.reply == "absent" else ():
                    self._add(changes, concept, False, state.language)
        return state.patient.updated(**changes) if changes else state.patient

    def result(self, state: State, language: Language | None = None) -> Outcome:
        """How urgent it is, by what is known so far; see the module for what "don't know" means."""
        language = language or state.language
        known = self._known(state)
        urgency = explain(known.triaged, language, self._settings.emergency_call(language))
        urgency = self._raised(urgency, state, language)
        unsure = {given.question for given in state.answers if given.reply == "unknown"}
        not_known: tuple[Question, ...] = ()
        complaint = self._complaint(state)
        if complaint is not None and urgency.level != "emergency":
            unasked = {question.id for question in self._open(state, known.facts, limit=None)}
            not_known = tuple(q for q in complaint.questions if q.red_flag and q.id in unsure | unasked)
        return Outcome(urgency, known.patient, not_known)

    def _complaint(self, state: State) -> Complaint | None:
        try:
            return self.form.complaint(state.complaint) if state.complaint is not None else None
        except KeyError as error:
            raise InputError(f"the form has no complaint {state.complaint!r}; start again") from error

    def _question(self, given: Given) -> Question:
        if given.question not in self._questions:
            raise InputError(f"the form has no question {given.question!r}; start again")
        return self._questions[given.question]

    def _known(self, state: State) -> _Known:
        patient = self.patient(state)
        intake = read(state.text, self._table)
        facts = PatientFacts(patient, intake, self._table, self._knowledge.derived)
        vitals = {**intake.numbers.vitals, **patient.vitals}
        return _Known(patient, facts, assess(facts, vitals, self._knowledge.red_flags, self._table))

    def _open(self, state: State, facts: PatientFacts, limit: int | None = MAX_QUESTIONS) -> list[Question]:
        """The complaint's questions that are still to be asked, in order."""
        complaint = self._complaint(state)
        questions = complaint.questions if complaint else ()
        asked = {given.question for given in state.answers}
        if limit is not None and sum(question.id in asked for question in questions) >= limit:
            return []
        unsure = {self._question(given).about for given in state.answers if given.reply == "unknown"}
        return [
            question
            for question in questions
            if question.id not in asked
            and question.about not in unsure
            and not self._is_known(question, facts)
            and evaluate(question.ask_when, facts).truth is not False
        ]

    def _is_known(self, question: Question, facts: PatientFacts) -> bool:
        about = question.about
        if about in ("sex", "pregnant"):
            return facts.flag(about) is not None
        if about in self._table:
            also = any(facts.concept("symptom", concept).truth for concept in question.also)
            return also or facts.concept("symptom", about).truth is not None
        number = facts.number("age_years" if about == "age" else about)
        return number is not None and number[0] == number[1]

    def _add(self, changes: dict[str, Any], concept: str, present: bool, language: Language) -> None:
        """Note a concept as present or absent, under its name."""
        if present and concept in _FLAGS:
            changes[_FLAGS[concept]] = True
            return
        field = _FIELDS.get(self._table[concept].kind, "conditions") if present else "absent"
        changes.setdefault(field, []).append(self._table.label(concept, language))

    def _measure(self, changes: dict[str, Any], about: str, value: float) -> None:
        if about == "age":
            changes["age_years"] = value
            return
        group = "vitals" if self._table.measurements[about].kind == "vital" else "labs"
        changes.setdefault(group, {})[about] = value

    def _raised(self, urgency: Urgency, state: State, language: Language) -> Urgency:
        """The urgency, raised for what is not known where in doubt one is to be safe, and for the complaint itself."""
        raises: list[tuple[Level, Reason]] = []
        for given in state.answers:
            question = self._question(given)
            if given.reply == "unknown" and question.unsure:
                words = say("interview.unsure", language, question=question.text[language])
                facts = (Because(field="answers", value="unknown"),)
                raises.append((question.unsure, Reason(text=words, rule=question.id, because=facts)))
        complaint = self._complaint(state)
        if complaint is not None:
            words = say("interview.complaint", language, name=complaint.name[language])
            facts = (Because(field="complaint", value=complaint.name[language]),)
            raises.append((complaint.at_least, Reason(text=words, rule=complaint.id, because=facts)))
        level = max((level for level, _ in raises), key=LEVELS.index, default=urgency.level)
        if LEVELS.index(level) <= LEVELS.index(urgency.level):
            return urgency
        reasons = tuple(reason for raised, reason in raises if raised == level)
        action = say(f"action.{level}", language, number=self._settings.emergency_call(language))
        return urgency.model_copy(update={"level": level, "action": action, "reasons": (*reasons, *urgency.reasons)})
