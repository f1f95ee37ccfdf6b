"""Texts in both languages from one YAML file, each at a dotted key."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from corpus.load import read_yaml


class Strings:
    """The texts of a file; it is read when the first of them is wanted."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @functools.cached_property
    def data(self) -> dict[str, Any]:
        """Everything in the file."""
        data: dict[str, Any] = read_yaml(self._path)
        return data

    def text(self, key: str, language: str, **values: object) -> str:
        """The text at the dotted *key* in *language*, its placeholders filled in where *values* are given.

        Raises :class:`KeyError` where there is none.
        """
        node: Any = self.data
        for step in key.split("."):
            node = node[step]
        found = str(node[language])
        return found.format(**values) if values else found

    def knows(self, key: str) -> bool:
        """Whether something stands at the dotted *key*."""
        node: Any = self.data
        for step in key.split("."):
            if not isinstance(node, dict) or step not in node:
                return False
            node = node[step]
        return True
