"""What the form lets people choose from: the emergency signs for their age, and the complaints in groups."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from assistant.web.strings import STRINGS, flags
from corpus.form import Complaint
from corpus.models import Bilingual
from index.embed import Embedder, Vectors


class Sign(BaseModel):
    """An emergency sign: the concept it stands for, what else it names, and from and up to which age it is asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    concept: str
    also: tuple[str, ...] = ()
    from_age: float = 0
    to_age: float | None = None
    en: str
    zh: str

    def words(self, language: str) -> str:
        """The sign as it is asked for."""
        return self.zh if language == "zh" else self.en


class Group(BaseModel):
    """Complaints that are offered together, under a name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Bilingual
    complaints: tuple[str, ...]


@functools.cache
def all_signs() -> tuple[Sign, ...]:
    """Every emergency sign."""
    return tuple(Sign.model_validate(flag) for flag in flags())


@functools.cache
def groups() -> tuple[Group, ...]:
    """The groups, in the order in which they are shown."""
    found: list[dict[str, Any]] = STRINGS.data["patient"]["groups"]
    return tuple(Group.model_validate(group) for group in found)


def signs_at(age: float | None) -> tuple[Sign, ...]:
    """The emergency signs that are asked for at an age; where it is not known, those of everybody but babies."""
    if age is None:
        return tuple(sign for sign in all_signs() if sign.to_age is None)
    return tuple(sign for sign in all_signs() if sign.from_age <= age and (sign.to_age is None or age < sign.to_age))


def grouped(complaints: Iterable[Complaint], language: str) -> list[tuple[str, list[Complaint]]]:
    """The complaints under the names of their groups; those of no group under the last one's."""
    left = {complaint.id: complaint for complaint in complaints}
    result = []
    for group in groups():
        members = [left.pop(name) for name in group.complaints if name in left]
        result.append((group.name.zh if language == "zh" else group.name.en, members))
    result[-1][1].extend(left.values())
    return [(name, members) for name, members in result if members]


class Nearest:
    """Finds the complaints whose names come closest to somebody's words, for them to choose from."""

    def __init__(self, complaints: Sequence[Complaint], embedder: Embedder) -> None:
        self._complaints, self._embedder = complaints, embedder

    @functools.cached_property
    def _names(self) -> tuple[Vectors, list[str]]:
        """The vectors of all names, and the complaint of each."""
        named = [
            (name, one.id)
            for one in self._complaints
            for name in (one.name.en, one.name.zh, *one.names.en, *one.names.zh)
        ]
        return self._embedder.passages([name for name, _ in named]), [owner for _, owner in named]

    def to(self, words: str, offered: Iterable[Complaint], most: int = 4) -> tuple[Complaint, ...]:
        """The complaints nearest to the words among those that are offered, the nearest first."""
        vectors, owners = self._names
        order = np.argsort(-(vectors @ self._embedder.query(words)))
        allowed = {complaint.id: complaint for complaint in offered}
        ranked = dict.fromkeys(owners[row] for row in order if owners[row] in allowed)
        return tuple(allowed[name] for name in list(ranked)[:most])
