"""The patient's form in a real Chromium: answered as a patient or a carer would."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


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
