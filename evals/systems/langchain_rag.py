"""A stock LangChain chain: its FAISS retriever over the same passages and vectors, its tutorial's prompt, one model."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from assistant import Assistant
from assistant.call_model import call
from evals.stock import stock_store
from evals.systems.passages import MOST
from evals.systems.prose import LANGUAGE, LONGEST, response_to
from evals.systems.protocol import Asked, Response, Source
from index.embed import Embedder

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

#: The prompt of LangChain's own tutorial, with citations asked for.
PROMPT = (
    "You are an assistant for question-answering tasks. Use the following pieces of retrieved context to answer the "
    "question. If you don't know the answer, say that you don't know. Use three sentences maximum and keep the answer "
    "concise. After each sentence cite the number of the context it comes from, like [1]. Answer in {language}."
    "\n\nContext:\n{context}"
)


class LangchainRag:
    """``retriever | prompt | model``, as the documentation builds it."""

    name = "langchain-rag"

    def __init__(self, care: Assistant, embedder: Embedder, llm: BaseChatModel) -> None:
        from langchain_core.prompts import ChatPromptTemplate

        self._seconds = care.settings.llm_timeout
        self._llm = llm
        self._prompt = ChatPromptTemplate.from_messages([("system", PROMPT), ("human", "{question}")])
        self._retriever = _retriever(care, embedder)

    def answer(self, asked: Asked) -> Response:
        found = self._retriever.invoke(asked.with_patient)
        sources = tuple(
            Source(n, document.metadata["entry"], document.metadata["title"], document.page_content)
            for n, document in enumerate(found, 1)
        )
        context = "\n\n".join(f"[{source.n}] {source.text}" for source in sources)
        filled = self._prompt.invoke(
            {"context": context, "question": asked.with_patient, "language": LANGUAGE[asked.language]}
        )
        messages = [("system" if m.type == "system" else "user", str(m.text)) for m in filled.to_messages()]
        return response_to(call(self._llm, messages, self._seconds, LONGEST, {}), sources, asked.question)

    def search(self, asked: Asked, k: int) -> list[str]:
        found = self._retriever.vectorstore.similarity_search(asked.with_patient, k=4 * k)
        return list(dict.fromkeys(document.metadata["entry"] for document in found))[:k]


def _retriever(care: Assistant, embedder: Embedder) -> Any:
    version = care.searcher.version
    vectors = version.dense.vectors()
    document = functools.cache(version.document)
    texts, rows, notes = [], version.statement_rows.nonzero()[0].tolist(), []
    for row in rows:
        passage = version.passage(row)
        texts.append(document(passage.document).text[passage.start : passage.end])
        notes.append({"entry": version.rows[row].entry, "title": passage.origin.title})
    return stock_store(texts, vectors[rows], embedder.query, notes).as_retriever(search_kwargs={"k": MOST})
