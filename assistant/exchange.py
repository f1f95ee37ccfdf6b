"""One message of a conversation on its way to an answer: whose it is, what it changes, what it goes on from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.answer import Answer, Audience
from assistant.changes import Judge, revise
from assistant.compose import markdown
from assistant.facts import PatientFacts
from assistant.forms import parts
from assistant.intake import Finding, Intake, read
from assistant.measure import Numbers
from assistant.memory import remember, taken_back, with_medicines_told
from assistant.messages import say
from assistant.patient import Patient
from assistant.persons import Heard, hear, not_theirs
from assistant.plan import Plan, follow_up, make_plan, pruned
from assistant.requests import Form, Request
from assistant.rework import again, in_form, note, related, settled, told
from assistant.state import Said, State
from assistant.triage import LEVELS, assess
from assistant.what_if import Difference, difference, with_changes
from corpus.models import Language

if TYPE_CHECKING:
    from assistant.assistant import Assistant

#: A leading "then" (那茶呢), with which the segmenter joins a name of one character.
_THEN = re.compile(r"^\s*那么?(?![个些种边里时天次是儿样位])[,，]?\s*(?=\S)")
#: Whatever the answer is about.
_ANY: frozenset[str] = frozenset()


class Exchange:
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
        whole = read(_THEN.sub("", self._text), self._table)
        heard = hear(whole, state.person, state.patient.is_empty or not state.turns, self._table)
        other = self._other(heard)
        if other is not None:
            subject = remember(other, whole, request, [], care.knowledge)
            return self._asked(whole, heard, whole, subject, state.patient, subject), state.person
        facts, patient = with_medicines_told(heard.facts, self._table), state.patient
        past = [state.start, *(turn.patient for turn in state.turns)]
        if not_theirs(self._text):
            patient, facts = taken_back(patient, facts, past, self._table)
        patient = remember(patient, facts, request, past, care.knowledge)
        if patient.age_years is None:
            patient = patient.updated(conditions=heard.aged)
        key = self._note(patient)
        if key is not None:
            answer = note(care, self._text, key, patient, state.audience, self._language)
            plan = state.plan or make_plan(whole, self._table)
            return Said(text=self._text, answer=answer, plan=plan, patient=patient), heard.person
        focus = self._focus(whole)
        if self._answered and (request.reworks or focus):
            return self._again(facts, patient, focus), heard.person
        return self._asked(whole, heard, facts, patient, patient, None), heard.person

    def edited(self, patient: Patient) -> Said:
        """The last question once more for a patient whose facts were edited, with what that changes in the advice."""
        full, shown = self._last(), self._answered[-1]
        answer = again(self._care, full, shown, patient, self._state, form=None, language=self._language, focus=_ANY)
        nothing = replace(read(full.text, self._table), findings=(), numbers=Numbers())
        answer = self._revised(answer, nothing, patient, added=True)
        return Said(text=full.text, answer=answer, plan=full.plan, patient=patient, other=shown.other)

    def what_if(self, changes: Sequence[str]) -> Difference:
        """What differs in the answer to the last question when facts of the patient are changed."""
        full, patient = self._last(), with_changes(self._state.patient, changes)
        before, after = (
            again(self._care, full, full, who, self._state, form=None, language=self._language, focus=_ANY)
            for who in (self._state.patient, patient)
        )
        return difference(self._care, before, after, patient, settled(full, patient, self._table), changes)

    def arranged(self, form: Form) -> Answer:
        """What was advised and still stands, as a care plan, SBAR or leaflet."""
        full, shown, state = self._last(), self._answered[-1], self._state
        answer = again(self._care, full, shown, state.patient, state, form=form, language=self._language, focus=_ANY)
        return in_form(form, answer, shown.other or state.patient, None)

    def _last(self) -> Said:
        """The last question that was answered in full, whatever form its answer was put into since."""
        answered = self._answered
        shown = answered[-1]
        return next((t for t in reversed(answered) if t.answer.form is None and t.plan == shown.plan), shown)

    @property
    def _answered(self) -> list[Said]:
        return [turn for turn in self._state.turns if turn.answer.form != "note"]

    def _note(self, patient: Patient) -> str | None:
        """What is said where there is nothing to answer: which message, if so."""
        if self._request.form == "new":
            return "new"
        if self._request.thanks:
            return "noted"
        return "nothing_yet" if self._request.reworks and not self._answered and patient.is_empty else None

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
        words = whole if other else heard.asked

        def follow(asked: Plan) -> Plan:
            return self._following(asked, facts, patient)

        seen = whole if self._alarming(whole, facts) else facts
        seen = self._with_carried(seen, subject, follow(make_plan(words, self._table)))
        audience: Audience = "patient" if self._request.form == "plain" else self._state.audience
        turn = care.turn(
            self._text, subject, audience=audience, language=self._language, intake=seen, asked=words, follow=follow,
            goes_on=self._state.plan is not None and not self._request.topic
            and (self._request.follows or self._names_something(words)),
        )  # fmt: skip
        plan = turn.plan if turn.answers else self._state.plan or turn.plan
        answer = turn.answer
        if other is None:
            answer = self._revised(self._with_others(answer, heard), facts, patient, added=not self._request.asks)
        form = self._request.form if self._request.form in ("sbar", "care_plan", "plain") else None
        if form is not None:
            whole_story = answer.model_copy(update={"question": told(self._state, self._text)})
            answer = in_form(form, whole_story, subject, None).model_copy(update={"question": self._text})
        return Said(text=self._text, answer=answer, plan=plan, patient=patient, other=other)

    def _names_something(self, words: Intake) -> bool:
        return any(self._table[finding.concept].kind != "person" for finding in words.findings)

    def _following(self, asked: Plan, facts: Intake, patient: Patient) -> Plan:
        """The plan with what the turn leaves out, but for what turned out not to be so."""
        previous = self._previous(asked)
        if previous is None:
            return asked
        gone = [f.concept for f in facts.findings if f.status == "absent"]
        gone += self._present(self._state.patient) - self._present(patient)
        asked, previous = pruned(asked, gone, self._table), pruned(previous, gone, self._table)
        states = not self._request.asks or (self._request.correction and not asked.asked)
        return follow_up(asked, previous, states=states, part=self._request.follows)

    def _with_others(self, answer: Answer, heard: Heard) -> Answer:
        """The answer with a word on what was told of somebody else and is not taken for the patient's."""
        if not heard.others:
            return answer
        names = [self._table.label(concept, answer.language) for concept in heard.others]
        line = say("not_checked.somebody_else", answer.language, names=parts.joined(names, answer.language))
        answer = answer.model_copy(update={"not_checked": (line, *answer.not_checked)})
        number = self._care.settings.emergency_call(answer.language)
        return answer.model_copy(update={"text": markdown(answer, number)})

    def _present(self, patient: Patient) -> set[str]:
        return set(PatientFacts(patient, None, self._table).present)

    def _with_carried(self, intake: Intake, subject: Patient, asked: Plan) -> Intake:
        """The turn with the illnesses that the question before was about, where nothing is known of them.

        "What helps in gout?" is answered for somebody with gout; so is the "and beer?" that follows.
        """
        known = PatientFacts(subject, intake, self._table)
        carried = tuple(
            Finding(concept, "uncertain", self._table.label(concept, self._language), 0, 0)
            for concept in asked.named
            if self._table[concept].kind == "condition" and known.concept("condition", concept).truth is None
        )
        return replace(intake, findings=(*intake.findings, *carried))

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
        if not_theirs(self._text) or whole.findings == facts.findings:
            return False
        return self._level(whole) > max(self._level(facts), LEVELS.index("urgent"))

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
