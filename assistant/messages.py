"""The assistant's own sentences, in both languages, from ``messages.yaml``."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from corpus.load import read_yaml


@functools.cache
def _all() -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(Path(__file__).parent / "messages.yaml")
    return data


def say(key: str, language: str, **values: object) -> str:
    """The message at the dotted *key* in *language*, with its placeholders filled in."""
    node: Any = _all()
    for step in key.split("."):
        node = node[step]
    return str(node[language]).format(**values)


def knows(key: str) -> bool:
    """Whether there is a message at the dotted *key*."""
    node: Any = _all()
    for step in key.split("."):
        if not isinstance(node, dict) or step not in node:
            return False
        node = node[step]
    return True
