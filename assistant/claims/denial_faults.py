"""Where one text denies the very thing that the other affirms: without a rash and with one, does not help and helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.claims.lexicon import Word, load_lexicon
from assistant.claims.quantities import claims
from assistant.claims.reading import Fault, Text
from corpus.concepts import ConceptTable, Mention
from corpus.text import normalise

#: How many characters at most stand between a "not" and what it denies directly.
_GAP, _HAN_GAP = 14, 1
_ALIKE = 0.75
_FINDINGS = frozenset({"symptom", "condition"})


def denial_faults(claim: Text, evidence: Text, table: ConceptTable) -> Iterator[Fault]:
    """Things and words that one of the two denies directly and the other, wherever it has them, does not."""
    if claim.wording.waived or evidence.wording.waived:
        return
    for denying, other in ((claim, evidence), (evidence, claim)):
        for word in _denied(denying, table):
            places = _places(word, denying, other)
            elsewhere = [at for at in _places(word, denying, denying) if at != word.start]
            if not places or any(not denying.wording.turned(at) for at in elsewhere):
                continue
            if not any(other.wording.turned(at) or other.wording.unsure(at) for at in places):
                yield "contradicted", f"only one of the two denies {denying.folded[word.start : word.end]}"
                return


def _denied(text: Text, table: ConceptTable) -> Iterator[Word]:
    """The telling word that follows each "does not" directly, and the finding that follows each "without"."""
    absent, does_not = ({normalise(word) for word in claims()["denials"][key]} for key in ("absent", "does_not"))
    lexicon = load_lexicon()
    for start, end in text.wording.cues:
        cue = text.folded[start:end]
        if cue not in absent | does_not:
            continue
        passed = lexicon.small if cue in absent else lexicon.light
        following = next((w for w in text.named.words if w.start >= end and w.stem not in passed), None)
        if following is None or following.start - end > (_HAN_GAP if following.han else _GAP):
            continue
        if cue in absent:
            named = _mention(following, text)
            if named is None or table[named.concept].kind not in _FINDINGS:
                continue
        if text.wording.clause_at(start) == text.wording.clause_at(following.start):
            yield following


def _places(word: Word, text: Text, other: Text) -> Sequence[int]:
    named = _mention(word, text)
    if named is not None:
        return [m.start for m in other.named.mentions if m.concept == named.concept]
    lexicon = load_lexicon()
    return [w.start for w in other.named.words if lexicon.alike(word.stem, w.stem) >= _ALIKE]


def _mention(word: Word, text: Text) -> Mention | None:
    return next((m for m in text.named.mentions if m.start == word.start), None)
