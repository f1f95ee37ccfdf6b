"""What each click on the nurse's page does: from the desk as it is to the desk as it will be, step by step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.conversation import Conversation
from assistant.errors import InputError
from assistant.messages import say
from assistant.patient import Patient
from assistant.web import chat, feedback, what_if_panel  # fmt: skip
from assistant.web import desk as facts
from assistant.web.desk import Desk, Exchange, Origin
from assistant.web.documents import FORMS
from assistant.web.feedback import Verdict
from assistant.web.refusal import RefusalError
from assistant.web.strings import text
from assistant.what_if import Difference
from corpus.models import Language

#: What asks for the last answer in the other language.
_IN = {"en": "In English please.", "zh": "请用中文回答。"}
_ALL = frozenset(
    {"head", "who", "facts", "entry", "chat", "composer", "verdicts", "tabs", "evidence", "whatif", "documents"}
)
_ANSWERED = frozenset({"who", "facts", "chat", "verdicts", "evidence", "whatif", "documents"})


@dataclass(frozen=True)
class Step:
    """The desk after a step, the parts of the page to draw again, and what the browser does then.

    ``waiting`` is the exchange still being answered; ``difference`` with ``given`` what the what-if shows; ``do`` has
    ``focus``, ``side``, ``flash``, ``latest``, ``clear``, ``language`` and ``spoken``.
    """

    desk: Desk
    draw: frozenset[str] = frozenset()
    do: Mapping[str, Any] = field(default_factory=dict)
    waiting: str = ""
    difference: Difference | None = None
    given: Mapping[str, str] | None = None
    document: Answer | None = None


Act = Callable[[Desk, Mapping[str, Any]], Iterator[Step]]


class Clerk:
    """Carries out what is asked for; keeps nothing between two calls."""

    def __init__(self, care: Assistant) -> None:
        self._care = care
        self._table = care.knowledge.table
        self._acts: dict[str, Act] = {
            "ask": self._ask,
            "translate": self._translate,
            "add": self._add,
            "value": self._value,
            "remove": self._remove,
            "deny": self._deny,
            "observe": self._observe,
            "import": self._import,
            "evidence": self._evidence,
            "verdict": self._verdict,
            "whatif": self._what_if,
            "whatif_keep": self._keep_what_if,
            "document": self._document,
            "language": self._language,
            "new": self._new,
            "clear": self._clear,
        }

    def carry_out(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        """The steps of one act; raises :class:`~assistant.InputError` where it cannot be done."""
        act = self._acts.get(str(data.get("act")))
        if act is None:
            raise RefusalError("unknown_fact", fact=data.get("act"))
        yield from act(desk, data)

    def cases(self, desk: Desk) -> list[dict[str, Any]]:
        """The verdicts of this tab as evaluation cases."""
        found = []
        for (turn, entry), verdict in desk.verdicts.items():
            exchange = desk.log[turn]
            item = next(item for item in exchange.answer.recommendations if item.id == entry)
            found.append(feedback.case(exchange.answer, exchange.patient, item, verdict, self._care.knowledge))
        return found

    def _ask(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        words = str(data.get("words", "")).strip()
        if not any(char.isalnum() for char in words):
            raise RefusalError("empty")
        care, page = self._care, desk.language
        chatting, latest = frozenset({"chat"}), {"latest": True}
        yield Step(desk, chatting, latest, waiting=chat.asked(words, page))
        urgency = care.triage(words, desk.patient)
        spoken: Language = "zh" if any("\u4e00" <= char <= "\u9fff" for char in words) else "en"
        number = care.settings.emergency_call(spoken)
        yield Step(desk, chatting, latest, waiting=chat.asked(words, spoken, urgency, number))
        conversation = Conversation(care, desk.state)
        answer = conversation.say(words)
        if len(conversation.state.turns) <= len(desk.state.turns):  # the words began a new conversation
            desk = replace(desk, origins={}, observations=())
        desk = desk.with_patient(conversation.state, "typed", _at(data))
        desk = desk.answered(Exchange(words, answer, conversation.patient))
        done = {"clear": True, "latest": True, "spoken": _spoken(answer, page)}
        yield Step(desk, _ANSWERED, done)
        reworded = care.reword(answer, conversation.patient)
        if reworded is not answer:
            log = (*desk.log[:-1], replace(desk.log[-1], answer=reworded))
            yield Step(replace(desk, log=log), frozenset({"chat", "evidence"}), done)

    def _translate(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        yield from self._ask(desk, {**data, "words": _IN[desk.language]})

    def _add(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        if data.get("key"):
            patient = facts.with_value(
                desk.patient, data["key"], str(data.get("number", "")), data.get("unit"), self._table
            )
        else:
            word, status = str(data.get("word", "")), data.get("status", "present")
            patient = facts.with_word(desk.patient, word, status, self._table, data.get("kind"))
        yield from self._edited(desk, patient, "form", data)

    def _value(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        value, unit = str(data.get("value", "")), data.get("unit")
        patient = facts.with_value(desk.patient, str(data["key"]), value, unit, self._table)
        yield from self._edited(desk, patient, "form", data)

    def _remove(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        yield from self._edited(desk, facts.without_fact(desk.patient, str(data["key"])), "form", data)

    def _deny(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        yield from self._edited(desk, facts.denied(desk.patient, str(data["key"]), self._table), "form", data)

    def _observe(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        at = _at(data)
        taken = facts.observed(data, self._table)
        later = [o for o in desk.observations if o.at > at]
        newest = {name: value for o in later for name, value in o.vitals.items() if name in taken}
        patient = desk.patient.updated(vitals=taken | newest)
        yield from self._edited(desk, patient, "form", {**data, "at": at}, taken)

    def _import(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        try:
            patient = facts.imported(desk.patient, str(data.get("text", "")))
        except InputError as error:
            raise RefusalError("unreadable", detail=str(error)) from error
        yield from self._edited(desk, patient, "imported", data)

    def _edited(
        self,
        desk: Desk,
        patient: Patient,
        origin: Origin,
        data: Mapping[str, Any],
        taken: Mapping[str, Any] | None = None,
    ) -> Iterator[Step]:
        """The facts changed: the last question is answered again, if there was one."""
        before = desk.patient
        conversation = Conversation(self._care, desk.state)
        answer = conversation.edit(patient)
        desk = desk.with_patient(conversation.state, origin, _at(data), taken)
        do: dict[str, Any] = {"reset": data["act"]}
        if answer is None:
            yield Step(
                desk, frozenset({"who", "facts", "whatif"}), do | {"spoken": text("nurse.edited", desk.language)}
            )
            return
        desk = desk.answered(Exchange(answer.question, answer, patient, edited=True, before=before))
        yield Step(desk, _ANSWERED, do | {"latest": True, "spoken": _spoken(answer, desk.language)})

    def _evidence(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        turn = _turn(desk, data)
        desk = replace(desk, shown=turn)
        yield Step(desk, frozenset({"evidence"}), {"side": "evidence", "flash": data.get("source")})

    def _verdict(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        turn = _turn(desk, data)
        exchange = desk.log[turn]
        item = next((item for item in exchange.answer.recommendations if item.id == data.get("id")), None)
        if item is None:
            raise RefusalError("gone")
        verdict = Verdict(
            verdict=data["verdict"], reason=str(data.get("reason", "")), wording=str(data.get("wording", ""))
        ).checked()
        verdicts = dict(desk.verdicts)
        if verdicts.get((turn, item.id)) == verdict:
            del verdicts[turn, item.id]
        else:
            verdicts[turn, item.id] = verdict
            if self._care.settings.feedback is not None:
                entry = feedback.case(exchange.answer, exchange.patient, item, verdict, self._care.knowledge)
                feedback.keep(self._care.settings.feedback, entry)
        yield Step(replace(desk, verdicts=verdicts), frozenset({"chat", "verdicts"}))

    def _what_if(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        changes = what_if_panel.changes(desk.patient, data, self._table)
        difference = Conversation(self._care, desk.state).what_if(*changes, language=desk.language)
        do = {"side": "whatif", "focus": "#whatif-result"}
        yield Step(desk, frozenset({"whatif"}), do, difference=difference, given=data)

    def _keep_what_if(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        patient = what_if_panel.changed_patient(desk.patient, data, self._table)
        yield from self._edited(desk, patient, "form", data)

    def _document(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        form = next(form for form in FORMS if form == data.get("form"))
        if not desk.log:
            raise RefusalError("not_asked")
        answer = Conversation(self._care, desk.state).arranged(form, language=desk.language)
        desk = replace(desk, form=form)
        yield Step(desk, frozenset({"documents"}), {"side": "documents", "focus": "#files"}, document=answer)

    def _language(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:
        language: Language = "zh" if data.get("language") == "zh" else "en"
        desk = replace(desk, language=language)
        answer = None
        if desk.form and desk.log:
            answer = Conversation(self._care, desk.state).arranged(desk.form, language=language)
        yield Step(desk, _ALL, {"language": language}, document=answer)

    def _new(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:  # noqa: ARG002
        page = desk.language
        do = {"clear": True, "side": "evidence", "focus": "#q", "spoken": text("nurse.begun", page), "reset": "new"}
        yield Step(Desk(language=page), _ALL - {"head", "composer"}, do)

    def _clear(self, desk: Desk, data: Mapping[str, Any]) -> Iterator[Step]:  # noqa: ARG002
        state = type(desk.state)(patient=desk.patient, start=desk.patient)
        kept = Desk(state, desk.origins, desk.observations, language=desk.language)
        do = {"side": "evidence", "focus": "#q", "spoken": text("nurse.cleared", desk.language)}
        yield Step(kept, _ANSWERED, do)


def _turn(desk: Desk, data: Mapping[str, Any]) -> int:
    turn = str(data.get("turn"))
    if not turn.isdecimal() or int(turn) >= len(desk.log):
        raise RefusalError("gone")
    return int(turn)


def _at(data: Mapping[str, Any]) -> str:
    """The local time that the browser tells, to the minute; the server's where it tells none."""
    for name in ("at", "now"):
        try:
            return dt.datetime.fromisoformat(str(data[name])).replace(tzinfo=None).isoformat(timespec="minutes")
        except (KeyError, ValueError):
            continue
    return dt.datetime.now().isoformat(timespec="minutes")


def _spoken(answer: Answer, page: Language) -> str:
    """What a screen reader is told when an answer is there."""
    return text(
        "nurse.ready",
        page,
        level=say(f"form.level.{answer.urgency.level}", page),
        advice=len(answer.recommendations),
        held=len(answer.held_back),
        asks=len(answer.ask_next),
    )
