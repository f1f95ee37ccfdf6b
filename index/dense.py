"""Dense search in FAISS: exact while the index is small, a graph over half-precision vectors beyond."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss as _faiss
import numpy as np
import numpy.typing as npt

from index.embed import Vectors

#: Up to so many vectors every one is compared; beyond, a graph finds nearly all of the nearest much faster
#: (`python -m evals.large_index` measures how many).
FLAT_UP_TO = 50_000
#: The kinds of index, in FAISS's own notation. Half precision can be read back exactly as it was stored, so
#: vectors survive any number of rebuilds.
FLAT, GRAPH, CELLS = "Flat", "HNSW32,SQfp16", "IVF{cells},SQ8"
_EF_CONSTRUCTION, _EF_SEARCH = 120, 128

#: FAISS's own type stubs leave out parts of it that are used here.
faiss: Any = _faiss
Rows = npt.NDArray[np.int64]


class DenseIndex:
    """Cosine similarity between a query and unit vectors, one a row."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, kind: str | None = None) -> DenseIndex:
        """Index *vectors* of shape ``(rows, dim)``, each of length one; *kind* is chosen by size unless given."""
        kind = kind or (FLAT if len(vectors) <= FLAT_UP_TO else GRAPH)
        kind = kind.format(cells=max(1, int(4 * len(vectors) ** 0.5)))
        index = faiss.index_factory(int(vectors.shape[1]), kind, faiss.METRIC_INNER_PRODUCT)
        if kind.startswith("HNSW"):
            index.hnsw.efConstruction = _EF_CONSTRUCTION
        data = np.ascontiguousarray(vectors, np.float32)
        if not index.is_trained:
            index.train(data)
        index.add(data)
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> DenseIndex:
        """Read an index written by :meth:`save`."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    def search(
        self, vector: Vectors, k: int, accept: npt.NDArray[np.bool_] | None = None
    ) -> tuple[Rows, npt.NDArray[np.float32]]:
        """The *k* rows nearest to *vector*, best first, and their cosines; only those that *accept* flags."""
        similarities, rows = self._index.search(vector[None, :], k, params=self._parameters(accept))
        found = rows[0] >= 0
        return rows[0][found], similarities[0][found]

    def similarities(self, vector: Vectors, rows: Rows) -> npt.NDArray[np.float32]:
        """The cosine of each of *rows* with *vector*."""
        if not len(rows):
            return np.empty(0, np.float32)
        return np.asarray(self._index.reconstruct_batch(rows) @ vector, np.float32)

    def vector(self, row: int) -> Vectors:
        """The vector in position *row*."""
        return np.asarray(self._index.reconstruct(int(row)), np.float32)

    def vectors(self) -> Vectors:
        """All vectors, shape ``(rows, dim)``."""
        return np.asarray(self._index.reconstruct_n(0, self._index.ntotal), np.float32)

    def _parameters(self, accept: npt.NDArray[np.bool_] | None) -> Any:
        options: dict[str, Any] = {}
        if accept is not None:
            options["sel"] = faiss.IDSelectorBitmap(np.packbits(accept, bitorder="little"))
        if isinstance(self._index, faiss.IndexHNSW):
            return faiss.SearchParametersHNSW(efSearch=_EF_SEARCH, **options)
        if isinstance(self._index, faiss.IndexIVF):
            return faiss.SearchParametersIVF(nprobe=16, **options)
        return faiss.SearchParameters(**options)
