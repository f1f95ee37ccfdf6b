"""The plain-language suite: whether what a patient is told can be read.

English: the Flesch-Kincaid grade (Kincaid et al. 1975), held against grade 8, up to which the US National Institutes
of Health advise writing for patients. Chinese, for which there is no such formula in general use: characters a
sentence, and the share of sentences of at most 30 characters, which is a convention of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.text import HAN, sentences
from evals.records import Record
from evals.suites import asking
from evals.suites.asking import QuestionCase
from evals.suites.suite import Own, Part, Session, Suite, failures, seen
from evals.systems.protocol import Answers, Response

_GRADE, _CHARACTERS = 8, 30
_QUICK = 8
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d+(?:[.,]\d+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouyscgxzh]es|[^tdaeiouy]ed|[^laeiouy]e)$")


def own(_: Session) -> Iterator[Own]:
    """The questions about patients and the common ones, asked by a patient."""
    yield from (Own(case, "patients") for case in asking.patients("patient"))
    yield from (Own(case, "questions") for case in asking.common("patient"))


def judge(case: QuestionCase, system: Answers, session: Session) -> Record:
    """How hard what is advised is to read."""
    response, milliseconds = session.ask(system, case.asked)
    said = _sentences(response)
    counts: dict[str, tuple[float, float]] = {}
    problems = list(failures(response))
    if said and case.lang == "en":
        level = grade(said)
        counts = {"reading grade": (level, 1), "at or below grade 8": (float(level <= _GRADE), 1)}
        problems += [f"reads at grade {level:.1f}"] if level > _GRADE else []
    elif said:
        chinese = [sentence for sentence in said if HAN.search(sentence)]
        lengths = [sum(not char.isspace() for char in sentence) for sentence in chinese]
        plain = sum(length <= _CHARACTERS for length in lengths)
        counts = {"characters a sentence": (sum(lengths), len(lengths)), "plain sentences": (plain, len(lengths))}
        problems += [f"{n} characters: {s}" for n, s in zip(lengths, chinese, strict=True) if n > 2 * _CHARACTERS]
    return Record(
        suite="plain",
        case=case.id,
        system=system.name,
        groups={"lang": case.lang},
        counts={name: count for name, count in counts.items() if count[1]},
        milliseconds=milliseconds,
        seen=seen(case.asked, response),
        said=response.text,
        problems=tuple(problems),
    )


def grade(texts: list[str]) -> float:
    """The Flesch-Kincaid grade of sentences: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    words = [word for text in texts for word in _WORD.findall(text)]
    if not words:
        return 0.0
    spoken = sum(syllables(word) for word in words)
    return round(0.39 * len(words) / len(texts) + 11.8 * spoken / len(words) - 15.59, 3)


def syllables(word: str) -> int:
    """The syllables of an English word: its groups of vowels, without a silent ending; a number counts as one."""
    folded = word.lower()
    groups = len(_VOWELS.findall(folded)) - bool(_SILENT.search(folded))
    return max(groups, 1)


def _sentences(response: Response) -> list[str]:
    texts = [text for item in response.advice for text in (item.text, *item.more)]
    return [text[start:end] for text in texts for start, end in sentences(text)]


SUITE = Suite(
    "plain",
    "whether what a patient is told can be read",
    (Part(QuestionCase, own, Answers, judge, asking.FILES, quick=_QUICK),),
)
