"""What the data files under ``corpus/data`` hold, as types."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel, model_validator

from corpus import conditions

Language = Literal["en", "zh"]
Kind = Literal["monitor", "intervene", "diet", "activity", "medicine_safety", "educate", "escalate", "refer"]
Direction = Literal["encourage", "limit", "avoid", "maintain", "do"]
#: The two languages, in the order in which documents are rendered.
LANGUAGES: tuple[Language, Language] = ("en", "zh")
Level = Literal["emergency", "urgent", "routine", "self_care"]

#: Directions that tell somebody to take, eat or do the thing; the safety rules look at these.
TOWARDS: frozenset[str] = frozenset({"encourage", "maintain", "do"})


def _checked(condition: dict[str, Any]) -> dict[str, Any]:
    conditions.check(condition)
    return condition


ConditionTree = Annotated[dict[str, Any], AfterValidator(_checked)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Data):
    """The same message in English and in Chinese."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class Asked(_Data):
    """Questions that a statement answers, as patients and nurses put them: searched, never shown."""

    en: tuple[Annotated[str, Field(min_length=2, max_length=160)], ...] = Field(min_length=1)
    zh: tuple[Annotated[str, Field(min_length=2, max_length=160)], ...] = Field(min_length=1)

    def __getitem__(self, language: str) -> tuple[str, ...]:
        return self.zh if language == "zh" else self.en


class AskedFile(RootModel[dict[str, Asked]]):
    """The questions of one topic's statements, by the statement's id."""


class Source(_Data):
    """A publication that statements or rules rest on."""

    publisher: str
    title: str
    year: int | None = Field(default=None, ge=1980, le=2100)
    url: str = Field(pattern=r"^https?://")
    jurisdiction: str = "international"


class SourceRef(_Data):
    """Where in a source a statement stands, and how strongly the source puts it."""

    ref: str
    section: str = Field(min_length=1)
    strength: str | None = None
    url: str | None = Field(default=None, pattern=r"^https?://")


class Advice(_Data):
    """One thing a statement advises: which way, and about which concept."""

    direction: Direction
    target: str

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, value: Any) -> Any:
        if isinstance(value, dict) and "direction" not in value and len(value) == 1:
            ((direction, target),) = value.items()
            return {"direction": direction, "target": target}
        return value


class Statement(_Data):
    """Our own wording of one recommendation of a recognised guideline."""

    id: str = Field(pattern=r"^[a-z0-9_]+-[a-z0-9_-]+$")
    kind: Kind
    advice: tuple[Advice, ...] = Field(min_length=1)
    text: Bilingual
    plain: Bilingual | None = None
    why: Bilingual
    applies_when: ConditionTree | None = None
    not_when: ConditionTree | None = None
    not_reason: Bilingual | None = None
    escalate_when: Bilingual | None = None
    source: SourceRef
    reviewed: dt.date

    @model_validator(mode="after")
    def _exception_has_a_reason(self) -> Statement:
        if (self.not_when is None) != (self.not_reason is None):
            raise ValueError("not_when and not_reason go together: an exception needs a reason to show")
        return self


class Topic(_Data):
    """One topic file: its statements, who they are for, and the sources they cite."""

    topic: str
    title: Bilingual
    applies_when: ConditionTree | None = None
    sources: dict[str, Source]
    statements: tuple[Statement, ...]


class RedFlag(_Data):
    """A finding that decides urgency, with what to do about it."""

    id: str
    level: Level
    when: ConditionTree
    reason: Bilingual
    action: Bilingual
    source: SourceRef
    reviewed: dt.date


class Contraindication(_Data):
    """Advice that must not reach a patient for whom *when* holds."""

    id: str
    when: ConditionTree
    hold: tuple[str, ...] = Field(min_length=1, description="concepts that must not be advised, with all their kinds")
    reason: Bilingual
    source: SourceRef
    reviewed: dt.date


class Derived(_Data):
    """A concept that follows from measurements, such as hyperkalaemia from a potassium value."""

    concept: str
    when: ConditionTree
    source: SourceRef
    reviewed: dt.date


Rule = RedFlag | Contraindication | Derived


class RuleFile(_Data):
    """One file of rules with the sources they cite; ``name`` is the file's, without its ending."""

    name: str
    sources: dict[str, Source]
    red_flags: tuple[RedFlag, ...] = ()
    contraindications: tuple[Contraindication, ...] = ()
    derived: tuple[Derived, ...] = ()

    @property
    def cited(self) -> tuple[RedFlag | Contraindication, ...]:
        """The rules that answers quote."""
        return (*self.red_flags, *self.contraindications)
