"""What a turn asks for besides a new question; and what only looks like it."""

from __future__ import annotations

import pytest

from assistant.requests import asks, read_request
from corpus.concepts import ConceptTable
from corpus.text import normalise


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SBAR please", "sbar"),
        ("Could I have that as an SBAR for the night team?", "sbar"),
        ("写成SBAR", "sbar"),
        ("Make a nursing care plan from this.", "care_plan"),
        ("帮我列成护理计划表", "care_plan"),
        ("Say it in simple words", "plain"),
        ("用大白话讲", "plain"),
        ("professional wording, please", "nurse"),
        ("护士版的", "nurse"),
        ("Can you cut that down?", "shorter"),
        ("太长了", "shorter"),
        ("more detail please", "longer"),
        ("还有吗？", "longer"),
        ("Why is that?", "why"),
        ("Why not?", "why"),
        ("为啥？", "why"),
        ("Who says so?", "source"),
        ("有什么依据？", "source"),
    ],
)
def test_a_form_is_recognised_and_nothing_new_is_said(table: ConceptTable, text: str, form: str) -> None:
    request = read_request(text, table)
    assert request.form == form
    assert request.reworks


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("What is the source of 4?", 4),
        ("where is number three from?", 3),
        ("reference [2] please", 2),
        ("show me [12]", 12),
        ("第三条的原文", 3),
        ("第二条出处", 2),
        ("来源5", 5),
        ("the sources", None),
    ],
)
def test_the_number_of_a_source_is_read(table: ConceptTable, text: str, number: int | None) -> None:
    request = read_request(text, table)
    assert (request.form, request.number) == ("source", number)


@pytest.mark.parametrize(
    "text",
    [
        "Is a shorter walk all right for him?",
        "Which foods are a good source of iron?",
        "Is she short of breath when lying flat?",
        "Why is my urine so dark?",
        "钙的最好来源是牛奶吗？",
        "她说话越来越简短，嗜睡",
    ],
)
def test_a_question_that_only_looks_like_a_request_stays_one(table: ConceptTable, text: str) -> None:
    assert not read_request(text, table).reworks


def test_a_request_may_come_with_a_question(table: ConceptTable) -> None:
    request = read_request("In Chinese please: how much salt may she have?", table)
    assert request.language == "zh"
    assert "salt" in request.content
    assert not request.reworks
    assert read_request("Say that again in English", table).reworks
    assert read_request("翻译成英文", table).language == "en"
    with_facts = read_request("SBAR: blood pressure is 82/40 and she has chest pain", table)
    assert with_facts.form == "sbar"
    assert with_facts.content


@pytest.mark.parametrize(
    ("text", "fresh"),
    [
        ("New patient: 45-year-old with gout", True),
        ("OK, next patient.", True),
        ("重新开始", True),
        ("换个病人，35岁，哮喘", True),
        ("She is a new patient on our ward", False),
    ],
)
def test_starting_over_is_said_at_the_head_of_a_turn(table: ConceptTable, text: str, fresh: bool) -> None:
    assert read_request(text, table).fresh is fresh


def test_only_starting_over_is_answered_with_a_word(table: ConceptTable) -> None:
    assert read_request("New patient", table).form == "new"
    assert read_request("New patient: what may he eat with gout?", table).form is None


@pytest.mark.parametrize("text", ["I meant the left leg", "Scratch that", "说错了，是左腿", "不对"])
def test_a_correction_is_recognised(table: ConceptTable, text: str) -> None:
    assert read_request(text, table).correction


@pytest.mark.parametrize(
    ("text", "asking"),
    [
        ("What may she eat?", True),
        ("CKD stage 4, how much protein?", True),
        ("tell me about salt", True),
        ("他能不能喝牛奶", True),
        ("He can't finish a sentence.", False),
        ("She gets dizzy when she stands up.", False),
        ("I should have said that she is pregnant.", False),
        ("她今天没什么胃口", False),
    ],
)
def test_a_statement_is_told_from_a_question(text: str, asking: bool) -> None:
    assert asks(normalise(text)) is asking


@pytest.mark.parametrize(
    ("text", "thanks"), [("OK, thanks!", True), ("谢谢您，明白了", True), ("Thanks. And salt?", False)]
)
def test_thanks_ask_for_nothing(table: ConceptTable, text: str, thanks: bool) -> None:
    assert read_request(text, table).thanks is thanks
