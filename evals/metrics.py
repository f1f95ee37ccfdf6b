"""Metrics of ranked lists and their confidence intervals; deterministic, no model."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

_RESAMPLES = 2000


def ndcg(ranked: Sequence[int], relevant: Collection[int], k: int = 10) -> float:
    """Normalised discounted cumulative gain at *k* with binary relevance; 0 where nothing is relevant."""
    best = sum(1 / math.log2(place + 2) for place in range(min(k, len(relevant))))
    gained = sum(1 / math.log2(place + 2) for place, item in enumerate(ranked[:k]) if item in relevant)
    return gained / best if best else 0.0


def recall(ranked: Sequence[int], relevant: Collection[int], k: int = 5) -> float:
    """Share of the relevant items, at most *k* of them, among the first *k*; 0 where nothing is relevant."""
    most = min(k, len(relevant))
    return len(set(ranked[:k]) & set(relevant)) / most if most else 0.0


def reciprocal_rank(ranked: Sequence[int], relevant: Collection[int]) -> float:
    """One over the place of the first relevant item; 0 where there is none."""
    return next((1 / place for place, item in enumerate(ranked, 1) if item in relevant), 0.0)


def interval(values: Sequence[float], seed: int, share: float = 0.95) -> tuple[float, float]:
    """Percentile-bootstrap confidence interval of the mean of *values*."""
    return _bounds(np.asarray(values, float), seed, share)


def paired_interval(
    ours: Sequence[float], theirs: Sequence[float], seed: int, share: float = 0.95
) -> tuple[float, float]:
    """Percentile-bootstrap confidence interval of the mean difference between two systems on the same cases."""
    return _bounds(np.asarray(ours, float) - np.asarray(theirs, float), seed, share)


def _bounds(values: npt.NDArray[np.float64], seed: int, share: float) -> tuple[float, float]:
    draws = np.random.default_rng(seed).integers(0, len(values), (_RESAMPLES, len(values)))
    low, high = np.quantile(values[draws].mean(axis=1), [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)
