"""The vectors that come with the program: they are of today's corpus, and what embedding it again would give."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from corpus.documents import statement_document
from corpus.load import Corpus
from corpus.models import LANGUAGES
from index.embed import load_embedder
from index.shipped import SHIPPED, ship, shipped_vectors
from index.store import text_hash


def _texts(corpus: Corpus) -> list[str]:
    documents = (statement_document(t, language, corpus.asked) for t in corpus.topics for language in LANGUAGES)
    return [text for _, passages in documents for p in passages for text in (p.embed_text, *p.asked)]


def test_nearly_every_text_of_the_corpus_has_its_vector_or_care_corpus_vectors_is_due(corpus: Corpus) -> None:
    texts = _texts(corpus)
    shipped = shipped_vectors(load_embedder().name)
    assert sum(text_hash(text) in shipped for text in texts) / len(texts) > 0.97


def test_they_are_what_embedding_again_gives(corpus: Corpus) -> None:
    embedder = load_embedder()
    shipped = shipped_vectors(embedder.name)
    texts = [text for text in _texts(corpus)[::400] if text_hash(text) in shipped]
    again = embedder.passages(texts)
    cosines = [float(again[n] @ shipped[text_hash(text)]) for n, text in enumerate(texts)]
    assert min(cosines) > 0.999


def test_they_hold_for_their_embedder_only_and_a_damaged_file_holds_none(tmp_path: Path) -> None:
    path = tmp_path / "some.npz"
    known = {text_hash(word): np.eye(4, dtype=np.float32)[n] for n, word in enumerate(("one", "two"))}
    ship(known, "this", path)
    read = shipped_vectors("this", path)
    assert {key: vector.tolist() for key, vector in read.items()} == {k: v.tolist() for k, v in known.items()}
    assert shipped_vectors("that", path) == {}
    path.write_bytes(SHIPPED.read_bytes()[:5000])
    assert shipped_vectors("this", path) == {}
    assert shipped_vectors("this", tmp_path / "none.npz") == {}
