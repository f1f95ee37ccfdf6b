"""The nurse's page for everybody: by keyboard alone, without axe findings, dark and light; and each tab for itself."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

_ASKED = "72-year-old man, CKD stage 4, K 5.6, BP 158/92, takes ibuprofen. What should he eat and avoid?"


def _findings(page: Any) -> list[tuple[str, str, str]]:
    """What axe finds to be serious or critical: rule, where, and the element."""
    import axe_core_python

    page.evaluate((Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [
        (rule["id"], str(node["target"]), node["html"][:160])
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_serious(nurse: Any, look: str) -> None:
    page = nurse.page
    if look == "dark":
        page.locator("[data-look]").click()
        page.wait_for_timeout(300)
    assert page.evaluate("document.body.classList.contains('dark')") == (look == "dark")
    assert _findings(page) == []
    nurse.ask(_ASKED)
    page.locator("#chat .recommendation [data-verdict=accept]").first.click()
    page.locator(".judged").wait_for()
    page.locator("[data-fact='medications:ibuprofen'] summary").click()
    page.locator("#observe summary").click()
    page.locator("#import summary").click()
    assert _findings(page) == []
    page.locator("#chat [data-form=care_plan]").click()
    page.locator("#document").wait_for()
    nurse.settle()
    assert _findings(page) == []
    page.locator("#tab-whatif").click()
    page.locator("#whatif-form [name=value]").fill("40")
    page.locator("#whatif-form [name=value]").press("Enter")
    page.locator("#whatif-result").wait_for()
    assert _findings(page) == []
    page.locator("[data-help]").click()
    assert _findings(page) == []
    page.keyboard.press("Escape")
    nurse.ask("Now he has crushing chest pain and is sweating. What now?")
    page.locator("#q").fill("!")
    page.locator("#q").press("Enter")
    page.locator(".problem").wait_for()
    assert _findings(page) == []


def _tab_to(page: Any, wanted: str, most: int = 120) -> None:
    """Press Tab until the focus stands on an element that matches."""
    for _ in range(most):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with the Tab key")


def test_everything_is_done_by_keyboard_alone(nurse: Any) -> None:
    page, keys = nurse.page, nurse.page.keyboard
    page.evaluate("document.activeElement.blur()")
    keys.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    keys.type(_ASKED)
    keys.press("Enter")
    page.locator("#chat .answer .tools").wait_for(timeout=30_000)
    nurse.settle()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    keys.press("Escape")
    keys.press("?")
    assert page.locator("#help").is_visible()
    keys.press("Escape")
    assert not page.locator("#help").is_visible()
    keys.press("e")
    assert page.evaluate("document.activeElement.id") == "tab-evidence"
    keys.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-whatif"
    _tab_to(page, "#whatif-form [name=fact]")
    _tab_to(page, "#whatif-form [name=value]")
    keys.type("40")
    keys.press("Enter")
    page.locator("#whatif-result").wait_for()
    nurse.settle()
    page.evaluate("document.activeElement.blur()")
    keys.press("a")
    keys.type("gout")
    page.locator("#add-list li").first.wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    keys.press("Enter")
    page.locator("[data-fact='conditions:gout']").wait_for()
    nurse.settle()
    _tab_to(page, "[data-fact='medications:ibuprofen'] summary")
    keys.press("Enter")
    _tab_to(page, "[data-fact='medications:ibuprofen'] [data-act=remove]")
    keys.press("Enter")
    page.locator("[data-fact='medications:ibuprofen']").wait_for(state="detached")
    nurse.settle()
    page.locator("#chat").focus()
    _tab_to(page, "#answer-2 a.cite")
    keys.press("Enter")
    page.wait_for_function("document.activeElement.matches('.source-card')")
    page.locator("#chat").focus()
    _tab_to(page, "#answer-2 [data-verdict=accept]")
    keys.press("Space")
    page.locator("#answer-2 .judged").wait_for()
    nurse.settle()
    _tab_to(page, "#chat [data-form=care_plan]")
    keys.press("Enter")
    page.locator("#document").wait_for()
    nurse.settle()
    assert page.evaluate("document.activeElement.id") == "files"
    _tab_to(page, "#files a[download$='.pdf']")
    with page.expect_download():
        keys.press("Enter")
    page.evaluate("document.activeElement.blur()")
    keys.press("Shift+N")
    page.locator(".welcome").wait_for()
    nurse.settle()
    assert page.evaluate("document.activeElement.id") == "q"


def test_single_keys_can_be_turned_off(nurse: Any) -> None:
    page = nurse.page
    page.locator("[data-help]").click()
    page.locator("#single-keys").uncheck()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "q"


def test_the_skip_link_leads_to_the_question(nurse: Any) -> None:
    page = nurse.page
    page.locator("a.skip").focus()
    assert page.locator("a.skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "q"


def test_an_answer_is_announced_without_reading_it_all(nurse: Any) -> None:
    nurse.ask(_ASKED)
    told = nurse.page.locator("#spoken").inner_text()
    assert told.startswith("Answer: ROUTINE; 9 recommendations") or "recommendations" in told
    assert len(told) < 120


def test_ten_people_at_once_do_not_see_each_other(browser: Any, address: str) -> None:
    # Numbers that stand nowhere else on the page.
    ages = [61 + n for n in range(10)]
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in ages]
    tabs = [context.new_page() for context in contexts]
    for tab in tabs:
        tab.goto(address)
    for tab in tabs:
        tab.wait_for_selector("body[data-ready]", timeout=60_000)
    for tab, age in zip(tabs, ages, strict=True):
        tab.locator("#q").fill(f"{age}-year-old woman with heart failure, K 4.{age % 10}. How much salt may she have?")
    for tab in tabs:
        tab.locator("#send").evaluate("button => button.click()")
    for tab in tabs:
        tab.locator("#chat .answer .tools").wait_for(timeout=60_000)
        tab.wait_for_function("!document.body.dataset.busy", timeout=60_000)
    for tab, age in zip(tabs, ages, strict=True):
        tab.wait_for_function("age => document.querySelector('#field-age').value === String(age)", arg=age)
        assert tab.locator("#chat .said").count() == 1
        everything = tab.locator("body").inner_text()
        assert f"4.{age % 10} mmol/L" in everything or age % 10 == 0
        for other in ages:
            assert (f"{other}-year-old" in everything) == (other == age)
    for context in contexts:
        context.close()


def test_closing_the_tab_forgets_the_patient(browser: Any, page_and_app: tuple[str, Any]) -> None:
    address, app = page_and_app
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(address)
    tab.wait_for_selector("body[data-ready]", timeout=30_000)
    tab.locator("#q").fill(_ASKED)
    tab.locator("#q").press("Enter")
    tab.locator("#chat .answer .tools").wait_for(timeout=30_000)
    assert any("ibuprofen" in repr(state.state_data) for state in app.state_holder.session_data.values())
    context.close()
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and app.state_holder.session_data:
        time.sleep(0.2)
    assert not app.state_holder.session_data


def test_nothing_about_the_patient_is_kept_in_the_browser(nurse: Any) -> None:
    nurse.ask(_ASKED)
    kept = nurse.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "ibuprofen" not in kept
    assert "72" not in kept
