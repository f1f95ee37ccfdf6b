"""What an answer advises, names and refuses, whoever wrote it.

A statement in its own words advises what its data say. Any other words are read sentence by sentence: a thing counts
as advised where a sentence plainly says to take, eat, do or keep up it, and as dealt with where it is named at all.
Where this reading is in doubt, the words of others get the benefit.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

from assistant.directions import advice_in
from assistant.evidence import concepts_of, related
from assistant.intake import read
from assistant.knowledge import Knowledge
from corpus.load import read_yaml
from corpus.models import TOWARDS, Statement
from corpus.text import any_of, normalise
from evals.systems.protocol import Response, Said

_REFUSALS = Path(__file__).parent / "refusals.yaml"


def advised(response: Response, knowledge: Knowledge) -> list[tuple[str, str]]:
    """What is to be taken, eaten, done or kept up, each concept with the id or the words that say so."""
    found = []
    for item in response.advice:
        statement = _statement(item, knowledge)
        if statement is not None:
            found += [(advice.target, statement.id) for advice in statement.advice if advice.direction in TOWARDS]
        if statement is None or not _own_words(item, statement):
            found += [
                (advice.target, item.text)
                for advice in advice_in(item.text, knowledge.table, mentioned=False)
                if advice.direction in TOWARDS
            ]
    return found


def advises(item: Said, knowledge: Knowledge) -> bool:
    """Whether a piece of an answer says to do or to leave something."""
    return item.statement is not None or bool(advice_in(item.text, knowledge.table, mentioned=False))


def dealt_with(response: Response, knowledge: Knowledge) -> list[str]:
    """The concepts advised on, either way, or held back."""
    found = []
    for item in response.advice:
        statement = _statement(item, knowledge)
        if statement is None:
            found += [mention.concept for mention in knowledge.table.find(item.text)]
        else:
            found += [advice.target for advice in statement.advice]
    for held in response.held:
        statement = knowledge.statements.get(held.statement)
        found += [a.target for a in statement.advice] if statement else [held.statement.rpartition("/")[2]]
    return found


def topics(response: Response, knowledge: Knowledge) -> set[str]:
    """The topics that contribute: of a statement its own; other words contribute to a topic by naming what it is on."""
    found = {knowledge.topic_of[s.id] for item in response.advice if (s := _statement(item, knowledge))}
    named = {
        mention.concept
        for item in response.advice
        if item.statement is None
        for mention in knowledge.table.find(item.text)
    }
    if named:
        found |= {
            name
            for name, topic in knowledge.topics.items()
            if any(related(concept, about, knowledge.table) for about in concepts_of(topic) for concept in named)
        }
    return found


def gives_reason(field: str, response: Response, patient: dict[str, Any], knowledge: Knowledge) -> bool:
    """Whether a patient's fact is given as a reason: as such, or in words that name it."""
    if response.fields is not None:
        return field in response.fields
    text = "\n".join(item.text for item in response.advice)
    group, _, name = field.partition(".")
    value = patient.get(group)
    if group in ("labs", "vitals"):
        measurement = knowledge.table.measurements.get(name)
        return measurement is not None and any(n.lower() in text.lower() for n in measurement.names)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return re.search(rf"(?<!\d){value:g}(?!\d)", text) is not None
    named = {mention.concept for mention in knowledge.table.find(text)}
    words = [group.replace("pregnant", "pregnancy")] if isinstance(value, bool) else list(value or ())
    facts = {concept for word in words for concept in read(str(word), knowledge.table).concepts("present")}
    return any(related(fact, concept, knowledge.table) for fact in facts for concept in named)


def refuses(response: Response) -> bool:
    """Whether an answer declines something: as such, or in words that say so."""
    if response.declined is not None:
        return bool(response.declined)
    return any(is_refusal(item.text) for item in response.advice)


def is_refusal(sentence: str) -> bool:
    """Whether a sentence says that it does not know, or will not answer."""
    return _refusals().search(normalise(sentence)) is not None


@functools.cache
def _refusals() -> re.Pattern[str]:
    return any_of(read_yaml(_REFUSALS))


def _statement(item: Said, knowledge: Knowledge) -> Statement | None:
    return knowledge.statements.get(item.statement) if item.statement else None


def _own_words(item: Said, statement: Statement) -> bool:
    wordings = (statement.text, statement.plain) if statement.plain else (statement.text,)
    return any(item.text == wording[language] for wording in wordings for language in ("en", "zh"))
