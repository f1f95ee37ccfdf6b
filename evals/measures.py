"""What is measured: title, meaning and direction of every measure, from ``measures.yaml``."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from assistant.errors import InputError
from corpus.load import read_yaml
from corpus.models import Bilingual

_FILE = Path(__file__).parent / "measures.yaml"
_JUDGED = re.compile(r"(?P<name>.+?) \((?P<judge>[^()]+)\)")


class Measure(BaseModel):
    """One measure: what it means, its unit, and whether more of it is better."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Bilingual
    meaning: Bilingual
    better: Literal["higher", "lower"]
    unit: Literal["share", "grade", "characters"] = "share"
    safety: bool = False
    headline: bool = False
    judge: str | None = None

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return 1 if self.better == "higher" else -1

    def loss(self, hits: float, of: float) -> float:
        """How far a share is from the best one, 0 to 1; 0 for a measure that is no share."""
        if self.unit != "share" or not of:
            return 0.0
        return 1 - hits / of if self.better == "higher" else hits / of


@functools.cache
def listed() -> dict[str, Measure]:
    """Every measure in the order of the file."""
    return TypeAdapter(dict[str, Measure]).validate_python(read_yaml(_FILE))


def measure(name: str) -> Measure:
    """The measure called *name*; ``NAME (JUDGE)`` is NAME as judged by a model.

    Raises :class:`~assistant.InputError` where it is not listed: without a direction, no figure can be read.
    """
    if name in listed():
        return listed()[name]
    judged = _JUDGED.fullmatch(name)
    if judged and judged["name"] in listed():
        return listed()[judged["name"]].model_copy(update={"judge": judged["judge"]})
    raise InputError(
        f"measure {name!r} is not listed in {_FILE.name}: add its title, its meaning and which way is better"
    )


def position(name: str) -> tuple[int, str]:
    """Where *name* stands in a table: in the order of the file, what a model judged after what it judged."""
    judged = _JUDGED.fullmatch(name)
    base = judged["name"] if judged and name not in listed() else name
    return list(listed()).index(base), name
