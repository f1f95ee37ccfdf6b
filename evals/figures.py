"""From records to figures: every measure of every system, over all cases and by group, with interval and n.

A figure is Σhits/Σof over cases; its 95 % interval is the percentile bootstrap over cases. The figures depend on
the records and the seed alone: neither on the order of the records nor on how long anything took.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import InputError
from evals.finished import Run
from evals.measures import measure, position
from evals.metrics import Numbers, paired_ratio_intervals, ratio_intervals
from evals.records import Record

if TYPE_CHECKING:
    import pandas as pd

#: The group that holds every case.
ALL = "all"
COLUMNS = ("suite", "system", "measure", "group", "n", "hits", "of", "value", "low", "high")
PAIR_COLUMNS = ("suite", "measure", "system_a", "system_b", "n", "a", "b", "difference", "low", "high")
# Finer than any report shows; the last bits of a sum may depend on the processor.
_DIGITS = 6

#: (hits, of) by case.
Counts = dict[str, tuple[float, float]]
#: Suite, group, system and measure.
_Key = tuple[str, str, str, str]
_Cells = dict[_Key, Counts]


@dataclass(frozen=True)
class Results:
    """A run with its figures, and with every system compared with the first one."""

    run: Run
    figures: pd.DataFrame
    pairs: pd.DataFrame


def figures(records: Iterable[Record], seed: int) -> pd.DataFrame:
    """One row a suite, group, system and measure; a group is ``all`` or ``KEY=VALUE``.

    n counts the cases that say something about the measure (their "of" is above 0); a measure without any is absent.
    Raises :class:`~assistant.InputError` where a measure is not listed.
    """
    return _figures(_cells(records), seed)


def paired(records: Iterable[Record], system_a: str, system_b: str, seed: int) -> pd.DataFrame:
    """Each measure of two systems on the cases both have: b minus a, with the interval of the difference.

    Raises :class:`~assistant.InputError` where one of the systems has no records.
    """
    records = list(records)
    missing = {system_a, system_b} - {record.system for record in records}
    if missing:
        known = ", ".join(sorted({record.system for record in records}))
        raise InputError(f"no records of {', '.join(sorted(missing))}; there are {known}")
    return _paired(_cells(records), system_a, [system_b], seed)


def results(run: Run) -> Results:
    """The figures of *run*, and every other system compared with its first one."""
    cells = _cells(run.records)
    first, *others = run.systems
    return Results(run, _figures(cells, run.seed), _paired(cells, first, others, run.seed))


def write_figures(found: Results, folder: Path) -> tuple[Path, Path]:
    """Write ``figures.json``, which holds the comparisons too, and ``figures.csv``; returns both."""
    names = sorted(set(found.figures["measure"]), key=position)
    data = {
        "seed": found.run.seed,
        "interval": "95 % percentile bootstrap over cases",
        "figures": _rows(found.figures),
        "pairs": _rows(found.pairs),
        "measures": {name: measure(name).model_dump(exclude={"headline"}) for name in names},
    }
    as_json, as_csv = folder / "figures.json", folder / "figures.csv"
    as_json.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    as_csv.write_text(found.figures.to_csv(index=False, lineterminator="\n"), encoding="utf-8", newline="\n")
    return as_json, as_csv


def counts_by_case(records: Iterable[Record]) -> dict[tuple[str, str, str], Counts]:
    """(hits, of) of every case that says something, by suite, system and measure."""
    return {
        (suite, system, name): counts
        for (suite, group, system, name), counts in _cells(records).items()
        if group == ALL
    }


def compare_counts(a: Sequence[Counts], b: Sequence[Counts], seed: int) -> list[tuple[float, ...]]:
    """Both figures, b minus a and its interval, of each pair of counts; all are of the same cases."""
    (hits_a, of_a), (hits_b, of_b) = _matrices(a), _matrices(b)
    low, high = paired_ratio_intervals((hits_b, of_b), (hits_a, of_a), seed)
    first, second = hits_a.sum(axis=0) / of_a.sum(axis=0), hits_b.sum(axis=0) / of_b.sum(axis=0)
    return _rounded(first, second, second - first, low, high)


def _figures(cells: _Cells, seed: int) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for keys in _of_the_same_cases({key: frozenset(counts) for key, counts in cells.items()}):
        hits, of = _matrices([cells[key] for key in keys])
        sums = hits.sum(axis=0), of.sum(axis=0)
        found = _rounded(*sums, sums[0] / sums[1], *ratio_intervals(hits, of, seed))
        for key, row in zip(keys, found, strict=True):
            suite, group, system, name = key
            rows.append((_place(key), (suite, system, name, group, len(cells[key]), *row)))
    return pd.DataFrame([row for _, row in sorted(rows)], columns=list(COLUMNS))


def _paired(cells: _Cells, first: str, others: Sequence[str], seed: int) -> pd.DataFrame:
    import pandas as pd

    common = {
        key: cases
        for key, counts in cells.items()
        if key[1] == ALL and key[2] in others and (cases := counts.keys() & cells.get(_by(key, first), {}).keys())
    }
    rows = []
    for keys in _of_the_same_cases({key: frozenset(cases) for key, cases in common.items()}):
        ours = [{case: cells[_by(key, first)][case] for case in common[key]} for key in keys]
        theirs = [{case: cells[key][case] for case in common[key]} for key in keys]
        for key, row in zip(keys, compare_counts(ours, theirs, seed), strict=True):
            suite, _, system, name = key
            rows.append(((others.index(system), _place(key)), (suite, name, first, system, len(common[key]), *row)))
    return pd.DataFrame([row for _, row in sorted(rows)], columns=list(PAIR_COLUMNS))


def _by(key: _Key, system: str) -> _Key:
    suite, group, _, name = key
    return suite, group, system, name


def _of_the_same_cases(cases: dict[_Key, frozenset[str]]) -> Iterator[list[_Key]]:
    """The keys in batches that have the same cases, and so the same resamples; those of one size follow each other."""
    batches: dict[frozenset[str], list[_Key]] = defaultdict(list)
    for key in sorted(cases):
        batches[cases[key]].append(key)
    yield from (batches[same] for same in sorted(batches, key=lambda same: (len(same), sorted(same))))


def _matrices(counts: Sequence[Counts]) -> tuple[Numbers, Numbers]:
    """Hits and "of", cases by columns; every column has the same cases, and their order is that of their names."""
    table = np.array([[column[case] for column in counts] for case in sorted(counts[0])], float)
    return table[:, :, 0], table[:, :, 1]


def _cells(records: Iterable[Record]) -> _Cells:
    cells: _Cells = defaultdict(dict)
    for record in records:
        groups = [ALL, *(f"{key}={value}" for key, value in record.groups.items())]
        for name, (hits, of) in record.counts.items():
            measure(name)
            if of > 0:
                for group in groups:
                    cells[record.suite, group, record.system, name][record.case] = (hits, of)
    return dict(cells)


def _place(key: _Key) -> tuple[str, bool, str, str, tuple[int, str]]:
    """Where a row stands: by suite, all cases before the groups, by system, in the order of the measures."""
    suite, group, system, name = key
    return suite, group != ALL, group, system, position(name)


def _rounded(*columns: Numbers) -> list[tuple[float, ...]]:
    """The columns as rows; no minus zero."""
    table: list[list[float]] = (np.round(np.column_stack(columns), _DIGITS) + 0.0).tolist()
    return [tuple(row) for row in table]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", double_precision=_DIGITS))
    return rows
