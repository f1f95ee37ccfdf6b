"""What one system said to one case and how it did: the line that runs write and reports read."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """One system on one case of one suite.

    ``counts`` maps a measure to ``(hits, of)``: a figure is the sum of hits over the sum of "of" over cases, and a
    measure that a system cannot have is absent. ``milliseconds`` is never part of the figures.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    case: str
    system: str
    groups: dict[str, str] = {}
    counts: dict[str, tuple[float, float]] = {}
    labels: dict[str, str] = {}
    milliseconds: float | None = None
    seen: dict[str, Any] = {}
    said: str = ""
    problems: tuple[str, ...] = ()
