"""Metrics of ranked lists and confidence intervals; deterministic, no model."""

from __future__ import annotations

import functools
import math
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
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
    return ratio_interval(values, [1] * len(values), seed, share)


def paired_interval(
    ours: Sequence[float], theirs: Sequence[float], seed: int, share: float = 0.95
) -> tuple[float, float]:
    """Percentile-bootstrap confidence interval of the mean difference between two systems on the same cases."""
    return interval(np.subtract(ours, theirs).tolist(), seed, share)


def ratio_interval(hits: Sequence[float], of: Sequence[float], seed: int, share: float = 0.95) -> tuple[float, float]:
    """Percentile-bootstrap confidence interval of Σhits/Σof, resampling cases; every "of" has to be above 0."""
    low, high = ratio_intervals(np.asarray(hits, float), np.asarray(of, float), seed, share)
    return float(low), float(high)


def ratio_intervals(hits: Numbers, of: Numbers, seed: int, share: float = 0.95) -> tuple[Numbers, Numbers]:
    """Lower and upper bounds of each column's Σhits/Σof; the columns are of the same cases, drawn together."""
    return _bounds(_resampled(hits, of, seed), share)


def paired_ratio_intervals(
    ours: tuple[Numbers, Numbers], theirs: tuple[Numbers, Numbers], seed: int, share: float = 0.95
) -> tuple[Numbers, Numbers]:
    """The same of ours minus theirs, each given as hits and "of", on the same cases, drawn together."""
    return _bounds(_resampled(*ours, seed) - _resampled(*theirs, seed), share)


def _resampled(hits: Numbers, of: Numbers, seed: int) -> Numbers:
    """Σhits/Σof of each resample of the cases (resamples, or resamples by columns)."""
    drawn = _times_drawn(len(hits), seed)
    ratios: Numbers = (drawn @ hits) / (drawn @ of)
    return ratios


@functools.lru_cache(maxsize=8)
def _times_drawn(n: int, seed: int) -> Numbers:
    """How often each of *n* cases is drawn in each resample (resamples by cases)."""
    draws = np.random.default_rng(seed).integers(0, n, (_RESAMPLES, n))
    rows = np.arange(_RESAMPLES)[:, None] * n
    return np.bincount((draws + rows).ravel(), minlength=_RESAMPLES * n).reshape(_RESAMPLES, n).astype(float)


def _bounds(resampled: Numbers, share: float) -> tuple[Numbers, Numbers]:
    low, high = np.quantile(resampled, [(1 - share) / 2, (1 + share) / 2], axis=0)
    return low, high
