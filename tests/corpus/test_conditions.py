from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.conditions import Fact, Missing, Verdict, check, evaluate, holds
from corpus.load import load_concepts
from corpus.satisfiable import can_hold


class Known:
    """Facts given as plain dictionaries."""

    def __init__(
        self, concepts: dict[str, bool] | None = None, numbers: dict[str, float] | None = None, **flags: Any
    ) -> None:
        self.concepts, self.numbers, self.flags = concepts or {}, numbers or {}, flags

    def concept(self, leaf: str, concept: str) -> Verdict:
        if concept in self.concepts:
            return Verdict(self.concepts[concept], (Fact("conditions", concept),))
        return Verdict(None, missing=(Missing(leaf, concept),))

    def number(self, key: str) -> tuple[float, float, Fact] | None:
        return (self.numbers[key], self.numbers[key], Fact(key, self.numbers[key])) if key in self.numbers else None

    def flag(self, name: str) -> tuple[Any, Fact] | None:
        return (self.flags[name], Fact(name, self.flags[name])) if name in self.flags else None


A, B = {"condition": "a"}, {"condition": "b"}
TRUTH = {"a": {True: True, False: False, None: None}}


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (True, True, True, True), (True, False, False, True), (True, None, None, True),
        (False, False, False, False), (False, None, False, None), (None, None, None, None),
    ],
)  # fmt: skip
def test_all_and_any_follow_kleenes_truth_tables(
    a: bool | None, b: bool | None, both: bool | None, either: bool | None
) -> None:
    for first, second in ((a, b), (b, a)):
        facts = Known({name: value for name, value in (("a", first), ("b", second)) if value is not None})
        assert evaluate({"all": [A, B]}, facts).truth is both
        assert evaluate({"any": [A, B]}, facts).truth is either


@pytest.mark.parametrize(
    "condition",
    [
        {"all": [{"condition": "a"}, {"condition": "b"}]},
        {"any": [{"condition": "a"}, {"condition": "b"}]},
        {"not": {"any": [{"condition": "a"}, {"not": {"condition": "b"}}]}},
    ],
)
@pytest.mark.parametrize("a", [True, False, None])
@pytest.mark.parametrize("b", [True, False, None])
def test_the_quick_answer_is_the_full_ones(condition: dict[str, Any], a: bool | None, b: bool | None) -> None:
    facts = Known({name: value for name, value in (("a", a), ("b", b)) if value is not None})
    assert holds(condition, facts) is evaluate(condition, facts).truth


def test_the_negation_of_unknown_is_unknown() -> None:
    assert evaluate({"not": A}, Known()).truth is None
    assert evaluate({"not": A}, Known({"a": False})).truth is True


def test_a_missing_number_is_unknown_and_named_not_zero() -> None:
    verdict = evaluate({"lab": {"potassium_mmol_l": "< 3.5"}}, Known())
    assert verdict.truth is None
    assert verdict.missing == (Missing("lab", "potassium_mmol_l", "< 3.5"),)


def test_the_facts_that_decided_are_returned() -> None:
    facts = Known({"a": True}, {"age_years": 70.0})
    verdict = evaluate({"all": [A, {"age": ">= 65"}]}, facts)
    assert [fact.field for fact in verdict.because] == ["conditions", "age_years"]


@pytest.mark.parametrize(
    "bad",
    [{}, {"condition": "a", "age": "> 3"}, {"all": []}, {"colour": "red"}, {"age": "old"}, {"lab": {"k": "5"}},
     {"lab": {"k": "> 5", "na": "> 1"}}, {"sex": "other"}, {"pregnant": "yes"}, [], "age"],
)  # fmt: skip
def test_a_malformed_condition_is_refused(bad: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        check(bad)


CONDITIONS = st.recursive(
    st.sampled_from([A, B, {"lab": {"potassium_mmol_l": "> 5"}}, {"age": ">= 65"}, {"pregnant": True}]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)


@given(CONDITIONS, st.dictionaries(st.sampled_from(["a", "b"]), st.booleans()), st.booleans())
def test_learning_more_never_turns_true_into_false_or_back(
    condition: dict[str, Any], known: dict[str, bool], pregnant: bool
) -> None:
    before = evaluate(condition, Known(known)).truth
    after = evaluate(
        condition,
        Known({"a": True, "b": False} | known, {"potassium_mmol_l": 5.5, "age_years": 30.0}, pregnant=pregnant),
    ).truth
    assert before is None or before is after


@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ({"all": [{"age": ">= 65"}, {"age": "< 18"}]}, False),
        ({"all": [{"condition": "ckd_stage_4"}, {"not": {"condition": "chronic_kidney_disease"}}]}, False),
        ({"all": [{"condition": "chronic_kidney_disease"}, {"not": {"condition": "ckd_stage_4"}}]}, True),
        ({"lab": {"potassium_mmol_l": "> 40"}}, False),
        ({"all": [{"pregnant": True}, {"sex": "male"}]}, False),
        ({"not": {"any": [{"age": "< 5"}, {"age": ">= 5"}]}}, False),
        ({"any": [{"age": "> 200"}, {"age": "> 60"}]}, True),
    ],
)
def test_a_condition_that_can_never_hold_is_found(condition: dict[str, Any], possible: bool) -> None:
    assert can_hold(condition, load_concepts()) is possible
