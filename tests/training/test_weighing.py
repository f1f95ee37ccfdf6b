"""Weights are fitted so that right claims stand, and no ground speaks for one."""

from __future__ import annotations

from assistant.claims.entailment import Odds
from training.weighing import fit

LIKELY, UNLIKELY, EVEN = Odds(0.9, 0.05, 0.05), Odds(0.1, 0.8, 0.1), Odds(0.5, 0.25, 0.25)
YES, NO = "supported", "contradicted"
NOTHING: frozenset[str] = frozenset()
SIGN, NUMBER, ORDER = frozenset({"sign"}), frozenset({"quantity"}), frozenset({"order"})


def test_the_model_and_the_grounds_decide_together() -> None:
    odds = [LIKELY, LIKELY, UNLIKELY, EVEN, EVEN, EVEN] * 20
    grounds = [NOTHING, NOTHING, NOTHING, SIGN, NOTHING, ORDER] * 20
    labels = [YES, YES, NO, NO, YES, YES] * 20
    weights = fit(grounds, odds, labels)
    assert weights.model > 0
    assert weights.grounds["sign"] < 0
    assert weights.grounds.get("order", 0) == 0  # it stands with right claims only, and may not speak for one
    assert weights.hold(LIKELY, NOTHING)
    assert weights.hold(EVEN, NOTHING)
    assert not weights.hold(EVEN, SIGN)
    assert not weights.hold(UNLIKELY, NOTHING)


def test_another_number_is_not_overruled_however_sure_the_model_is() -> None:
    weights = fit([NUMBER, NOTHING, NOTHING] * 10, [LIKELY, LIKELY, UNLIKELY] * 10, [YES, YES, NO] * 10)
    assert "quantity" not in weights.grounds
    assert not weights.hold(Odds(1.0, 0.0, 0.0), NUMBER)
