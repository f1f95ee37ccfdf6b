"""Two runs compared: measure by measure with paired intervals, and case by case.

Only cases that are the same in both runs are compared: present in both, the same thing asked about the same patient,
and held to the same label. What is in one run only, or has changed, is listed and never averaged in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.errors import InputError
from evals.figures import compare_counts, counts_by_case
from evals.finished import read_run
from evals.measures import measure, position
from evals.records import Record

#: What makes two records the same case; the rest of what a system saw, such as the passages it found, is its own.
_ASKED = ("question", "text", "turns", "claim", "patient", "audience", "language")
Verdict = Literal["better", "worse", "same", "unclear"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class MeasureChange(_Part):
    """A measure in both runs, on the cases both have; the difference is b minus a."""

    suite: str
    system: str
    measure: str
    n: int
    a: float
    b: float
    difference: float
    low: float
    high: float
    verdict: Verdict
    safety: bool


class CaseChange(_Part):
    """A case on which the runs do not do equally well."""

    suite: str
    system: str
    case: str
    said_a: str
    said_b: str
    gone: tuple[str, ...]
    new: tuple[str, ...]
    marks: dict[str, tuple[str, str]]


class Diff(_Part):
    """What got better and what got worse from run a to run b."""

    a: str
    b: str
    measures: tuple[MeasureChange, ...]
    cases: tuple[CaseChange, ...]
    reworded: int
    compared: int
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    changed: tuple[str, ...]

    @property
    def safety_worse(self) -> tuple[MeasureChange, ...]:
        """Safety measures whose figure fell at all, whatever their interval."""
        return tuple(
            change for change in self.measures if change.safety and change.difference * measure(change.measure).sign < 0
        )

    def to_json(self) -> str:
        return self.model_dump_json(indent=1)

    def text(self) -> str:
        """The comparison to read: measures, what could not be compared, then the cases.

        Characters that steer a terminal are left out: what a system said may hold anything.
        """
        lines = [f"{self.a} → {self.b}: {self.compared} answers to the same cases compared"]
        lines += self._not_compared()
        for title, verdict in (("Worse", "worse"), ("Better", "better"), ("Changed, the interval holds 0", "unclear")):
            chosen = [change for change in self.measures if change.verdict == verdict]
            lines += [f"\n{title}:"] + [f"  {_measure_line(change)}" for change in chosen] if chosen else []
        same = sum(change.verdict == "same" for change in self.measures)
        lines.append(f"\nUnchanged: {same} of {len(self.measures)} measures. Other words, same marks: {self.reworded}")
        if self.safety_worse:
            names = dict.fromkeys(f"{change.suite} {change.measure}" for change in self.safety_worse)
            lines.append(f"SAFETY WORSE: {', '.join(names)}")
        for change in self.cases:
            lines += ["", *_case_lines(change)]
        return "".join(c for c in "\n".join(lines) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"))

    def _not_compared(self) -> list[str]:
        parts = ((f"only in {self.a}", self.only_a), (f"only in {self.b}", self.only_b),
                 ("not the same case in both", self.changed))  # fmt: skip
        return [f"NOT COMPARED, {why} ({len(names)}): {', '.join(names)}" for why, names in parts if names]


def compare(folder_a: Path, folder_b: Path) -> Diff:
    """Compare two runs' folders.

    Raises :class:`~assistant.InputError` where a folder cannot be read or the runs have no case in common.
    """
    run_a, run_b = read_run(folder_a), read_run(folder_b)
    before, after = _by_key(run_a.records), _by_key(run_b.records)
    common = sorted(before.keys() & after.keys())
    same = [key for key in common if _same_case(before[key], after[key])]
    if not same:
        raise InputError(
            f"{folder_a} and {folder_b} have no case in common: {_contents(run_a.records)} in the first, "
            f"{_contents(run_b.records)} in the second; run both with the same suites, cases and systems"
        )
    pairs = [(before[key], after[key]) for key in same]
    cases = [change for a, b in pairs if (change := _case_change(a, b))]
    return Diff(
        a=str(folder_a),
        b=str(folder_b),
        measures=tuple(_measures(pairs, run_b.seed)),
        cases=tuple(sorted(cases, key=lambda change: (not change.new, change.suite, change.system, change.case))),
        reworded=sum(a.said != b.said and _case_change(a, b) is None for a, b in pairs),
        compared=len(same),
        only_a=tuple(" / ".join(key) for key in sorted(before.keys() - after.keys())),
        only_b=tuple(" / ".join(key) for key in sorted(after.keys() - before.keys())),
        changed=tuple(" / ".join(key) for key in common if key not in set(same)),
    )


def _by_key(records: Iterable[Record]) -> dict[tuple[str, str, str], Record]:
    return {(record.suite, record.system, record.case): record for record in records}


def _same_case(a: Record, b: Record) -> bool:
    asked = (*_ASKED, "evidence") if "claim" in a.seen else _ASKED  # evidence that a claim is held to is given
    same_label = a.labels.get("right") == b.labels.get("right")
    return same_label and all(a.seen.get(key) == b.seen.get(key) for key in asked)


def _measures(pairs: list[tuple[Record, Record]], seed: int) -> list[MeasureChange]:
    before, after = counts_by_case(a for a, _ in pairs), counts_by_case(b for _, b in pairs)
    changes = []
    for suite, system, name in sorted(before.keys() & after.keys(), key=lambda key: (*key[:2], position(key[2]))):
        counts_a, counts_b = before[suite, system, name], after[suite, system, name]
        cases = counts_a.keys() & counts_b.keys()
        if not cases:
            continue
        same_a, same_b = ({case: counts[case] for case in cases} for counts in (counts_a, counts_b))
        for a, b, difference, low, high in compare_counts([same_a], [same_b], seed):
            changes.append(
                MeasureChange(suite=suite, system=system, measure=name, n=len(cases), a=a, b=b, difference=difference,
                              low=low, high=high, verdict=_verdict(name, difference, low, high),
                              safety=measure(name).safety)
            )  # fmt: skip
    return changes


def _verdict(name: str, difference: float, low: float, high: float) -> Verdict:
    if difference == low == high == 0:
        return "same"
    if low <= 0 <= high:
        return "unclear"
    return "better" if difference * measure(name).sign > 0 else "worse"


def _case_change(a: Record, b: Record) -> CaseChange | None:
    gone = tuple(problem for problem in a.problems if problem not in b.problems)
    new = tuple(problem for problem in b.problems if problem not in a.problems)
    marks = {
        name: (_mark(a, name), _mark(b, name))
        for name in sorted(a.counts.keys() | b.counts.keys(), key=position)
        if a.counts.get(name) != b.counts.get(name)
    }
    if not gone and not new and not marks:
        return None
    return CaseChange(suite=a.suite, system=a.system, case=a.case, said_a=a.said, said_b=b.said,
                      gone=gone, new=new, marks=marks)  # fmt: skip


def _mark(record: Record, name: str) -> str:
    return "{:g} of {:g}".format(*record.counts[name]) if name in record.counts else "–"


def _measure_line(change: MeasureChange) -> str:
    return (
        f"{change.suite} · {change.system} · {change.measure}: {change.a:.3f} → {change.b:.3f} "
        f"({change.difference:+.3f}, 95 % {change.low:+.3f} to {change.high:+.3f}, n {change.n})"
        f"{' [safety]' if change.safety else ''}"
    )


def _case_lines(change: CaseChange) -> list[str]:
    lines = [f"{change.suite} · {change.system} · {change.case}"]
    lines += [f"  + new problem: {problem}" for problem in change.new]
    lines += [f"  - gone: {problem}" for problem in change.gone]
    lines += [f"  {name}: {a} → {b}" for name, (a, b) in change.marks.items()]
    if change.said_a == change.said_b:
        return [*lines, "  in the same words"]
    return lines + _quoted("before", change.said_a) + _quoted("after", change.said_b)


def _quoted(when: str, said: str) -> list[str]:
    return [f"  {when}:"] + [f"    | {line}" for line in said.splitlines()]


def _contents(records: Iterable[Record]) -> str:
    records = list(records)
    suites, systems = sorted({r.suite for r in records}), sorted({r.system for r in records})
    return f"{', '.join(suites)} by {', '.join(systems)}"
