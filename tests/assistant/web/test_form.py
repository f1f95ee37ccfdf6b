"""The patient's form in a real Chromium: answered as a patient or a carer would."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def start(page: Any, address: str, language: str = "en") -> None:
    page.goto(f"{address}/patient")
    page.locator("#care-form[data-ready]").wait_for(timeout=20_000)
    if language == "zh":
        page.get_by_role("button", name="中文").click()
        page.get_by_role("heading", name="这是为谁填写？").wait_for()


def button(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def at(page: Any, step: str) -> None:
    page.locator(f"[data-step={step}]").wait_for(timeout=15_000)


def answer(page: Any, name: str) -> None:
    """Press a button and wait for the next question."""
    asked = page.locator("#form-title").inner_text()
    button(page, name)
    page.wait_for_function("asked => document.querySelector('#form-title').innerText !== asked", arg=asked)


def to_the_matter(page: Any, age: str = "70") -> None:
    button(page, "Me")
    page.get_by_label("Age", exact=True).fill(age)
    button(page, "Next")
    at(page, "sex")
    button(page, "Male")
    at(page, "signs")
    button(page, "None of these")
    at(page, "what")


def serious(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_core_python.sync_playwright")
    found = axe.Axe().run(page)["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]


def test_a_ticked_sign_fills_the_screen_with_whom_to_call_and_can_be_taken_back(page: Any, address: str) -> None:
    start(page, address)
    button(page, "Someone I care for")
    page.get_by_label("Age", exact=True).fill("70")
    button(page, "Next")
    button(page, "Female")
    at(page, "signs")
    page.get_by_label("Chest pain, or pressure or tightness in the chest").check()
    button(page, "Next")
    page.get_by_role("heading", name="This is an emergency").wait_for(timeout=15_000)
    assert page.locator(".form-call-button[href='tel:112']").inner_text() == "Call 112"
    assert page.locator("#care-form").bounding_box()["height"] >= 800
    assert page.locator(":focus").inner_text().startswith("This is an emergency")
    button(page, "This is wrong, go back")
    at(page, "signs")
    assert page.get_by_label("Chest pain, or pressure or tightness in the chest").is_checked()
    assert page.locator("#care-form.emergency").count() == 0


def test_a_yes_to_a_red_flag_stops_the_questions_in_chinese(page: Any, address: str) -> None:
    start(page, address, "zh")
    button(page, "我自己")
    page.get_by_label("年龄", exact=True).fill("60")
    button(page, "下一步")
    button(page, "男")
    button(page, "以上都没有")
    page.get_by_label("用自己的话说").fill("头痛")
    button(page, "下一步")
    at(page, "ask")
    button(page, "是")
    page.get_by_role("heading", name="情况紧急").wait_for(timeout=15_000)
    assert page.locator(".form-call-button[href='tel:120']").count() == 1


def test_constipation_in_pregnancy_ends_in_advice_with_sources_and_a_leaflet(page: Any, address: str) -> None:
    start(page, address, "zh")
    button(page, "我自己")
    page.get_by_label("年龄", exact=True).fill("29")
    button(page, "下一步")
    button(page, "女")
    button(page, "是")
    button(page, "以上都没有")
    page.get_by_label("用自己的话说").fill("便秘一个星期了")
    button(page, "下一步")
    at(page, "ask")
    while page.locator("[data-step=ask]").count():
        answer(page, "否")
    for name in ("没有慢性病", "没有吃药", "没有过敏", "没有问题要问"):
        button(page, name)
    page.locator(".form-banner.routine").wait_for(timeout=15_000)
    shown = page.locator("#care-form").inner_text()
    for heading in ("出现以下情况马上求助", "吃什么、忌什么", "怎么活动", "阅读难度"):
        assert heading in shown
    page.locator(".form-section .form-mark").first.click()
    assert page.locator("details.form-sources[open] blockquote").first.is_visible()
    with page.expect_download() as download:
        button(page, "下载说明单")
    assert download.value.suggested_filename == "care-leaflet.html"
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="打印").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_back_and_a_switch_of_language_lose_nothing(page: Any, address: str) -> None:
    start(page, address)
    to_the_matter(page)
    page.get_by_label("In your own words").fill("My ankles are swollen")
    button(page, "中文")
    page.get_by_role("heading", name="哪里不舒服？").wait_for()
    assert page.locator("#form-text").input_value() == "My ankles are swollen"
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    button(page, "下一步")
    page.get_by_role("heading", name="腿是不是又凉又白").wait_for()
    button(page, "不清楚")
    page.get_by_role("heading", name="有没有气短、喘？").wait_for()
    button(page, "上一步")
    page.get_by_role("heading", name="腿是不是又凉又白").wait_for()
    assert page.get_by_role("button", name="不清楚").get_attribute("aria-pressed") == "true"
    button(page, "上一步")
    assert page.locator("#form-text").input_value() == "My ankles are swollen"
    for step in ("signs", "sex", "age"):
        button(page, "上一步")
        at(page, step)
    assert page.locator("#form-age").input_value() == "70"


def test_errors_stand_on_the_page_with_what_to_do(page: Any, address: str) -> None:
    start(page, address)
    button(page, "Me")
    for typed, said in (("", "Type the age"), ("400", "400 years is not possible"), ("old", "is not an age")):
        page.get_by_label("Age", exact=True).fill(typed)
        button(page, "Next")
        page.locator("#form-error", has_text=said).wait_for()
        assert page.locator(":focus").get_attribute("id") == "form-age"
    button(page, "I don't know")
    button(page, "I don't know")
    button(page, "I don't know")
    at(page, "signs")
    button(page, "Next")
    page.locator("#form-error", has_text="Tick what is happening now").wait_for()
    page.get_by_label("A fit (seizure)").check()
    button(page, "None of these")
    page.locator("#form-error", has_text="Untick it first").wait_for()


def test_a_baby_in_months_is_asked_what_babies_are_asked(page: Any, address: str) -> None:
    start(page, address)
    button(page, "Someone I care for")
    page.get_by_label("Age", exact=True).fill("2")
    page.get_by_label("months").check()
    button(page, "Next")
    button(page, "Female")
    at(page, "signs")
    assert page.get_by_label("Floppy, or very hard to wake").is_visible()
    assert page.get_by_label("Thoughts of ending your life").count() == 0
    button(page, "None of these")
    page.get_by_label("In your own words").fill("She has a fever")
    button(page, "Next")
    page.get_by_role("heading", name="This is an emergency").wait_for(timeout=15_000)


def test_what_is_typed_is_echoed_as_understood_or_not(page: Any, address: str) -> None:
    start(page, address)
    to_the_matter(page)
    button(page, "I can't say what it is")
    at(page, "conditions")
    page.get_by_label("Illnesses").fill("sugar diabetes, blorp")
    page.locator("#form-echo .chips li", has_text="diabetes").wait_for()
    assert page.locator("#form-echo .unknown li").all_inner_texts() == ["blorp"]


def test_the_list_of_complaints_can_be_searched_by_what_people_call_them(page: Any, address: str) -> None:
    start(page, address)
    to_the_matter(page)
    button(page, "Choose from a list")
    at(page, "choose")
    page.get_by_label("Search the list").fill("can't breathe")
    assert page.locator("[data-names]:visible").all_inner_texts() == ["Short of breath"]
    page.get_by_label("Search the list").fill("qqqq")
    assert page.get_by_text("Nothing in the list has this word").is_visible()


def test_keyboard_alone_reaches_a_result_and_focus_follows_the_question(page: Any, address: str) -> None:
    def press_on(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText || ''").strip() == name:
                page.keyboard.press("Enter")
                return
        raise AssertionError(f"{name} is not reached by Tab")

    def title(words: str) -> None:
        page.wait_for_function("w => document.activeElement.innerText.includes(w)", arg=words)

    start(page, address)
    press_on("Me")
    title("How old?")
    page.keyboard.press("Tab")
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    title("Female or male?")
    press_on("Male")
    title("Is any of this happening now?")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    press_on("None of these")
    title("What is the matter?")
    page.keyboard.press("Tab")
    page.keyboard.type("I have a sore throat")
    press_on("Next")
    for _ in range(7):
        page.wait_for_function("document.activeElement.id === 'form-title'")
        if not page.locator("[data-step=ask]").count():
            break
        asked = page.locator("#form-title").inner_text()
        press_on("No")
        page.wait_for_function("w => document.querySelector('#form-title').innerText !== w", arg=asked)
    for words in ("No illness", "No medicine", "No allergy", "No question"):
        page.wait_for_function("document.activeElement.id === 'form-title'")
        asked = page.locator("#form-title").inner_text()
        press_on(words)
        page.wait_for_function("w => document.querySelector('#form-title').innerText !== w", arg=asked)
    title("You can care for this at home for now.")
    assert "You can care for this at home" in page.locator("#form-live").text_content()


def test_axe_finds_nothing_serious_at_any_step(page: Any, address: str) -> None:
    start(page, address)
    found = serious(page)
    button(page, "Me")
    button(page, "Next")
    page.locator("#form-error").wait_for()
    found += serious(page)
    page.get_by_label("Age", exact=True).fill("30")
    button(page, "Next")
    at(page, "sex")
    found += serious(page)
    button(page, "Female")
    button(page, "No")
    at(page, "signs")
    found += serious(page)
    button(page, "None of these")
    at(page, "what")
    found += serious(page)
    page.get_by_label("In your own words").fill("headache and back pain")
    button(page, "Next")
    at(page, "choose")
    found += serious(page)
    button(page, "High blood pressure reading")
    at(page, "ask")
    found += serious(page)
    while page.locator("[data-step=ask] .form-next").count() == 0:
        answer(page, "No")
    found += serious(page)
    while page.locator("[data-step=ask]").count():
        answer(page, "I don't know")
    page.get_by_label("Illnesses").fill("diabetes")
    page.locator("#form-echo li").first.wait_for()
    found += serious(page)
    button(page, "Next")
    for name in ("No medicine", "No allergy", "No question"):
        button(page, name)
    page.locator(".form-result").wait_for(timeout=15_000)
    found += serious(page)
    page.locator("details.form-sources summary").last.click()
    found += serious(page)
    assert found == []


def test_two_people_at_once_are_apart_and_a_new_page_knows_nothing(browser: Any, address: str) -> None:
    one, other = browser.new_context().new_page(), browser.new_context().new_page()
    start(one, address)
    start(other, address)
    to_the_matter(one, "81")
    one.get_by_label("In your own words").fill("my secret cough")
    button(one, "Next")
    at(one, "ask")
    button(other, "Someone I care for")
    at(other, "age")
    assert other.locator("#form-age").input_value() == ""
    assert "cough" not in other.content()
    one.reload()
    one.locator("#care-form[data-ready]").wait_for(timeout=20_000)
    assert "secret" not in one.content()
    assert one.locator("[data-step=who]").count() == 1
    one.context.close()
    other.context.close()


def test_a_server_that_is_gone_is_said_on_the_page_and_nothing_is_lost(page: Any, address: str) -> None:
    start(page, address)
    to_the_matter(page)
    page.get_by_label("In your own words").fill("sore throat")
    page.route("**/component_server/**", lambda route: route.abort())
    button(page, "Next")
    page.locator("#form-failed", has_text="nothing is lost").wait_for()
    assert page.locator("#form-text").input_value() == "sore throat"
    page.unroute("**/component_server/**")
    button(page, "Next")
    at(page, "ask")
