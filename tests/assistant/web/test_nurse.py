"""The nurse's page in a real Chromium: typed, clicked and read as a nurse would."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from assistant import Assistant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def test_a_nurse_gets_a_cited_answer_and_the_facts_fill_in(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("#question textarea").fill(
        "72-year-old man, CKD stage 4, K 5.6, BP 158/92, takes ibuprofen. What should he eat and avoid?"
    )
    page.locator("#send").click()
    page.locator("#source-1 mark").first.wait_for(timeout=20_000)
    assert page.locator("#field-age textarea, #field-age input").first.input_value() == "72"
    assert "ibuprofen" in page.locator("#field-medications textarea").input_value()
    assert "5.6" in page.locator("#field-numbers textarea").input_value()
    chat = page.locator("#chat").inner_text()
    assert "NSAID" in chat
    assert "[1]" in chat
    assert page.locator(".banner").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_a_models_words_come_after_the_composed_answer(page: Any, care: Assistant) -> None:
    from langchain_core.language_models import FakeListChatModel

    from assistant.web import build_page, launch

    question = "May people with kidney disease eat star fruit?"
    said = "\n".join(f"[R{n}] {item.text}" for n, item in enumerate(care.ask(question).recommendations, 1))
    model = FakeListChatModel(responses=[said], name="parrot", sleep=0.003)
    worded = Assistant(care.searcher, care.knowledge, care.settings, model)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    nurse = build_page(worded)
    launch(nurse, care.settings.model_copy(update={"port": port}), block=False)
    try:
        page.goto(f"http://127.0.0.1:{port}")
        page.locator("#question textarea").fill(question)
        page.locator("#send").click()
        page.locator("#source-1 mark").first.wait_for(timeout=20_000)
        page.locator("#chat").get_by_text("Worded by the language model parrot").wait_for(timeout=20_000)
        assert "star fruit" in page.locator("#chat").inner_text()
    finally:
        nurse.close()


def test_the_page_and_the_answer_switch_to_chinese(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("#question textarea").wait_for()
    page.get_by_label("中文").check()
    page.get_by_role("button", name="提问").wait_for(timeout=10_000)
    page.locator("#question textarea").fill("胃溃疡患者可以吃益生菌、钙奶和维生素C吗？")
    page.get_by_role("button", name="提问").click()
    page.locator("#source-1 mark").first.wait_for(timeout=20_000)
    assert "益生菌" in page.locator("#chat").inner_text()


def test_an_empty_question_is_answered_with_what_to_do(page: Any, address: str) -> None:
    page.goto(address)
    page.locator("#send").click()
    page.get_by_text("question is empty").first.wait_for(timeout=10_000)


def test_two_people_at_once_do_not_see_each_other(browser: Any, address: str) -> None:
    one, other = browser.new_page(), browser.new_page()
    one.goto(address)
    other.goto(address)
    one.locator("#question textarea").fill("80-year-old woman with heart failure. How much salt may she have?")
    one.locator("#send").click()
    one.locator("#source-1").wait_for(timeout=20_000)
    assert other.locator("#field-age textarea, #field-age input").first.input_value() == ""
    assert other.locator(".source-card").count() == 0
    one.close()
    other.close()
