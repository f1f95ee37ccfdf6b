"""What a language model writes by itself, cut into the sentences that suites judge."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from assistant.call_model import Failure, Reply
from corpus.text import normalise, sentences
from evals.systems.protocol import Response, Said, Source

#: A longer reply is none.
LONGEST = 20_000
#: A sentence so like the question (of 100) only repeats it.
_ECHO = 70
LANGUAGE = {"en": "English", "zh": "Chinese"}
_MARK = re.compile(r"\s*\[(\d+(?:\s*[,，、]\s*\d+)*)\]")
_LATE = re.compile(r"([.。!?！？])((?:\s*\[\d+(?:\s*[,，、]\s*\d+)*\])+)")


def response_to(reply: Reply | Failure, sources: tuple[Source, ...] | None, question: str) -> Response:
    """A reply as every suite reads it: each sentence is a piece of advice with the marks that stand in it.

    A sentence that only says the question again is none: naming what was asked about is not dealing with it.
    """
    if isinstance(reply, Failure):
        return Response(text="", sources=sources, failed=reply.reason)
    text = reply.text.strip()
    return Response(text=text, advice=tuple(s for s in cut(text) if not _echoes(s.text, question)), sources=sources)


def _echoes(sentence: str, question: str) -> bool:
    said, asked = normalise(sentence), normalise(question)
    return said in asked or fuzz.ratio(said, asked) >= _ECHO


def cut(text: str) -> list[Said]:
    """The sentences of a text, without their ``[n]`` marks, and the numbers marked."""
    said = []
    for line in text.splitlines():
        marked = _LATE.sub(r"\2\1 ", line)
        for start, end in sentences(marked):
            raw = marked[start:end]
            numbers = dict.fromkeys(int(n) for mark in _MARK.findall(raw) for n in re.findall(r"\d+", mark))
            bare = _MARK.sub("", raw).strip(" -*#•\t")
            if any(char.isalnum() for char in bare):
                said.append(Said(bare, None, tuple(numbers)))
    return said
