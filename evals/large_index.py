"""``python -m evals.large_index``: how many of the true nearest vectors the kinds of index for large numbers find.

The vectors are the corpus' own, each many times with noise: a crowd of near neighbours, as a large library of
similar documents has.
"""

from __future__ import annotations

import argparse
import statistics
import time

import numpy as np

from assistant import Assistant
from assistant.progress import progress_bar
from index.dense import CELLS, FLAT, GRAPH, DenseIndex
from index.embed import Vectors

_NOISE, _QUERIES, _K = 0.6, 200, 10


def crowd(seeds: Vectors, count: int, seed: int = 0) -> Vectors:
    """*count* unit vectors scattered around *seeds*."""
    random = np.random.default_rng(seed)
    picked = seeds[random.integers(0, len(seeds), count)]
    noise = random.normal(size=picked.shape).astype(np.float32)
    scattered = picked + _NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return np.asarray(scattered / np.linalg.norm(scattered, axis=1, keepdims=True), np.float32)


def main() -> None:
    """Print recall@10 against the flat index, build seconds, and search milliseconds of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=int, default=200_000)
    options = parser.parse_args()
    with progress_bar("Building the index") as show:
        seeds = Assistant.load(progress=show).searcher.version.dense.vectors()
    vectors = crowd(seeds, options.vectors)
    queries = crowd(seeds, _QUERIES, seed=1)
    truth: list[set[int]] = []
    print(f"{'kind':<22}{'build s':>9}{'recall@10':>11}{'p50 ms':>8}{'p95 ms':>8}")  # noqa: T201 - a report
    for kind in (FLAT, GRAPH, CELLS):
        start = time.perf_counter()
        index = DenseIndex.build(vectors, kind)
        built = time.perf_counter() - start
        found, times = [], []
        for query in queries:
            start = time.perf_counter()
            rows, _ = index.search(query, _K)
            times.append(1000 * (time.perf_counter() - start))
            found.append({int(row) for row in rows})
        truth = truth or found
        recall = statistics.fmean(len(f & t) / _K for f, t in zip(found, truth, strict=True))
        p95 = statistics.quantiles(times, n=20)[18]
        print(f"{kind:<22}{built:>9.1f}{recall:>11.3f}{statistics.median(times):>8.2f}{p95:>8.2f}")  # noqa: T201 - a report


if __name__ == "__main__":
    main()
