from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from corpus.documents import Document, Origin, Passage
from index.build import build_index
from index.embed import HashingEmbedder
from index.errors import IndexUnusableError
from index.search import Searcher
from index.store import IndexDirectory


@pytest.fixture
def path(tmp_path: Path, small_data: Path) -> Path:
    build_index(tmp_path / "index", HashingEmbedder(), data=small_data)
    return tmp_path / "index"


def note(number: int = 1) -> tuple[Document, list[Passage]]:
    text = "Ward rule: zebra plasters are kept in the blue cupboard."
    document = Document(id=f"note-{number}", kind="user", language="en", text=text, origin=Origin(title="Ward rules"))
    passage = Passage(
        id=f"note-{number}#0", document=document.id, start=0, end=len(text), language="en", origin=document.origin,
        search_text=text, embed_text=text,
    )  # fmt: skip
    return document, [passage]


def test_search_finds_a_statement_by_its_own_words_in_both_languages(path: Path) -> None:
    searcher = Searcher(IndexDirectory(path).open(), HashingEmbedder())
    for row in range(0, len(searcher.version.rows), 7):
        passage = searcher.version.passage(row)
        start, end = passage.parts["text"]
        text = searcher.version.document(passage.document).text[start:end]
        assert passage.entry in {searcher.version.rows[hit.row].entry for hit in searcher.search(text, k=3)}


def test_stored_passages_are_exact_spans(path: Path) -> None:
    version = IndexDirectory(path).open()
    for row in range(len(version.rows)):
        passage = version.passage(row)
        assert version.document(passage.document).text[passage.start : passage.end].strip()


@pytest.mark.parametrize("name", ["content.sqlite", "dense.faiss", "compiled.json"])
def test_a_flipped_byte_is_detected_and_named_with_the_command_that_mends_it(path: Path, name: str) -> None:
    file = next(path.glob(f"v-*/{name}"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(IndexUnusableError, match=rf"{name} is damaged.*care index build"):
        IndexDirectory(path).open()


def test_a_missing_index_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusableError, match="care index build"):
        IndexDirectory(tmp_path / "nowhere").open()


@pytest.mark.parametrize("content", ["", "../../etc", "v-unknown"])
def test_a_foreign_directory_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "current").write_text(content)
    with pytest.raises(IndexUnusableError, match="care index build"):
        IndexDirectory(tmp_path).open()


def test_an_index_refuses_another_embedder(path: Path) -> None:
    class Other(HashingEmbedder):
        name = "other"

    with pytest.raises(IndexUnusableError, match=r"hashing-256, not other.*CARE_EMBEDDER"):
        Searcher(IndexDirectory(path).open(), Other())


def test_users_documents_survive_a_rebuild_and_can_be_removed(path: Path, small_data: Path) -> None:
    build_index(path, HashingEmbedder(), data=small_data, add=[note()])
    build_index(path, HashingEmbedder(), data=small_data)
    searcher = Searcher(IndexDirectory(path).open(), HashingEmbedder())
    assert searcher.version.rows[searcher.search("zebra plasters", k=1)[0].row].document == "note-1"
    build_index(path, HashingEmbedder(), data=small_data, remove=["note-1"])
    assert [d.id for d in IndexDirectory(path).open().documents("user")] == []


def test_users_documents_are_rescued_from_an_index_whose_vectors_are_damaged(path: Path, small_data: Path) -> None:
    build_index(path, HashingEmbedder(), data=small_data, add=[note()])
    version = path / (path / "current").read_text()
    (version / "dense.faiss").write_bytes(b"broken")
    build_index(path, HashingEmbedder(), data=small_data)
    assert [d.id for d in IndexDirectory(path).open().documents("user")] == ["note-1"]


def test_unchanged_texts_are_not_embedded_again(path: Path, small_data: Path) -> None:
    class Counting(HashingEmbedder):
        embedded = 0

        def passages(self, texts: object) -> np.ndarray:
            self.embedded += len(texts)  # type: ignore[arg-type]
            return super().passages(texts)  # type: ignore[arg-type]

    embedder = Counting()
    build_index(path, embedder, data=small_data, add=[note()])
    assert embedder.embedded == 1


def test_a_second_writer_is_told_to_wait(path: Path, small_data: Path) -> None:
    with IndexDirectory(path).writing(), pytest.raises(IndexUnusableError, match="another build"):
        build_index(path, HashingEmbedder(), data=small_data)


def test_a_reader_keeps_its_version_while_a_writer_builds(path: Path, small_data: Path) -> None:
    old = IndexDirectory(path).open()
    before = old.passage(0)
    build_index(path, HashingEmbedder(), data=small_data, add=[note()])
    assert old.passage(0) == before


def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    with pytest.raises(IndexUnusableError, match="CARE_HOME"), IndexDirectory(blocker / "index").writing():
        pass


def test_a_build_killed_at_any_moment_leaves_the_old_index_in_use(path: Path, small_data: Path) -> None:
    script = textwrap.dedent(f"""
        import sys, time
        from pathlib import Path
        from index.build import build_index
        from index.embed import HashingEmbedder
        class Slow(HashingEmbedder):
            name = "slow"
            def passages(self, texts):
                print("building", flush=True)
                time.sleep(0.05)
                return super().passages(texts)
        while True:
            build_index(Path({str(path)!r}), Slow(), data=Path({str(small_data)!r}))
            Path({str(path)!r}, "again").touch()
    """)
    for delay in (0.0, 0.1, 0.3):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        manifest = IndexDirectory(path).verify()
        assert manifest.passages > 0
        IndexDirectory(path).open().close()
    build_index(path, HashingEmbedder(), data=small_data)
    assert not list(path.glob("building-*"))
