"""Both pages in a real Chromium: typed, clicked and read as a nurse and as a patient would."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from assistant import Assistant

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture(scope="module")
def address(care: Assistant) -> Iterator[str]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from assistant.web import build_page, launch

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = build_page(care)
    launch(page, care.settings.model_copy(update={"port": port}), block=False)
    yield f"http://127.0.0.1:{port}"
    page.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(params=[1280, 390])
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    tab = context.new_page()
    tab.foreign = []
    tab.on(
        "request",
        lambda r: None if r.url.startswith(("http://127.0.0.1", "data:", "blob:")) else tab.foreign.append(r.url),
    )
    yield tab
    assert tab.foreign == []
    context.close()


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


def test_a_patient_with_a_warning_sign_is_sent_for_help_at_once(page: Any, address: str) -> None:
    page.goto(f"{address}/patient")
    page.get_by_role("button", name="Next").locator("visible=true").click()
    page.locator("#flag-list").wait_for()
    page.get_by_label("Chest pain, or pressure or tightness in the chest").check()
    page.get_by_role("button", name="Next").locator("visible=true").click()
    banner = page.locator(".banner.emergency")
    banner.wait_for(timeout=20_000)
    assert "EMERGENCY" in banner.inner_text()


def test_a_patient_without_one_gets_plain_advice_in_chinese_and_can_go_back(page: Any, address: str) -> None:
    page.goto(f"{address}/patient")
    page.locator("#step-who").wait_for()
    page.get_by_label("中文").check()
    page.get_by_role("button", name="下一步").locator("visible=true").click()
    page.locator("#flag-list").wait_for()
    page.get_by_role("button", name="下一步").locator("visible=true").click()
    page.get_by_text("请勾选现在有的情况，或勾选").first.wait_for(timeout=10_000)
    page.get_by_label("以上都没有").check()
    page.get_by_role("button", name="下一步").locator("visible=true").click()
    page.locator("#what textarea").wait_for()
    page.locator("#what textarea").fill("脚踝有点肿，饮食上要注意什么？")
    page.get_by_role("button", name="下一步").locator("visible=true").click()
    page.locator("#conditions textarea").fill("心衰")
    page.get_by_role("button", name="查看建议").click()
    page.locator("#result h3").first.wait_for(timeout=20_000)
    assert "盐" in page.locator("#result").inner_text()
    page.get_by_role("button", name="上一步").locator("visible=true").click()
    assert page.locator("#conditions textarea").input_value() == "心衰"


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
