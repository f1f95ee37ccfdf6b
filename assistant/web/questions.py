"""What an answer asks back, read so that it can be answered with one click."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Literal

from assistant.messages import say
from corpus.concepts import ConceptTable

#: The messages that ask about a thing, with how a yes is entered.
_WORDS = {"condition": "present", "medicine": "present", "device": "present", "care": "present", "allergy": "allergy"}
_FLAGS = ("pregnant", "breastfeeding")
_HOLE, _OTHER = "\x00", "\x01"


@dataclass(frozen=True)
class Asked:
    """A question back: how it can be answered.

    ``words`` is answered by yes or no about ``name``, ``flag`` by yes or no, ``sex`` by one of two; ``begin`` is how
    the answer begins where it has to be typed.
    """

    kind: Literal["words", "flag", "sex", "typed"]
    name: str = ""
    status: str = "present"
    begin: str = ""


def read_question(question: str, language: str, table: ConceptTable) -> Asked:
    """What a question of ``Answer.ask_next`` asks for."""
    for key, status in _WORDS.items():
        match = _pattern(f"ask.{key}", language).fullmatch(question)
        if match and table.lookup(match["name"]):
            return Asked("words", match["name"], status)
    for flag in _FLAGS:
        if question == say(f"ask.{flag}", language):
            return Asked("flag", flag)
    if question == say("ask.sex", language):
        return Asked("sex")
    colon = "：" if language == "zh" else ": "
    measured = _pattern("ask.measurement", language).fullmatch(question)
    if measured:
        return Asked("typed", begin=measured["name"] + colon)
    begins = {
        say("ask.blood_pressure", language): "血压 " if language == "zh" else "BP ",
        say("ask.bmi", language): "体重 " if language == "zh" else "weight ",
        say("ask.age", language): "年龄：" if language == "zh" else "Age: ",
    }
    return Asked("typed", begin=begins.get(question, ""))


@functools.cache
def _pattern(key: str, language: str) -> re.Pattern[str]:
    shape = re.escape(say(key, language, name=_HOLE, unit=_OTHER))
    return re.compile(shape.replace(re.escape(_HOLE), "(?P<name>.+?)").replace(re.escape(_OTHER), ".*?"))
