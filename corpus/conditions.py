"""Three-valued conditions over a patient's facts.

A condition is a small tree of plain mappings, as written in the data files::

    all:
    - condition: chronic_kidney_disease
    - lab: {potassium_mmol_l: "> 5.0"}
    - not: {care: dialysis}

It is evaluated under Kleene's strong logic: a fact that is not known is *unknown*, never false, and
the result says which facts decided it and which ones were missing.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

CONCEPT_LEAVES = frozenset({"condition", "symptom", "habit", "function", "device", "care", "medicine", "allergy"})
NUMBER_LEAVES = frozenset({"lab", "vital"})
FLAG_LEAVES = frozenset({"pregnant", "breastfeeding"})
_COMPARISON = re.compile(r"^\s*(<=|>=|==|<|>)\s*(-?\d+(?:\.\d+)?)\s*$")
_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}

Condition = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about a patient: the field it stands in and its value there."""

    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that would have decided a condition: leaf kind, concept id or measurement key, what was asked."""

    leaf: str
    key: str
    test: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The truth of a condition (``None`` is unknown), the facts it rests on, and the facts that were missing."""

    truth: bool | None
    because: tuple[Fact, ...] = ()
    missing: tuple[Missing, ...] = ()


class Facts(Protocol):
    """What a condition may ask about a patient; each answer is a verdict of its own."""

    def concept(self, leaf: str, concept: str) -> Verdict:
        """Whether the patient is known to have (or not to have) this concept, or a kind of it."""

    def number(self, key: str) -> tuple[float, float, Fact] | None:
        """The range in which a measurement or ``age_years`` lies (twice the value where it is exact), and the fact."""

    def flag(self, name: str) -> tuple[Any, Fact] | None:
        """The value of ``pregnant``, ``breastfeeding`` or ``sex``, or ``None`` where unknown."""


def parse_comparison(text: str) -> tuple[str, float]:
    """Split ``"> 5.5"`` into operator and bound; raise :class:`ValueError` for anything else."""
    match = _COMPARISON.match(str(text))
    if not match:
        raise ValueError(f"{text!r} is not a comparison such as '> 5.5'")
    return match.group(1), float(match.group(2))


def leaves(condition: Condition) -> Iterator[tuple[str, Any]]:
    """Yield every leaf ``(kind, value)`` of a condition, whatever it is combined by."""
    for key, value in condition.items():
        if key in ("all", "any"):
            for part in value:
                yield from leaves(part)
        elif key == "not":
            yield from leaves(value)
        else:
            yield key, value


def check(condition: Any) -> None:
    """Raise :class:`ValueError`, saying what is wrong, unless *condition* is well formed."""
    if not isinstance(condition, Mapping) or len(condition) != 1:
        raise ValueError(f"a condition has exactly one key, e.g. {{condition: hypertension}}; found {condition!r}")
    ((key, value),) = condition.items()
    if key in ("all", "any"):
        if not isinstance(value, list | tuple) or not value:
            raise ValueError(f"'{key}' needs a list of conditions; found {value!r}")
        for part in value:
            check(part)
    elif key == "not":
        check(value)
    elif key in NUMBER_LEAVES:
        if not isinstance(value, Mapping) or len(value) != 1:
            raise ValueError(f"'{key}' needs one measurement, e.g. {{potassium_mmol_l: '> 5.5'}}; found {value!r}")
        for comparison in value.values():
            parse_comparison(comparison)
    elif key == "age":
        parse_comparison(value)
    elif key in FLAG_LEAVES:
        if not isinstance(value, bool):
            raise ValueError(f"'{key}' is true or false; found {value!r}")
    elif key == "sex":
        if value not in ("female", "male"):
            raise ValueError(f"'sex' is female or male; found {value!r}")
    elif key in CONCEPT_LEAVES:
        if not isinstance(value, str):
            raise ValueError(f"'{key}' needs a concept id; found {value!r}")
    else:
        raise ValueError(f"unknown condition {key!r}")


def evaluate(condition: Condition | None, facts: Facts) -> Verdict:
    """Evaluate a checked condition; no condition at all is true."""
    if not condition:
        return Verdict(True)
    ((key, value),) = condition.items()
    if key == "all":
        return _all([evaluate(part, facts) for part in value])
    if key == "any":
        return _any([evaluate(part, facts) for part in value])
    if key == "not":
        inner = evaluate(value, facts)
        return Verdict(None if inner.truth is None else not inner.truth, inner.because, inner.missing)
    if key in NUMBER_LEAVES:
        ((name, comparison),) = value.items()
        return _compare(key, name, comparison, facts)
    if key == "age":
        return _compare("age", "age_years", value, facts)
    if key in FLAG_LEAVES or key == "sex":
        known = facts.flag(key)
        if known is None:
            return Verdict(None, missing=(Missing(key, key, str(value)),))
        return Verdict(known[0] == value, (known[1],))
    return facts.concept(key, value)


def holds(condition: Condition, facts: Facts) -> bool | None:
    """The truth of a checked condition alone; quicker than :func:`evaluate`, since it stops where it is decided."""
    ((key, value),) = condition.items()
    if key == "not":
        inner = holds(value, facts)
        return None if inner is None else not inner
    if key not in ("all", "any"):
        return evaluate(condition, facts).truth
    decides = key == "any"
    unknown = False
    for part in value:
        truth = holds(part, facts)
        if truth is decides:
            return decides
        unknown = unknown or truth is None
    return None if unknown else not decides


def _compare(leaf: str, key: str, comparison: str, facts: Facts) -> Verdict:
    known = facts.number(key)
    if known is None:
        return Verdict(None, missing=(Missing(leaf, key, str(comparison)),))
    symbol, bound = parse_comparison(comparison)
    low, high, fact = known
    at_low, at_high = _OPERATORS[symbol](low, bound), _OPERATORS[symbol](high, bound)
    if at_low == at_high and (low == high or symbol != "=="):
        return Verdict(at_low, (fact,))
    return Verdict(None, missing=(Missing(leaf, key, str(comparison)),))


def _all(parts: list[Verdict]) -> Verdict:
    false = next((p for p in parts if p.truth is False), None)
    if false is not None:
        return Verdict(False, false.because)
    truth = None if any(p.truth is None for p in parts) else True
    return Verdict(truth, _join(p.because for p in parts if p.truth), _join(p.missing for p in parts))


def _any(parts: list[Verdict]) -> Verdict:
    true = [p for p in parts if p.truth]
    if true:
        return Verdict(True, _join(p.because for p in true))
    truth = None if any(p.truth is None for p in parts) else False
    return Verdict(truth, _join(p.because for p in parts), _join(p.missing for p in parts))


def _join(groups: Iterator[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))
