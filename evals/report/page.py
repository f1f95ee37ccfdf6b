"""The report's page: what stands in it, and its template filled in.

Whatever a system saw or said is text: it is escaped, characters that are not seen are shown by their number, and the
page's content policy allows neither scripts nor anything from elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from assistant.triage import LEVELS
from corpus.models import Language
from evals.figures import ALL, Results
from evals.measures import measure, position
from evals.records import Record
from evals.report.plots import bars, curves, latencies
from evals.report.strings import name as named
from evals.report.strings import text
from evals.report.tables import Row, difference_rows, figure_rows
from evals.report.worst import worst_cases

_WORST = 5
_NO_LEVEL = "none"
_AT_DEPTH = re.compile(r"recall@(\d+)")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def render(results: Results, language: Language = "en") -> str:
    """The report of a run as one HTML page in *language*."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(_Page(results, language).content())


def visible(value: Any) -> Any:
    """*value*, with control characters and those that turn the direction of writing shown by their number."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(c if _is_seen(c) else f"⟨U+{ord(c):04X}⟩" for c in value.replace("\r\n", "\n"))


def _is_seen(character: str) -> bool:
    return character in "\n\t" or (unicodedata.category(character) not in ("Cc", "Cs") and character not in _BIDI)


class _Page:
    """What the template shows, part by part."""

    def __init__(self, results: Results, language: Language) -> None:
        self.results = results
        self.run = results.run
        self.language = language
        self.rows = figure_rows(results, language)
        self.over_all = [row for row in self.rows if row.group == ALL]
        self.records: dict[tuple[str, str], list[Record]] = defaultdict(list)
        for record in sorted(self.run.records, key=lambda record: record.case):
            self.records[record.suite, record.system].append(record)

    def content(self) -> dict[str, Any]:
        headline = [row for row in self.over_all if row.about.headline]
        return {
            "t": lambda key, **values: text(key, self.language, **values),
            "named": lambda kind, key: named(kind, key, self.language),
            "lang": self.language,
            "style": Markup((Path(__file__).parent / "page.css").read_text(encoding="utf-8")),
            "systems": self.run.systems,
            "lead": self._lead(),
            "headline": headline,
            "differences": difference_rows(self.results, [(row.suite, row.name) for row in headline], self.language),
            "suites": [part for suite in self.run.suites if (part := self._suite(suite))["shown"]],
            "latency": self._latency(),
            "environment": list(_flat(self.run.environment)),
            "measures": [(name, measure(name)) for name in sorted({row.name for row in self.over_all}, key=position)],
            "limit": _WORST,
            "ALL": ALL,
        }

    def _lead(self) -> str:
        return text(
            "lead",
            self.language,
            records=len(self.run.records),
            cases=len({(record.suite, record.case) for record in self.run.records}),
            suites=len(self.run.suites),
            systems=len(self.run.systems),
            started=self.run.environment.get("started") or text("not_known", self.language),
            seed=self.run.seed,
        )

    def _suite(self, suite: str) -> dict[str, Any]:
        rows = [row for row in self.over_all if row.suite == suite]
        name = f"plot-{self.run.suites.index(suite)}"
        worst = [
            (system, *worst_cases(self.records[suite, system], _WORST))
            for system in self.run.systems if self.records[suite, system]
        ]  # fmt: skip
        return {
            "key": suite,
            "shown": bool(rows) or any(lost for _, _, lost in worst),
            "plots": [self._bars(row, f"{name}-{number}") for number, row in enumerate(rows)
                      if not _AT_DEPTH.fullmatch(row.name)],
            "curves": self._curves(rows, f"{name}-curves"),
            "rows": [row for row in self.rows if row.suite == suite],
            "confusion": [
                (system, table) for system in self.run.systems if (table := confusion(self.records[suite, system]))
            ],
            "worst": worst,
        }  # fmt: skip

    def _bars(self, row: Row, name: str) -> dict[str, Any]:
        known = [(visible(system), cell) for system, cell in zip(self.run.systems, row.cells, strict=True) if cell]
        label = "; ".join(f"{system} {cell.shown} ({cell.interval}, n {cell.n})" for system, cell in known)
        drawn = [(system, cell.value, cell.low, cell.high, cell.shown) for system, cell in known]
        end = 1.0 if row.about.unit == "share" else None
        title = f"{row.about.title[self.language]}: {label}"
        return {"row": row, "svg": bars(drawn, visible(self.run.systems[0]), end, name, title)}

    def _curves(self, rows: Sequence[Row], name: str) -> dict[str, Any] | None:
        deep = [(int(match[1]), row) for row in rows if (match := _AT_DEPTH.fullmatch(row.name))]
        if len(deep) < 2:
            return None
        series = {
            visible(system): [
                (depth, cell.value, cell.low, cell.high) for depth, row in deep if (cell := row.cells[place])
            ]
            for place, system in enumerate(self.run.systems)
        }
        series = {system: points for system, points in series.items() if points}
        title = text("curves.title", self.language)
        axis = text("curves.axis", self.language)
        return {"svg": curves(series, name, title, axis), "rows": [row for _, row in deep]}

    def _latency(self) -> dict[str, Any] | None:
        rows, plots = [], []
        for number, suite in enumerate(self.run.suites):
            times: dict[str, list[float]] = {}
            for system in self.run.systems:
                taken = [r.milliseconds for r in self.records[suite, system] if r.milliseconds is not None]
                if taken:
                    times[visible(system)] = taken
                    shown = [f"{value:,.1f}" for value in (*np.quantile(taken, [0.5, 0.95]), max(taken))]
                    rows.append((suite, system, len(taken), *shown))
            if times:
                plots.append((suite, self._times(times, suite, f"latency-{number}")))
        return {"plots": plots, "rows": rows} if rows else None

    def _times(self, times: dict[str, list[float]], suite: str, name: str) -> Markup:
        label = text("latency.plot", self.language, suite=visible(named("suites", suite, self.language)))
        axis, share = (text(f"latency.{key}", self.language) for key in ("axis", "share"))
        return latencies(times, name, label, axis, share)


def confusion(records: Sequence[Record]) -> list[tuple[str, list[tuple[str, int, float, str]]]]:
    """A row a right level, a column a given one: (level, count, share of the row, ``under``, ``over`` or ``right``).

    The most urgent level stands first, "none" for no level given last; empty where no record has a right level.
    """
    pairs = Counter((r.labels["right"], r.labels.get("given", _NO_LEVEL)) for r in records if "right" in r.labels)
    order = [*reversed(LEVELS), _NO_LEVEL]
    found = {level for pair in pairs for level in pair}
    if not found <= set(order):
        return []
    columns = [level for level in order if level in found]
    table = []
    for right in columns:
        total = sum(pairs[right, given] for given in columns)
        if total or right != _NO_LEVEL:
            cells = [(given, pairs[right, given], pairs[right, given] / max(total, 1), _direction(right, given))
                     for given in columns]  # fmt: skip
            table.append((right, cells))
    return table


def _direction(right: str, given: str) -> str:
    levels = [_NO_LEVEL, *LEVELS]
    apart = levels.index(given) - levels.index(right)
    return "right" if apart == 0 else "over" if apart > 0 else "under"


def _flat(node: Any, path: str = "") -> Any:
    """Every value of nested data with its dotted path."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _flat(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list):
        yield path, ", ".join(str(value) for value in node)
    else:
        yield path, "–" if node is None else str(node)
