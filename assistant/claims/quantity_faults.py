"""Where a claim gives a quantity that its evidence does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.claims.lexicon import Word, load_lexicon
from assistant.claims.opposites import Pole, graded, poles
from assistant.claims.quantities import COUNT, TIME, Quantity, claims
from assistant.claims.reading import Fault, Text
from corpus.concepts import ConceptTable

_SHORT_MONTHS = 0.09
_DAY = 1440.0
_NEAR = 45
_APART = re.compile(r"[,;:。()]|[.](?=\s|$)|(?<![a-z])(?:and|or)(?![a-z])")
_BOTH = re.compile(r"(?<![a-z])(?:both|either|pair)(?![a-z])|双|两[侧边]")
_SEGMENT = re.compile(r"[,;:。、()]|[.](?=\s|$)|(?<![a-z])(?:and|but|or|和|或)(?![a-z])")


def quantity_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """Quantities of the claim that the evidence does not give, gives otherwise, or gives for something else."""
    equals = {quantity: _equals(quantity, evidence, table) for quantity in claim.quantities}
    for quantity, equal in equals.items():
        if quantity.period and any(q.intervals and q.per == quantity.low and equals[q] for q in equals):
            continue
        if not equal:
            if _once(quantity, claim) and _once_in(evidence):
                continue
            if quantity.period and quantity.shown in claims()["passing"] and not _counted_in(quantity, claim):
                continue
            if quantity.dimension == COUNT and quantity.raw == (2, 2) and _BOTH.search(evidence.folded):
                continue
            rivals = [e for e in evidence.quantities if _comparable(quantity, e)]
            if rivals:
                yield "contradicted", f"the passage says {_listed(rivals)}, not {quantity.shown}"
            elif not _bare(quantity):
                yield "unsupported", f"the passage gives no {quantity.shown}"
        elif all(_bounds_clash(quantity, e, claim, evidence) for e in equal):
            yield "contradicted", f"the passage sets the other limit: {_listed(equal)}"
        elif _inside_limits(quantity, equal):
            yield "contradicted", f"the passage means what lies outside {quantity.shown}"
        elif all(_rates_clash(quantity, e) for e in equal):
            yield "contradicted", f"the passage gives {quantity.shown} for another stretch of time"
        elif other := _of_another(quantity, equal, claim, evidence, table):
            yield "contradicted", f"the passage gives {quantity.shown} for something else than {other}"


def count_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """Bare counts of the claim where the evidence counts nothing: two of them may be the two that it names."""
    for quantity in claim.quantities:
        if not _bare(quantity) or _equals(quantity, evidence, table):
            continue
        if (quantity.raw == (2, 2) and _BOTH.search(evidence.folded)) or (
            _once(quantity, claim) and _once_in(evidence)
        ):
            continue
        if not any(_comparable(quantity, e) for e in evidence.quantities):
            yield "unsupported", f"the passage gives no {quantity.shown}"


def in_its_units(claim: Text, evidence: Text, table: ConceptTable) -> str | None:
    """The claim with its quantities written as the evidence writes them; none where that changes nothing.

    Half an hour and 30 minutes are one to whoever converts, and two to whoever only reads.
    """
    parts, at = [], 0
    for quantity in sorted(claim.quantities, key=lambda q: q.start):
        equal = [] if quantity.period or _bare(quantity) else _equals(quantity, evidence, table)
        written = [evidence.folded[e.start : e.end] for e in equal]
        if len(equal) == 1 and quantity.start >= at and claim.folded[quantity.start : quantity.end] not in written:
            parts += [claim.folded[at : quantity.start], written[0]]
            at = quantity.end
    return "".join([*parts, claim.folded[at:]]) if parts else None


def _once(quantity: Quantity, text: Text) -> bool:
    """Whether a quantity counts to one time: written in words that is none."""
    return quantity.raw == (1, 1) and _bare(quantity) and text.folded.startswith(("次", " time"), quantity.end)


def _once_in(text: Text) -> bool:
    return re.search(r"一次|(?<![a-z])(?:once|again|one time)(?![a-z])", text.folded) is not None


def _bare(quantity: Quantity) -> bool:
    return quantity.dimension == COUNT and quantity.per is None and not quantity.period


def _equals(quantity: Quantity, evidence: Text, table: ConceptTable) -> list[Quantity]:
    """The quantities of the evidence that are this one, or whose values are the two ends of this one."""
    free = [e for e in evidence.quantities if not e.period or quantity.period or not _counted_in(e, evidence)]
    equal = [e for e in free if equal_quantity(quantity, e, evidence, table)]
    if not equal and quantity.low != quantity.high:
        ends = [
            replace(quantity, low=low, high=low, raw=(raw, raw))
            for low, raw in ((quantity.low, quantity.raw[0]), (quantity.high, quantity.raw[1]))
        ]
        found = [[e for e in evidence.quantities if equal_quantity(end, e, evidence, table)] for end in ends]
        if all(found):
            return [*found[0], *found[1]]
    return equal or _product(quantity, evidence)


def _product(quantity: Quantity, evidence: Text) -> list[Quantity]:
    """What a number of times makes of a quantity of the evidence: 6 to 8 glasses of 240 ml, 30 minutes on 5 days."""
    if quantity.dimension not in ("time", "mass", "volume", "energy") or quantity.period:
        return []
    for one in evidence.quantities:
        if one.dimension != quantity.dimension or one.period:
            continue
        for many in evidence.quantities:
            days = many.dimension == TIME and many.unit == _DAY and quantity.dimension == TIME
            first, second = sorted((one, many), key=lambda q: q.start)
            gap = evidence.folded[first.end : second.start]
            if many is one or not (many.dimension == COUNT or days) or len(gap) > _NEAR or _APART.search(gap):
                continue
            ends = one.low * many.raw[0], one.high * many.raw[1]
            if many.raw[1] > 1 and _close(quantity.low, ends[0], 0.04) and _close(quantity.high, ends[1], 0.04):
                return [replace(quantity, bound=one.bound or many.bound, per=None)]
    return []


def _counted_in(period: Quantity, text: Text) -> bool:
    """Whether a text counts something in a period: 4 times a week."""
    return any(q.per == period.low for q in text.quantities if q.dimension == COUNT)


def _listed(quantities: Sequence[Quantity]) -> str:
    return ", ".join(dict.fromkeys(q.shown for q in quantities[:3]))


def _close(a: float, b: float, tolerance: float = 0.02) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-9)


def _ends(a: Quantity, b: Quantity, raw: bool = False, tolerance: float = 0.02) -> bool:
    """Whether every end of range *a* is an end of range *b*."""
    mine, theirs = (a.raw, b.raw) if raw else ((a.low, a.high), (b.low, b.high))
    return all(any(_close(x, y, tolerance) for y in theirs) for x in mine)


def equal_quantity(claim: Quantity, evidence: Quantity, text: Text, table: ConceptTable) -> bool:
    """Whether two quantities are the same, in any units or as how often; a bare number equals any with its value."""
    if claim.dimension == evidence.dimension == "celsius":
        return all(min(abs(x - evidence.low), abs(x - evidence.high)) <= 0.3 for x in (claim.low, claim.high))
    if claim.dimension == evidence.dimension:
        months = claim.dimension == TIME and (claim.unit >= 43800) != (evidence.unit >= 43800)
        tolerance = _SHORT_MONTHS if months and not claim.period else 0.02
        if _ends(claim, evidence, tolerance=tolerance if claim.unit != evidence.unit else 1e-6):
            return True
    elif COUNT in (claim.dimension, evidence.dimension) and not claim.period and not evidence.period:
        if _ends(claim, evidence, raw=True, tolerance=1e-6):
            return True
    elif {claim.dimension, evidence.dimension} == {"mmol/l", "mg/dl"}:
        return _same_by_measurement(claim, evidence, text, table)
    if claim.interval and evidence.dimension == TIME:
        return _close(claim.interval, evidence.low) or _close(claim.interval, evidence.high)
    mine, theirs = claim.intervals, evidence.intervals
    if mine and (theirs or evidence.dimension == TIME):
        low, high = theirs or (evidence.low, evidence.high)
        return all(_close(end, low) or _close(end, high) for end in mine)
    if claim.dimension == TIME and evidence.interval:
        return _close(claim.low, evidence.interval)
    return False


def _same_by_measurement(claim: Quantity, evidence: Quantity, text: Text, table: ConceptTable) -> bool:
    for measurement in table.measurements.values():
        if "mg_dl" not in measurement.alternatives or measurement.unit != "mmol/L":
            continue
        if not any(name.lower() in text.folded for name in measurement.names if len(name) > 2):
            continue
        factor = measurement.alternatives["mg_dl"][0]
        scale = factor if claim.dimension == "mg/dl" else 1 / factor
        if _close(claim.low * scale, evidence.low, 0.04):
            return True
    return False


def _comparable(claim: Quantity, evidence: Quantity) -> bool:
    units = {claim.dimension, evidence.dimension}
    return len(units) == 1 or (COUNT in units and not claim.period and not evidence.period) or units <= {
        "mmol/l", "mg/dl", "mg/l", "g/l", "µmol/l", "mass", "volume", "energy", "length", "celsius",
    }  # fmt: skip


def _bounds_clash(claim: Quantity, evidence: Quantity, claim_text: Text, evidence_text: Text) -> bool:
    if claim.bound is None or evidence.bound is None or claim.period or evidence.period:
        return False
    if claim_text.wording.turned(claim.start) != evidence_text.wording.turned(evidence.start):
        return False
    return claim.bound != evidence.bound


def _inside_limits(quantity: Quantity, equal: Sequence[Quantity]) -> bool:
    """Whether the claim gives a range where the passage gives what lies below it or above it."""
    if quantity.low == quantity.high or quantity.bound:
        return False
    low = [e.bound for e in equal if _close(e.high, quantity.low, 1e-3)]
    high = [e.bound for e in equal if _close(e.low, quantity.high, 1e-3)]
    return bool(low and high) and set(low) == {"max"} and set(high) == {"min"}


def _rates_clash(claim: Quantity, evidence: Quantity) -> bool:
    if not claim.per or not evidence.per or claim.dimension == TIME:
        return False
    if claim.dimension != evidence.dimension:
        return False
    return not _close(claim.per, evidence.per) and not _close(claim.low / claim.per, evidence.low / evidence.per)


def _of_another(
    quantity: Quantity, equal: Sequence[Quantity], claim: Text, evidence: Text, table: ConceptTable
) -> str | None:
    """What the claim gives the quantity for, where the passage gives it another one and this one to something else."""
    rivals = [
        e for e in evidence.quantities
        if e.dimension == quantity.dimension and e not in equal and e.period == quantity.period
    ]  # fmt: skip
    if not rivals or quantity.period:
        return None
    for kinds in ({"person"}, {"food", "nutrient"}, {"medicine"}, {"activity"}, {"symptom", "condition"}, {"device"}):
        at = [_concepts_beside(group, text, kinds, table) for group, text in
              (([quantity], claim), (equal, evidence), (rivals, evidence))]  # fmt: skip
        if at[0] & at[2] and at[1] and not at[0] & at[1]:
            return table.label(min(at[0] & at[2]), "en")
    mine, same, other = (
        {(p.number, p.side): text.folded[p.start : p.end] for q in group for p in _poles_beside(q, text)}
        for group, text in (([quantity], claim), (equal, evidence), (rivals, evidence))
    )
    for number, side in mine:
        elsewhere = any(n == number and s != side for n, s in same)
        if (number, side) in other and elsewhere and (number, side) not in same:
            return mine[number, side]
    beside, own, others = (
        {w.stem: text.folded[w.start : w.end] for q in group for w in _words_beside(q, text)}
        for group, text in (([quantity], claim), (equal, evidence), (rivals, evidence))
    )
    if claim.han == evidence.han and own.keys() - others.keys() and not beside.keys() & (own.keys() - others.keys()):
        for stem in beside.keys() & (others.keys() - own.keys()):
            return beside[stem]
    return None


def _words_beside(quantity: Quantity, text: Text) -> list[Word]:
    light = load_lexicon().light
    start, end = _segment(quantity, text.folded)
    spans = [(q.start, q.end) for q in text.quantities]
    return [
        w for w in text.named.words
        if start <= w.start < end and w.stem not in light and not any(s <= w.start < e for s, e in spans)
        and not (w.han and len(w.stem) == 1 and any(w.start == e for _, e in spans))
    ]  # fmt: skip


def _poles_beside(quantity: Quantity, text: Text) -> list[Pole]:
    start, end = _segment(quantity, text.folded)
    return [p for p in poles(text.folded, text.named.words) if start <= p.start < end and p.number in graded()]


def _concepts_beside(quantities: Sequence[Quantity], text: Text, kinds: set[str], table: ConceptTable) -> set[str]:
    spans = [_segment(q, text.folded) for q in quantities]
    return {
        m.concept for m in text.named.mentions
        if table[m.concept].kind in kinds and any(start <= m.start < end for start, end in spans)
    }  # fmt: skip


def _segment(quantity: Quantity, folded: str) -> tuple[int, int]:
    marks = [m.start() for m in _SEGMENT.finditer(folded)]
    return (
        max((m for m in marks if m < quantity.start), default=0),
        min((m for m in marks if m >= quantity.end), default=len(folded)),
    )
