"""The index on disk: written whole, put in position by one rename, verified when it is opened.

A directory holds numbered-by-content versions and a file ``current`` that names one of them::

    current                      the name of the version in use
    v-3f2a…/manifest.json        schema, embedder, dimensions, corpus hash, counts, checksums
            content.sqlite       documents and passages
            dense.faiss          one vector a passage
            lexical/             BM25
            concepts.npz         the passages that name each concept
            asked.faiss          one vector a question that a passage answers
            asked.npy            the passage that answers each
            compiled.json        the statements and rules it was built from
    .lock                        held by the one writer

A build writes a new version beside the old one and then replaces ``current``. Killed at any moment,
it leaves the version in use untouched.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import filelock
import numpy as np
import numpy.typing as npt

from corpus.documents import Document, Passage
from corpus.models import LANGUAGES, Language
from index.asked import AskedIndex
from index.conceptual import Ancestors, ConceptIndex
from index.dense import DenseIndex
from index.embed import Vectors
from index.errors import IndexUnusableError
from index.lexical import LexicalIndex

_Model = TypeVar("_Model", Document, Passage)

SCHEMA = 3
REBUILD = "rebuild it with `care index build`"
_TABLES = """
CREATE TABLE documents (id TEXT PRIMARY KEY, kind TEXT, source_hash TEXT, body TEXT);
CREATE TABLE passages (id TEXT PRIMARY KEY, row INTEGER UNIQUE, document TEXT, entry TEXT, topic TEXT,
                       language TEXT, text_hash TEXT, body TEXT);
CREATE TABLE asked (number INTEGER PRIMARY KEY, text_hash TEXT);
CREATE INDEX passages_by_entry ON passages (entry, language);
CREATE INDEX passages_by_document ON passages (document);
"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index version is: enough to refuse a wrong one with a clear message."""

    schema: int
    embedder: str
    dim: int
    corpus_hash: str
    documents: int
    passages: int
    checksums: dict[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """What the searcher has to know of a passage without reading it."""

    id: str
    document: str
    entry: str
    topic: str
    language: Language


def text_hash(text: str) -> str:
    """Identifies an embedded text, so that its vector can be used again in the next build."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


class IndexVersion:
    """One verified version of an index, open for reading. Safe to share between threads."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._database = sqlite3.connect(
            f"file:{(folder / 'content.sqlite').as_posix()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self.dense = DenseIndex.load(folder / "dense.faiss")
        self.lexical = LexicalIndex.load(folder / "lexical", manifest.passages)
        query = "SELECT id, document, entry, topic, language FROM passages WHERE row IS NOT NULL ORDER BY row"
        self.concepts = ConceptIndex.load(folder / "concepts.npz", manifest.passages)
        self.asked = AskedIndex.load(folder)
        self.rows = [Row(*values) for values in self._database.execute(query)]
        #: A flag a row: renders a statement of ours, or stands in a user's document.
        self.statement_rows = np.fromiter((bool(row.entry) for row in self.rows), bool, len(self.rows))
        self.users_rows = ~self.statement_rows
        #: What each row stands together with: its topic, or the document of a user; numbered.
        groups: dict[str, int] = {}
        self.row_groups = np.fromiter(
            (groups.setdefault(row.topic or row.document, len(groups)) for row in self.rows), np.int64, len(self.rows)
        )
        #: The language of each row, as a position in LANGUAGES.
        self.row_languages = np.fromiter((LANGUAGES.index(row.language) for row in self.rows), np.int8, len(self.rows))

        #: The row of the same statement in the other language; -1 where there is none.
        self.row_twins = _twins(self.rows)

    def passage(self, row: int) -> Passage:
        """The passage in position *row* of the dense and lexical indexes."""
        return self._one("SELECT body FROM passages WHERE row = ?", (row,), Passage)

    def passage_of(self, entry: str, language: str) -> Passage:
        """The passage that renders a statement or rule in one language."""
        return self._one("SELECT body FROM passages WHERE entry = ? AND language = ?", (entry, language), Passage)

    def document(self, document_id: str) -> Document:
        """A whole document; raises :class:`KeyError` for an unknown id."""
        return self._one("SELECT body FROM documents WHERE id = ?", (document_id,), Document)

    def documents(self, kind: str | None = None) -> Iterator[Document]:
        """All documents, or those of one kind (``statements``, ``rules`` or ``user``)."""
        query = "SELECT body FROM documents" + (" WHERE kind = ?" if kind else "") + " ORDER BY id"
        for (body,) in self._database.execute(query, (kind,) if kind else ()):
            yield Document.model_validate_json(body)

    def passages(self, document_id: str) -> list[Passage]:
        """All passages of a document, in order."""
        query = "SELECT body FROM passages WHERE document = ? ORDER BY row"
        return [Passage.model_validate_json(body) for (body,) in self._database.execute(query, (document_id,))]

    def compiled_json(self) -> str:
        """The statements and rules the version was built from, as JSON text."""
        return (self.folder / "compiled.json").read_text(encoding="utf-8")

    def vectors(self) -> dict[str, Vectors]:
        """Every stored vector by the hash of the text it embeds."""
        if not self.rows:
            return {}
        passages, questions = self.dense.vectors(), self.asked.vectors()
        query = "SELECT text_hash, row FROM passages WHERE row IS NOT NULL"
        known = {key: passages[row] for key, row in self._database.execute(query)}
        asked = self._database.execute("SELECT text_hash, number FROM asked")
        return known | {key: questions[number] for key, number in asked}

    def close(self) -> None:
        """Close the files."""
        self._database.close()

    def _one(self, query: str, parameters: tuple[Any, ...], model: type[_Model]) -> _Model:
        found = self._database.execute(query, parameters).fetchone()
        if found is None:
            raise KeyError(parameters[0])
        return model.model_validate_json(found[0])


class IndexDirectory:
    """An index directory: opens the version in use, and lets one writer at a time put a new one in its place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether there is a version in use."""
        return (self.path / "current").is_file()

    @property
    def is_readable(self) -> bool:
        """Whether there is a version in use that this program can read: an older program's is built anew."""
        return self.exists and self._parse_manifest(self._current()).schema == SCHEMA

    def manifest(self) -> Manifest:
        """The manifest of the version in use; raises :class:`IndexUnusableError` where there is none."""
        return self._read_manifest(self._current())

    def open(self) -> IndexVersion:
        """Verify the checksums of the version in use and open it."""
        folder = self._current()
        manifest = self._read_manifest(folder)
        self._verify(folder, manifest)
        try:
            return IndexVersion(folder, manifest)
        except (OSError, sqlite3.Error, RuntimeError, ValueError) as error:
            raise IndexUnusableError(f"the index at {self.path} cannot be opened ({error}); {REBUILD}") from error

    def verify(self) -> Manifest:
        """Check every file against its checksum; raises :class:`IndexUnusableError` naming the damaged one."""
        folder = self._current()
        manifest = self._read_manifest(folder)
        self._verify(folder, manifest)
        return manifest

    def user_documents(self) -> list[tuple[Document, list[Passage]]]:
        """The users' documents in the version in use, also where its other files are damaged.

        Raises :class:`IndexUnusableError` where the file that holds them is: then they would be lost, so
        the directory has to be moved away by hand first.
        """
        if not self.exists:
            return []
        folder = self._current()
        content = folder / "content.sqlite"
        if not content.is_file() or _checksum(content) != self._parse_manifest(folder).checksums.get(content.name):
            raise IndexUnusableError(
                f"{content} is damaged and cannot give back your own documents; move {self.path} away, "
                "run `care index build`, then add them again with `care index add`"
            )
        with contextlib.closing(
            sqlite3.connect(f"file:{content.as_posix()}?mode=ro&immutable=1", uri=True)
        ) as database:
            return [
                (
                    Document.model_validate_json(body),
                    [
                        Passage.model_validate_json(passage)
                        for (passage,) in database.execute(
                            "SELECT body FROM passages WHERE document = ? ORDER BY row", (key,)
                        )
                    ],
                )
                for key, body in database.execute(
                    "SELECT id, body FROM documents WHERE kind = 'user' ORDER BY id"
                ).fetchall()
            ]

    def is_being_written(self) -> bool:
        """Whether another process holds the writer's lock right now."""
        try:
            with filelock.FileLock(self.path / ".lock", timeout=0):
                return False
        except filelock.Timeout:
            return True
        except OSError:
            return False

    @contextlib.contextmanager
    def writing(self, timeout: float = 0) -> Iterator[None]:
        """Hold the writer's lock; raises :class:`IndexUnusableError` if another build holds it."""
        self._prepare()
        try:
            with filelock.FileLock(self.path / ".lock", timeout=timeout):
                self._sweep()
                yield
        except filelock.Timeout as error:
            raise IndexUnusableError(
                f"another build is writing the index at {self.path}; wait for it to end and try again"
            ) from error

    def write(
        self,
        documents: Sequence[Document],
        passages: Sequence[Passage],
        vectors: Vectors,
        asked_vectors: Vectors,
        embedder: str,
        corpus_hash: str,
        compiled_json: str,
        ancestors: Ancestors,
    ) -> Manifest:
        """Write a version and put it in position. Call it while holding :meth:`writing`.

        Passages without ``search_text`` are kept to be cited and are not searched; *vectors* holds
        one row for each of the others, in order, and *asked_vectors* one for each question of theirs.
        *ancestors* gives everything a concept is a kind of.
        """
        folder = self.path / f"building-{secrets.token_hex(6)}"
        folder.mkdir()
        searched = [passage for passage in passages if passage.search_text]
        _write_database(folder / "content.sqlite", documents, passages)
        DenseIndex.build(vectors).save(folder / "dense.faiss")
        owners = [row for row, passage in enumerate(searched) for _ in passage.asked]
        AskedIndex.build(asked_vectors, owners).save(folder)
        ConceptIndex.build([p.concepts for p in searched], ancestors).save(folder / "concepts.npz")
        LexicalIndex.build(["\n".join([p.search_text, *p.asked]) for p in searched]).save(folder / "lexical")
        (folder / "compiled.json").write_text(compiled_json, encoding="utf-8")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        manifest = Manifest(
            schema=SCHEMA,
            embedder=embedder,
            dim=int(vectors.shape[1]),
            corpus_hash=corpus_hash,
            documents=len(documents),
            passages=len(searched),
            checksums={path.relative_to(folder).as_posix(): _checksum(path) for path in files},
        )
        (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        for path in folder.rglob("*"):
            if path.is_file():
                _flush(path)
        self._put_in_position(folder)
        return manifest

    def _put_in_position(self, folder: Path) -> None:
        version = self.path / f"v-{folder.name.removeprefix('building-')}"
        folder.rename(version)
        pointer = self.path / "current.new"
        pointer.write_text(version.name, encoding="utf-8")
        _flush(pointer)
        pointer.replace(self.path / "current")

    def _prepare(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            probe = self.path / ".writable"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise IndexUnusableError(
                f"cannot write to {self.path} ({error.strerror}); make it writable or set CARE_HOME to a folder that is"
            ) from error

    def _sweep(self) -> None:
        """Remove what killed builds left, and versions nobody uses any more but the latest predecessor."""
        current = (self.path / "current").read_text(encoding="utf-8") if self.exists else ""
        old = sorted((p for p in self.path.glob("v-*") if p.name != current), key=lambda p: p.stat().st_mtime)
        for folder in [*self.path.glob("building-*"), *old[:-1]]:
            shutil.rmtree(folder, ignore_errors=True)

    def _current(self) -> Path:
        try:
            name = (self.path / "current").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise IndexUnusableError(f"there is no index at {self.path}; build one with `care index build`") from error
        folder = self.path / name
        if not name.startswith("v-") or not folder.is_dir():
            raise IndexUnusableError(f"{self.path / 'current'} names no index version ({name[:40]!r}); {REBUILD}")
        return folder

    def _parse_manifest(self, folder: Path) -> Manifest:
        try:
            return Manifest(**json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise IndexUnusableError(f"{folder / 'manifest.json'} is damaged; {REBUILD}") from error

    def _read_manifest(self, folder: Path) -> Manifest:
        manifest = self._parse_manifest(folder)
        if manifest.schema != SCHEMA:
            raise IndexUnusableError(
                f"the index at {self.path} has schema {manifest.schema}, this program reads {SCHEMA}; {REBUILD}"
            )
        return manifest

    def _verify(self, folder: Path, manifest: Manifest) -> None:
        for name, expected in manifest.checksums.items():
            path = folder / name
            if not path.is_file():
                raise IndexUnusableError(f"{path} is missing from the index; {REBUILD}")
            if _checksum(path) != expected:
                raise IndexUnusableError(f"{path} is damaged (its checksum does not match the manifest); {REBUILD}")


def _twins(rows: Sequence[Row]) -> npt.NDArray[np.int64]:
    """For each row that of the same entry in the other language, -1 where there is none."""
    twins = np.full(len(rows), -1, np.int64)
    seen: dict[str, int] = {}
    for number, row in enumerate(rows):
        if row.entry:
            other = seen.get(row.entry)
            if other is None:
                seen[row.entry] = number
            else:
                twins[number], twins[other] = other, number
    return twins


def _write_database(path: Path, documents: Sequence[Document], passages: Sequence[Passage]) -> None:
    database = sqlite3.connect(path)
    with contextlib.closing(database), database:
        database.executescript(_TABLES)
        database.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?)",
            ((d.id, d.kind, d.source_hash, d.model_dump_json()) for d in documents),
        )
        database.executemany("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _passage_rows(passages))
        asked = (text_hash(question) for passage in passages if passage.search_text for question in passage.asked)
        database.executemany("INSERT INTO asked VALUES (?, ?)", enumerate(asked))


def _passage_rows(passages: Sequence[Passage]) -> Iterator[tuple[Any, ...]]:
    row = 0
    for p in passages:
        body = p.model_dump_json()
        if p.search_text:
            yield p.id, row, p.document, p.entry, p.topic, p.language, text_hash(p.embed_text), body
            row += 1
        else:
            yield p.id, None, p.document, p.entry, p.topic, p.language, None, body


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
