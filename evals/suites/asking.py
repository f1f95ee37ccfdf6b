"""A bare question about a patient: the case of the suites that judge any answer by itself."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from assistant.answer import Audience
from corpus.models import Language
from evals.casefile import Case, Facts, read_jsonl
from evals.suites import personal, retrieval
from evals.systems.protocol import Asked

FILES = (personal.CASES, retrieval.CASES)


class QuestionCase(Case):
    """A question, the patient it is about, and who asks."""

    lang: Language = Field(description="en or zh: the language of question and answer")
    question: str = Field(min_length=1, description="what is asked, in the asker's words")
    patient: Facts = Field(default={}, description="the patient's facts, as `care ask --patient` reads them")
    audience: Audience = Field(default="nurse", description="nurse or patient")

    @property
    def asked(self) -> Asked:
        """What a system is asked."""
        return Asked(self.question, self.lang, self.patient, self.audience)


def patients(audience: Audience = "nurse") -> Iterator[QuestionCase]:
    """The questions of the personal suite."""
    for case in read_jsonl(personal.CASES, personal.PersonalCase):
        yield QuestionCase(id=case.id, origin=case.origin, licence=case.licence, lang=case.lang, audience=audience,
                           question=case.question, patient=case.patient)  # fmt: skip


def common(audience: Audience = "nurse") -> Iterator[QuestionCase]:
    """The questions of the retrieval suite."""
    for case in read_jsonl(retrieval.CASES, retrieval.Question):
        yield QuestionCase(id=case.id, origin=case.origin, licence=case.licence, lang=case.lang, audience=audience,
                           question=case.question)  # fmt: skip
