"""What if: the difference one changed fact makes to an answer, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.answer import Answer, Audience, Because, HeldBack, Recommendation
from assistant.compose import fact_text
from assistant.errors import InputError
from assistant.facts import PatientFacts
from assistant.intake import Intake, read
from assistant.messages import say
from assistant.patient import LISTS, Patient, resolve_measurement
from corpus.conditions import NUMBER_LEAVES, evaluate, leaves
from corpus.models import Language

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_CHANGE = re.compile(
    r"^\s*(?P<key>[a-z0-9_.]+)\s*(?P<operator>\+=|-=|=)\s*(?P<value>.+?)\s*$", re.IGNORECASE | re.DOTALL
)
_NOTHING = frozenset({"", "none", "null", "unknown", "未知"})
_FLAGS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
_WORDS = frozenset({"consciousness", "on_oxygen", "spo2_scale"})


class Change(BaseModel):
    """One recommendation that comes, goes or rests on something else, and why."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    why: str
    because: tuple[Because, ...] = ()


class Difference(BaseModel):
    """Two answers to one question and what differs between them."""

    model_config = ConfigDict(frozen=True)

    question: str
    changes: tuple[str, ...] = Field(description="the facts that were changed, as given")
    added: tuple[Change, ...] = ()
    removed: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    urgency: tuple[str, str] = Field(description="the level before and after")
    before: Answer
    after: Answer
    text: str = Field(description="the difference as Markdown")


def with_changes(patient: Patient, changes: Iterable[str]) -> Patient:
    """The patient with facts changed: ``potassium_mmol_l=4.1``, ``conditions+=gout``, ``medications-=ibuprofen``.

    A value of ``none`` takes a fact away. Raises :class:`~assistant.InputError` naming the change that cannot be
    made, and what one looks like.
    """
    facts: dict[str, Any] = patient.model_dump()
    for change in changes:
        match = _CHANGE.match(change)
        if match is None:
            raise InputError(
                f"{change!r} is no change of a fact; write e.g. potassium_mmol_l=4.1, pregnant=true, "
                "conditions+=gout or medications-=ibuprofen"
            )
        key, operator, value = match["key"].lower(), match["operator"], match["value"]
        if key in LISTS:
            _change_list(facts, key, operator, value)
        elif operator != "=":
            raise InputError(f"{change!r}: += and -= are for lists ({', '.join(LISTS)}); use = here")
        else:
            _set(facts, key, None if value.lower() in _NOTHING else value, change)
    return Patient(**facts)


def _change_list(facts: dict[str, Any], key: str, operator: str, value: str) -> None:
    words = [] if value.lower() in _NOTHING else [word.strip() for word in re.split("[,，、]", value) if word.strip()]
    if operator == "=":
        facts[key] = tuple(words)
    elif operator == "+=":
        facts[key] = (*facts[key], *words)
    else:
        unwanted = {word.lower() for word in words}
        facts[key] = tuple(word for word in facts[key] if word.lower() not in unwanted)


def _set(facts: dict[str, Any], key: str, value: str | None, change: str) -> None:
    key = key.removeprefix("labs.").removeprefix("vitals.")
    if key in ("age_years", "sex", "pregnant", "breastfeeding"):
        facts[key] = (
            _FLAGS.get(value.lower(), value) if value is not None and key not in ("age_years", "sex") else value
        )
        return
    measurement = resolve_measurement(key, 1.0)
    if measurement is None and key not in _WORDS:
        raise InputError(f"{change!r}: there is no fact called {key!r}")
    group = "vitals" if key in _WORDS or (measurement and measurement[0].kind == "vital") else "labs"
    if measurement is not None:
        facts[group].pop(measurement[0].key, None)
    facts[group].pop(key, None)
    if value is not None:
        facts[group][key] = _FLAGS.get(value.lower(), value) if key in _WORDS else value


def what_if(
    care: Assistant,
    question: str,
    patient: Patient,
    changes: Sequence[str],
    audience: Audience,
    language: Language | None,
    limit: int | None,
) -> Difference:
    """Answer a question before and after *changes*, and explain every difference."""
    changed_patient = with_changes(patient, changes)
    before = care.ask(question, patient, audience=audience, language=language, limit=limit)
    after = care.ask(question, changed_patient, audience=audience, language=language, limit=limit)
    return difference(care, before, after, changed_patient, read(question, care.knowledge.table), changes)


def difference(
    care: Assistant, before: Answer, after: Answer, patient: Patient, intake: Intake, changes: Sequence[str]
) -> Difference:
    """What differs between two answers to one question, the second for *patient* with what the question states."""
    told = _Reasons(care, patient, intake, before, after)
    old = {item.id: item for item in before.recommendations}
    new = {item.id: item for item in after.recommendations}
    found = Difference(
        question=before.question,
        changes=tuple(changes),
        added=tuple(told.added(item) for item in after.recommendations if item.id not in old),
        removed=tuple(told.removed(item) for item in before.recommendations if item.id not in new),
        changed=tuple(
            told.rests_on(item)
            for item in after.recommendations
            if item.id in old and (old[item.id].because != item.because or old[item.id].text != item.text)
        ),
        urgency=(before.urgency.level, after.urgency.level),
        before=before,
        after=after,
        text="",
    )
    return found.model_copy(update={"text": _markdown(found)})


class _Reasons:
    """Why a recommendation stands in one of two answers and not in the other."""

    def __init__(self, care: Assistant, patient: Patient, intake: Intake, before: Answer, after: Answer) -> None:
        self._care = care
        self._language = after.language
        self._held_before = {item.id: item for item in before.held_back}
        self._held_after = {item.id: item for item in after.held_back}
        knowledge = care.knowledge
        self._facts = PatientFacts(patient, intake, knowledge.table, knowledge.derived)

    def added(self, item: Recommendation) -> Change:
        was = self._held_before.get(item.id)
        if was is not None:
            return self._change(item, "released", was.because)
        return self._change(item, "applies" if item.because else "room", item.because)

    def removed(self, item: Recommendation) -> Change:
        held = self._held_after.get(item.id)
        if held is not None:
            return Change(id=item.id, text=item.text, why=held.reason, because=held.because)
        because = self._no_longer(item.id)
        return self._change(item, "room" if because is None else "ends", because or ())

    def rests_on(self, item: Recommendation) -> Change:
        return self._change(item, "rests", item.because)

    def _no_longer(self, statement_id: str) -> tuple[Because, ...] | None:
        """The facts under which a statement is no longer for this patient; ``None`` where it still is."""
        statement = self._care.knowledge.statements.get(statement_id)
        if statement is None:
            return None
        topic = self._care.knowledge.topics[self._care.knowledge.topic_of[statement_id]]
        verdicts = [evaluate(tree, self._facts) for tree in (topic.applies_when, statement.applies_when)]
        if all(verdict.truth for verdict in verdicts):
            return None
        facts = [fact for verdict in verdicts if verdict.truth is False for fact in verdict.because]
        keys = {
            key
            for tree in (topic.applies_when, statement.applies_when)
            for leaf, value in leaves(tree or {})
            if leaf in NUMBER_LEAVES
            for key in value
        }
        numbers = self._facts.numbers()
        facts += [numbers[key][1] for key in sorted(keys) if key in numbers]
        return tuple(Because(field=fact.field, value=fact.value) for fact in dict.fromkeys(facts))

    def _change(self, item: Recommendation | HeldBack, kind: _Kind, because: Sequence[Because]) -> Change:
        why = say(f"what_if.{kind}", self._language)
        return Change(id=item.id, text=item.text, why=why, because=tuple(because))


_Kind = Literal["released", "applies", "room", "ends", "rests"]


def _markdown(difference: Difference) -> str:
    language = difference.after.language
    blocks = [f"**{say('what_if.title', language, changes='; '.join(difference.changes))}**"]
    levels = [say(f"what_if.level.{level}", language) for level in difference.urgency]
    blocks.append(
        say(
            "what_if.urgency" if levels[0] != levels[1] else "what_if.same_urgency",
            language,
            before=levels[0],
            after=levels[1],
        )
    )
    for name in ("added", "removed", "changed"):
        items: tuple[Change, ...] = getattr(difference, name)
        if items:
            blocks.append(f"### {say(f'what_if.{name}', language)}")
            blocks.append("\n".join(_line(item, language) for item in items))
    if len(blocks) == 2:
        blocks.append(say("what_if.nothing", language))
    return "\n\n".join(blocks)


def _line(item: Change, language: Language) -> str:
    facts = ("；" if language == "zh" else "; ").join(fact_text(fact, language) for fact in item.because)
    return f"- {item.text}  \n  *{item.why}{f' ({facts})' if facts else ''}*"
