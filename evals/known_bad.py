"""Whether the suites see what they are there to see: systems with one known fault each, beside ours.

A fault has to bring down the figures it is about, and to leave all others where they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evals.records import ALL, Measured, Record, Total, totals

Figure = tuple[str, str]
#: A figure has moved if it is so much worse than ours, and has stayed if it is no further away than the other.
CLEARLY, STAYED = 0.05, 0.02


@dataclass(frozen=True)
class Fault:
    """What a fault does to which figures: takes them down, up, or away; ``free`` ones may move, others must not.

    Free are figures that a fault changes without its being about them: whoever calls everything an emergency misses
    none and does so in both languages, and what else is said is worded otherwise. No figure of those is enough alone.
    """

    down: frozenset[Figure] = frozenset()
    up: frozenset[Figure] = frozenset()
    gone: frozenset[Figure] = frozenset()
    free: frozenset[Figure] = frozenset()


def _of(suite: str, *measures: str) -> frozenset[Figure]:
    return frozenset((suite, measure) for measure in measures)


_WORDING = _of("plain", "reading grade", "at or below grade 8", "characters a sentence", "plain sentences")

FAULTS: Mapping[str, Fault] = {
    "bad-wrong-passage": Fault(down=_of("grounding", "citation recall", "citation precision")),
    "bad-always-emergency": Fault(
        down=_of("triage", "accuracy"),
        up=_of("triage", "false alarms"),
        free=_of("triage", "safety", "emergency recall") | _of("dialogue", "level") | _of("parity", "same urgency"),
    ),
    "bad-ignores-patient": Fault(
        down=_of("personal", "must-have", "because"),
        up=_of("personal", "must-not"),
        free=_of("triage", "emergency recall", "safety", "accuracy", "false alarms")
        | _of("parity", "same urgency", "same statements", "answered in both")
        | _WORDING,
    ),
    # It answers what ours declines by mistake, too.
    "bad-answers-everything": Fault(
        down=_of("scope", "declined", "part"),
        gone=_of("scope", "kind named"),
        free=_WORDING | _of("retrieval", "in answer"),
    ),
    "bad-refuses-everything": Fault(
        down=_of("personal", "must-have", "because")
        | _of("scope", "answered", "part")
        | _of("dialogue", "turns", "mentions", "topics", "changed", "format")
        | _of("retrieval", "search@5", "in answer", "recall@1", "recall@3", "recall@5", "recall@10", "recall@20")
        | _of("retrieval", "ndcg@10", "mrr")
        | _of("grounding", "true kept")
        | _of("parity", "answered in both"),
        gone=_of("grounding", "citation recall", "citation precision", "quote exact")
        | _of("parity", "same statements")
        | _WORDING,
        free=_of("grounding", "planted caught", "additions caught") | _of("scope", "kind named"),
    ),
}


@dataclass(frozen=True)
class Compared:
    """A figure of a bad system beside ours, and what is wrong with that, if anything."""

    system: str
    suite: str
    measure: str
    ours: float
    its: float | None
    expected: str
    wrong: str | None


def compare(records: Sequence[Record]) -> list[Compared]:
    """Every figure of every bad system beside ours."""
    found = {key: total for key, total in totals(records).items() if key.group == ALL}
    figures = [(key.suite, key.measure) for key in found if key.system == "ours"]
    return [row for system, fault in FAULTS.items() for row in _compare(system, fault, figures, found)]


def _compare(
    system: str, fault: Fault, figures: Sequence[Figure], found: Mapping[Measured, Total]
) -> Iterator[Compared]:
    values = {key: total.value for key, total in found.items()}
    for suite, measure in figures:
        figure = (suite, measure)
        ours = values[Measured(suite, "ours", measure)]
        its = values.get(Measured(suite, system, measure))
        expected = next((name for name in ("down", "up", "gone", "free") if figure in getattr(fault, name)), "stays")
        yield Compared(system, suite, measure, ours, its, expected, _wrong(expected, ours, its))


def _wrong(expected: str, ours: float, its: float | None) -> str | None:
    if expected == "free" or (expected == "gone") == (its is None):
        if its is None or expected == "free":
            return None
        if expected == "down":
            return None if its <= ours - CLEARLY else "is not seen"
        if expected == "up":
            return None if its >= ours + CLEARLY else "is not seen"
        return None if abs(its - ours) <= STAYED else "is blamed for what it does not do"
    return "is not measured" if its is None else "should have nothing to measure"


def in_words(rows: Sequence[Compared]) -> str:
    """The systems' tables: what each fault moved, what was wrong with that, and how many figures stayed."""
    lines = []
    for system in dict.fromkeys(row.system for row in rows):
        mine = [row for row in rows if row.system == system]
        shown = [row for row in mine if row.expected != "stays" or row.wrong]
        stayed = sum(row.expected == "stays" and not row.wrong for row in mine)
        lines.append(f"{system}")
        for row in shown:
            its = "–" if row.its is None else f"{row.its:.3f}"
            note = f"  WRONG: the fault {row.wrong}" if row.wrong else ""
            lines.append(
                f"  {row.suite + ' ' + row.measure:<30} ours {row.ours:.3f}  its {its:<6} ({row.expected}){note}"
            )
        lines.append(f"  {stayed} other figures stay within {STAYED:g} of ours")
    wrong = sum(row.wrong is not None for row in rows)
    lines.append(f"{wrong} WRONG" if wrong else "every fault is seen where it is, and nowhere else")
    return "\n".join(lines)
