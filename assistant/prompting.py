"""What a language model is sent and what is read out of its reply; the texts stand in ``prompts.yaml``.

Nothing typed is sent: of the patient, recognised concepts by the name the program has for them and measured
values; of the question, what it is about (or, where the operator wants it, its text after
:func:`~assistant.privacy.scrub`). Keys are put in here and looked up here; a key that was not sent means nothing.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import compose
from assistant.answer import Answer, Because, Recommendation
from assistant.facts import PatientFacts
from assistant.intake import read
from assistant.plan import make_plan
from assistant.privacy import scrub
from corpus.concepts import ConceptTable
from corpus.load import read_yaml

Message = tuple[str, str]

#: From this age on the age in years is itself a trait that few share.
_OLDEST = 90
_MOST_FACTS, _MOST_TOPICS = 12, 6
_KEY_LINE = re.compile(r"^[\s\-*#>•]*[\[(【（*]*R(\d{1,2})[\])】）*]*\s*[:：.、)\-–]*\s*(.*)$", re.IGNORECASE)
_NOISE = re.compile(r"\[[^\]]{0,20}\]|【[^】]{0,20}】|[*_`#]+|</?[a-zA-Z][^<>]{0,40}>")


@dataclass(frozen=True)
class Prompt:
    """Messages for a chat model, and which recommendation each key in them stands for."""

    messages: tuple[Message, ...]
    keys: dict[str, Recommendation]

    @property
    def schema(self) -> dict[str, Any]:
        """The form of the reply as an OpenAI ``response_format``: one string a key, no other keys."""
        properties = {key: {"type": "string"} for key in self.keys}
        schema = {
            "type": "object", "properties": properties, "required": list(self.keys), "additionalProperties": False,
        }  # fmt: skip
        return {"type": "json_schema", "json_schema": {"name": "reworded", "strict": True, "schema": schema}}

    @property
    def longest_reply(self) -> int:
        """A longer reply (in characters) is no rewording."""
        return 2000 + 5 * sum(len(item.text) for item in self.keys.values())


def build(
    answer: Answer,
    items: Sequence[Recommendation],
    facts: PatientFacts,
    table: ConceptTable,
    *,
    structured: bool,
    with_question: bool = False,
) -> Prompt:
    """The prompt that has *items* put into other words."""
    texts, language = _texts(), answer.language
    keys = {f"R{number}": item for number, item in enumerate(items, 1)}
    lines = [f"[{key}] {' '.join(item.text.split())}" for key, item in keys.items()]
    comma = "、" if language == "zh" else ", "
    task = texts["task"]["schema" if structured else "lines"][language]
    closing = task.format(count=len(keys), keys=comma.join(keys if structured else (f"[{k}]" for k in keys)))
    context = _context(answer, facts, table, with_question)
    reader = texts["reader"][answer.audience][language]
    messages = (
        ("system", texts["system"][language].format(reader=reader)),
        *_example(language, structured),
        ("user", "\n".join([*context, "", *lines, "", closing])),
    )
    return Prompt(messages, keys)


def parse(reply: str, keys: Mapping[str, Recommendation]) -> dict[str, str]:
    """The reworded text by key: from a JSON object, else from lines that begin with a key. Unknown keys are left out.

    Marks, links and formatting in it are the model's and are taken out; the first text under a key counts.
    """
    found = _from_json(reply)
    if found is None:
        found = _from_lines(reply)
    tidied = {key: tidy(text) for key, text in found.items() if key in keys}
    return {key: text for key, text in tidied.items() if text}


def tidy(text: str) -> str:
    """One paragraph without marks and formatting."""
    return re.sub(r"\s+([.,;:。，；：])", r"\1", " ".join(_NOISE.sub(" ", text).split()))


def _from_json(reply: str) -> dict[str, str] | None:
    start = reply.find("{")
    if start < 0:
        return None
    try:
        data, _ = json.JSONDecoder().raw_decode(reply, start)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    return {str(key).strip("[] ").upper(): value for key, value in data.items() if isinstance(value, str)}


def _from_lines(reply: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in reply.splitlines():
        match = _KEY_LINE.match(line)
        if match:
            key = f"R{int(match[1])}"
            current = None if key in found else found.setdefault(key, [])
            if current is not None:
                current.append(match[2])
        elif not line.strip():
            current = None
        elif current is not None:
            current.append(line)
    return {key: " ".join(lines) for key, lines in found.items()}


def _context(answer: Answer, facts: PatientFacts, table: ConceptTable, with_question: bool) -> list[str]:
    language, texts = answer.language, _texts()["context"]
    comma = "、" if language == "zh" else ", "
    lines = []
    known = known_facts(facts, table, answer)
    if known:
        lines.append(texts["patient"][language].format(facts=comma.join(known)))
    plan = make_plan(read(answer.question, table), table)
    topics = [table.label(concept, language) for concept in (*plan.asked, *plan.named)][:_MOST_TOPICS]
    if topics:
        lines.append(texts["about"][language].format(topics=comma.join(topics)))
    if with_question:
        lines.append(texts["question"][language].format(question=" ".join(scrub(answer.question).split())))
    return lines


def known_facts(facts: PatientFacts, table: ConceptTable, answer: Answer) -> list[str]:
    """The patient's facts in the program's own words, never as they were typed."""
    language = answer.language
    shown = []
    sex, age = facts.flag("sex"), facts.numbers().get("age_years")
    if sex:
        shown.append(compose.fact_text(Because(field="sex", value=sex[0]), language))
    if age and age[0] >= _OLDEST:
        shown.append(compose.fact_text(Because(field="age_years", value=_OLDEST), language) + "+")
    elif age:
        shown.append(compose.fact_text(Because(field="age_years", value=age[0]), language))
    shown += [table.label(concept, language) for concept in facts.present if concept in table][:_MOST_FACTS]
    measured = {f"{fact.field}": value for value, fact in facts.numbers().values()}
    shown += [
        compose.fact_text(Because(field=field, value=value), language)
        for field, value in measured.items()
        if field.partition(".")[0] in ("labs", "vitals") and field.partition(".")[2] in table.measurements
    ][:_MOST_FACTS]
    return shown


def _example(language: str, structured: bool) -> tuple[Message, Message]:
    entries = _texts()["example"][language]
    comma = "、" if language == "zh" else ", "
    keys = comma.join(key if structured else f"[{key}]" for key, _, _ in entries)
    task = _texts()["task"]["schema" if structured else "lines"][language].format(count=len(entries), keys=keys)
    asked = "\n".join([*(f"[{key}] {text}" for key, text, _ in entries), "", task])
    if structured:
        return ("user", asked), ("assistant", json.dumps({k: said for k, _, said in entries}, ensure_ascii=False))
    return ("user", asked), ("assistant", "\n".join(f"[{key}] {said}" for key, _, said in entries))


@functools.cache
def _texts() -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(Path(__file__).parent / "prompts.yaml")
    return data
