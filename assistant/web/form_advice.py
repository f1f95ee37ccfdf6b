"""What the form tells somebody at its end: how urgent it is, what to look out for, and the advice that is for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assistant.answer import Answer, Because, Citation, HeldBack, Reason, Recommendation, Urgency
from assistant.compose import SAFETY_KINDS
from assistant.evidence import concepts_of, related
from assistant.facts import PatientFacts
from assistant.intake import Intake, read
from assistant.interview import Outcome, State
from assistant.patient import Patient
from assistant.plan import Plan, make_plan
from assistant.triage import LEVELS, assess
from assistant.web.form_steps import Guide, Sheet
from assistant.web.strings import text
from corpus.conditions import evaluate
from corpus.form import Question
from corpus.models import Kind, Statement

#: So much is asked for; what is not for this person is left out of it, and of each kind so much is shown.
_LIMIT, _MOST_OF_A_KIND = 16, 4
#: What everybody wants to know: asked for by itself where the answer says nothing of it.
_WANTED: tuple[Kind, ...] = ("diet", "activity", "medicine_safety", "intervene")
#: These alone do not make advice somebody's own: every adult is told to have a vaccine.
NOT_TOLD = frozenset({"age_years", "sex", "absent"})
#: An amount of a medicine: the form never gives one.
_DOSE = re.compile(r"\d\s*(?:mg|mcg|µg|micrograms?|milligrams?|tablets?|毫克|微克|片|粒)")


@dataclass(frozen=True)
class LookOut:
    """What would make it more urgent if it came: in words, whether it is an emergency then, and where it stands."""

    words: str
    emergency: bool
    source: str
    url: str | None


@dataclass(frozen=True)
class Advice:
    """How urgent it is by the rules, the interview and the answer together; the answer; what to look out for.

    ``own`` are the ids of the advice that answers the question somebody asked besides.
    """

    urgency: Urgency
    answer: Answer
    outcome: Outcome
    look_out: tuple[LookOut, ...]
    own: frozenset[str] = frozenset()


def advise(guide: Guide, sheet: Sheet) -> Advice:
    """The result for what was filled in, never less urgent than the rules, the interview or the answer make it."""
    state = guide.state(sheet)
    outcome = guide.interview.result(state, sheet.language)
    answer, own = _Asker(guide, sheet, state, outcome).answer()
    urgency = _highest(outcome.urgency, answer.urgency)
    if sheet.skipped.get("signs") == "unknown":
        urgency = _raised(urgency, sheet)
    look_out = () if urgency.level == "emergency" else _look_out(guide, sheet, state, answer, urgency)
    return Advice(urgency, answer, outcome, look_out, own)


class _Asker:
    """Asks the assistant for advice about what somebody filled in, and keeps what is for them."""

    def __init__(self, guide: Guide, sheet: Sheet, state: State, outcome: Outcome) -> None:
        self._care, self._table, self._language = guide.care, guide.table, sheet.language
        self._patient = outcome.patient
        complaint = guide.interview.form.complaint(sheet.complaint) if sheet.complaint else None
        self._name = complaint.name[sheet.language] if complaint else ""
        self._holds: Intake = read(state.text, self._table)
        self._facts = PatientFacts(self._patient, self._holds, self._table, guide.care.knowledge.derived)
        leads = complaint.states or complaint.finds if complaint else ()
        there = [lead for lead in leads if self._facts.concept("symptom", lead).truth]
        there = there or [lead for lead in leads if self._facts.concept("symptom", lead).truth is None]
        self._named = tuple(dict.fromkeys([*guide.ticked(sheet), *there]))
        joined = ("、" if sheet.language == "zh" else ", ").join(
            sign.words(sheet.language) for sign in guide.signs(sheet) if sign.concept in self._named
        )
        name = self._name or joined
        default = text("patient.question_about", sheet.language).format(name=name) if name else ""
        self._question = sheet.text.strip() or default or text("patient.default_question", sheet.language)
        self._own = sheet.own.strip()
        asked = make_plan(read(state.text or self._question, self._table), self._table)
        about = {*self._named, *asked.named}
        self._about = {one for one in about if not any(one in self._table.ancestors(other) for other in about)}
        self._asked = asked.asked

    def answer(self) -> tuple[Answer, frozenset[str]]:
        """The answer with what is for this person only, and the ids of what answers their own question.

        It holds each kind of advice that everybody wants to know, asked for by itself where it was left out.
        """
        whole = self._ask(self._question, self._completed)
        if whole.urgency.level == "emergency":
            meanwhile = tuple(item for item in whole.recommendations if item.kind != "escalate")
            return _renumbered(whole.model_copy(update={"recommendations": meanwhile, "held_back": ()})), frozenset()
        answer = self._kept(whole)
        for kind in _WANTED:
            if not any(item.kind == kind for item in answer.recommendations):
                answer = _joined(answer, self._kept(self._ask(self._question, self._for_kind(kind))), kind)
        replied = self._replied()
        own = frozenset(item.id for item in replied.recommendations) if replied else frozenset()
        answer = _joined(answer, replied) if replied else answer
        return self._care.reword(_renumbered(answer), self._patient), own

    def _replied(self) -> Answer | None:
        """What answers their own question, of the kinds that it asks for."""
        if not self._own:
            return None
        kinds = make_plan(read(self._own, self._table), self._table).kinds
        answer = self._kept(self._ask(self._own, lambda plan: plan))
        told = [item for item in answer.recommendations if (item.kind in kinds if kinds else item.kind != "escalate")]
        return answer.model_copy(update={"recommendations": tuple(told[:_MOST_OF_A_KIND])})

    def _ask(self, question: str, follow: Callable[[Plan], Plan]) -> Answer:
        return self._care.turn(
            question,
            self._patient,
            audience="patient",
            language=self._language,
            intake=self._holds,
            asked=read(question, self._table),
            follow=follow,
            goes_on=bool(self._named or self._name),
            limit=_LIMIT,
        ).answer

    def _for_kind(self, kind: Kind) -> Callable[[Plan], Plan]:
        return lambda plan: replace(self._completed(plan), kinds=frozenset({kind}))

    def _completed(self, plan: Plan) -> Plan:
        query = "\n".join(part for part in (plan.query, self._name) if part)
        return replace(plan, query=query, named=tuple(dict.fromkeys([*plan.named, *self._named])))

    def _kept(self, answer: Answer) -> Answer:
        """The answer without advice that is for somebody else: for an illness or a medicine not known of."""
        shown: dict[str, int] = {}
        kept: list[Recommendation] = []
        for item in answer.recommendations:
            if self._is_theirs(item) and shown.get(item.kind, 0) < _MOST_OF_A_KIND:
                shown[item.kind] = shown.get(item.kind, 0) + 1
                kept.append(item)
        held = tuple(item for item in answer.held_back if not _DOSE.search(f"{item.text} {item.reason}"))
        return answer.model_copy(update={"recommendations": tuple(kept), "held_back": held})

    def _is_theirs(self, item: Recommendation) -> bool:
        knowledge = self._care.knowledge
        statement = knowledge.statements.get(item.id)
        if statement is None:
            return True
        if statement.kind == "medicine_safety" and _DOSE.search(item.text):
            return False
        if statement.plain is None and statement.kind not in SAFETY_KINDS:
            return False
        topic = knowledge.topics[knowledge.topic_of[item.id]]
        if topic.applies_when is not None and any(fact.field not in NOT_TOLD for fact in item.because):
            return True
        if topic.applies_when is not None and not evaluate(topic.applies_when, self._facts).truth:
            words = {f.concept for f in self._holds.findings if f.status in ("present", "hypothetical", "uncertain")}
            return bool(words & concepts_of(topic))
        return self._mentions(statement)

    def _mentions(self, statement: Statement) -> bool:
        """Whether general advice names what it is about, and no medicine that the person is not known to take."""
        mentioned = self._care.knowledge.mentioned_in(statement)
        medicines = [m for m in mentioned if self._table[m].kind == "medicine" and m not in self._about]
        if any(self._facts.concept("medicine", medicine).truth is None for medicine in medicines):
            return False
        return any(self._table.is_a(one, other) for one in mentioned for other in self._about) or any(
            related(one, other, self._table) for one in mentioned for other in self._asked
        )


def _renumbered(answer: Answer) -> Answer:
    """The answer with the citations that are still used, numbered in the order in which they stand."""
    used = [n for reason in answer.urgency.reasons for n in reason.citations]
    used += [n for item in answer.recommendations for n in item.citations]
    used += [n for item in answer.held_back for n in item.citations]
    number = {old: new for new, old in enumerate(dict.fromkeys(used), 1)}
    cited = {citation.n: citation for citation in answer.citations}

    def new(marks: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        return {"citations": tuple(number[n] for n in marks)}

    reasons = tuple(reason.model_copy(update=new(reason.citations)) for reason in answer.urgency.reasons)
    return answer.model_copy(
        update={
            "urgency": answer.urgency.model_copy(update={"reasons": reasons}),
            "recommendations": tuple(i.model_copy(update=new(i.citations)) for i in answer.recommendations),
            "held_back": tuple(i.model_copy(update=new(i.citations)) for i in answer.held_back),
            "citations": tuple(cited[old].model_copy(update={"n": n}) for old, n in number.items()),
        }
    )


def _joined(answer: Answer, more: Answer, kind: Kind | None = None) -> Answer:
    """The answer with the advice of another, or one kind of it, and what that one holds back; citations numbered on.

    Where one kind is not asked for, what the other one declines is told too.
    """
    known = {item.id for item in answer.recommendations} | {item.id for item in answer.held_back}
    book = {(c.document, c.start, c.end): c.n for c in answer.citations}
    citations = list(answer.citations)
    numbers = {c.n: c for c in more.citations}

    def numbered(marks: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        return {"citations": tuple(_number(numbers[n], book, citations) for n in marks)}

    added: list[Recommendation] = [
        item.model_copy(update=numbered(item.citations))
        for item in more.recommendations
        if kind in (None, item.kind) and item.id not in known
    ]
    held: list[HeldBack] = [
        item.model_copy(update=numbered(item.citations)) for item in more.held_back if item.id not in known
    ]
    return answer.model_copy(
        update={
            "recommendations": (*answer.recommendations, *added),
            "held_back": (*answer.held_back, *held),
            "citations": tuple(citations),
            "declined": answer.declined if kind else (*answer.declined, *more.declined),
            "not_checked": answer.not_checked
            if kind
            else tuple(dict.fromkeys((*answer.not_checked, *more.not_checked))),
        }
    )


def _number(citation: Citation, book: dict[tuple[str, int, int], int], citations: list[Citation]) -> int:
    key = citation.document, citation.start, citation.end
    if key not in book:
        book[key] = len(citations) + 1
        citations.append(citation.model_copy(update={"n": book[key]}))
    return book[key]


def _highest(decided: Urgency, answered: Urgency) -> Urgency:
    """The higher of two urgencies, with the reasons of both, in the words of the one that cites."""
    higher = decided if LEVELS.index(decided.level) > LEVELS.index(answered.level) else answered
    reasons = {reason.rule: reason for reason in (*decided.reasons, *answered.reasons)}
    return higher.model_copy(update={"reasons": tuple(reasons.values())})


def _raised(urgency: Urgency, sheet: Sheet) -> Urgency:
    """To be seen today, where it is not known whether an emergency sign is there."""
    words = text("patient.unsure_signs", sheet.language)
    reason = Reason(text=words, rule="form/signs", because=(Because(field="answers", value="unknown"),))
    reasons = (reason, *urgency.reasons)
    if LEVELS.index(urgency.level) >= LEVELS.index("urgent"):
        return urgency.model_copy(update={"reasons": reasons})
    return urgency.model_copy(update={"level": "urgent", "action": words, "reasons": reasons})


def _look_out(guide: Guide, sheet: Sheet, state: State, answer: Answer, urgency: Urgency) -> tuple[LookOut, ...]:
    """What would make it more urgent: yes to a red-flag question, or an emergency sign where there is no complaint."""
    least = max(LEVELS.index(urgency.level), LEVELS.index("routine"))
    found = [
        LookOut(question.text[sheet.language], level == "emergency", *_stands(guide, question))
        for question, level in guide.interview.if_present(state)
        if LEVELS.index(level) > least
    ]
    return tuple(found) if state.complaint else tuple(_signs_to_watch(guide, sheet, answer))


def _stands(guide: Guide, question: Question) -> tuple[str, str]:
    source = guide.interview.form.sources[question.source.ref]
    parts = (source.publisher, source.title, str(source.year or ""), question.source.section)
    return " · ".join(part for part in parts if part), question.source.url or source.url


def _signs_to_watch(guide: Guide, sheet: Sheet, answer: Answer) -> Iterator[LookOut]:
    """The emergency signs that were asked for, each with the source of the rule that makes it an emergency."""
    knowledge, book = guide.care.knowledge, guide.care.citation_book(answer)
    for sign in guide.signs(sheet):
        label = guide.table.label(sign.concept, sheet.language)
        patient = Patient(age_years=guide.age(sheet), symptoms=[label])
        facts = PatientFacts(patient, None, guide.table, knowledge.derived)
        triaged = assess(facts, {}, knowledge.red_flags, guide.table)
        if triaged.level == "emergency" and triaged.fired:
            cited = book.citations[book.cite(triaged.fired[0][0].id) - 1]
            parts = (cited.publisher, cited.title, str(cited.year or ""), cited.section)
            yield LookOut(sign.words(sheet.language), True, " · ".join(part for part in parts if part), cited.url)
