"""The report's tables of figures: systems by measures, by group, and compared with the first system."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.models import Language
from evals.figures import ALL, Results
from evals.measures import Measure, measure, position
from evals.report.strings import text


@dataclass(frozen=True)
class Cell:
    """A figure as it is shown."""

    value: float
    low: float
    high: float
    n: int
    shown: str
    interval: str
    note: str = ""
    best: bool = False


@dataclass(frozen=True)
class Row:
    """A measure, of all cases or of a group, with a cell a system; None where it has none."""

    suite: str
    name: str
    group: str
    about: Measure
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Difference:
    """A system's figure minus the first one's."""

    shown: str
    interval: str
    n: int
    verdict: str


@dataclass(frozen=True)
class DifferenceRow:
    """A measure with a difference a system; None where they have no case in common."""

    suite: str
    name: str
    about: Measure
    cells: tuple[Difference | None, ...]


def figure_rows(results: Results, language: Language) -> list[Row]:
    """Every measure of every suite, over all cases first, then by group."""
    run = results.run
    cells = {
        (row.suite, row.group, row.measure, row.system): _cell(
            measure(row.measure), row.value, row.low, row.high, row.n, language
        )
        for row in results.figures.itertuples()
    }
    keys = {(suite, group, name) for suite, group, name, _ in cells}
    rows = []
    for suite, group, name in sorted(
        keys, key=lambda key: (run.suites.index(key[0]), key[1] != ALL, key[1], position(key[2]))
    ):
        found = [cells.get((suite, group, name, system)) for system in run.systems]
        rows.append(Row(suite, name, group, measure(name), _with_best(found, measure(name))))
    return rows


def headline(results: Results, language: Language = "en") -> str:
    """The main measures of a run as a Markdown table, a column a system: figure, 95 % interval, number of cases."""
    systems = results.run.systems
    lines = ["| suite | measure | " + " | ".join(systems) + " |", "|" + "---|" * (len(systems) + 2)]
    for row in figure_rows(results, language):
        if row.group == ALL and row.about.headline:
            cells = (f"{cell.shown} ({cell.interval}; {cell.n})" if cell else "" for cell in row.cells)
            lines.append(" | ".join((f"| {row.suite}", row.about.title[language], *cells)) + " |")
    return "\n".join(lines) + "\n"


def difference_rows(results: Results, names: Iterable[tuple[str, str]], language: Language) -> list[DifferenceRow]:
    """The measures, given as (suite, name), of every other system minus those of the first."""
    found: dict[tuple[str, str, str], Difference] = {}
    for row in results.pairs.itertuples():
        about = measure(row.measure)
        low, high = (f"{bound:+.{_digits(about)}f}" for bound in (row.low, row.high))
        found[row.suite, row.measure, row.system_b] = Difference(
            f"{row.difference:+.{_digits(about)}f}",
            f"{low} {text('to', language)} {high}",
            row.n,
            _verdict(about, row.low, row.high),
        )
    others = results.run.systems[1:]
    rows = [
        DifferenceRow(suite, name, measure(name), tuple(found.get((suite, name, other)) for other in others))
        for suite, name in names
    ]
    return [row for row in rows if any(row.cells)]


def _cell(about: Measure, value: float, low: float, high: float, n: int, language: Language) -> Cell:
    digits = _digits(about)
    note = ""
    if about.unit == "share" and low == high and about.loss(value, 1) == 0:
        # The bootstrap of nothing but hits has no width. What n such cases rule out: p ** n < 5 %.
        note = text("no_miss", language, share=f"{100 * 0.05 ** (1 / n):.1f}")
    return Cell(value, low, high, n, f"{value:.{digits}f}", f"{low:.{digits}f}–{high:.{digits}f}", note)


def _with_best(cells: list[Cell | None], about: Measure) -> tuple[Cell | None, ...]:
    known = [cell.value * about.sign for cell in cells if cell]
    if len(known) < 2:
        return tuple(cells)
    return tuple(
        Cell(**{**vars(cell), "best": cell.value * about.sign == max(known)}) if cell else None for cell in cells
    )


def _verdict(about: Measure, low: float, high: float) -> str:
    if low <= 0 <= high:
        return "unclear"
    return "better" if low * about.sign > 0 else "worse"


def _digits(about: Measure) -> int:
    return 3 if about.unit == "share" else 1
