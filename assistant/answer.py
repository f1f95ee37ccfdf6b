"""The types an answer is made of. All are frozen; ``model_dump()`` gives the JSON contract of DESIGN.md."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.news2 import News2
from corpus.models import Kind, Language, Level

Audience = Literal["nurse", "patient"]
#: Whether something is advised: not said so far, advised, held back for a reason, or not for this patient.
Standing = Literal["not_said", "recommended", "held_back", "not_for_patient", "no_longer_held_back"]
DeclinedKind = Literal["dose", "start_stop", "diagnosis", "legal_financial", "not_care"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Because(_Frozen):
    """A patient's fact that something rests on: the field it stands in and its value there."""

    field: str = Field(description="e.g. 'labs.potassium_mmol_l', 'conditions', 'question'")
    value: Any


class Reason(_Frozen):
    """Why an urgency level was given."""

    text: str
    rule: str = Field(description="id of the red-flag rule, 'news2', or 'limits/' and the vital sign")
    because: tuple[Because, ...] = ()
    citations: tuple[int, ...] = ()


class Urgency(_Frozen):
    """How urgent it is, decided by rules before anything is searched for."""

    level: Level
    action: str = Field(description="what to do now, in the user's language")
    reasons: tuple[Reason, ...] = ()
    news2: News2 | None = None


class Citation(_Frozen):
    """A quoted passage. ``quote`` is exactly ``document text[start:end]``."""

    n: int
    document: str
    title: str
    publisher: str | None = None
    year: int | None = None
    section: str | None = None
    page: int | None = None
    url: str | None = None
    jurisdiction: str | None = None
    quote: str
    start: int
    end: int
    reviewed: dt.date | None = None
    overdue: bool = False


class Recommendation(_Frozen):
    """One piece of advice that fits this patient, with why it is given and what it stands on."""

    id: str
    kind: Kind
    text: str
    why: str | None = None
    because: tuple[Because, ...] = ()
    citations: tuple[int, ...]
    strength: str | None = None
    escalate_when: str | None = None
    safety: bool = Field(default=False, description="must not be lost: warns of a danger, or a red flag is about it")


class HeldBack(_Frozen):
    """What a guideline would otherwise say, and why this patient should not get it."""

    id: str
    text: str
    reason: str
    because: tuple[Because, ...] = ()
    citations: tuple[int, ...]
    asked: bool = Field(default=False, description="the very thing asked about; said before the advice")


class Change(_Frozen):
    """Earlier advice that a new fact makes wrong, lets stand again, or adds to."""

    id: str = Field(description="id of the recommendation, or of the rule and the thing it is about")
    text: str
    was: Standing
    now: Standing
    why: str | None = Field(default=None, description="the reason of the rule or exception behind it")
    because: tuple[Because, ...] = ()
    citations: tuple[int, ...] = ()


class Declined(_Frozen):
    """A part of the question that is not answered, what kind it is, and what is said instead."""

    text: str = Field(description="the words of the question that are declined")
    kind: DeclinedKind
    reply: str = Field(description="what is not given, who can help, and what can be asked instead")


class Generation(_Frozen):
    """What a language model did to an answer's wording: nothing but wording is ever left to it.

    ``reason`` says why the composed wording stands: ``emergency``, ``nothing_to_reword``, ``unreachable``,
    ``timed_out``, ``unusable``, ``lost_safety`` or ``too_little``.
    """

    status: Literal["reworded", "composed"]
    model: str
    reason: str | None = None
    sentences_drafted: int = 0
    dropped: int = Field(default=0, description="drafted sentences that did not pass, the contradicted ones included")
    contradicted: int = Field(default=0, description="drafted sentences that say the opposite of their source")
    seconds: float = 0.0


class Answer(_Frozen):
    """A cited, personalised answer. ``text`` is Markdown in which every sentence of advice carries ``[n]``."""

    question: str
    language: Language
    audience: Audience
    urgency: Urgency
    recommendations: tuple[Recommendation, ...] = ()
    held_back: tuple[HeldBack, ...] = ()
    changed: tuple[Change, ...] = Field(default=(), description="earlier advice that what was said now changes")
    citations: tuple[Citation, ...] = ()
    not_checked: tuple[str, ...] = ()
    ask_next: tuple[str, ...] = ()
    declined: tuple[Declined, ...] = Field((), description="the parts of the question that are outside the scope")
    abstained: bool = False
    abstain_reason: str | None = None
    text: str
    form: str | None = Field(default=None, description="the form asked for: sbar, care_plan, why, source …")
    generator: str = Field(default="composed", description="'composed', or the model whose wording this is")
    generation: Generation | None = Field(default=None, description="what the model did; none where none is set")
    index: str
