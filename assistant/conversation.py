"""A conversation: the patient as known so far, what was said, and what the talk is about. Its state is a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer, Audience
from assistant.assistant import check_question
from assistant.changes import Judge, revise
from assistant.compose import markdown
from assistant.facts import PatientFacts
from assistant.intake import Intake, read
from assistant.memory import remember, taken_back, without_denied_medicines
from assistant.patient import Patient
from assistant.persons import Heard, hear, not_theirs
from assistant.plan import Plan, follow_up, make_plan, pruned
from assistant.requests import Request, read_request
from assistant.rework import again, in_form, note, related
from assistant.triage import LEVELS, assess
from corpus.models import Language
from corpus.text import HAN, detect_language

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_WORD = re.compile(r"[A-Za-z]{2,}")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Said(_Frozen):
    """One turn: what the user said, the answer, the plan it was found by, and the patient as known after it.

    ``other`` is the person whom the turn was about, where that was not the patient; ``number`` the source asked for.
    """

    text: str
    answer: Answer
    plan: Plan
    patient: Patient
    other: Patient | None = None
    number: int | None = None


class State(_Frozen):
    """All that a conversation knows; ``model_dump_json`` writes it, ``model_validate_json`` reads it back.

    ``start`` is the patient as given before the first turn, ``person`` what the patient is to the speaker, ``language``
    the one asked for, ``spoken`` the one the user wrote last.
    """

    patient: Patient = Patient()
    turns: tuple[Said, ...] = ()
    plan: Plan | None = None
    audience: Audience = "nurse"
    language: Language | None = None
    spoken: Language | None = None
    person: str | None = None
    start: Patient = Patient()


class Conversation:
    """One patient, one thread of questions. Two conversations share nothing."""

    def __init__(self, assistant: Assistant, state: State | None = None) -> None:
        self._assistant = assistant
        state = state or State()
        self.state = state if state.turns else state.model_copy(update={"start": state.patient})

    @classmethod
    def resume(cls, assistant: Assistant, state: State) -> Conversation:
        """Go on from a state that was kept."""
        return cls(assistant, state)

    @property
    def patient(self) -> Patient:
        """The patient's facts found so far."""
        return self.state.patient

    @property
    def audience(self) -> Audience:
        """Whom the answers are worded for."""
        return self.state.audience

    @property
    def plan(self) -> Plan | None:
        """What the last question was about."""
        return self.state.plan

    @property
    def answers(self) -> list[Answer]:
        """The answers since the patient was last changed."""
        return [turn.answer for turn in self.state.turns]

    def say(self, text: str, *, language: Language | None = None) -> Answer:
        """Answer the next message. Facts it states are added to :attr:`patient` first, what it corrects is replaced.

        A message may also ask for the last answer in another form or language. *language* is that of this answer,
        whatever the message says. Raises :class:`~assistant.InputError` for an empty message, or one whose facts
        contradict each other; the conversation is then as it was before.
        """
        text = check_question(text)
        request = read_request(text, self._assistant.knowledge.table)
        state = self.state
        if request.fresh:
            state = State(audience=state.audience, language=state.language, spoken=state.spoken)
        spoken = _spoken(text) or state.spoken
        chosen = language or request.language or self._language(state, spoken)
        said, person = _Turn(self._assistant, state, request, text, chosen).answer()
        self.state = state.model_copy(
            update={
                "patient": said.patient,
                "turns": (*state.turns, said),
                "plan": said.plan if said.answer.form != "new" else None,
                "language": state.language if spoken == state.spoken or state.spoken is None else None,
                "spoken": spoken,
                "person": person,
            }
        )
        return said.answer

    def _language(self, state: State, spoken: Language | None) -> Language:
        """The language asked for at the start until the user writes in another; then the user's."""
        wanted = state.language or self._assistant.settings.lang
        if wanted and (state.spoken is None or spoken == state.spoken):
            return wanted
        return spoken or "en"


class _Turn:
    """One message on its way to an answer."""

    def __init__(self, assistant: Assistant, state: State, request: Request, text: str, language: Language) -> None:
        self._care = assistant
        self._table = assistant.knowledge.table
        self._state = state
        self._request = request
        self._text = text
        self._language = language

    def answer(self) -> tuple[Said, str | None]:
        """The turn with its answer, and who the patient is to the speaker."""
        care, state, request = self._care, self._state, self._request
        whole = read(self._text, self._table)
        heard = hear(whole, state.person, state.patient.is_empty, self._table)
        other = self._other(heard)
        if other is not None:
            subject = remember(other, whole, request, [], care.knowledge)
            return self._asked(whole, heard, whole, subject, state.patient, subject), state.person
        facts, patient = without_denied_medicines(heard.facts, self._table), state.patient
        past = [state.start, *(turn.patient for turn in state.turns)]
        if not_theirs(self._text):
            patient, facts = taken_back(patient, facts, past, self._table)
        patient = remember(patient, facts, request, past, care.knowledge)
        if request.form == "new" or (request.reworks and not self._answered and patient.is_empty):
            key = "new" if request.form == "new" else "nothing_yet"
            answer = note(care, self._text, key, state.audience, self._language)
            return Said(text=self._text, answer=answer, plan=make_plan(whole, self._table), patient=patient), None
        focus = self._focus(whole)
        if self._answered and (request.reworks or focus):
            return self._again(facts, patient, focus), heard.person
        return self._asked(whole, heard, facts, patient, patient, None), heard.person

    @property
    def _answered(self) -> list[Said]:
        return [turn for turn in self._state.turns if turn.answer.form != "new"]

    def _other(self, heard: Heard) -> Patient | None:
        """The person whom the turn is about, where another subject is announced, or that one is still talked of."""
        if self._request.topic and heard.stranger:
            return Patient()
        last = self._state.turns[-1] if self._state.turns else None
        stays = self._request.follows and not (self._request.back or self._request.topic or self._request.correction)
        return last.other if last is not None and stays else None

    def _focus(self, whole: Intake) -> frozenset[str]:
        """What a question for the reason is about, where that was dealt with before."""
        if self._request.form != "why" or not self._request.content:
            return frozenset()
        named = {finding.concept for finding in whole.findings}
        dealt = any(related(turn.answer, named, self._care.knowledge) for turn in self._answered)
        return frozenset(named) if dealt else frozenset()

    def _again(self, facts: Intake, patient: Patient, focus: frozenset[str]) -> Said:
        """An earlier answer once more: in another form or language, under what is known now."""
        answered = self._answered
        about = next((t for t in reversed(answered) if related(t.answer, focus, self._care.knowledge)), answered[-1])
        shown = about if focus else answered[-1]
        full = next((t for t in reversed(answered) if t.answer.form is None and t.plan == shown.plan), shown)
        form = self._request.form or shown.answer.form
        answer = again(self._care, full, shown, patient, self._state, form=form, language=self._language, focus=focus)
        answer = self._revised(answer, facts, patient, added=False)
        subject = shown.other or patient
        number = self._request.number if self._request.form else shown.number
        answer = in_form(form, answer, subject, number)
        plan = shown.plan if focus else (self._state.plan or shown.plan)
        answer = answer.model_copy(update={"question": self._text})
        return Said(text=self._text, answer=answer, plan=plan, patient=patient, other=shown.other, number=number)

    def _asked(
        self, whole: Intake, heard: Heard, facts: Intake, subject: Patient, patient: Patient, other: Patient | None
    ) -> Said:
        """A question or a fact: answered anew, with what it leaves out taken from before."""
        care = self._care
        asked = make_plan(whole if other else heard.asked, self._table)
        previous = self._previous(asked)
        if previous is not None:
            gone = [f.concept for f in facts.findings if f.status == "absent"]
            gone += self._present(self._state.patient) - self._present(patient)
            asked, previous = pruned(asked, gone, self._table), pruned(previous, gone, self._table)
            states = not self._request.asks or (self._request.correction and not asked.asked)
            asked = follow_up(asked, previous, states=states, part=self._request.follows)
        seen = whole if self._alarming(whole, facts) else facts
        audience: Audience = "patient" if self._request.form == "plain" else self._state.audience
        turn = care.turn(self._text, subject, audience=audience, language=self._language, intake=seen, plan=asked)
        answer = turn.answer
        if other is None:
            answer = self._revised(answer, facts, patient, added=not self._request.asks)
        form = self._request.form if self._request.form in ("sbar", "care_plan", "plain") else None
        if form is not None:
            answer = in_form(form, answer, subject, None)
        return Said(text=self._text, answer=answer, plan=turn.plan, patient=patient, other=other)

    def _present(self, patient: Patient) -> set[str]:
        return set(PatientFacts(patient, None, self._table).present)

    def _previous(self, asked: Plan) -> Plan | None:
        """The plan that the turn goes on from: none where another subject begins, an earlier one on going back."""
        if self._request.topic:
            return None
        if not self._request.back:
            return self._state.plan
        mine = {*asked.named, *asked.asked}
        for turn in reversed(self._state.turns):
            theirs = {*turn.plan.named, *turn.plan.asked}
            if any(self._table.is_a(a, b) or self._table.is_a(b, a) for a in mine for b in theirs):
                return turn.plan
        return None

    def _alarming(self, whole: Intake, facts: Intake) -> bool:
        """Whether what is said of somebody else is an emergency: it is one, whoever has it."""
        return whole is not facts and self._level(whole) > max(self._level(facts), LEVELS.index("urgent"))

    def _level(self, intake: Intake) -> int:
        knowledge = self._care.knowledge
        known = PatientFacts(Patient(), intake, self._table, knowledge.derived)
        return LEVELS.index(assess(known, intake.numbers.vitals, knowledge.red_flags, self._table).level)

    def _revised(self, answer: Answer, facts: Intake, patient: Patient, added: bool) -> Answer:
        """The answer with what the new facts change in the earlier ones."""
        state, care = self._state, self._care
        if patient == state.patient or not state.turns:
            return answer
        before = Judge(PatientFacts(state.patient, None, self._table, care.knowledge.derived), care.knowledge)
        after = Judge(PatientFacts(patient, facts, self._table, care.knowledge.derived), care.knowledge)
        book = care.citation_book(answer)
        earlier = [turn.answer for turn in state.turns if turn.other is None]
        changed = revise(earlier, answer, before, after, care.knowledge, book, added)
        if not changed:
            return answer
        answer = answer.model_copy(update={"changed": changed, "citations": tuple(book.citations)})
        number = care.settings.emergency_call(answer.language)
        return answer.model_copy(update={"text": markdown(answer, number)})


def _spoken(text: str) -> Language | None:
    """The language a message is written in; ``None`` for one too short to tell, such as "SBAR"."""
    if not HAN.search(text) and not any(not word.isupper() for word in _WORD.findall(text)):
        return None
    return "zh" if detect_language(text) == "zh" else "en"
