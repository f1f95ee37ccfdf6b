"""``python -m evals.page_speed``: how long a nurse waits for the page, the first words and the whole answer.

Measured in the Chromium that is installed, from the key press to the drawn page, with a server of its own.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import statistics
import time
from typing import Any

from assistant import Assistant, InputError
from assistant.progress import progress_bar

_QUESTIONS = (
    "72-year-old man, CKD stage 4, K 5.6, BP 158/92, takes ibuprofen. What should he eat and avoid?",
    "How often should I turn a bedbound patient, and how should she lie?",
    "68岁，慢性肾功能不全，合并糖尿病和高血压，怎样控制血糖血压、减少冠心病发作？",
    "Stroke yesterday, has not been swallow screened. May he drink water?",
    "胃溃疡患者可以吃益生菌、钙奶和维生素C吗？",
)
#: Notes in the page when the first words of an answer, and when all of it, have been drawn.
_WATCH = """() => {
  window.measured = {};
  const log = document.querySelector('#chat'), answers = () => log.querySelectorAll('.answer[id]').length;
  const before = answers(), start = performance.now();
  const look = () => {
    const now = performance.now() - start, whole = answers() > before;
    if (!window.measured.first && (whole || log.querySelector('[aria-busy] .banner'))) window.measured.first = now;
    if (whole) window.measured.whole = now;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def measure(address: str, rounds: int) -> dict[str, Any]:
    """Milliseconds: the page until it can be used, Enter to the first words, Enter to the whole answer."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        raise InputError("no Chromium was found; install one, so that `chromium` is on the PATH")
    ready, first, whole = [], [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        for _ in range(rounds):
            tab = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            start = time.perf_counter()
            tab.goto(address, wait_until="commit")
            tab.wait_for_selector("body[data-ready]", timeout=60_000)
            ready.append(1000 * (time.perf_counter() - start))
            for question in _QUESTIONS:
                tab.locator("#q").fill(question)
                tab.evaluate(_WATCH)
                tab.keyboard.press("Enter")
                tab.wait_for_function("window.measured.whole", timeout=60_000)
                tab.wait_for_function("!document.body.dataset.busy", timeout=60_000)
                timed = tab.evaluate("window.measured")
                first.append(timed["first"])
                whole.append(timed["whole"])
            tab.context.close()
        browser.close()
    return {
        "suite": "page_speed",
        "answers": len(whole),
        "ready_ms": _spread(ready),
        "first_words_ms": _spread(first),
        "whole_answer_ms": _spread(whole),
    }


def _spread(times: list[float]) -> dict[str, float]:
    return {
        "p50": round(statistics.median(times), 1),
        "p95": round(statistics.quantiles(times, n=20, method="inclusive")[18], 1) if len(times) > 1 else times[0],
        "max": round(max(times), 1),
    }


def main() -> None:
    """Serve the pages, measure, and print the figures as JSON."""
    from assistant.web import build_page, launch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="how often the page is opened, five questions each time")
    options = parser.parse_args()
    with progress_bar("Building the index") as show:
        care = Assistant.load(progress=show)
    care.ask(_QUESTIONS[0])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    page = build_page(care)
    launch(page, care.settings.model_copy(update={"port": port}), block=False)
    try:
        figures = measure(f"http://127.0.0.1:{port}", options.rounds)
    finally:
        page.close(verbose=False)
    print(json.dumps(figures, indent=2))  # noqa: T201 - a report


if __name__ == "__main__":
    main()
