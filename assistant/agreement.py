"""Where a claim and its evidence do not agree: in quantities, in what is named, in direction, in what is added."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.edits import edits, replaced, shared_phrases
from assistant.lexicon import Word, load_lexicon, opposite_of, words
from assistant.naming import Named, covered, explains, partly, presence, read_names
from assistant.quantities import COUNT, TIME, Quantity, read_quantities
from assistant.wording import Wording, opposed, read_wording
from corpus.concepts import ConceptTable, Mention
from corpus.text import detect_language

Fault = tuple[Literal["contradicted", "unsupported"], str]

#: Kinds of concept that advice is about; conditions and people say for whom it is.
_ADVISED = frozenset({"medicine", "food", "nutrient", "activity", "care", "device", "habit", "function"})
#: Who advice is for: no matter whether it is for or against something.
_FOR_WHOM = frozenset({"person", "condition", "body part"})
#: People who are not the ones advised.
_BYSTANDERS = frozenset({"carer", "people:parents"})
#: Kinds of which half a name is enough.
_LOOSE = frozenset({"care", "activity", "device", "function", "habit", "symptom"})
#: Kinds that rewordings name in passing; one that has no like counts as a strange word, not as a fault by itself.
_SOFT = frozenset({"body part", "person", "function", "habit", "symptom"})
_SHORT_MONTHS = 0.09
_PART = re.compile(r"[,;:。]|[.](?=\s|$)|(?<![a-z])(?:and|but|so|because|which)(?![a-z])|并|且")
_NEAR = 25
_SEGMENT = re.compile(r"[,;:。、()]|[.](?=\s|$)|(?<![a-z])(?:and|but|or|和|或)(?![a-z])")


@dataclass(frozen=True)
class Text:
    """Everything read from one text."""

    folded: str
    named: Named
    wording: Wording
    quantities: tuple[Quantity, ...]

    @property
    def han(self) -> bool:
        """Whether the text is Chinese."""
        return detect_language(self.folded) == "zh"


def read_text(folded: str, table: ConceptTable) -> Text:
    """Read a normalised text; *table* is the extended one."""
    named = read_names(folded, table)
    spans = tuple((m.start, m.end) for m in named.mentions)
    return Text(folded, named, read_wording(folded, spans), tuple(read_quantities(folded)))


# -- quantities ---------------------------------------------------------------------------------------------


def quantity_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """Quantities of the claim that the evidence does not give, gives otherwise, or gives for something else."""
    equals = {quantity: _equals(quantity, evidence, table) for quantity in claim.quantities}
    for quantity, equal in equals.items():
        if quantity.period and any(q.interval and q.per == quantity.low and equals[q] for q in equals):
            continue
        if not equal:
            rivals = [e for e in evidence.quantities if _comparable(quantity, e)]
            if rivals:
                yield "contradicted", f"the passage says {_listed(rivals)}, not {quantity.shown}"
            else:
                yield "unsupported", f"the passage gives no {quantity.shown}"
        elif all(_bounds_clash(quantity, e, claim, evidence) for e in equal):
            yield "contradicted", f"the passage sets the other limit: {_listed(equal)}"
        elif all(_rates_clash(quantity, e) for e in equal):
            yield "contradicted", f"the passage gives {quantity.shown} for another stretch of time"
        elif other := _of_another(quantity, equal, claim, evidence, table):
            yield "contradicted", f"the passage gives {quantity.shown} for something else than {other}"


def _equals(quantity: Quantity, evidence: Text, table: ConceptTable) -> list[Quantity]:
    """The quantities of the evidence that are this one, or whose values are the two ends of this one."""
    equal = [e for e in evidence.quantities if _equal(quantity, e, evidence, table)]
    if not equal and quantity.low != quantity.high:
        ends = [
            replace(quantity, low=low, high=low, raw=(raw, raw))
            for low, raw in ((quantity.low, quantity.raw[0]), (quantity.high, quantity.raw[1]))
        ]
        found = [[e for e in evidence.quantities if _equal(end, e, evidence, table)] for end in ends]
        if all(found):
            return [*found[0], *found[1]]
    return equal


def _listed(quantities: Sequence[Quantity]) -> str:
    return ", ".join(dict.fromkeys(q.shown for q in quantities[:3]))


def _close(a: float, b: float, tolerance: float = 0.02) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-9)


def _ends(a: Quantity, b: Quantity, raw: bool = False, tolerance: float = 0.02) -> bool:
    """Whether every end of range *a* is an end of range *b*."""
    mine, theirs = (a.raw, b.raw) if raw else ((a.low, a.high), (b.low, b.high))
    return all(any(_close(x, y, tolerance) for y in theirs) for x in mine)


def _equal(claim: Quantity, evidence: Quantity, text: Text, table: ConceptTable) -> bool:
    if claim.dimension == evidence.dimension == "celsius":
        return all(min(abs(x - evidence.low), abs(x - evidence.high)) <= 0.3 for x in (claim.low, claim.high))
    if claim.dimension == evidence.dimension:
        months = claim.dimension == TIME and (claim.unit >= 43800) != (evidence.unit >= 43800)
        tolerance = _SHORT_MONTHS if months and not claim.period else 0.02
        if _ends(claim, evidence, tolerance=tolerance if claim.unit != evidence.unit else 1e-6):
            return True
    elif COUNT in (claim.dimension, evidence.dimension) and not claim.period and not evidence.period:
        return _ends(claim, evidence, raw=True, tolerance=1e-6)
    elif {claim.dimension, evidence.dimension} == {"mmol/l", "mg/dl"}:
        return _same_by_measurement(claim, evidence, text, table)
    if claim.interval and evidence.dimension == TIME:
        return _close(claim.interval, evidence.low) or _close(claim.interval, evidence.high)
    if claim.interval and evidence.interval:
        return _close(claim.interval, evidence.interval)
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
    for kinds in ({"person"}, {"food", "nutrient"}, {"medicine"}):
        at = [_concepts_beside(group, text, kinds, table) for group, text in
              (([quantity], claim), (equal, evidence), (rivals, evidence))]  # fmt: skip
        if at[0] & at[2] and at[1] and not at[0] & at[1]:
            return table.label(min(at[0] & at[2]), "en")
    return None


def _concepts_beside(
    quantities: Sequence[Quantity], text: Text, kinds: set[str], table: ConceptTable
) -> set[str]:
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


# -- what is named ------------------------------------------------------------------------------------------


def name_faults(claim: Text, evidence: Text, facts: Iterable[str], table: ConceptTable) -> Iterator[Fault]:
    """Things the claim names that neither the evidence nor the patient's facts do."""
    facts = tuple(facts)
    spans = [(q.start, q.end) for q in claim.quantities]
    judged = [
        (m, *presence(m, claim.named, evidence.named, facts, table))
        for m in claim.named.sure
        if not any(start <= m.start < end for start, end in spans)
    ]
    used = set().union(*(by for _, state, by in judged if state == "named"))
    one_language = claim.han == evidence.han
    for mention, state, _ in judged:
        kind = table[mention.concept].kind
        if state == "named" or (kind in _LOOSE and (not one_language or partly(mention, claim.named, evidence.named))):
            continue
        label = mention.name
        swapped = [m for m in evidence.named.mentions if m.concept not in used and _swaps(m, mention, claim, table)]
        if swapped:
            yield "contradicted", f"the passage names {swapped[0].name}, not {label}"
        elif kind in _SOFT:
            continue
        elif state == "narrower":
            yield "unsupported", f"the passage is less specific than {label}"
        else:
            yield "unsupported", f"the passage does not mention {label}"


def _swaps(stands: Mention, said: Mention, claim: Text, table: ConceptTable) -> bool:
    """Whether a claim may have put one thing for another: of a kind, unrelated, and the other is not said elsewhere."""
    if stands.concept in _BYSTANDERS or not _same_kind(table[stands.concept].kind, table[said.concept].kind):
        return False
    if table.is_a(said.concept, stands.concept):
        return False
    return not covered(words(stands.name), claim.named.words, load_lexicon())


def _same_kind(a: str, b: str) -> bool:
    groups = ({"food", "nutrient"}, {"condition", "symptom"}, {"activity", "care", "device", "function", "habit"})
    return a == b or any(a in group and b in group for group in groups)


# -- direction ----------------------------------------------------------------------------------------------


def sign_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """What the claim turns round: advised where the passage advises against, denied where it affirms, more for less."""
    least = 1 if claim.han == evidence.han else 2
    signs: dict[str, set[bool]] = {}
    for mention in claim.named.mentions:
        signs.setdefault(mention.concept, set()).add(claim.wording.turned(mention.start))
    mixed = {m.start for m in claim.named.mentions if len(signs[m.concept]) > 1}
    agreed: dict[int, int] = {}
    turned: dict[int, list[tuple[int, str]]] = {}
    for start, name, weight, places in _anchors(claim, evidence, table):
        if claim.wording.in_context(start) or start in mixed:
            continue
        part = claim.wording.part_at(start)
        mine = (claim.wording.turned(start), claim.wording.amount(start))
        places = [p for p in places if not evidence.wording.in_context(p)]
        if not places:
            continue
        theirs = [(evidence.wording.turned(p), evidence.wording.amount(p)) for p in places]
        if weight > 1 and all(_amounts_clash(mine, other) for other in theirs):
            yield "contradicted", f"the passage wants the opposite of {name}: more for less"
        if all(_turns_clash(mine, other) for other in theirs):
            turned.setdefault(part, []).append((weight, name))
        else:
            agreed[part] = agreed.get(part, 0) + weight
    if not claim.wording.waived and not evidence.wording.waived:
        for part, names in turned.items():
            alone = claim.han == evidence.han and max(names)[0] >= 3
            if alone or sum(weight for weight, _ in names) > max(agreed.get(part, 0), least):
                yield "contradicted", f"the passage points the other way on {max(names)[1]}"
    shared = claim.named.ids & evidence.named.ids
    masks = [[(m.start, m.end) for m in text.named.mentions if m.concept in shared] for text in (claim, evidence)]
    for said, stands in opposed(claim.wording.sides(masks[0]), evidence.wording.sides(masks[1])):
        yield "contradicted", f"the passage says {stands}, not {said}"


def _turns_clash(mine: tuple[bool, int], theirs: tuple[bool, int]) -> bool:
    if mine[0] == theirs[0]:
        return False
    kept = theirs if mine[0] else mine
    return kept[1] >= 0  # to limit and to avoid go the same way


def _amounts_clash(mine: tuple[bool, int], theirs: tuple[bool, int]) -> bool:
    signs = [amount * (-1 if turned else 1) for turned, amount in (mine, theirs)]
    return signs[0] * signs[1] < 0


def _anchors(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[tuple[int, str, int, list[int]]]:
    """Things that claim and evidence share: where in the claim, its name, its weight, and where in the evidence."""
    taken: list[tuple[int, int]] = [*claim.wording.cues]
    for mention in claim.named.mentions:
        places = _places(mention, evidence, table)
        if places:
            taken.append((mention.start, mention.end))
        if places and table[mention.concept].kind not in _FOR_WHOM:
            weight = 3 if table[mention.concept].kind in _ADVISED else 1
            yield mention.start, mention.name, weight, places
    lexicon = load_lexicon()
    for word in claim.named.words:
        if word.stem in lexicon.small or any(s <= word.start < e for s, e in taken):
            continue
        if word.stem in lexicon.light:
            places = [w.start for w in evidence.named.words if word.stem == w.stem]
            if places and len(word.stem) > 2:
                yield word.start, claim.folded[word.start : word.end], 1, places
            continue
        places = [w.start for w in evidence.named.words if lexicon.alike(word.stem, w.stem) >= 0.75]
        if places:
            same = any(w.stem == word.stem for w in evidence.named.words)
            yield word.start, claim.folded[word.start : word.end], 2 if same else 1, places


def _places(mention: Mention, evidence: Text, table: ConceptTable) -> list[int]:
    """Where the evidence names the same thing, in the same words if it does, else something wider or narrower."""
    related = [m for m in evidence.named.mentions if _related(m, mention, table)]
    same = [m for m in related if m.concept == mention.concept]
    return [m.start for m in (same or related)]


def _related(a: Mention, b: Mention, table: ConceptTable) -> bool:
    return table.is_a(a.concept, b.concept) or table.is_a(b.concept, a.concept)


def copy_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """What a claim changes that copies the evidence but for a few words."""
    if claim.han == evidence.han:
        numbers = [(q.start, q.end) for q in claim.quantities]
        yield from edits(claim.named, evidence.named, claim.wording.cues, evidence.wording.cues, numbers)
        for mine, theirs in replaced(claim.named, evidence.named):
            put = [q for q in claim.quantities if q.start < mine[1] and mine[0] < q.end]
            lost = [q for q in evidence.quantities if q.start < theirs[1] and theirs[0] < q.end]
            if len(put) == len(lost) == 1 and not _equal(put[0], lost[0], evidence, table):
                yield "contradicted", f"the passage has {lost[0].shown} instead of {put[0].shown}"
        yield from _turned_phrases(claim, evidence, table)
        yield from _denied_words(claim, evidence)
        yield from _only_faults(claim, evidence, table)
    yield from _order_faults(claim, evidence)


def _turned_phrases(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """Phrases in the same words that one of the two turns round and the other does not."""
    if claim.wording.waived or evidence.wording.waived:
        return
    whom = [
        (m.start, m.end) for m in claim.named.mentions if table[m.concept].kind in (*_FOR_WHOM, "symptom")
    ]  # fmt: skip
    seen: dict[int, list[bool]] = {}
    for mine, theirs in shared_phrases(claim.named, evidence.named):
        clauses: dict[int, list[tuple[int, bool]]] = {}
        for a, b in zip(mine, theirs, strict=True):
            if not claim.wording.in_context(a) and not evidence.wording.in_context(b):
                signs = [(text.wording.turned(at), text.wording.amount(at)) for text, at in ((claim, a), (evidence, b))]
                clauses.setdefault(claim.wording.clause_at(a).start, []).append((a, _turns_clash(*signs)))
        for found in clauses.values():
            clash = len(found) > 1 and all(clashes for _, clashes in found)
            for place, _ in found:
                seen.setdefault(place, []).append(clash)
    for place, clashes in sorted(seen.items()):
        if all(clashes):
            word = next(w for w in claim.named.words if w.start == place)
            if any(start <= place < end for start, end in whom):
                continue
            yield "contradicted", f"the passage points the other way on {claim.folded[word.start : word.end]}"
            return


def _denied_words(claim: Text, evidence: Text) -> Iterator[Fault]:
    """Words of which the other text has only the opposite by prefix: kinked and unkinked."""
    mine, theirs = ({w.stem for w in text.named.words} for text in (claim, evidence))
    for word in claim.named.words:
        if not word.han and word.stem not in theirs:
            for other in evidence.named.words:
                if other.stem not in mine and opposite_of(word.stem, other.stem):
                    if claim.wording.turned(word.start) == evidence.wording.turned(other.start):
                        yield "contradicted", f"the passage says {evidence.folded[other.start : other.end]}"


_ONLY = re.compile(r"(?P<not>not |不只|不仅|不能只)?\s*(?:(?<![a-z])(?:only|just)(?![a-z])|只|仅)")


def _only_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """What alone is allowed: another thing than in the passage, or alone where the passage says not only."""
    for mark in _ONLY.finditer(claim.folded):
        mine = _next_concepts(claim, mark.end())
        for other in _ONLY.finditer(evidence.folded):
            theirs = _next_concepts(evidence, other.end())
            if bool(mark["not"]) != bool(other["not"]):
                if mine and mine & theirs and not any(bool(o["not"]) == bool(mark["not"]) for o in _ONLY.finditer(evidence.folded)):
                    yield "contradicted", "the passage says not only"
                continue
            for a in mine - theirs:
                if any(table[a].kind == table[b].kind and not table.is_a(a, b) and not table.is_a(b, a) for b in theirs - mine):
                    yield "contradicted", f"the passage allows only something else than {table.label(a, 'en')}"


_THAN = re.compile(r"(?<![a-z])than(?![a-z])|比|多于|少于|优于|胜过")


def _order_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """Comparisons the other way round: meat rather than vegetables."""
    mine, theirs = (_compared(text) for text in (claim, evidence))
    if mine and theirs and mine[0] & theirs[1] and mine[1] & theirs[0] and not mine[0] & theirs[0]:
        yield "contradicted", "the passage compares them the other way round"


def _compared(text: Text) -> tuple[set[str], set[str]] | None:
    mark = next((m for m in _THAN.finditer(text.folded) if not text.wording.shielded(m.start())), None)
    if mark is None:
        return None
    part = text.wording.part_at(mark.start())
    left = {m.concept for m in text.named.mentions if part <= m.start < mark.start()}
    right = {m.concept for m in text.named.mentions if mark.end() <= m.start < mark.end() + _NEAR}
    return left, right


def _next_concepts(text: Text, position: int) -> frozenset[str]:
    following = [m for m in text.named.mentions if position <= m.start <= position + 12]
    return frozenset(m.concept for m in following[:1])


# -- what is added ------------------------------------------------------------------------------------------


def content_faults(claim: Text, evidence: Text, table: ConceptTable, facts: Iterable[str]) -> Iterator[Fault]:
    """Words of the claim that say something and have no like in the evidence."""
    facts = tuple(facts)
    lexicon = load_lexicon()
    explained = [
        (m.start, m.end) for m in claim.named.mentions
        if presence(m, claim.named, evidence.named, facts, table)[0] == "named"
    ]  # fmt: skip
    skipped = [*claim.wording.cues, *((q.start, q.end) for q in claim.quantities)]
    telling, strange = list[Word](), list[Word]()
    for word in claim.named.words:
        if word.stem in lexicon.light or any(s <= word.start < e for s, e in skipped):
            continue
        telling.append(word)
        if any(s <= word.start < e for s, e in explained):
            continue
        if not explains(word, evidence.named.words, lexicon):
            strange.append(word)
    if strange and _too_much(strange, telling, claim, claim.han == evidence.han):
        shown = ", ".join(claim.folded[w.start : w.end] for w in strange[:4])
        yield "unsupported", f"the passage says nothing of {shown}"


def _too_much(strange: Sequence[Word], telling: Sequence[Word], claim: Text, one_language: bool) -> bool:
    if len(strange) > (0.5 if one_language else 0.65) * len(telling):
        return True
    if not one_language:
        return False
    parts: dict[int, list[int]] = {}
    marks = [m.end() for m in _PART.finditer(claim.folded)]
    for word in telling:
        part = parts.setdefault(bisect.bisect_right(marks, word.start), [0, 0])
        part[0] += 1
        part[1] += word in strange
    return any(bad >= 2 and (bad == all_ or (bad >= 3 and bad > 0.6 * all_)) for all_, bad in parts.values())
