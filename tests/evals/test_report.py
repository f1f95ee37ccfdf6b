"""The report: one page that stands alone, says everything, and is the same for the same records."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from corpus.load import read_yaml
from evals.report import write
from evals.report.page import confusion, visible
from evals.report.worst import worst_cases
from tests.evals.records import HOSTILE, a_run, record, write_run

CHROMIUM = shutil.which("chromium")
SYSTEMS = ["ours", "基线 $x$ BM25", "always emergency"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_run(tmp_path_factory.mktemp("run"), a_run(), systems=SYSTEMS, versions={"python": "3.11"})
    write(folder)
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> BeautifulSoup:
    return BeautifulSoup((folder / "report.html").read_text(encoding="utf-8"), "lxml")


def rows(table: Any) -> dict[str, list[str]]:
    return {
        row.th.get_text(" ", strip=True): [cell.get_text(" ", strip=True) for cell in row.find_all("td")]
        for row in table.find_all("tr")
        if row.th
    }


def test_the_same_records_and_seed_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = write_run(tmp_path, reversed(a_run()), systems=SYSTEMS, versions={"python": "3.11"})
    write(again)
    for name in ("figures.json", "figures.csv", "report.html"):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_nothing_is_fetched_and_nothing_can_run(page: BeautifulSoup) -> None:
    assert not page.find_all(["script", "link", "img", "iframe", "object", "embed", "base"])
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})
    assert policy is not None
    assert str(policy["content"]).startswith("default-src 'none'")
    for element in page.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on")]
        for name in ("href", "src", "xlink:href"):
            assert str(element.get(name, "#")).startswith("#"), element
    assert "@import" not in str(page.style)
    assert "url(" not in str(page.style)


def test_hostile_text_is_shown_as_text(page: BeautifulSoup, folder: Path) -> None:
    case = next(entry for entry in page.select("details.case") if "<b>evil</b>" in entry.summary.get_text())
    shown = visible(HOSTILE)
    assert case.select_one(".said").get_text() == shown * 2
    assert "<i>key</i>" in [term.get_text() for term in case.find_all("dt")]
    assert "⟨U+202E⟩" in shown
    assert "⟨U+001B⟩" in shown
    written = (folder / "report.html").read_text(encoding="utf-8")
    assert not {"\u202e", "\x1b"} & set(written)


def test_the_first_table_has_every_system_with_figure_interval_and_n(page: BeautifulSoup) -> None:
    table = page.find("h2", id="headline").find_next("table")
    assert [cell.get_text() for cell in table.thead.find_all("th")][1:] == SYSTEMS
    found = rows(table)
    assert found["Emergencies found safety higher is better"] == ["1.000 (best) 1.000–1.000 n 6 no miss: ≥ 60.7 %"] * 3
    assert found["False alarms lower is better"][2].startswith("1.000 1.000–1.000 n 18")
    assert found["Must-not advised safety lower is better"][1:] == ["–", "–"]
    assert found["Must-not advised safety lower is better"][0].startswith("0.020 ")
    assert found["Reading grade lower is better, school grade"][0].startswith("7.9 ")


def test_the_comparison_says_better_and_worse_by_the_measure(page: BeautifulSoup) -> None:
    found = rows(page.find("h2", id="paired").find_next("table"))
    row = found["False alarms Triage · lower is better"]
    assert row[1] == "+1.000 +1.000 to +1.000 n 18 · worse"
    assert found["Emergencies found safety Triage · higher is better"][1].endswith("no clear difference")


def test_levels_given_are_counted_and_their_direction_is_said_not_only_coloured(page: BeautifulSoup) -> None:
    tables = {str(table.caption.get_text()): rows(table) for table in page.select("table.confusion")}
    assert tables["ours"]["urgent"] == ["0", "6", "0", "0"]
    assert tables["always emergency"]["urgent"][0] == "6 ↑ (more urgent than right)"


def test_levels_below_the_right_one_are_under_triage_and_no_level_is_the_lowest() -> None:
    table = confusion([record("a", labels={"right": "emergency", "given": "routine"}), record("b"),
                       record("c", labels={"right": "routine", "given": "none"})])  # fmt: skip
    assert table == [
        ("emergency", [("emergency", 0, 0.0, "right"), ("routine", 1, 1.0, "under"), ("none", 0, 0.0, "under")]),
        ("routine", [("emergency", 0, 0.0, "over"), ("routine", 0, 0.0, "right"), ("none", 1, 1.0, "under")]),
    ]
    assert confusion([record("a", labels={"right": "present", "given": "absent"})]) == []
    assert confusion([record("a")]) == []


def test_every_plot_has_words_and_its_own_ids(page: BeautifulSoup) -> None:
    plots = page.find_all("svg")
    assert len(plots) == 8  # three of triage, two personal, one plain, the recall curve, the times
    for plot in plots:
        assert plot["role"] == "img"
        assert plot["aria-label"]
        assert not re.search(r"#0[1-5]0\d0\w", str(plot)), "a colour that is not the page's"
    assert any("always emergency 1.000 (1.000–1.000, n 18)" in plot["aria-label"] for plot in plots)
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for used in re.findall(r'(?:url\(#|xlink:href="#)([^)"]+)', str(page)):
        assert used in ids
    assert any("基线 $x$ BM25" in plot.get_text() for plot in plots)


def test_worst_cases_put_safety_first_and_leave_out_what_lost_nothing() -> None:
    records = [
        record("fine", counts={"must-have": (2, 2), "must-not": (0, 1)}),
        record("half", counts={"must-have": (1, 2)}),
        record("none", counts={"must-have": (0, 2)}, problems=("nothing on salt",)),
        record("unsafe", counts={"must-have": (2, 2), "must-not": (1, 3)}),
    ]
    cases, lost = worst_cases(records, 2)
    assert [case.case for case in cases] == ["unsafe", "none"]
    assert lost == 3
    assert cases[0].marks == (("must-have", "2", "2"), ("must-not", "1", "3"))


def test_environment_and_definitions_are_there(page: BeautifulSoup) -> None:
    terms = {term.get_text(): term.find_next("dd").get_text() for term in page.select("dl.environment dt")}
    assert terms["versions.python"] == "3.11"
    assert terms["seed"] == "7"
    definitions = rows(page.find("h2", id="definitions").find_next("table"))
    assert definitions["Must-not advised safety must-not"][1:] == ["lower is better", "share"]


def test_in_chinese_nothing_of_the_page_is_left_in_english(folder: Path, tmp_path: Path) -> None:
    write(write_run(tmp_path, a_run(), systems=SYSTEMS), "zh")
    chinese = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="zh">' in chinese
    for entry in texts(read_yaml(Path(__file__).parents[2] / "evals" / "report" / "strings.yaml")):
        fixed = entry["en"].split("{")[0].strip()
        if fixed and fixed not in ("n", "ours", "emergency", "urgent", "routine", "to"):
            assert f">{fixed}<" not in chinese
            assert len(fixed) < 10 or fixed not in chinese


def texts(node: Any) -> Iterator[dict[str, str]]:
    if isinstance(node, dict) and set(node) == {"en", "zh"}:
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from texts(value)


def test_a_run_without_any_measure_has_a_report_of_its_times(tmp_path: Path) -> None:
    write(write_run(tmp_path, [record(f"c{n}", suite="latency", milliseconds=5.0 + n) for n in range(4)]))
    found = BeautifulSoup((tmp_path / "report.html").read_text(encoding="utf-8"), "lxml")
    table = rows(found.find("h2", id="latency").find_next("table"))
    assert table["Latency"] == ["ours", "4", "6.5", "7.8", "8.0"]
    assert not [empty for empty in found.find_all("tbody") if not empty.find_all("td")]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser_it_fits_fetches_nothing_and_runs_nothing(folder: Path, width: int, scheme: Any) -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from axe_core_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
        asked: list[str] = []
        told: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: told.append(message.text))
        tab.on("dialog", lambda dialog: (told.append("dialog"), dialog.dismiss()))
        tab.goto((folder / "report.html").as_uri())
        tab.keyboard.press("Tab")
        skip = tab.evaluate("document.activeElement.getBoundingClientRect().left")
        tab.evaluate("document.querySelectorAll('details').forEach(entry => { entry.open = true })")
        overflow = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        text = tab.evaluate("getComputedStyle(document.querySelector('svg text')).fill")
        # The page's own policy keeps the checker's script out; in this context it is let in.
        checked = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        ).new_page()
        checked.goto((folder / "report.html").as_uri())
        checked.evaluate("document.querySelectorAll('details').forEach(entry => { entry.open = true })")
        found = Axe().run(checked)["violations"]
        browser.close()
    assert [f"{problem['impact']} {problem['id']}: {problem['nodes'][0]['html']}" for problem in found] == []
    assert [url for url in asked if not url.startswith("file:")] == told == []
    assert skip >= 0
    assert overflow <= 0
    assert text == ("rgb(22, 32, 43)" if scheme == "light" else "rgb(232, 237, 242)")
