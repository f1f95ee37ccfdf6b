"""The figures of a run as lines of text, and as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from evals.records import ALL, Measured, Record, Total, totals

_MOST = 25


def report(records: Sequence[Record]) -> str:
    """Each suite: every measure of every system; of a single system by group too; then what went wrong."""
    suites = dict.fromkeys(record.suite for record in records)
    return "\n\n".join(_suite(name, [record for record in records if record.suite == name]) for name in suites)


def data(records: Sequence[Record]) -> list[dict[str, Any]]:
    """The same as data, a suite each."""
    return [
        {
            "suite": suite,
            "figures": [
                {"system": key.system, "measure": key.measure, "group": key.group, "n": total.cases,
                 "hits": round(total.hits, 6), "of": round(total.of, 6), "value": round(total.value, 6)}
                for key, total in totals(r for r in records if r.suite == suite).items()
            ],
            "problems": [
                {"case": r.case, "system": r.system, "problems": list(r.problems)}
                for r in records if r.suite == suite and r.problems
            ],
        }
        for suite in dict.fromkeys(record.suite for record in records)
    ]  # fmt: skip


def figure(total: Total) -> str:
    """A figure with what it is of, and the hits where they are whole."""
    hits = f"{total.hits:g} of " if total.hits == int(total.hits) else "of "
    return f"{total.value:.3f} ({hits}{total.of:g})"


def _suite(name: str, records: Sequence[Record]) -> str:
    systems = list(dict.fromkeys(record.system for record in records))
    cases = len({record.case for record in records})
    found = totals(records)
    lines = [f"{name}: {cases} cases"]
    if len(systems) > 1:
        lines += _table(["", *systems], _by_system(name, systems, found))
    else:
        lines[0] += f", {systems[0]}"
        lines += [*_by_group(found), *_wrong(records)]
    return "\n".join([*lines, *_times(records, systems)])


def _by_system(suite: str, systems: Sequence[str], found: dict[Measured, Total]) -> Iterable[list[str]]:
    for measure in dict.fromkeys(key.measure for key in found):
        cells = [found.get(Measured(suite, system, measure)) for system in systems]
        yield [measure, *(f"{total.value:.3f} of {total.of:g}" if total else "–" for total in cells)]


def _by_group(found: dict[Measured, Total]) -> Iterable[str]:
    groups = sorted({key.group for key in found}, key=lambda group: (group != ALL, group))
    for group in groups:
        told = [f"{key.measure} {figure(total)}" for key, total in found.items() if key.group == group]
        yield f"  {group}: " + " · ".join(told)


def _times(records: Sequence[Record], systems: Sequence[str]) -> Iterable[str]:
    if any(record.counts for record in records):
        return
    for system in systems:
        times = sorted(r.milliseconds for r in records if r.system == system and r.milliseconds is not None)
        if times:
            late = times[min(len(times) - 1, int(0.95 * len(times)))]
            yield f"  {system}: median {times[len(times) // 2]:.0f} ms, 95 % within {late:.0f} ms"


def _wrong(records: Sequence[Record]) -> list[str]:
    """What is not full marks, case by case, as far as it fits a screen."""
    wrong = [f"- {record.case}: {problem}" for record in records for problem in record.problems]
    more = [f"- … and {len(wrong) - _MOST} more; --out DIR keeps them all"] if len(wrong) > _MOST else []
    return wrong[:_MOST] + more


def _table(head: list[str], rows: Iterable[list[str]]) -> list[str]:
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    ]
