"""The assistant's own sentences, in both languages, from ``messages.yaml``."""

from __future__ import annotations

from pathlib import Path

from corpus.strings import Strings

_MESSAGES = Strings(Path(__file__).parent / "messages.yaml")
#: The message at a dotted key in a language, and whether there is one.
say = _MESSAGES.text
knows = _MESSAGES.knows
