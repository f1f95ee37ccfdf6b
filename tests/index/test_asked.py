from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from corpus.documents import Document, Origin, Passage
from index.build import build_index
from index.embed import HashingEmbedder, Vectors
from index.search import Searcher, Weights
from index.store import IndexDirectory

QUESTION = "why does my plumbing ache when I go"


def written(folder: Path, asked: tuple[str, ...] = (QUESTION,)) -> IndexDirectory:
    """An index of twenty texts that answer a question each; the last one answers *asked* in quite other words."""
    embedder = HashingEmbedder()
    others = [(f"shall they stroll {n} times",) if asked else () for n in range(19)]
    texts = [f"Advice number {n} on walking and resting after lunch." for n in range(19)]
    texts.append("Bladder infection burns on passing urine.")
    documents, passages = [], []
    for number, text in enumerate(texts):
        name, origin = f"note-{number}", Origin(title="Notes")
        documents.append(Document(id=name, kind="user", language="en", text=text, origin=origin))
        passages.append(
            Passage(
                id=name, document=name, start=0, end=len(text), language="en", origin=origin, search_text=text,
                embed_text=text, asked=[*others, asked][number],
            )
        )  # fmt: skip
    directory = IndexDirectory(folder)
    vectors = embedder.passages(texts)
    questions = embedder.passages([q for qs in [*others, asked] for q in qs]) if asked else vectors[:0]
    with directory.writing():
        directory.write(documents, passages, vectors, questions, embedder.name, "", "{}", lambda concept: frozenset())
    return directory


def first(directory: IndexDirectory, query: str, accept: list[int] | None = None, **weights: float) -> str:
    version = directory.open()
    searcher = Searcher(version, HashingEmbedder(), weights=Weights(**weights))
    flags = None if accept is None else np.isin(np.arange(len(version.rows)), accept)
    return version.rows[searcher.search(query, k=1, accept=flags)[0].row].id


def test_a_passage_is_found_by_a_question_it_answers_in_other_words(tmp_path: Path) -> None:
    assert first(written(tmp_path), "my plumbing ache when I go") == "note-19"
    assert first(written(tmp_path), "my plumbing ache when I go", words=0, together=0) == "note-19"


def test_a_passage_that_is_left_out_is_not_found_by_its_question(tmp_path: Path) -> None:
    assert first(written(tmp_path), QUESTION, accept=[3, 4]) in ("note-3", "note-4")


def test_an_index_without_questions_is_searched_as_before(tmp_path: Path) -> None:
    assert first(written(tmp_path, ()), "burns on passing urine") == "note-19"


class Counting(HashingEmbedder):
    """Counts the texts it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return super().passages(texts)


def test_questions_are_embedded_once_and_kept_for_the_next_build(tmp_path: Path, small_data: Path) -> None:
    embedder = Counting()
    build_index(tmp_path, embedder, data=small_data)
    version = IndexDirectory(tmp_path).open()
    asked = [question for row in range(len(version.rows)) for question in version.passage(row).asked]
    assert len(asked) >= 2 * len(version.rows) - 2
    assert set(asked) <= set(embedder.embedded)
    embedder.embedded.clear()
    build_index(tmp_path, embedder, data=small_data)
    assert embedder.embedded == []


def test_passages_of_the_topic_that_the_best_ones_stand_in_come_before_equals_of_other_topics(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    texts = ["salt in soup", "salt in bread", "salt on roads", "salt in lakes", "salt on slugs"]
    topics = ["heart", "heart", "", "", ""]
    documents, passages = [], []
    for number, (text, topic) in enumerate(zip(texts, topics, strict=True)):
        name, origin = f"note-{number}", Origin(title="Notes")
        documents.append(Document(id=name, kind="user", language="en", text=text, origin=origin))
        passages.append(
            Passage(
                id=name, document=name, start=0, end=len(text), language="en", origin=origin, search_text=text,
                embed_text=text, topic=topic,
            )
        )  # fmt: skip
    directory = IndexDirectory(tmp_path)
    with directory.writing():
        directory.write(
            documents, passages, embedder.passages(texts), embedder.passages(texts)[:0], embedder.name, "", "{}",
            lambda concept: frozenset(),
        )  # fmt: skip
    hits = Searcher(directory.open(), embedder, weights=Weights(together=0.5)).search("salt in soup", k=5)
    assert [hit.row for hit in hits[:2]] == [0, 1]


def test_what_all_questions_share_does_not_count_but_what_is_their_own(tmp_path: Path) -> None:
    version = written(tmp_path).open()
    centres = version.asked.centres(version.row_languages)
    assert set(centres) == {"en"}
    assert np.allclose(centres["en"], version.asked.vectors().mean(axis=0), atol=1e-6)
    assert version.asked.centres(np.ones(len(version.rows), np.int8)).keys() == {"zh"}


def test_a_statement_in_two_languages_counts_by_both_wordings(tmp_path: Path) -> None:
    texts = {"en": "Sip water slowly.", "zh": "慢慢喝水。"}
    origin, embedder = Origin(title="Notes"), HashingEmbedder()
    documents, passages = [], []
    for entry in ("sip", "alone"):
        for language in ("en", "zh") if entry == "sip" else ("en",):
            name = f"{entry}.{language}"
            text = texts[language]
            documents.append(Document(id=name, kind="user", language=language, text=text, origin=origin))
            passages.append(
                Passage(
                    id=name, document=name, start=0, end=len(text), language=language, origin=origin,
                    search_text=text, embed_text=text, entry=entry,
                )
            )  # fmt: skip
    directory = IndexDirectory(tmp_path)
    vectors = embedder.passages([p.embed_text for p in passages])
    with directory.writing():
        directory.write(documents, passages, vectors, vectors[:0], embedder.name, "", "{}", lambda _: frozenset())
    version = directory.open()
    assert version.row_twins.tolist() == [1, 0, -1]
    scores = {hit.row: hit.score for hit in Searcher(version, embedder).search("sip water slowly", k=3)}
    assert scores[2] > scores[0] > scores[1] * 0.999
    own = {
        hit.row: hit.score
        for hit in Searcher(version, embedder, weights=Weights(either=1)).search("sip water slowly", k=3)
    }
    assert own[0] > scores[0]
