"""Word search: BM25 over English stems and segmented Chinese words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import numpy.typing as npt
import rjieba
import Stemmer
from bm25s.stopwords import STOPWORDS_EN

from corpus.text import HAN, normalise

_WORD = re.compile(r"[a-z0-9]+(?:[.'\-/][a-z0-9]+)*|[\u3400-\u4dbf\u4e00-\u9fff]+")
_STEMMER = Stemmer.Stemmer("english")
_STOPWORDS = frozenset(STOPWORDS_EN)


def tokenise(text: str) -> list[str]:
    """Split *text* into index terms: English stems without stop words; Chinese words and the words inside them."""
    terms: list[str] = []
    for run in _WORD.findall(normalise(text)):
        if HAN.match(run):
            terms += rjieba.cut_for_search(run)
        elif run not in _STOPWORDS:
            terms.append(_STEMMER.stemWord(run))
    return terms


class LexicalIndex:
    """BM25 scores of all rows for a query."""

    def __init__(self, model: bm25s.BM25 | None, size: int) -> None:
        self._model = model
        self._size = size

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index *texts*; row *i* of the scores is text *i*."""
        if not texts:
            return cls(None, 0)
        model = bm25s.BM25()
        model.index([tokenise(text) or ["\u2205"] for text in texts], show_progress=False)
        return cls(model, len(texts))

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """Read an index written by :meth:`save`."""
        if not size:
            return cls(None, 0)
        return cls(bm25s.BM25.load(str(folder)), size)

    def save(self, folder: Path) -> None:
        """Write the index into *folder*."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._model is not None:
            self._model.save(str(folder), show_progress=False)

    def scores(self, query: str) -> npt.NDArray[np.float32]:
        """BM25 scores, shape ``(rows,)``, as a share of what a passage full of the query's words would score.

        So a stray word shared with a passage in the other language counts for little, where a scale by the best
        passage would make it look like a perfect match.
        """
        if self._model is None:
            return np.zeros(0, np.float32)
        terms = tokenise(query)
        known = [term for term in terms if term in self._model.vocab_dict]
        if not known:
            return np.zeros(self._size, np.float32)
        most = sum(self._rarity(term) for term in terms)
        return np.asarray(self._model.get_scores(known) / most, dtype=np.float32)

    def _rarity(self, term: str) -> float:
        """The inverse document frequency BM25 gives a term; that of a term in no document where it is unknown."""
        assert self._model is not None
        found = 0
        if term in self._model.vocab_dict:
            at = self._model.vocab_dict[term]
            found = int(self._model.scores["indptr"][at + 1] - self._model.scores["indptr"][at])
        return math.log(1 + (self._size - found + 0.5) / (found + 0.5))
