"""Vectors of a build that has not ended yet: a build that is stopped takes up where it was."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from index.embed import Vectors


class PendingVectors:
    """A small database of vectors by the hash of their text, for one embedder; written batch by batch."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def get(self, key: str) -> Vectors | None:
        """The vector kept for a text, if there is one."""
        found = self._database.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
        return None if found is None else np.frombuffer(found[0], np.float32)

    def put(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Keep a batch of vectors; they survive a kill from here on."""
        rows = ((key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True))
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)


@contextlib.contextmanager
def pending_vectors(path: Path, embedder: str) -> Iterator[PendingVectors]:
    """Open the vectors that an earlier build with the same embedder left at *path*, or begin anew.

    The file is removed when the block ends without an error: then they are in the index.
    """
    database = sqlite3.connect(path)
    try:
        database.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "CREATE TABLE IF NOT EXISTS vectors (key TEXT PRIMARY KEY, vector BLOB);"
            "CREATE TABLE IF NOT EXISTS made_by (embedder TEXT);"
        )
        made_by = database.execute("SELECT embedder FROM made_by").fetchone()
        if made_by != (embedder,):
            with database:
                database.execute("DELETE FROM vectors")
                database.execute("DELETE FROM made_by")
                database.execute("INSERT INTO made_by VALUES (?)", (embedder,))
        yield PendingVectors(database)
    except sqlite3.DatabaseError:
        database.close()
        _remove(path)
        raise
    except BaseException:
        database.close()
        raise
    database.close()
    _remove(path)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
