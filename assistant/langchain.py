"""LangChain adapters: the assistant as a ``Runnable`` and its index as a ``BaseRetriever``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import run_in_executor

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.errors import InputError
from assistant.patient import Patient


class CareRunnable(Runnable[Any, Answer]):
    """The assistant as a ``Runnable`` from a question, or a mapping with one, to an answer.

    ``stream`` and ``astream`` yield the composed answer and then, where a language model is set and its words pass,
    the reworded one: each takes the place of the one before.
    """

    def __init__(self, assistant: Assistant) -> None:
        self.name = "nursing-care-assistant"
        self._assistant = assistant

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        return self._call_with_config(self._ask, input, config, **kwargs)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:  # noqa: A002
        return await run_in_executor(config, self.invoke, input, config, **kwargs)

    def stream(
        self,
        input: Any,  # noqa: A002 - LangChain's signature
        config: RunnableConfig | None = None,  # noqa: ARG002
        **kwargs: Any | None,  # noqa: ARG002
    ) -> Iterator[Answer]:
        question, patient, options = _read(input)
        for event in self._assistant.stream(question, patient, **options):
            if event.answer is not None:
                yield event.answer

    async def astream(
        self,
        input: Any,  # noqa: A002 - LangChain's signature
        config: RunnableConfig | None = None,  # noqa: ARG002
        **kwargs: Any | None,  # noqa: ARG002
    ) -> AsyncIterator[Answer]:
        question, patient, options = _read(input)
        async for event in self._assistant.astream(question, patient, **options):
            if event.answer is not None:
                yield event.answer

    def _ask(self, given: Any) -> Answer:
        question, patient, options = _read(given)
        return self._assistant.ask(question, patient, **options)


def as_runnable(assistant: Assistant) -> CareRunnable:
    """The assistant as a ``Runnable``."""
    return CareRunnable(assistant)


def _read(given: Any) -> tuple[str, Patient | None, dict[str, Any]]:
    """Question, patient and options of a runnable's input."""
    if isinstance(given, str):
        return given, None, {}
    if not isinstance(given, dict) or "question" not in given:
        raise InputError("give a question, or a mapping with the key 'question'")
    patient = given.get("patient")
    if patient is not None and not isinstance(patient, Patient):
        patient = Patient.from_facts(patient)
    return given["question"], patient, {key: given[key] for key in ("audience", "language") if given.get(key)}


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
