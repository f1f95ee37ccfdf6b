"""Both pages served, and a real Chromium to look at them; skips where there is none."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from assistant import Assistant

CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="module")
def page_and_app(care: Assistant) -> Iterator[tuple[str, Any]]:
    """The address of the pages and the app behind them."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from assistant.web import build_page, launch

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = build_page(care)
    launch(page, care.settings.model_copy(update={"port": port}), block=False)
    yield f"http://127.0.0.1:{port}", page
    page.close(verbose=False)


@pytest.fixture(scope="module")
def address(page_and_app: tuple[str, Any]) -> str:
    return page_and_app[0]


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


class Nurse:
    """The nurse's page as somebody in front of it uses it."""

    def __init__(self, page: Any, address: str) -> None:
        self.page = page
        page.goto(address)
        page.wait_for_selector("body[data-ready]", timeout=30_000)

    def settle(self) -> None:
        """Wait until nothing is being worked on and the page has been drawn."""
        self.page.wait_for_function("!document.body.dataset.busy", timeout=30_000)
        self.page.wait_for_timeout(250)

    def ask(self, words: str) -> None:
        """Type a question, press Enter, and wait for the answer."""
        self.page.locator("#question textarea").fill(words)
        self.page.locator("#question textarea").press("Enter")
        self.page.locator("#chat .answer .tools").last.wait_for(timeout=30_000)
        self.settle()

    def chat(self) -> str:
        """What stands in the chat."""
        return str(self.page.locator("#chat").inner_text())

    def facts(self) -> str:
        """What stands on the patient's side."""
        return str(self.page.locator("#facts").inner_text())


@pytest.fixture
def nurse(page: Any, address: str) -> Nurse:
    return Nurse(page, address)
