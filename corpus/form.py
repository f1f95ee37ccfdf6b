"""The guided form's questions as data: chief complaints, and what is asked about each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.models import Bilingual, ConditionTree, Level, Source, SourceRef

#: What a question may ask about that is neither a concept nor a measurement.
ABOUT_THE_PERSON = frozenset({"age", "sex", "pregnant"})
#: A person in need is asked no more than this before being told what to do.
MAX_QUESTIONS = 7


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LayNames(_Entry):
    """What people call a complaint, in both languages, besides its name."""

    en: tuple[str, ...] = Field(min_length=1)
    zh: tuple[str, ...] = Field(min_length=1)


class Question(_Entry):
    """One question of the form.

    ``about`` is a concept, a measurement, or ``age``, ``sex`` or ``pregnant``; ``also`` names concepts that mean
    the same here, so that what is known about them answers the question too. A yes to a ``red_flag`` question
    should make it an emergency, or urgent. It is asked unless ``ask_when`` is known to be false.
    ``unsure`` is the level that "don't know" is raised to, where the source says to be safe when in doubt;
    without it "don't know" is reported and changes nothing. It is never taken for a no.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")
    about: str
    also: tuple[str, ...] = ()
    red_flag: bool = False
    text: Bilingual
    ask_when: ConditionTree | None = None
    unsure: Literal["urgent"] | None = None
    source: SourceRef


class Complaint(_Entry):
    """What somebody comes with, and the questions that decide how urgent it is, warning signs first.

    ``states`` are the concepts that choosing it says are present; ``finds`` are those that lead here from free
    text (``states`` where it is left out). ``at_least`` is the lowest level it can end in, for a complaint that
    needs looking at even where every answer is no.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    name: Bilingual
    names: LayNames
    applies_when: ConditionTree | None = None
    states: tuple[str, ...] = ()
    finds: tuple[str, ...] = ()
    at_least: Level = "self_care"
    questions: tuple[Question, ...] = Field(min_length=1)
    reviewed: dt.date

    @property
    def leads(self) -> tuple[str, ...]:
        """The concepts that lead to this complaint from free text."""
        return self.finds or self.states


class Form(_Entry):
    """All complaints, in the order in which they are offered, with the sources their questions rest on."""

    sources: dict[str, Source] = {}
    complaints: tuple[Complaint, ...] = ()

    def complaint(self, complaint_id: str) -> Complaint:
        """The complaint with this id; raises :class:`KeyError` where there is none."""
        for complaint in self.complaints:
            if complaint.id == complaint_id:
                return complaint
        raise KeyError(complaint_id)

    def questions(self) -> Iterator[Question]:
        """Every question of every complaint."""
        for complaint in self.complaints:
            yield from complaint.questions
