from __future__ import annotations

import pytest

from assistant.directions import advice_in
from corpus.concepts import ConceptTable


def said(text: str, table: ConceptTable) -> dict[str, str]:
    return {advice.target: advice.direction for advice in advice_in(text, table)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Avoid grapefruit.", {"grapefruit": "avoid"}),
        ("Have half a grapefruit for breakfast.", {"grapefruit": "encourage"}),
        ("Grapefruit should be avoided.", {"grapefruit": "avoid"}),
        ("Grapefruit is rich in fibre.", {"grapefruit": "encourage"}),
        (
            "Do not eat bananas or tomatoes, but eat apples.",
            {"banana": "avoid", "tomato": "avoid", "apple": "encourage"},
        ),
        ("Cut down on coffee; drink water instead.", {"coffee": "limit", "water": "encourage"}),
        ("服药期间不要吃西柚。", {"grapefruit": "avoid"}),
        ("避免吃香蕉，可以改吃苹果。", {"banana": "avoid", "apple": "encourage"}),
        ("每天吃一根香蕉。", {"banana": "encourage"}),
        ("香蕉不宜多吃。", {"banana": "avoid"}),
        ("Limit potassium-rich foods such as bananas and tomatoes.", {"banana": "limit", "tomato": "limit"}),
        ("Choose apples in place of bananas.", {"apple": "encourage", "banana": "avoid"}),
        ("Eat fruit such as bananas.", {"banana": "encourage"}),
        # Water to cook in is none to drink.
        ("Boil potatoes in plenty of water and throw the water away.", {"water": None}),
        ("土豆切小块多加水煮，煮完把水倒掉。", {"water": None}),
        ("Drink plenty of boiled water.", {"water": "encourage"}),
        ("After washing the hands take it with a glass of water.", {"water": "encourage"}),
    ],
)
def test_a_sentence_points_one_way_for_each_thing(
    text: str, expected: dict[str, str | None], table: ConceptTable
) -> None:
    found = said(text, table)
    assert {concept: found.get(concept) for concept in expected} == expected
