"""Where a claim in the passage's own words changes a few of them, or turns a phrase of it round."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.claims.edits import edits, replaced, shared_phrases
from assistant.claims.lexicon import load_lexicon, opposite_of
from assistant.claims.quantity_faults import equal_quantity
from assistant.claims.reading import Fault, Text
from assistant.claims.sign_faults import FOR_WHOM, turns_clash
from corpus.concepts import ConceptTable

_NEAR = 25
_PHRASE = 4
_LIKE = 0.75


def copy_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """What a claim changes that copies the evidence but for a few words."""
    if claim.han == evidence.han:
        numbers = [(q.start, q.end) for q in claim.quantities]
        yield from edits(claim.named, evidence.named, claim.wording.cues, evidence.wording.cues, numbers)
        for mine, theirs in replaced(claim.named, evidence.named):
            put = [q for q in claim.quantities if q.start < mine[1] and mine[0] < q.end]
            lost = [q for q in evidence.quantities if q.start < theirs[1] and theirs[0] < q.end]
            if len(put) == len(lost) == 1 and not equal_quantity(put[0], lost[0], evidence, table):
                yield "contradicted", f"the passage has {lost[0].shown} instead of {put[0].shown}"
        yield from _turned_phrases(claim, evidence, table)
        yield from _denied_words(claim, evidence)
        yield from _only_faults(claim, evidence, table)
    yield from _order_faults(claim, evidence)
    yield from _concession_faults(claim, evidence)


def _turned_phrases(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """Phrases in the same words that one of the two turns round and the other does not."""
    if claim.wording.waived or evidence.wording.waived:
        return
    whom = [
        (m.start, m.end) for m in claim.named.mentions if table[m.concept].kind in (*FOR_WHOM, "symptom")
    ]  # fmt: skip
    seen: dict[int, list[bool]] = {}
    for mine, theirs in shared_phrases(claim.named, evidence.named):
        clauses: dict[int, list[tuple[int, bool]]] = {}
        for a, b in zip(mine, theirs, strict=True):
            if not any(t.wording.in_context(at) or t.wording.unsure(at) for t, at in ((claim, a), (evidence, b))):
                signs = [(text.wording.turned(at), text.wording.amount(at)) for text, at in ((claim, a), (evidence, b))]
                clauses.setdefault(claim.wording.clause_at(a).start, []).append((a, turns_clash(*signs)))
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
                same = claim.wording.turned(word.start) == evidence.wording.turned(other.start)
                if same and other.stem not in mine and opposite_of(word.stem, other.stem):
                    yield "contradicted", f"the passage says {evidence.folded[other.start : other.end]}"


_ONLY = re.compile(r"(?P<not>not |不只|不仅|不能只)?\s*(?:(?<![a-z])(?:only|just)(?![a-z])|只|仅)")


def _only_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """What alone is allowed: another thing than in the passage, or alone where the passage says not only."""
    for mark in _ONLY.finditer(claim.folded):
        mine = _next_concepts(claim, mark.end())
        same_sense = []
        for other in _ONLY.finditer(evidence.folded):
            theirs = _next_concepts(evidence, other.end())
            if bool(mark["not"]) == bool(other["not"]):
                same_sense.append(theirs)
            elif mine & theirs and not same_sense:
                yield "contradicted", "the passage says not only"
            if bool(mark["not"]) == bool(other["not"]) and _another_kind(claim, mark.end(), evidence, other.end()):
                yield "contradicted", "the passage allows only another kind of it"
        for theirs in same_sense:
            for a in mine - theirs:
                if any(_unlike(a, b, table) for b in theirs - mine):
                    yield "contradicted", f"the passage allows only something else than {table.label(a, 'en')}"


def _another_kind(claim: Text, at: int, evidence: Text, other: int) -> bool:
    """Whether what alone is allowed has the same last word in both and other words before it: another kind of ginseng."""
    mine, theirs = (_phrase(text, position) for text, position in ((claim, at), (evidence, other)))
    for i, word in enumerate(mine):
        if i and word in theirs[1:]:
            before, others = mine[:i], theirs[: theirs.index(word)]
            return not any(_alike(frozenset({a}), frozenset(others)) for a in before)
    return False


def _phrase(text: Text, position: int) -> list[str]:
    """The telling words directly after a place."""
    light = load_lexicon().light
    found = list[str]()
    for word in text.named.words:
        if word.start < position:
            continue
        if word.stem in light or len(found) > _PHRASE:
            break
        found.append(word.stem)
    return found


def _unlike(a: str, b: str, table: ConceptTable) -> bool:
    return table[a].kind == table[b].kind and not table.is_a(a, b) and not table.is_a(b, a)


_EVEN = re.compile(
    r"(?<![a-z])(?:even (?:without|with no|if (?:there (?:is|are) )?no|if not)|with or without|whether or not"
    r"|regardless of)(?![a-z])|无论有无|不论有无|无论有没有|即使[不没无]有?|哪怕[不没]有?|就算[不没]有?"
    r"|(?:没有|无)(?=\S{1,6}也)|(?=[\u4e00-\u9fff]{2,8}时也[要应须需])"
)
_ONLY_IF = re.compile(r"(?<![a-z])only (?:if|when|in|with|for|after|during)(?![a-z])|只有|只在|仅在|仅当|仅限")
#: What is needed first, in Chinese before the word that says so.
_NEEDED = re.compile(r"(?:等|待|有了|出现)?([\u4e00-\u9fff]{2,12}),?(?:才|方)(?=[能可会需要应去用])")
_CONDITION = 24


def _concession_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """A condition where the passage says that it does not matter: only with a fever for even without one."""
    for mark in _EVEN.finditer(evidence.folded):
        theirs = _said_after(evidence, mark.end())
        needed = [_said_after(claim, only.end()) for only in _ONLY_IF.finditer(claim.folded)]
        needed += [_said_within(claim, *m.span(1)) for m in _NEEDED.finditer(claim.folded)]
        for mine in needed:
            if _alike(mine, theirs):
                yield "contradicted", f"the passage says {mark[0] or 'that it does not matter'}"
                return


def _said_after(text: Text, position: int) -> frozenset[str]:
    return _said_within(text, position, position + _CONDITION)


def _said_within(text: Text, start: int, end: int) -> frozenset[str]:
    light = load_lexicon().light
    reach = range(start, end)
    things = {m.concept for m in text.named.mentions if m.start in reach}
    return frozenset(things | {w.stem for w in text.named.words if w.start in reach and w.stem not in light})


_THAN = re.compile(r"(?<![a-z])than(?![a-z])|比|多于|少于|优于|胜过")


def _order_faults(claim: Text, evidence: Text) -> Iterator[Fault]:
    """Comparisons the other way round: meat rather than vegetables."""
    mine, theirs = (_compared(text) for text in (claim, evidence))
    if mine is None or theirs is None:
        return
    kept = min(_alike(mine[0], theirs[0]), _alike(mine[1], theirs[1]))
    crossed = min(_alike(mine[0], theirs[1]), _alike(mine[1], theirs[0]))
    if crossed > kept and not _alike(mine[0], theirs[0]) and not _alike(mine[1], theirs[1]):
        yield "contradicted", "the passage compares them the other way round"


def _alike(ours: frozenset[str], theirs: frozenset[str]) -> int:
    lexicon = load_lexicon()
    return sum(any(a == b or lexicon.alike(a, b) >= _LIKE for b in theirs) for a in ours)


def _compared(text: Text) -> tuple[frozenset[str], frozenset[str]] | None:
    """The telling words and things before and after a "than" that those on the other side do not share."""
    mark = next((m for m in _THAN.finditer(text.folded) if not text.wording.shielded(m.start())), None)
    if mark is None:
        return None
    lexicon = load_lexicon()
    part = text.wording.part_at(mark.start())
    sides = []
    for start, end in ((part, mark.start()), (mark.end(), mark.end() + _NEAR)):
        things = {m.concept for m in text.named.mentions if start <= m.start < end}
        sides.append(
            things | {w.stem for w in text.named.words if start <= w.start < end and w.stem not in lexicon.light}
        )
    return frozenset(sides[0] - sides[1]), frozenset(sides[1] - sides[0])


def _next_concepts(text: Text, position: int) -> frozenset[str]:
    following = [m for m in text.named.mentions if position <= m.start <= position + 12]
    return frozenset(m.concept for m in following[:1])
