"""Questions that passages answer: a query near one of them finds its passage, however differently that is worded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from corpus.models import LANGUAGES
from index.dense import DenseIndex, Rows
from index.embed import Vectors

VECTORS, OWNERS = "asked.faiss", "asked.npy"


class AskedIndex:
    """The vectors of questions, and the row of the passage that answers each."""

    def __init__(self, dense: DenseIndex, owners: Rows) -> None:
        self._dense = dense
        self.owners = owners

    @classmethod
    def build(cls, vectors: Vectors, owners: Sequence[int]) -> AskedIndex:
        """Index *vectors*, shape ``(questions, dim)``; *owners* names the row that answers each."""
        return cls(DenseIndex.build(vectors), np.asarray(owners, np.int64))

    @classmethod
    def load(cls, folder: Path) -> AskedIndex:
        """Read what :meth:`save` wrote to a folder."""
        return cls(DenseIndex.load(folder / VECTORS), np.load(folder / OWNERS, allow_pickle=False))

    def save(self, folder: Path) -> None:
        """Write two files into *folder*."""
        self._dense.save(folder / VECTORS)
        np.save(folder / OWNERS, self.owners, allow_pickle=False)

    def vectors(self) -> Vectors:
        """All vectors, shape ``(questions, dim)``."""
        return self._dense.vectors()

    def centres(self, languages: npt.NDArray[np.int8]) -> dict[str, Vectors]:
        """The mean of the questions in each language that has some; *languages* are those of the rows, as positions."""
        if not len(self.owners):
            return {}
        vectors, spoken = self.vectors(), languages[self.owners]
        return {
            language: vectors[spoken == number].mean(axis=0)
            for number, language in enumerate(LANGUAGES)
            if (spoken == number).any()
        }

    def nearest(self, vector: Vectors, k: int, accept: npt.NDArray[np.bool_]) -> tuple[Rows, npt.NDArray[np.float32]]:
        """The rows whose questions are among the *k* nearest to *vector*, each once, with the cosine of its nearest.

        *accept* flags the rows that may be found.
        """
        allowed = accept[self.owners]
        if not allowed.any():
            return np.empty(0, np.int64), np.empty(0, np.float32)
        questions, cosines = self._dense.search(vector, k, allowed)
        rows, first = np.unique(self.owners[questions], return_index=True)
        return rows, cosines[first]
