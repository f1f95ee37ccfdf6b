"""The report's strings in both languages, from ``strings.yaml``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from corpus.load import read_yaml


@functools.cache
def _strings() -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(Path(__file__).parent / "strings.yaml")
    return data


def text(key: str, language: str, **values: object) -> str:
    """The string at the dotted *key* in *language*, with its placeholders filled in."""
    node: Any = _strings()
    for step in key.split("."):
        node = node[step]
    return str(node[language]).format(**values)


def name(kind: str, key: str, language: str) -> str:
    """The name of a suite or level in *language*; one that is not known here keeps its own."""
    return str(_strings()[kind][key][language]) if key in _strings()[kind] else key
