"""Finding passages: dense and lexical search, fused by reciprocal rank."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.embed import Embedder, Vectors
from index.errors import IndexUnusableError
from index.store import IndexVersion, Row

#: The constant of reciprocal-rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).
RRF_K = 60
_POOL = 400


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its row, fused score (1 = first in every list), cosine similarity and BM25 score."""

    row: int
    score: float
    cosine: float
    bm25: float


class Searcher:
    """Searches one index version with the embedder it was built with."""

    def __init__(self, version: IndexVersion, embedder: Embedder) -> None:
        if version.manifest.embedder != embedder.name:
            raise IndexUnusableError(
                f"this index was built with the embedder {version.manifest.embedder}, not {embedder.name}; "
                "set CARE_EMBEDDER to its own, or rebuild it with `care index build`"
            )
        self.version = version
        self._embed = functools.lru_cache(maxsize=512)(embedder.query)

    def search(
        self,
        query: str,
        k: int = 10,
        accept: Callable[[Row], bool] | None = None,
        expansion: str = "",
        focus: str = "",
    ) -> list[Hit]:
        """Return the best *k* rows for *query*, best first.

        *accept* leaves out rows; *expansion* adds words to the lexical query only, such as the names
        of recognised concepts in the other language. *focus* is a second text that the passages should be
        near as well, such as the name of one of the patient's problems.
        """
        rows = self.version.rows
        if not rows or not query.strip():
            return []
        allowed = np.ones(len(rows), bool)
        if accept is not None:
            allowed = np.fromiter((accept(row) for row in rows), bool, len(rows))
        pool = min(max(_POOL, k), len(rows))
        cosine = self._dense(self._vector(query, focus), len(rows) if accept is not None else pool)
        bm25 = self.version.lexical.scores(f"{query} {focus} {expansion}")
        fused: dict[int, float] = {}
        for scores, floor in ((cosine, -1.0), (bm25, 0.0)):
            for rank, row in enumerate(_best(np.where(allowed, scores, -np.inf), pool, floor)):
                fused[row] = fused.get(row, 0.0) + (RRF_K + 1) / (RRF_K + rank + 1) / 2
        ranked = sorted(fused.items(), key=lambda item: (-item[1], item[0]))[:k]
        return [Hit(row, score, float(max(cosine[row], 0.0)), float(bm25[row])) for row, score in ranked]

    def similarity(self, one: int, other: int) -> float:
        """Cosine similarity of two rows."""
        dense = self.version.dense
        return float(dense.reconstruct(one) @ dense.reconstruct(other))

    def _vector(self, query: str, focus: str) -> Vectors:
        vector = self._embed(query)
        if not focus:
            return vector
        both = vector + self._embed(focus)
        return np.asarray(both / np.linalg.norm(both), dtype=np.float32)

    def _dense(self, vector: Vectors, pool: int) -> npt.NDArray[np.float32]:
        """Cosine similarities of all rows; minus infinity for those outside the *pool* best."""
        similarities, rows = self.version.dense.search(vector[None, :], pool)
        scores = np.full(len(self.version.rows), -np.inf, np.float32)
        found = rows[0] >= 0
        scores[rows[0][found]] = similarities[0][found]
        return scores


def _best(scores: npt.NDArray[np.float32], k: int, floor: float) -> Sequence[int]:
    """The positions of the *k* best scores above *floor*, best first, ties by position."""
    count = min(k, len(scores))
    top = np.argpartition(-scores, count - 1)[:count]
    top = top[scores[top] > floor]
    return [int(i) for i in sorted(top, key=lambda i: (-scores[i], i))]
