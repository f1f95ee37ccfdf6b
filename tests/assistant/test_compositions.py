from __future__ import annotations

from typing import Any

import pytest

from assistant.compositions import build, compositions, merge_mentions
from corpus.concepts import ConceptTable, Mention

DATA: dict[str, Any] = {
    "within": {"en": 30, "zh": 8},
    "groups": {
        "chest": {"en": ["chest"], "zh": ["胸口"]},
        "leg": {"en": ["leg"]},
        "ache": {"en": ["hurt*", "sore"], "zh": ["疼"]},
        "not": {"en": ["can't"]},
        "breathe": {"en": ["breathe"]},
        "stairs": {"en": ["stairs"]},
        "test": {"en": ["chest x-ray"]},
        "many": {"patterns": [r"\d{2} tablets"]},
    },
    "findings": [
        {"concept": "chest_pain", "parts": ["chest", "ache"]},
        {"concept": "breathlessness_at_rest", "parts": ["not", "breathe"], "ordered": True, "without": ["stairs"]},
        {"concept": "cough", "parts": ["leg", "=itchy"], "across": True},
        {"concept": "overdose", "parts": ["many"]},
    ],
    "places": ["chest", "leg"],
    "shadows": ["test"],
}


def found(text: str) -> list[str]:
    return [m.concept for m in build(DATA).find(text, [(0, len(text))])]


@pytest.mark.parametrize(
    "text",
    ["my chest hurts", "hurting in the chest", "so sore across the chest", "both chests hurt", "胸口好疼", "疼在胸口"],
)
def test_the_parts_stand_in_any_order_and_take_endings(text: str) -> None:
    assert found(text) == ["chest_pain"]


@pytest.mark.parametrize(
    "text",
    [
        "chest fine, it hurts to walk",  # a comma parts them
        "the chest is fine and the leg is sore",  # another part of the body stands between
        "chest " + "and so on " * 6 + "hurts",  # too far
        "the chest x-ray hurt",  # only looks like a chest
        "orchestras hurt my ears",  # no whole word
        "胸口从昨天中午一直到今天早上疼",
    ],
)
def test_what_only_looks_like_a_finding_is_none(text: str) -> None:
    assert found(text) == []


def test_order_exceptions_commas_and_counts_are_heeded() -> None:
    assert found("i can't breathe") == ["breathlessness_at_rest"]
    assert found("breathe in if you can't") == []
    assert found("i can't breathe on the stairs") == []
    assert found("leg, all red, itchy") == ["cough"]
    assert found("he swallowed 40 tablets") == ["overdose"]


def test_a_finding_keeps_the_spans_of_its_words() -> None:
    (mention,) = build(DATA).find("my chest really hurts", [(0, 21)])
    assert mention.parts == ((3, 8), (16, 21))
    assert (mention.start, mention.end) == (3, 21)


def test_a_group_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="no group 'elbow'"):
        build(DATA | {"findings": [{"concept": "pain", "parts": ["elbow"]}]})


def test_the_more_exact_finding_stays(table: ConceptTable) -> None:
    named = [Mention("chest_pain", 0, 10, "chest pain"), Mention("cough", 20, 25, "cough")]
    exact = Mention("crushing_chest_pain", 0, 14, "chest so tight", ((0, 5), (9, 14)))
    vague = Mention("pain", 0, 10, "chest pain", ((0, 10),))
    assert [m.concept for m in merge_mentions(named, [exact, vague], table)] == ["crushing_chest_pain", "cough"]


def test_every_finding_of_the_data_is_a_known_concept(table: ConceptTable) -> None:
    assert [f.concept for f in compositions().findings if f.concept not in table] == []
