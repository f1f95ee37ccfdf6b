"""The report's strings in both languages, from ``strings.yaml``."""

from __future__ import annotations

from pathlib import Path

from corpus.strings import Strings

_STRINGS = Strings(Path(__file__).parent / "strings.yaml")
#: The string at a dotted key in a language.
text = _STRINGS.text


def name(kind: str, key: str, language: str) -> str:
    """The name of a suite or level in *language*; one that is not known here keeps its own."""
    return str(_STRINGS.data[kind][key][language]) if key in _STRINGS.data[kind] else key
