"""Urgency without looking: what any triage has to be better than."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus.models import Language, Level


class Constant:
    """Gives every message the same level."""

    def __init__(self, level: Level) -> None:
        self.name = f"always-{level}"
        self._level = level

    def triage(
        self,
        text: str,  # noqa: ARG002 - looks at nothing
        patient: Mapping[str, Any],  # noqa: ARG002
        language: Language,  # noqa: ARG002
    ) -> tuple[Level | None, str]:
        return self._level, ""
