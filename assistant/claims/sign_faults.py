"""Where a claim points the other way than its evidence: for against, more for less, an opposite for its opposite."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.claims.lexicon import load_lexicon
from assistant.claims.order_faults import agreed_order
from assistant.claims.reading import Fault, Text
from corpus.concepts import ConceptTable, Mention

#: Kinds of concept that advice is about; conditions and people say for whom it is.
_ADVISED = frozenset({"medicine", "food", "nutrient", "activity", "care", "device", "habit", "function"})
#: From which weight on one thing is enough where one of the two texts denies nothing at all.
_TELLING = 2
#: What allows a little where none is allowed.
_PERMITS = re.compile(r"(?<![a-z])(?:safe|fine|ok|okay|allowed|may|can|harmless)(?![a-z])|可以|可少|没关系|无妨|没事")
_UNTIL = re.compile(r"(?<![a-z])(?:not|never|no)(?![a-z])[^.;]{1,80}(?<![a-z])until(?![a-z])")
#: Who advice is for: no matter whether it is for or against something.
FOR_WHOM = frozenset({"person", "condition", "body part"})


def sign_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """What the claim turns round: advised where the passage advises against, denied where it affirms, more for less."""
    least = 1 if claim.han == evidence.han else 2
    signs: dict[str, set[bool]] = {}
    for mention in claim.named.mentions:
        signs.setdefault(mention.concept, set()).add(claim.wording.turned(mention.start))
    mixed = {m.start for m in claim.named.mentions if len(signs[m.concept]) > 1}
    agreed: dict[int, int] = {}
    turned: dict[int, list[tuple[int, str]]] = {}
    ways: dict[int, dict[bool, list[int]]] = {}
    for start, name, weight, places in _anchors(claim, evidence, table):
        if claim.wording.in_context(start) or claim.wording.unsure(start) or start in mixed:
            continue
        part = claim.wording.part_at(start)
        mine = (claim.wording.turned(start), claim.wording.amount(start))
        places = [p for p in places if not evidence.wording.in_context(p) and not evidence.wording.unsure(p)]
        if not places:
            continue
        if mine[1] < 0 and not mine[0] and _PERMITS.search(claim.folded, part):
            mine = (False, 0)
        theirs = [(evidence.wording.turned(p), evidence.wording.amount(p)) for p in places]
        if weight > 1 and all(_amounts_clash(mine, other) for other in theirs):
            yield "contradicted", f"the passage wants the opposite of {name}: more for less"
        if all(turns_clash(mine, other) for other in theirs):
            turned.setdefault(part, []).append((weight, name))
            ways.setdefault(part, {}).setdefault(mine[0], []).append(weight)
        else:
            agreed[part] = agreed.get(part, 0) + weight
    plain = [text for text in (claim, evidence) if not text.wording.cues]
    if not claim.wording.waived and not evidence.wording.waived and not _until_agrees(claim, evidence):
        if plain:
            for names in turned.values():
                if max(names)[0] >= (_TELLING if claim.han == evidence.han else 1):
                    yield "contradicted", f"only one of the two denies {max(names)[1]}"
        for part, names in turned.items():
            both = len(ways[part]) > 1 and min(max(weights) for weights in ways[part].values()) >= _TELLING
            alone = both or (claim.han == evidence.han and max(names)[0] >= 3)
            if alone or sum(weight for weight, _ in names) > max(agreed.get(part, 0), least):
                yield "contradicted", f"the passage points the other way on {max(names)[1]}"


def _until_agrees(claim: Text, evidence: Text) -> bool:
    """Whether one says "not until" and the other the same order in another way: never B until A, A before B."""
    untils = [_UNTIL.search(text.folded) is not None for text in (claim, evidence)]
    return untils[0] != untils[1] and agreed_order(claim, evidence)


def turns_clash(mine: tuple[bool, int], theirs: tuple[bool, int]) -> bool:
    """Whether one of two is turned round and the other, which is not to be less, is not: (turned, amount) of each."""
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
        if places and table[mention.concept].kind not in FOR_WHOM:
            weight = 3 if table[mention.concept].kind in _ADVISED else 1
            yield mention.start, mention.name, weight, places
    lexicon = load_lexicon()
    for word in claim.named.words:
        if word.stem in lexicon.small or any(s <= word.start < e for s, e in taken):
            continue
        if word.stem in lexicon.light:
            places = [w.start for w in evidence.named.words if word.stem == w.stem]
            if places and len(word.stem) > (1 if word.han else 2):
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
