"""Re-ranking: a slower model reads the query together with each of the best passages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from index.errors import EmbedderError


class Reranker(Protocol):
    """Anything that judges how well passages answer a query; higher is better."""

    def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """One score a text, in order."""


class CrossEncoderReranker:
    """A sentence-transformers CrossEncoder, by name or local folder."""

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise EmbedderError(
                f"the re-ranker {model!r} needs sentence-transformers: pip install 'nursing-care-assistant[models]'"
            ) from error
        try:
            self._model = CrossEncoder(model, device="cpu")
        except (OSError, ValueError) as error:
            raise EmbedderError(
                f"the re-ranker {model!r} cannot be loaded: not a local model folder and not to be had offline; "
                "set CARE_RERANKER to a folder that holds it, or unset it"
            ) from error

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        return [float(score) for score in self._model.predict([(query, text) for text in texts])]


def load_reranker(name: str | None) -> Reranker | None:
    """The re-ranker called *name*; none where no name is given."""
    return CrossEncoderReranker(name) if name else None
