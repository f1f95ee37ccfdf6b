"""Concept search: which passages are about the things a query names, in whatever language and words.

A passage about a banana answers a question about potassium-rich fruit fully; a passage about fruit answers
a question about bananas in part. Rare concepts count for more than common ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

#: What a passage counts for that names only something more general than the query does.
_MORE_GENERAL = 0.4

_Rows = npt.NDArray[np.int64]
_Lists = dict[str, _Rows]
Ancestors = Callable[[str], Iterable[str]]
_NONE: _Rows = np.empty(0, np.int64)


class ConceptIndex:
    """Rows by concept: those that name it, and those that name it or a kind of it."""

    def __init__(self, named: _Lists, implied: _Lists, size: int) -> None:
        self._named = named
        self._implied = implied
        self._size = size

    @classmethod
    def build(cls, rows: Sequence[Iterable[str]], ancestors: Ancestors) -> ConceptIndex:
        """Index the concepts of each row; *ancestors* gives everything a concept is a kind of."""
        named: dict[str, list[int]] = {}
        implied: dict[str, list[int]] = {}
        for row, concepts in enumerate(rows):
            direct = set(concepts)
            for concept in direct:
                named.setdefault(concept, []).append(row)
            for concept in direct.union(*(ancestors(concept) for concept in direct)):
                implied.setdefault(concept, []).append(row)
        return cls(_arrays(named), _arrays(implied), len(rows))

    @classmethod
    def load(cls, path: Path, size: int) -> ConceptIndex:
        """Read an index written by :meth:`save`."""
        with np.load(path, allow_pickle=False) as data:
            return cls(_unpack(data, "named"), _unpack(data, "implied"), size)

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        with path.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **_pack(self._named, "named"), **_pack(self._implied, "implied"))

    def scores(self, concepts: Iterable[str], ancestors: Ancestors) -> npt.NDArray[np.float32]:
        """The share of a query's concepts that each row covers, weighted by rarity: shape ``(rows,)``, 0 to 1."""
        scores = np.zeros(self._size, np.float32)
        total = 0.0
        for concept in dict.fromkeys(concepts):
            exact = self._implied.get(concept, _NONE)
            weight = float(np.log1p(self._size / (1 + len(exact))))
            total += weight
            part = np.zeros(self._size, np.float32)
            for ancestor in ancestors(concept):
                part[self._named.get(ancestor, _NONE)] = _MORE_GENERAL
            part[exact] = 1.0
            scores += weight * part
        return scores / total if total else scores


def _arrays(lists: Mapping[str, list[int]]) -> _Lists:
    return {concept: np.asarray(rows, np.int64) for concept, rows in sorted(lists.items())}


def _pack(lists: _Lists, name: str) -> dict[str, npt.NDArray[Any]]:
    """All lists of rows end to end, with where each ends: three arrays instead of thousands."""
    return {
        f"{name}_concepts": np.asarray(list(lists), str),
        f"{name}_ends": np.cumsum([len(rows) for rows in lists.values()], dtype=np.int64),
        f"{name}_rows": np.concatenate([_NONE, *lists.values()]),
    }


def _unpack(data: Mapping[str, npt.NDArray[Any]], name: str) -> _Lists:
    parts = np.split(data[f"{name}_rows"], data[f"{name}_ends"])
    return dict(zip(data[f"{name}_concepts"].tolist(), parts, strict=False))
