"""Word search alone: the best passages by BM25, over the same index."""

from __future__ import annotations

import numpy as np

from assistant import Assistant
from evals.systems.passages import MOST, cited, first
from evals.systems.protocol import Asked, Response


class Bm25:
    """The best passages by BM25 as a cited answer."""

    name = "bm25"

    def __init__(self, care: Assistant) -> None:
        self._care = care

    def answer(self, asked: Asked) -> Response:
        return cited(self.search(asked, MOST), asked.language, self._care)

    def search(self, asked: Asked, k: int) -> list[str]:
        version = self._care.searcher.version
        scores = np.where(version.statement_rows, version.lexical.scores(asked.with_patient), 0)
        best = np.argsort(-scores, kind="stable")
        return first([int(row) for row in best[: 4 * k + 40] if scores[row] > 0], self._care, k)
