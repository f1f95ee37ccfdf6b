"""Building an index from the corpus and from users' documents, reusing every vector that is still right."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from corpus.concepts import ConceptTable
from corpus.documents import Document, Passage, rule_document, statement_document
from corpus.load import DATA, data_hash, load_corpus
from corpus.models import LANGUAGES, RuleFile, Topic
from index.embed import Embedder, Vectors
from index.errors import IndexUnusableError
from index.pending import PendingVectors, pending_vectors
from index.shipped import shipped_vectors
from index.store import IndexDirectory, IndexVersion, Manifest, text_hash

#: Called with the number of passages embedded so far and the number to embed.
Progress = Callable[[int, int], None]
_BATCH = 32


class Compiled(BaseModel):
    """The statements and rules an index was built from, kept in it so that the two always match."""

    model_config = ConfigDict(frozen=True)

    topics: tuple[Topic, ...]
    rules: tuple[RuleFile, ...]


def build_index(
    path: Path,
    embedder: Embedder,
    *,
    data: Path = DATA,
    add: Iterable[tuple[Document, list[Passage]]] = (),
    remove: Iterable[str] = (),
    progress: Progress | None = None,
    timeout: float = 0,
    fresh: bool = False,
) -> Manifest:
    """Build the index at *path* anew: the corpus under *data*, the users' documents already there, and changes.

    *add* brings in documents (replacing those of the same id), *remove* names ids to leave out.
    Vectors of unchanged texts come from the index that is there or came with the program, unless all is to be
    embedded *fresh*. Raises
    :class:`~index.errors.IndexUnusableError` or :class:`~corpus.errors.CorpusError`.
    """
    directory = IndexDirectory(path)
    with directory.writing(timeout):
        corpus_hash = data_hash(data)
        corpus = load_corpus(data)
        contents: dict[str, tuple[Document, list[Passage]]] = {}
        for topic in corpus.topics:
            for language in LANGUAGES:
                document, passages = statement_document(topic, language, corpus.asked)
                contents[document.id] = document, _tagged(topic, passages, corpus.concepts)
        for rule_file in corpus.rules:
            for language in LANGUAGES:
                document, passages = rule_document(rule_file, language)
                contents[document.id] = document, passages
        for document, passages in directory.user_documents():
            contents[document.id] = document, passages
        old = _open_if_usable(directory)
        for document, passages in add:
            contents[document.id] = document, passages
        for document_id in remove:
            contents.pop(document_id, None)
        documents = [document for document, _ in contents.values()]
        all_passages = [passage for _, passages in contents.values() for passage in passages]
        reusable = {} if fresh else shipped_vectors(embedder.name)
        if not fresh and old is not None and old.manifest.embedder == embedder.name:
            reusable |= old.vectors()
        if old is not None:
            old.close()
        searched = [passage for passage in all_passages if passage.embed_text]
        texts = [p.embed_text for p in searched] + [question for p in searched for question in p.asked]
        compiled = Compiled(topics=corpus.topics, rules=corpus.rules).model_dump_json(exclude_none=True)
        with pending_vectors(path / "pending.sqlite", embedder.name) as pending:
            vectors = _embed(texts, embedder, reusable, pending, progress)
            ancestors = corpus.concepts.ancestors
            passage_vectors, asked_vectors = vectors[: len(searched)], vectors[len(searched) :]
            return directory.write(
                documents,
                all_passages,
                passage_vectors,
                asked_vectors,
                embedder.name,
                corpus_hash,
                compiled,
                ancestors,
            )


def _tagged(topic: Topic, passages: Iterable[Passage], table: ConceptTable) -> list[Passage]:
    """A topic's passages with the concepts each advises on or names."""
    advised = {statement.id: [advice.target for advice in statement.advice] for statement in topic.statements}
    return [
        passage.model_copy(
            update={
                "concepts": tuple(
                    dict.fromkeys([*advised[passage.entry], *(m.concept for m in table.find(passage.search_text))])
                )
            }
        )
        for passage in passages
    ]


def read_compiled(version: IndexVersion) -> Compiled:
    """The statements and rules as they were when the index was built."""
    return Compiled.model_validate_json(version.compiled_json())


def _open_if_usable(directory: IndexDirectory) -> IndexVersion | None:
    """The version in use; a damaged one is built over, so it counts as absent."""
    if directory.exists:
        with contextlib.suppress(IndexUnusableError):
            return directory.open()
    return None


def _embed(
    texts: Sequence[str],
    embedder: Embedder,
    reusable: dict[str, Vectors],
    pending: PendingVectors,
    progress: Progress | None,
) -> Vectors:
    """The vectors of *texts*, in order: those known already, and the rest embedded, the short ones first."""
    keys = [text_hash(text) for text in texts]
    vectors = np.zeros((len(texts), embedder.dim), np.float32)
    todo = []
    for position, key in enumerate(keys):
        known = reusable.get(key)
        if known is None:
            known = pending.get(key)
        if known is None:
            todo.append(position)
        else:
            vectors[position] = known
    todo.sort(key=lambda position: len(texts[position]))
    for start in range(0, len(todo), _BATCH):
        batch = todo[start : start + _BATCH]
        vectors[batch] = embedder.passages([texts[position] for position in batch])
        pending.put([keys[position] for position in batch], vectors[batch])
        if progress is not None:
            progress(min(start + _BATCH, len(todo)), len(todo))
    return vectors
