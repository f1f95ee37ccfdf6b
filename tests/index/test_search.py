from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.load import load_concepts
from index.conceptual import ConceptIndex
from index.dense import CELLS, FLAT, GRAPH, DenseIndex
from index.embed import HashingEmbedder
from index.errors import EmbedderError
from index.lexical import LexicalIndex
from index.rerank import CrossEncoderReranker, load_reranker
from index.search import Searcher
from index.store import IndexDirectory
from tests.index.test_store import path  # noqa: F401 - a fixture


def unit(rows: int, dim: int = 32, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(rows, dim)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("kind", [FLAT, GRAPH, CELLS])
def test_every_kind_of_dense_index_finds_a_vector_by_itself_and_gives_it_back(kind: str, tmp_path: Path) -> None:
    vectors = unit(600)
    DenseIndex.build(vectors, kind).save(tmp_path / "dense")
    index = DenseIndex.load(tmp_path / "dense")
    rows, cosines = index.search(vectors[7], 5)
    assert rows[0] == 7
    assert cosines[0] == pytest.approx(1, abs=0.02)
    if kind != CELLS:
        assert np.allclose(index.vector(7), vectors[7], atol=2e-3)
        assert index.vectors().shape == vectors.shape


def test_rows_that_are_left_out_are_not_found() -> None:
    vectors = unit(50)
    accept = np.ones(50, bool)
    accept[7] = False
    rows, _ = DenseIndex.build(vectors).search(vectors[7], 50, accept)
    assert 7 not in rows
    assert len(rows) == 49


def test_a_stray_word_counts_for_little_in_word_search() -> None:
    index = LexicalIndex.build(["blood pressure in the morning", "5 g of salt", "血压每天测量两次"])
    assert index.scores("blood pressure morning")[0] > 0.3
    stray = index.scores("每天吃盐不超过 5 克的建议从哪里来")
    assert 0 < stray[1] < 0.05


def test_a_kind_of_the_thing_asked_about_counts_fully_and_something_more_general_in_part() -> None:
    table = load_concepts()
    index = ConceptIndex.build([["banana"], ["fruit"], ["salt"]], table.ancestors)
    fruit, banana = index.scores(["fruit"], table.ancestors), index.scores(["banana"], table.ancestors)
    assert fruit[0] == fruit[1] == pytest.approx(1)
    assert banana[0] == pytest.approx(1)
    assert 0 < banana[1] < 1
    assert fruit[2] == banana[2] == 0


def test_a_concept_index_survives_the_disk(tmp_path: Path) -> None:
    table = load_concepts()
    index = ConceptIndex.build([["banana"], [], ["salt", "banana"]], table.ancestors)
    index.save(tmp_path / "concepts.npz")
    again = ConceptIndex.load(tmp_path / "concepts.npz", 3)
    assert again.scores(["potassium_rich_food", "salt"], table.ancestors).tolist() == pytest.approx(
        index.scores(["potassium_rich_food", "salt"], table.ancestors).tolist()
    )


class ByLength:
    """A re-ranker that likes short passages."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        return [-len(text) for text in texts]


def test_a_reranker_orders_what_was_found(path: Path) -> None:  # noqa: F811
    version = IndexDirectory(path).open()
    plain = Searcher(version, HashingEmbedder(), load_concepts())
    ranked = Searcher(version, HashingEmbedder(), load_concepts(), ByLength())
    hits = ranked.search("milk and probiotics for an ulcer", k=10)
    lengths = [len(version.passage(hit.row).search_text) for hit in hits]
    assert lengths == sorted(lengths)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert plain.search("milk and probiotics for an ulcer", k=10) != hits


def test_no_reranker_is_loaded_unless_named() -> None:
    assert load_reranker(None) is None


@pytest.mark.models
def test_a_cross_encoder_from_a_folder_scores_pairs(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="needs the extra `models`")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "salt", "milk", "water"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    transformers.BertTokenizerFast(str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        num_labels=1,
    )  # fmt: skip
    transformers.BertForSequenceClassification(config).save_pretrained(tmp_path)
    scores = CrossEncoderReranker(str(tmp_path)).scores("salt", ["milk", "water"])
    assert len(scores) == 2
    assert all(isinstance(score, float) for score in scores)


def test_a_reranker_that_cannot_be_had_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="re-ranker"):
        CrossEncoderReranker(str(tmp_path))
