"""Shared fixtures: the knowledge, an assistant with the default embedder, and small data folders."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from assistant import Assistant, Settings
from assistant.knowledge import Knowledge
from corpus.concepts import ConceptTable
from corpus.load import DATA, Corpus, load_corpus

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture(scope="session")
def table(corpus: Corpus) -> ConceptTable:
    return corpus.concepts


@pytest.fixture(scope="session")
def knowledge(corpus: Corpus) -> Knowledge:
    return Knowledge.load(corpus.topics)


@pytest.fixture(scope="session")
def care(pytestconfig: pytest.Config) -> Assistant:
    """The assistant as users have it; its index is kept between runs in pytest's cache."""
    home = Path(pytestconfig.cache.mkdir("care-home"))
    with FileLock(home / "tests.lock"):  # where tests run side by side, the first one builds it
        return Assistant.load(settings=Settings(home=home, _env_file=None))


@pytest.fixture
def small_data(tmp_path: Path) -> Path:
    """A copy of the knowledge with one topic only, to damage at will."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    for path in (folder / "topics").glob("*.yaml"):
        if path.stem != "peptic_ulcer":
            path.unlink()
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the shared test data is not beside this checkout")
    return SHARED
