"""``python -m evals.ranking``: how well passages are ranked, ours beside each part alone and a stock retriever.

Every system sees the same texts and the same vectors. Vectors are kept under ``CARE_HOME/evals``, so that a
second run takes seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from assistant import Assistant, Settings
from assistant.progress import progress_bar
from corpus.concepts import ConceptTable
from corpus.documents import Document, Origin, Passage
from evals.judged import SEED, JudgedSet, Query, judged_sets
from evals.metrics import interval, ndcg, paired_interval, recall, reciprocal_rank
from evals.stock import stock_store
from index.embed import Embedder, Vectors, load_embedder
from index.lexical import LexicalIndex
from index.search import Searcher, Weights
from index.store import IndexDirectory

_DEPTH = 100
_BATCH = 32
Rank = Callable[[Query], list[int]]
#: What each part of the search adds: the whole without it.
ABLATIONS = {
    "ours": Weights(),
    "… without words": Weights(words=0),
    "… without concepts": Weights(concepts=0),
    "… without meaning": Weights(meaning=0),
    "… without the questions answered": Weights(asked=False),
    "… without what stands together": Weights(together=0),
    "… without evening out languages": Weights(even_handed=0),
    "… without the other wording": Weights(either=1),
    "… without usual names": Weights(usual_names=False),
    "… without taking out what questions share": Weights(in_common=0),
}
BASELINES = ("BM25", "dense", "LangChain ensemble")


def main() -> None:
    """Print one table a set, every system a row, with 95 % intervals and what ours is above the best single one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, help="folder with the public sets")
    parser.add_argument("--out", type=Path, help="write the figures to this CSV file too")
    options = parser.parse_args()
    with progress_bar("Building the index") as show:
        care = Assistant.load(progress=show)
    frames = [rank_set(judged, care.knowledge.table) for judged in judged_sets(care, options.shared)]
    table = pd.concat(frames)
    if options.out:
        table.to_csv(options.out, index=False)
    print(table.to_string(index=False))  # noqa: T201 - a report


def rank_set(judged: JudgedSet, table: ConceptTable) -> pd.DataFrame:
    """Figures of every system on one set: nDCG@10 with its interval, recall@5, MRR, and nDCG@10 by group."""
    embedder = load_embedder(Settings().embedder)
    vectors = _vectors(judged, embedder)
    queries = _Queries(embedder)
    with tempfile.TemporaryDirectory() as folder:
        searchers = _searchers(judged, vectors, embedder, queries, table, Path(folder))
        systems: dict[str, Rank] = {
            "BM25": _by_words(judged),
            "dense": lambda query: _order(vectors @ queries.query(query.text), query, judged),
            "LangChain ensemble": _langchain(judged, vectors, queries),
            **_with_questions(judged, vectors, queries),
            **{name: _ours(searcher, judged) for name, searcher in searchers.items()},
        }
        ranked = {name: [system(query) for query in judged.queries] for name, system in systems.items()}
    return _figures(judged, ranked)


def _figures(judged: JudgedSet, ranked: dict[str, list[list[int]]]) -> pd.DataFrame:
    gains = {
        name: [ndcg(r, q.relevant) for r, q in zip(lists, judged.queries, strict=True)]
        for name, lists in ranked.items()
    }
    best = max(("BM25", "dense"), key=lambda name: float(np.mean(gains[name])))
    rows = []
    for name, lists in ranked.items():
        pairs = list(zip(lists, judged.queries, strict=True))
        low, high = interval(gains[name], SEED)
        row: dict[str, Any] = {
            "set": judged.name,
            "system": name,
            "n": len(pairs),
            "nDCG@10": round(float(np.mean(gains[name])), 3),
            "95 %": f"{low:.3f}–{high:.3f}",
            "recall@5": round(float(np.mean([recall(r, q.relevant) for r, q in pairs])), 3),
            "MRR": round(float(np.mean([reciprocal_rank(r, q.relevant) for r, q in pairs])), 3),
        }
        if name == "ours":
            row["above best single"] = f"{np.mean(gains[name]) / np.mean(gains[best]) - 1:+.1%}"
            row["difference 95 %"] = "{:+.3f}–{:+.3f}".format(*paired_interval(gains[name], gains[best], SEED))
        for group in sorted({group for query in judged.queries for group in query.groups}):
            chosen = [g for g, query in zip(gains[name], judged.queries, strict=True) if group in query.groups]
            row[group] = round(float(np.mean(chosen)), 3)
        rows.append(row)
    return pd.DataFrame(rows).fillna("")


class _Queries:
    """The embedder with every query embedded once, however many systems ask."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.dim = embedder.name, embedder.dim
        self.passages = embedder.passages
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def query(self, text: str) -> Vectors:
        if text not in self._known:
            self._known[text] = self._embedder.query(text)
        return self._known[text]


def _vectors(judged: JudgedSet, embedder: Embedder) -> Vectors:
    """The vectors of a set's texts, kept between runs."""
    if judged.vectors is not None:
        return judged.vectors
    key = hashlib.sha256("\x00".join([embedder.name, *judged.texts]).encode()).hexdigest()[:16]
    path = Settings().home / "evals" / f"{judged.name}-{key}.npy"
    if path.is_file():
        return np.asarray(np.load(path), np.float32)
    vectors = np.zeros((len(judged.texts), embedder.dim), np.float32)
    order = sorted(range(len(judged.texts)), key=lambda n: len(judged.texts[n]))
    with progress_bar(f"Embedding {judged.name}") as show:
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            vectors[batch] = embedder.passages([judged.texts[n] for n in batch])
            show(min(start + _BATCH, len(order)), len(order))
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors)
    return vectors


def _searchers(
    judged: JudgedSet, vectors: Vectors, embedder: Embedder, queries: _Queries, table: ConceptTable, folder: Path
) -> dict[str, Searcher]:
    """The real index over a set, searched with each choice of weights."""
    origin = Origin(title=judged.name)
    documents, passages = [], []
    for number, (text, language) in enumerate(zip(judged.texts, judged.languages, strict=True)):
        name = f"{judged.name}-{number}"
        documents.append(Document(id=name, kind="user", language=language, text=text, origin=origin))
        concepts = tuple(dict.fromkeys(mention.concept for mention in table.find(text)))
        passages.append(
            Passage(id=name, document=name, start=0, end=len(text), language=language, origin=origin,
                    search_text=text, embed_text=text, concepts=concepts,
                    asked=judged.asked[number] if judged.asked else (),
                    entry=str(judged.entries[number]) if judged.entries else "",
                    topic=judged.topics[number] if judged.topics else "")
        )  # fmt: skip
    directory = IndexDirectory(folder)
    with directory.writing():
        asked = judged.asked_vectors if judged.asked_vectors is not None else vectors[:0]
        directory.write(documents, passages, vectors, asked, embedder.name, "", "{}", table.ancestors)
    version = directory.open()
    return {name: Searcher(version, queries, table, weights=weights) for name, weights in ABLATIONS.items()}


def _ours(searcher: Searcher, judged: JudgedSet) -> Rank:
    def rank(query: Query) -> list[int]:
        hits = searcher.search(query.text, k=4 * _DEPTH, concepts=query.concepts)
        return _collapsed([hit.row for hit in hits], query, judged)

    return rank


def _with_questions(judged: JudgedSet, vectors: Vectors, queries: _Queries) -> dict[str, Rank]:
    """The single retrievers with what ours knows besides: a text counts by its own words and its questions'."""
    if judged.asked_vectors is None:
        return {}
    asked = judged.asked_vectors
    owners = np.asarray([number for number, questions in enumerate(judged.asked) for _ in questions])
    whole = ["\n".join([text, *questions]) for text, questions in zip(judged.texts, judged.asked, strict=True)]

    def dense(query: Query) -> list[int]:
        vector = queries.query(query.text)
        scores = vectors @ vector
        np.maximum.at(scores, owners, asked @ vector)
        return _order(scores, query, judged)

    return {"BM25, questions too": _by_words(judged, whole), "dense, questions too": dense}


def _by_words(judged: JudgedSet, texts: Sequence[str] | None = None) -> Rank:
    index = LexicalIndex.build(texts or judged.texts)
    return lambda query: _order(index.scores(query.text), query, judged)


def _langchain(judged: JudgedSet, vectors: Vectors, queries: _Queries) -> Rank:
    """LangChain's ensemble of its BM25 and FAISS retrievers, as its documentation builds it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever

    numbers = [{"row": number} for number in range(len(judged.texts))]
    words: Any = BM25Retriever.from_texts(list(judged.texts), metadatas=numbers, k=_DEPTH)
    store = stock_store(judged.texts, vectors, queries.query, numbers)
    retriever: Any = EnsembleRetriever(
        retrievers=[words, store.as_retriever(search_kwargs={"k": _DEPTH})], weights=[0.5, 0.5]
    )

    def rank(query: Query) -> list[int]:
        return _collapsed([found.metadata["row"] for found in retriever.invoke(query.text)], query, judged)

    return rank


def _order(scores: Any, query: Query, judged: JudgedSet) -> list[int]:
    return _collapsed(np.argsort(-np.asarray(scores), kind="stable")[: 4 * _DEPTH].tolist(), query, judged)


def _collapsed(rows: Sequence[int], query: Query, judged: JudgedSet) -> list[int]:
    """Rows as answers: those that are one answer once, the query itself left out."""
    kept = (row for row in rows if row != query.itself)
    return list(dict.fromkeys(judged.entries[row] if judged.entries else row for row in kept))[:_DEPTH]


if __name__ == "__main__":
    main()
