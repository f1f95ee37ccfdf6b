"""From records to figures: every measure of every system, over all cases and by group, with interval and n.

A figure is Σhits/Σof over cases; its 95 % interval is the percentile bootstrap over cases. The figures depend on
the records and the seed alone: neither on the order of the records nor on how long anything took.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import InputError
from evals.finished import Run
from evals.measures import measure, position
from evals.metrics import paired_ratio_interval, ratio_interval
from evals.records import Record

if TYPE_CHECKING:
    import pandas as pd

#: The group that holds every case.
ALL = "all"
COLUMNS = ("suite", "system", "measure", "group", "n", "hits", "of", "value", "low", "high")
PAIR_COLUMNS = ("suite", "measure", "system_a", "system_b", "n", "a", "b", "difference", "low", "high")
# Finer than any report shows; the last bits of a sum may depend on the processor.
_DIGITS = 6

_Counts = dict[str, tuple[float, float]]


def figures(records: Iterable[Record], seed: int) -> pd.DataFrame:
    """One row a suite, group, system and measure; a group is ``all`` or ``KEY=VALUE``.

    n counts the cases that say something about the measure (their "of" is above 0); a measure without any is absent.
    Raises :class:`~assistant.InputError` where a measure is not listed.
    """
    import pandas as pd

    cells = _cells(records)
    rows = [
        (suite, system, name, group, *_figure([cells[suite, group, system, name][case] for case in cases], seed))
        for suite, group, system, name in sorted(cells, key=_place)
        if (cases := sorted(cells[suite, group, system, name]))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def paired(records: Iterable[Record], system_a: str, system_b: str, seed: int) -> pd.DataFrame:
    """Each measure of two systems on the cases both have: b minus a, with the interval of the difference.

    Raises :class:`~assistant.InputError` where one of the systems has no records.
    """
    import pandas as pd

    records = list(records)
    missing = {system_a, system_b} - {record.system for record in records}
    if missing:
        known = ", ".join(sorted({record.system for record in records}))
        raise InputError(f"no records of {', '.join(sorted(missing))}; there are {known}")
    cells = _cells(records, groups=False)
    rows = []
    for suite, group, system, name in sorted(cells, key=_place):
        if system == system_a and (suite, group, system_b, name) in cells:
            compared = compare_counts(cells[suite, group, system, name], cells[suite, group, system_b, name], seed)
            if compared:
                rows.append((suite, name, system_a, system_b, *compared))
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS))


def compare_counts(a: _Counts, b: _Counts, seed: int) -> tuple[int, float, float, float, float, float] | None:
    """n, both figures, their difference and its interval, on the cases in both; None where there is none."""
    cases = sorted(a.keys() & b.keys())
    if not cases:
        return None
    hits_a, of_a = zip(*(a[case] for case in cases), strict=True)
    hits_b, of_b = zip(*(b[case] for case in cases), strict=True)
    low, high = paired_ratio_interval((hits_b, of_b), (hits_a, of_a), seed)
    first, second = sum(hits_a) / sum(of_a), sum(hits_b) / sum(of_b)
    return len(cases), _round(first), _round(second), _round(second - first), _round(low), _round(high)


def counts_by_case(records: Iterable[Record]) -> dict[tuple[str, str, str], _Counts]:
    """(hits, of) of every case that says something, by suite, system and measure."""
    return {(suite, system, name): cell for (suite, _, system, name), cell in _cells(records, groups=False).items()}


def write_figures(run: Run, folder: Path) -> tuple[Path, Path]:
    """Write ``figures.json``, with every system compared with the first one, and ``figures.csv``; returns both."""
    frame = figures(run.records, run.seed)
    first, *others = run.systems
    data = {
        "seed": run.seed,
        "interval": "95 % percentile bootstrap over cases",
        "figures": _rows(frame),
        "pairs": [row for other in others for row in _rows(paired(run.records, first, other, run.seed))],
        "measures": {
            name: measure(name).model_dump(exclude={"headline"}) for name in sorted(set(frame["measure"]), key=position)
        },
    }
    as_json, as_csv = folder / "figures.json", folder / "figures.csv"
    as_json.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    as_csv.write_text(frame.to_csv(index=False, lineterminator="\n"), encoding="utf-8", newline="\n")
    return as_json, as_csv


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=_DIGITS))
    return rows


def _cells(records: Iterable[Record], groups: bool = True) -> dict[tuple[str, str, str, str], _Counts]:
    """(hits, of) of each case, by suite, group, system and measure."""
    cells: dict[tuple[str, str, str, str], _Counts] = defaultdict(dict)
    for record in records:
        for name, (hits, of) in record.counts.items():
            measure(name)
            if of > 0:
                for group in _groups(record, groups):
                    cells[record.suite, group, record.system, name][record.case] = (hits, of)
    return cells


def _groups(record: Record, wanted: bool) -> Iterator[str]:
    yield ALL
    if wanted:
        yield from (f"{key}={value}" for key, value in record.groups.items())


def _place(cell: tuple[str, str, str, str]) -> tuple[str, bool, str, str, tuple[int, str]]:
    """Where a row stands; systems of one group come together, since they share their resamples."""
    suite, group, system, name = cell
    return suite, group != ALL, group, system, position(name)


def _figure(counts: Sequence[tuple[float, float]], seed: int) -> tuple[int, float, float, float, float, float]:
    hits, of = zip(*counts, strict=True)
    low, high = ratio_interval(hits, of, seed)
    return len(counts), _round(sum(hits)), _round(sum(of)), _round(sum(hits) / sum(of)), _round(low), _round(high)


def _round(number: float) -> float:
    return round(float(number), _DIGITS) + 0.0  # no minus zero
