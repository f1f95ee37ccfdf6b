"""Vectors of the corpus that come with the program, so that the first index is there in seconds, not minutes.

``care corpus vectors`` writes them. They are found by the hash of their text and hold for
one embedder: a text that was changed since, or another embedder, is embedded as any other text is.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from index.embed import Vectors

SHIPPED = Path(__file__).parent / "shipped.npz"


def shipped_vectors(embedder: str, path: Path = SHIPPED) -> dict[str, Vectors]:
    """The vectors made by *embedder* by the hash of their text; none where there is no such file, or it is damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            if str(content["embedder"]) != embedder:
                return {}
            keys, vectors = content["keys"], content["vectors"].astype(np.float32)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return {}
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return dict(zip((key.tobytes().hex() for key in keys), vectors, strict=True))


def ship(known: Mapping[str, Vectors], embedder: str, path: Path = SHIPPED) -> None:
    """Write vectors by the hash of their text, in half precision: a cosine changes by less than 0.0001."""
    hashes = sorted(known)
    keys = np.array([list(bytes.fromhex(key)) for key in hashes], np.uint8)
    np.savez(path, embedder=np.array(embedder), keys=keys, vectors=np.stack([known[k] for k in hashes]).astype("<f2"))
