"""Finding passages: meaning, words and concepts, each on a scale of its own, added up."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.concepts import ConceptTable
from corpus.models import LANGUAGES
from corpus.text import detect_language, normalise
from index.embed import Embedder, Vectors
from index.errors import IndexUnusableError
from index.rerank import Reranker
from index.store import IndexVersion, Row

#: How many passages each kind of search brings in.
_POOL = 400
#: What word and concept evidence weigh beside meaning (docs/evaluation.md: measured on three judged sets).
_WORDS, _CONCEPTS = 0.8, 0.5
#: How much of the liking for passages in the query's own language is taken out.
_EVEN_HANDED = 0.8
#: How much is taken out of a query's vector of what all questions in its language have in common.
_IN_COMMON = 0.5
#: What it weighs that the best passages found so far stand in the same topic or document, and how many those are.
_TOGETHER, _FIRST_FOUND = 0.3, 5
#: So much of that weight is left where passages of many topics are wanted.
_SCATTERED = 1 / 3
#: What stands in both languages is as good as the better found of its two wordings, for so much, and else as both on
#: average: two wordings tell more than one, and what is found depends less on the language asked in.
_EITHER = 0.5
#: The mean of so many of the best word scores is what is typical of a language's passages.
_TYPICAL = 5
#: By so much the better found of two wordings comes first.
_OWN = 1e-4
#: A re-ranker reads so many of the best passages.
_RERANKED = 30


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of evidence counts in the sum; zero leaves one out.

    ``asked``: whether a passage is as near as the nearest question that it answers. ``together``: what it counts that
    the best passages stand in one topic or document. ``either``: how far the better found of two wordings in two
    languages counts rather than both. ``even_handed``: how much of the liking for the query's own
    language is taken out, 0 to 1. ``in_common``: how much is taken out of what all questions of a language share.
    ``usual_names``: whether the query counts in the usual names of the things it names too.
    """

    meaning: float = 1.0
    words: float = _WORDS
    concepts: float = _CONCEPTS
    asked: bool = True
    together: float = _TOGETHER
    either: float = _EITHER
    even_handed: float = _EVEN_HANDED
    in_common: float = _IN_COMMON
    usual_names: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its row, its score (1 = the best found), and the evidence behind it."""

    row: int
    score: float
    cosine: float
    bm25: float
    concepts: float


class Searcher:
    """Searches one index version with the embedder it was built with."""

    def __init__(
        self,
        version: IndexVersion,
        embedder: Embedder,
        table: ConceptTable | None = None,
        reranker: Reranker | None = None,
        weights: Weights | None = None,
    ) -> None:
        if version.manifest.embedder != embedder.name:
            raise IndexUnusableError(
                f"this index was built with the embedder {version.manifest.embedder}, not {embedder.name}; "
                "set CARE_EMBEDDER to its own, or rebuild it with `care index build`"
            )
        self.version = version
        self.embedder = embedder
        self._table = table
        self._reranker = reranker
        self._weights = weights or Weights()
        self._embed = functools.lru_cache(maxsize=512)(embedder.query)
        self._centres = version.asked.centres(version.row_languages)

    def search(
        self,
        query: str,
        k: int = 10,
        accept: npt.NDArray[np.bool_] | None = None,
        concepts: Iterable[str] | None = None,
        focus: str = "",
        scattered: bool = False,
    ) -> list[Hit]:
        """Return the best *k* rows for *query*, best first.

        *accept* (a flag a row) leaves out rows. *concepts* are those the query is about; by default all that
        it names. *focus* is a second text that the passages should be near as well, such as the name of one of
        the patient's problems. *scattered* says that passages of many topics are wanted, as an answer for somebody
        with several illnesses is put together of, so that standing in the topic found first counts for less.
        """
        rows = self.version.rows
        if not rows or not query.strip():
            return []
        wordings = self._wordings(query)
        vector, pool = self._vector([query, focus] if focus else [query]), min(max(_POOL, k), len(rows))
        pointed = self._pointed(self._vector([*wordings, focus] if focus else wordings), query)
        near, typical = self._near(pointed, pool, accept)
        words = self.version.lexical.scores(" ".join([*wordings, focus]).strip())
        about = self._about(query, focus, concepts)
        if accept is not None:
            words, about = np.where(accept, words, 0), np.where(accept, about, 0)
        asked, likeness = self._asked(pointed, pool, accept, typical)
        found = np.unique(np.concatenate([near, asked, _best(words, pool), _best(about, pool)]))
        meaning = self.version.dense.similarities(pointed, found)
        weights = self._weights
        spoken = self.version.row_languages[found]
        usual = self._usual(words)
        total = (
            weights.meaning * _scaled(np.maximum(meaning, likeness[found]) - weights.even_handed * typical[spoken])
            + weights.words * (words[found] - weights.even_handed * usual[spoken])
            + weights.concepts * about[found]
        )
        total = self._both_wordings(found, total)
        total += weights.together * (_SCATTERED if scattered else 1) * self._together(found, total)
        order = np.lexsort((found, -total))[: max(k, _RERANKED) if self._reranker else k]
        best = float(total[order[0]]) if len(order) and total[order[0]] > 0 else 1.0
        cosines = self.version.dense.similarities(vector, found[order])
        hits = [
            Hit(int(found[i]), max(float(total[i]) / best, 0.0), max(float(cosine), 0.0),
                float(words[found[i]]), float(about[found[i]]))
            for i, cosine in zip(order, cosines, strict=True)
        ]  # fmt: skip
        return self._reranked(query, hits)[:k]

    def closeness(self, query: str, accept: npt.NDArray[np.bool_] | None = None) -> float:
        """The cosine of the passage nearest to *query* among those that *accept* flags; 0 where there is none."""
        if not self.version.rows or not query.strip():
            return 0.0
        _, cosines = self.version.dense.search(self._embed(query), 1, accept)
        return max(float(cosines[0]), 0.0) if len(cosines) else 0.0

    def similarity(self, one: int, other: int) -> float:
        """Cosine similarity of two rows."""
        dense = self.version.dense
        return float(dense.vector(one) @ dense.vector(other))

    def _near(
        self, vector: Vectors, pool: int, accept: npt.NDArray[np.bool_] | None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """The rows nearest in meaning, as many of each language, and the mean cosine of those, a language each.

        An embedder finds almost any passage in the query's own language nearer than the best one in another; what
        is typical of a language's passages is taken off, so that both are judged by how well they answer.
        """
        near, typical = [], np.zeros(len(LANGUAGES), np.float32)
        for number in range(len(LANGUAGES)):
            spoken = self.version.row_languages == number
            allowed = spoken if accept is None else spoken & accept
            if allowed.any():
                rows, cosines = self.version.dense.search(vector, pool, allowed)
                near.append(rows)
                typical[number] = cosines.mean() if len(cosines) else 0
        return np.concatenate(near) if near else np.empty(0, np.int64), typical

    def _asked(
        self, vector: Vectors, pool: int, accept: npt.NDArray[np.bool_] | None, typical: npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """The rows that answer the questions nearest in meaning, and for every row how near its nearest question is.

        Questions are nearer to a query than passages are; what is typical of each is set equal, a language each, so
        that the two compare. Rows of which no question is near have a likeness of -1.
        """
        likeness = np.full(len(self.version.rows), -1, np.float32)
        if not self._weights.asked:
            return np.empty(0, np.int64), likeness
        for number in range(len(LANGUAGES)):
            spoken = self.version.row_languages == number
            rows, cosines = self.version.asked.nearest(vector, 2 * pool, spoken if accept is None else spoken & accept)
            if len(rows):
                likeness[rows] = cosines - (np.sort(cosines)[-pool:].mean() - typical[number])
        return np.flatnonzero(likeness > -1), likeness

    def _both_wordings(self, found: npt.NDArray[np.int64], total: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The scores, with that of a passage which stands in both languages shared between its two wordings."""
        scores = np.zeros(len(self.version.rows), np.float32)
        scores[found] = np.maximum(total, 0)
        other = self.version.row_twins[found]
        twin = np.where(other >= 0, scores[other], scores[found])
        either = self._weights.either
        shared = either * np.maximum(total, twin) + (1 - either) * (total + twin) / 2
        return np.asarray(np.where(other >= 0, shared + _OWN * total, total), np.float32)

    def _together(self, found: npt.NDArray[np.int64], total: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """For each passage, how much of the best found so far stands in its topic or document, 0 to 1.

        Passages that answer the same question tend to stand together.
        """
        groups = self.version.row_groups[found]
        shares = np.zeros(int(self.version.row_groups.max()) + 1, np.float32)
        for place, best in enumerate(np.lexsort((found, -total))[:_FIRST_FOUND]):
            shares[groups[best]] += 1 / (place + 2)
        return np.asarray(shares[groups] / max(float(shares.sum()), 1e-6), np.float32)

    def _usual(self, words: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The word score usual among the best passages of each language; zeros where there is one language only.

        A passage in another language shares hardly a word with the query, however well it answers.
        """
        by_language = [words[self.version.row_languages == number] for number in range(len(LANGUAGES))]
        if not all(len(scores) for scores in by_language):
            return np.zeros(len(LANGUAGES), np.float32)
        return np.asarray([np.sort(scores)[-_TYPICAL:].mean() for scores in by_language], np.float32)

    def _about(self, query: str, focus: str, concepts: Iterable[str] | None) -> npt.NDArray[np.float32]:
        if self._table is None:
            return np.zeros(len(self.version.rows), np.float32)
        named = list(concepts) if concepts is not None else [m.concept for m in self._table.find(query)]
        if focus:
            named += [mention.concept for mention in self._table.find(focus)]
        return self.version.concepts.scores(named, self._table.ancestors)

    def _reranked(self, query: str, hits: list[Hit]) -> list[Hit]:
        """The first hits in the re-ranker's order, the others after them."""
        if self._reranker is None or not hits:
            return hits
        head, tail = hits[:_RERANKED], hits[_RERANKED:]
        texts = [self.version.passage(hit.row).search_text for hit in head]
        judged = self._reranker.scores(query, texts)
        order = sorted(range(len(head)), key=lambda i: (-judged[i], i))
        scores = sorted((hit.score for hit in head), reverse=True)
        ranked = [head[i] for i in order]
        return [
            Hit(hit.row, score, hit.cosine, hit.bm25, hit.concepts) for hit, score in zip(ranked, scores, strict=True)
        ] + tail

    def _pointed(self, vector: Vectors, query: str) -> Vectors:
        """A query's vector less what all questions in its language have in common, so that what is its own counts."""
        centre = self._centres.get(detect_language(query))
        if centre is None:
            return vector
        own = vector - self._weights.in_common * centre
        return np.asarray(own / np.linalg.norm(own), np.float32)

    def _wordings(self, query: str) -> list[str]:
        """The query as it was asked and, where that differs, with everything in it called by its usual name."""
        if self._table is None or not self._weights.usual_names:
            return [query]
        renamed = self._table.by_usual_names(query)
        return [query] if renamed == normalise(query) else [query, renamed]

    def _vector(self, texts: Sequence[str]) -> Vectors:
        """The vector of a text, or the mean of several."""
        if len(texts) == 1:
            return self._embed(texts[0])
        together = np.sum([self._embed(text) for text in texts], axis=0)
        return np.asarray(together / np.linalg.norm(together), dtype=np.float32)


def mask(rows: Sequence[Row], accept: Callable[[Row], bool]) -> npt.NDArray[np.bool_]:
    """A flag a row, for :meth:`Searcher.search`."""
    return np.fromiter((accept(row) for row in rows), bool, len(rows))


def _scaled(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Similarities as a share of the way from a typical one (0) to the best (1)."""
    if not len(values):
        return values
    high, low = float(values.max()), float(np.sort(values)[-_POOL:].min())
    return np.asarray(np.clip((values - low) / max(high - low, 1e-6), 0, 1), np.float32)


def _best(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.int64]:
    """The positions of the *k* best scores above zero."""
    count = min(k, len(scores))
    top = np.argpartition(-scores, count - 1)[:count]
    return np.asarray(top[scores[top] > 0], np.int64)
