"""Can a condition hold for any patient at all? Used by the linter to find dead statements and rules."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

from corpus.concepts import ConceptTable
from corpus.conditions import CONCEPT_LEAVES, NUMBER_LEAVES, Condition, parse_comparison

_Literal = tuple[bool, str, Any]
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_AGE_LIMITS = (0.0, 130.0)


def can_hold(condition: Condition, concepts: ConceptTable) -> bool:
    """Whether some patient could satisfy the condition, given what kinds of things there are and what is possible."""
    return any(_consistent(case, concepts) for case in _cases(condition, True))


def _cases(condition: Condition, wanted: bool) -> list[list[_Literal]]:
    """The condition in disjunctive normal form: a list of cases, each a list of literals that hold together."""
    ((key, value),) = condition.items()
    if key == "not":
        return _cases(value, not wanted)
    if key in ("all", "any"):
        parts = [_cases(part, wanted) for part in value]
        if (key == "all") == wanted:
            return [list(itertools.chain(*combination)) for combination in itertools.product(*parts)]
        return list(itertools.chain(*parts))
    frozen = next(iter(value.items())) if isinstance(value, Mapping) else value
    return [[(wanted, key, frozen)]]


def _consistent(case: list[_Literal], concepts: ConceptTable) -> bool:
    ranges: dict[tuple[str, str], list[tuple[str, float]]] = {}
    present: set[tuple[bool, str]] = set()
    absent: set[tuple[bool, str]] = set()
    flags: dict[str, Any] = {}
    for wanted, key, value in case:
        if key in NUMBER_LEAVES or key == "age":
            name, comparison = value if key in NUMBER_LEAVES else ("age_years", value)
            symbol, bound = parse_comparison(comparison)
            if not wanted and symbol == "==":
                continue
            ranges.setdefault((key, name), []).append((symbol if wanted else _NEGATED[symbol], bound))
        elif key in CONCEPT_LEAVES:
            (present if wanted else absent).add((key == "allergy", value))
        else:
            if key == "sex" and not wanted:
                value = "male" if value == "female" else "female"
            elif not wanted:
                value = not value
            if flags.setdefault(key, value) != value:
                return False
    if flags.get("pregnant") and flags.get("sex") == "male":
        return False
    if any(a == b and concepts.is_a(x, y) for a, x in present for b, y in absent):
        return False
    return all(_non_empty(bounds, _limits(name, concepts)) for (_, name), bounds in ranges.items())


def _limits(name: str, concepts: ConceptTable) -> tuple[float, float]:
    if name == "age_years":
        return _AGE_LIMITS
    measurement = concepts.measurements.get(name)
    return (measurement.minimum, measurement.maximum) if measurement else (-math.inf, math.inf)


def _non_empty(bounds: list[tuple[str, float]], limits: tuple[float, float]) -> bool:
    low, high = limits
    low_open = high_open = False
    for symbol, bound in bounds:
        if symbol in (">", ">=", "==") and (bound > low or (bound == low and symbol == ">")):
            low, low_open = bound, symbol == ">"
        if symbol in ("<", "<=", "==") and (bound < high or (bound == high and symbol == "<")):
            high, high_open = bound, symbol == "<"
    return low < high or (low == high and not low_open and not high_open)
