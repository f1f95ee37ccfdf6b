"""Search by meaning alone: the nearest passages, over the same index and embedder."""

from __future__ import annotations

from assistant import Assistant
from evals.systems.passages import MOST, cited, first
from evals.systems.protocol import Asked, Response
from index.embed import Embedder


class Dense:
    """The nearest passages as a cited answer."""

    name = "dense"

    def __init__(self, care: Assistant, embedder: Embedder) -> None:
        self._care = care
        self._embedder = embedder

    def answer(self, asked: Asked) -> Response:
        return cited(self.search(asked, MOST), asked.language, self._care)

    def search(self, asked: Asked, k: int) -> list[str]:
        version = self._care.searcher.version
        vector = self._embedder.query(asked.with_patient)
        rows, _ = version.dense.search(vector, 4 * k + 40, version.statement_rows)
        return first([int(row) for row in rows], self._care, k)
