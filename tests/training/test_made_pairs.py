"""Pairs made of the corpus: what is supported is, what has a slip in it says which, and nothing measured is used."""

from __future__ import annotations

import random

import pytest

from corpus.load import Corpus
from training.made_pairs import MadePair, copied_pairs, made_pairs


@pytest.fixture(scope="module")
def few(corpus: Corpus) -> Corpus:
    topics = tuple(topic for topic in corpus.topics if topic.topic in {"peptic_ulcer", "heart_failure"})
    return Corpus(topics, corpus.rules, corpus.concepts, corpus.lines, corpus.form)


@pytest.fixture(scope="module")
def pairs(few: Corpus) -> list[MadePair]:
    return made_pairs(few, (), random.Random(1))


def test_there_are_pairs_of_every_label_within_and_across_the_languages(pairs: list[MadePair]) -> None:
    assert {pair.label for pair in pairs} == {"supported", "contradicted", "unsupported"}
    crossed = [pair for pair in pairs if pair.evidence.isascii() != pair.claim.isascii()]
    assert 0.2 < len(crossed) / len(pairs) < 0.8


def test_a_slip_differs_from_what_the_claim_was_and_does_not_stand_in_the_passage(pairs: list[MadePair]) -> None:
    slips = [pair for pair in pairs if pair.label == "contradicted"]
    assert all(pair.was and pair.was != pair.claim for pair in slips)
    assert not any(pair.claim.lower() in pair.evidence.lower() for pair in slips)
    assert all(pair.was == pair.claim for pair in pairs if pair.label == "supported")


def test_statements_that_are_measured_with_are_left_out(few: Corpus) -> None:
    out = few.topics[0].statements[0].text.en
    pairs = made_pairs(few, {f"{out} And more."}, random.Random(1))
    assert pairs
    assert not any(out in pair.evidence for pair in pairs)


def test_the_same_seed_makes_the_same_pairs(few: Corpus, pairs: list[MadePair]) -> None:
    assert made_pairs(few, (), random.Random(1)) == pairs


def test_copies_are_right_or_have_a_strange_word_in_them(few: Corpus) -> None:
    copies = copied_pairs(few, (), random.Random(1), 60)
    right = [pair for pair in copies if pair.label == "supported"]
    assert 10 < len(right) < 50
    assert all(pair.claim in pair.evidence for pair in right)
    assert all(pair.was in pair.evidence and pair.claim != pair.was for pair in copies if pair not in right)
