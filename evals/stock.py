"""The stock LangChain vector store that ours is compared with: the same texts, the same vectors."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from index.embed import Vectors


def stock_store(
    texts: Sequence[str],
    vectors: Vectors,
    query: Callable[[str], Vectors],
    notes: Sequence[dict[str, Any]] | None = None,
) -> Any:
    """LangChain's FAISS store of *texts*, one of *vectors* each; *query* embeds what is asked, *notes* are metadata."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from langchain_community.vectorstores import FAISS
        from langchain_core.embeddings import Embeddings

    class Same(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise NotImplementedError("the vectors are given")

        def embed_query(self, text: str) -> list[float]:
            return [float(x) for x in query(text)]

    return FAISS.from_embeddings(list(zip(texts, vectors.tolist(), strict=True)), Same(), metadatas=notes)
