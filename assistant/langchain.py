"""LangChain adapters: the assistant as a ``Runnable`` and its index as a ``BaseRetriever``."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.errors import InputError
from assistant.patient import Patient


def as_runnable(assistant: Assistant) -> Runnable[Any, Answer]:
    """The assistant as a ``Runnable`` from a question, or a mapping with one, to an answer."""

    def run(given: Any) -> Answer:
        if isinstance(given, str):
            return assistant.ask(given)
        if not isinstance(given, dict) or "question" not in given:
            raise InputError("give a question, or a mapping with the key 'question'")
        patient = given.get("patient")
        if patient is not None and not isinstance(patient, Patient):
            patient = Patient.from_facts(patient)
        options = {key: given[key] for key in ("audience", "language") if given.get(key)}
        return assistant.ask(given["question"], patient, **options)

    return RunnableLambda(run, name="nursing-care-assistant")


class CareRetriever(BaseRetriever):
    """Passages of the index as LangChain documents, best first; ``metadata`` holds what a citation needs."""

    assistant: Any
    k: int = 8

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        searcher = self.assistant.searcher
        documents = []
        for hit in searcher.search(query, k=self.k):
            passage = searcher.version.passage(hit.row)
            text = searcher.version.document(passage.document).text[passage.start : passage.end]
            metadata = passage.origin.model_dump(mode="json", exclude_none=True) | {
                "id": passage.id,
                "document": passage.document,
                "start": passage.start,
                "end": passage.end,
                "score": hit.score,
            }
            documents.append(Document(page_content=text, metadata=metadata))
        return documents
