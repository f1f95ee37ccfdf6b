"""Our metrics against other people's: retrieval against trec_eval, the bootstrap against SciPy, citations against ALCE."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Sequence
from typing import Any

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evals.citations import CitedSentence, Supports, citation_precision, citation_recall
from evals.metrics import interval, ndcg, paired_ratio_intervals, ratio_interval, recall, reciprocal_rank

LISTS = 3000


@pytest.fixture(scope="module")
def ranked() -> list[tuple[list[int], set[int]]]:
    """Random rankings of up to 40 items with their relevant ones, some of which are not found."""
    dice = np.random.default_rng(11)
    lists = []
    for _ in range(LISTS):
        order = dice.permutation(60)[: dice.integers(1, 41)].tolist()
        lists.append((order, set(dice.permutation(60)[: dice.integers(1, 16)].tolist())))
    return lists


@pytest.fixture(scope="module")
def theirs(ranked: list[tuple[list[int], set[int]]]) -> dict[tuple[str, str], float]:
    """What trec_eval, through ir-measures, makes of the same lists."""
    relevant = {str(n): dict.fromkeys(map(str, right), 1) for n, (_, right) in enumerate(ranked)}
    runs = {
        str(n): {str(item): -float(place) for place, item in enumerate(order)} for n, (order, _) in enumerate(ranked)
    }
    wanted = [ir_measures.parse_measure(f"{name}@{k}") for name in ("nDCG", "R", "P") for k in (1, 3, 5, 10, 20)]
    found = ir_measures.pytrec_eval.iter_calc([*wanted, ir_measures.RR], relevant, runs)
    return {(metric.query_id, str(metric.measure)): metric.value for metric in found}


@pytest.mark.parametrize("k", [1, 3, 5, 10, 20])
def test_ndcg_is_that_of_trec_eval(ranked: Any, theirs: Any, k: int) -> None:
    for n, (order, right) in enumerate(ranked):
        assert ndcg(order, right, k) == pytest.approx(theirs[str(n), f"nDCG@{k}"], abs=1e-9)


def test_reciprocal_rank_is_that_of_trec_eval(ranked: Any, theirs: Any) -> None:
    for n, (order, right) in enumerate(ranked):
        assert reciprocal_rank(order, right) == pytest.approx(theirs[str(n), "RR"], abs=1e-9)


@pytest.mark.parametrize("k", [1, 3, 5, 10, 20])
def test_recall_is_that_of_trec_eval_up_to_k_relevant_ones_and_its_precision_beyond(
    ranked: Any, theirs: Any, k: int
) -> None:
    sides = set()
    for n, (order, right) in enumerate(ranked):
        side = "R" if len(right) <= k else "P"
        sides.add(side)
        assert recall(order, right, k) == pytest.approx(theirs[str(n), f"{side}@{k}"], abs=1e-9)
    assert "P" in sides or k == 20


@pytest.mark.parametrize("n", [2, 7, 60, 400])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_interval_of_a_mean_is_scipys_percentile_bootstrap(n: int, seed: int) -> None:
    values = np.random.default_rng([seed, n]).beta(0.4, 0.3, n)
    their = stats.bootstrap((values,), np.mean, n_resamples=2000, method="percentile", rng=np.random.default_rng(seed))
    assert interval(values.tolist(), seed) == pytest.approx(tuple(their.confidence_interval), abs=1e-12)


@pytest.mark.parametrize("n", [3, 50, 300])
def test_the_intervals_of_a_ratio_and_of_a_difference_are_scipys(n: int) -> None:
    dice = np.random.default_rng(n)
    of, of_b = dice.integers(1, 7, n).astype(float), dice.integers(1, 7, n).astype(float)
    hits, hits_b = dice.binomial(of.astype(int), 0.8).astype(float), dice.binomial(of_b.astype(int), 0.6).astype(float)

    def their(data: tuple[Any, ...], statistic: Any) -> tuple[float, float]:
        found = stats.bootstrap(data, statistic, paired=True, vectorized=True, n_resamples=2000, method="percentile",
                                rng=np.random.default_rng(9))  # fmt: skip
        return tuple(found.confidence_interval)

    def ratio(h: Any, o: Any, axis: int = -1) -> Any:
        return h.sum(axis=axis) / o.sum(axis=axis)

    def difference(h: Any, o: Any, h_b: Any, o_b: Any, axis: int = -1) -> Any:
        return ratio(h, o, axis) - ratio(h_b, o_b, axis)

    assert ratio_interval(hits.tolist(), of.tolist(), 9) == pytest.approx(their((hits, of), ratio), abs=1e-12)
    ours = paired_ratio_intervals((hits, of), (hits_b, of_b), 9)
    assert ours == pytest.approx(their((hits, of, hits_b, of_b), difference), abs=1e-12)


def test_thousands_of_resamples_come_near_those_of_another_stream() -> None:
    values = np.random.default_rng(3).uniform(0, 1, 150)
    their = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(77))
    assert interval(values.tolist(), 3) == pytest.approx(tuple(their.confidence_interval), abs=0.006)


# Citations. A "passage" says some of the letters of a claim; passages support a claim if together they say all of it.


def letters(claim: str, passages: Sequence[str]) -> bool:
    return set(claim) <= set("".join(passages))


def sentence(claim: str, *passages: str | None) -> CitedSentence:
    return CitedSentence(claim, passages)


@pytest.mark.parametrize(
    ("cited", "recalled", "precise"),
    [
        (sentence("ab", "ab"), 1, (1, 1)),
        (sentence("ab", "a"), 0, (0, 1)),
        (sentence("ab"), 0, (0, 0)),
        (sentence("ab", "a", "b"), 1, (2, 2)),  # neither alone, both needed
        (sentence("ab", "ab", "xab"), 1, (2, 2)),  # either alone: precision does not ask for the fewest
        (sentence("ab", "ab", "x"), 1, (1, 2)),  # the second adds nothing
        (sentence("ab", "ab", "a"), 1, (1, 2)),  # part of the support alone, but not needed
        (sentence("ab", "a", "b", "x"), 1, (2, 3)),
        (sentence("abc", "ab", "bc", "ac"), 1, (0, 3)),  # any two do: each one can go
        (sentence("ab", "x", "y"), 0, (0, 2)),
        (sentence("ab", "x", "ab", "ab"), 1, (2, 3)),
        (sentence("ab", "ab", None), 0, (0, 2)),  # one mark names no passage
    ],
)
def test_worked_examples(cited: CitedSentence, recalled: int, precise: tuple[int, int]) -> None:
    assert citation_recall([cited], letters) == (recalled, 1)
    assert citation_precision([cited], letters) == precise


def test_an_answer_is_its_sentences_together() -> None:
    answer = [sentence("ab", "ab", "x"), sentence("cd", "c"), sentence("e"), sentence("fg", "f", "g")]
    assert citation_recall(answer, letters) == (2, 4)
    assert citation_precision(answer, letters) == (3, 5)
    assert citation_recall([], letters) == citation_precision([], letters) == (0, 0)


def as_published(answer: Sequence[CitedSentence], supports: Supports) -> tuple[int, int, int, int]:
    """The definitions of the paper's section 3.3 over sets of citations, without a shortcut."""
    recalled = precise = citations = 0
    for entry in answer:
        numbers = range(len(entry.passages))
        # What each subset of the citations makes of the claim: phi(concat(subset), s).
        phi = {
            chosen: bool(chosen) and supports(entry.text, [str(entry.passages[n]) for n in chosen])
            for size in range(len(entry.passages) + 1)
            for chosen in itertools.combinations(numbers, size)
        }
        whole = tuple(numbers)
        recalled += phi[whole]
        citations += len(whole)
        for n in numbers:
            irrelevant = not phi[(n,)] and phi[tuple(m for m in numbers if m != n)]
            precise += phi[whole] and not irrelevant
    return recalled, len(answer), precise, citations


passage = st.text("abcx", max_size=4)
answers = st.lists(
    st.builds(CitedSentence, st.text("abc", min_size=1, max_size=3), st.lists(passage, max_size=4).map(tuple)),
    max_size=5,
)


@given(answers)
def test_citations_are_counted_as_published(answer: list[CitedSentence]) -> None:
    assert (*citation_recall(answer, letters), *citation_precision(answer, letters)) == as_published(answer, letters)


@given(answers, st.integers(0, 2**32))
def test_they_are_so_too_for_a_judge_that_more_evidence_can_turn(answer: list[CitedSentence], seed: int) -> None:
    def fickle(claim: str, passages: Sequence[str]) -> bool:
        return zlib.crc32(repr((seed, claim, list(passages))).encode()) % 3 > 0

    assert (*citation_recall(answer, fickle), *citation_precision(answer, fickle)) == as_published(answer, fickle)
