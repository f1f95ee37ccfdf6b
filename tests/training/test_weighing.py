"""Limits are fitted so that right claims stand, and no model overrules a number."""

from __future__ import annotations

import pytest

from assistant.claims.entailment import Odds
from training.weighing import Judged, fit

LIKELY, UNLIKELY, EVEN = Odds(0.9, 0.05, 0.05), Odds(0.1, 0.8, 0.1), Odds(0.5, 0.25, 0.25)
YES, NO = "supported", "contradicted"
NOTHING: frozenset[str] = frozenset()
SIGN, NUMBER = frozenset({"sign"}), frozenset({"quantity"})


def test_the_model_alone_and_against_words_has_limits_of_its_own() -> None:
    odds = [LIKELY, EVEN, UNLIKELY, LIKELY, EVEN] * 20
    grounds = [NOTHING, NOTHING, NOTHING, SIGN, SIGN] * 20
    labels = [YES, YES, NO, YES, NO] * 20
    limits = fit(Judged(labels, grounds, odds))
    assert limits.alone < limits.overruling
    assert limits.hold(EVEN, NOTHING)
    assert not limits.hold(UNLIKELY, NOTHING)
    assert limits.hold(LIKELY, SIGN)
    assert not limits.hold(EVEN, SIGN)


def test_a_contradiction_let_through_weighs_more_than_a_claim_dropped() -> None:
    limits = fit(Judged([NO, YES, YES, YES, NO], [NOTHING] * 5, [EVEN] * 3 + [LIKELY] * 2))
    assert not limits.hold(EVEN, NOTHING)


def test_another_number_is_not_overruled_however_sure_the_model_is() -> None:
    limits = fit(Judged([YES, YES, NO] * 10, [NUMBER, NOTHING, NOTHING] * 10, [LIKELY, LIKELY, UNLIKELY] * 10))
    assert not limits.hold(Odds(1.0, 0.0, 0.0), NUMBER)
    assert not limits.hold(Odds(1.0, 0.0, 0.0), NUMBER | SIGN)


def test_the_floors_are_kept_whatever_it_costs() -> None:
    claims = Judged([YES, NO, NO, NO], [NOTHING] * 4, [EVEN] * 4)
    floor = Judged([YES, NO], [NOTHING] * 2, [EVEN, UNLIKELY])
    assert not fit(claims).hold(EVEN, NOTHING)
    assert fit(claims, [(floor, 1.0, 1.0)]).hold(EVEN, NOTHING)
    with pytest.raises(ValueError, match="floors"):
        fit(claims, [(Judged([YES, NO], [NOTHING] * 2, [EVEN, EVEN]), 1.0, 1.0)])
