"""The verifier: no sentence of advice leaves without a passage that supports it. It fails closed.

The composed answer quotes, so its check is exact: each sentence has to stand, word for word, in the
passage it cites. A claim in other words is judged by :func:`verify_claim`: numbers with their units,
direction, negation and every named concept have to agree with the evidence, and nothing may be added.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from assistant.answer import Citation, Recommendation
from assistant.claims.content_faults import content_faults, ungrounded_faults
from assistant.claims.copy_faults import copy_faults
from assistant.claims.denial_faults import denial_faults
from assistant.claims.entailment import Odds
from assistant.claims.meaning import Nli, nearness
from assistant.claims.name_faults import label_faults, medicine_faults, name_faults
from assistant.claims.naming import extended
from assistant.claims.opposites import opposite_faults, swap_faults
from assistant.claims.order_faults import belonging_faults, order_faults, rejected_faults
from assistant.claims.quantity_faults import count_faults, in_its_units, quantity_faults
from assistant.claims.reading import Fault, Text, read_text
from assistant.claims.rival_faults import rival_faults
from assistant.claims.sign_faults import sign_faults
from assistant.claims.weighing import load_limits
from corpus.concepts import ConceptTable
from corpus.documents import Document
from corpus.text import normalise, sentences

if TYPE_CHECKING:
    from index.embed import Embedder

_MARKS = re.compile(r"\s*\[(\d+(?:\s*[,，、]\s*\d+)*)\]")
_LATE_MARKS = re.compile(r"([.。!?！？])\s*((?:\s*\[\d+(?:\s*[,，、]\s*\d+)*\])+)")
#: So many sentences of a claim are read as a whole; of longer ones each by itself.
_TOGETHER = 2
_BULLET = re.compile(r"^\s*(?:[-*•#>]+|\d{1,2}[.)、])\s+")

Label = Literal["supported", "contradicted", "unsupported"]


class Verification(BaseModel):
    """Whether evidence supports a claim, and the reasons in words."""

    model_config = ConfigDict(frozen=True)

    label: Label
    reasons: tuple[str, ...] = ()


class CheckedSentence(BaseModel):
    """A sentence of a drafted answer with the numbers it cites, and whether they support it."""

    model_config = ConfigDict(frozen=True)

    text: str
    citations: tuple[int, ...]
    label: Label
    reasons: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the sentence may be shown."""
        return self.label == "supported"


def exact_quotes(citations: Iterable[Citation], document_of: Callable[[str], Document]) -> set[int]:
    """The numbers of the citations whose quote is exactly the document's text at ``start:end``."""
    return {c.n for c in citations if c.quote and document_of(c.document).text[c.start : c.end] == c.quote}


def supported(items: Sequence[Recommendation], citations: Sequence[Citation], sound: set[int]) -> list[Recommendation]:
    """The recommendations all of whose sentences stand in a sound passage that they cite; the rest are dropped."""
    quotes = {citation.n: citation.quote for citation in citations if citation.n in sound}
    return [item for item in items if _is_supported(item, quotes)]


def _is_supported(item: Recommendation, quotes: dict[int, str]) -> bool:
    cited = [quotes[n] for n in item.citations if n in quotes]
    if not cited or len(cited) != len(item.citations):
        return False
    said = [text for text in (item.text, item.why, item.escalate_when) if text]
    return all(any(text[s:e] in quote for quote in cited) for text in said for s, e in sentences(text))


def verify_claim(
    evidence: str,
    claim: str,
    table: ConceptTable,
    embedder: Embedder | None = None,
    *,
    facts: Iterable[str] = (),
    nli: Nli | None = None,
) -> Verification:
    """Judge whether *evidence* supports *claim*; the worst of its sentences decides.

    *facts* are ids of concepts known of the patient, which a claim may name besides the evidence. With an entailment
    model *nli* (:func:`assistant.claims.meaning.load_nli`) a claim falls too where the model is sure that the passage
    does not say it, and a name or a sign that only the claim has counts for nothing where it is surer that it does
    (:mod:`assistant.claims.weighing`); another quantity or medicine it never overrules. Without one every ground
    counts, and with an *embedder* the meaning has to be near enough too.
    """
    evidence, claim = evidence.strip(), claim.strip()
    if not claim or not evidence:
        return Verification(label="unsupported", reasons=("there is nothing to compare",))
    said = [claim[start:end] for start, end in sentences(claim)]
    together = [said] if len(said) <= _TOGETHER else [[sentence] for sentence in said]
    found = (_faults(evidence, some, table, tuple(facts), embedder, nli) for some in together)
    return _worst(fault for faults in found for fault in faults)


def check_sentences(
    text: str,
    quotes: Mapping[int, str],
    table: ConceptTable,
    embedder: Embedder | None = None,
    *,
    facts: Iterable[str] = (),
    nli: Nli | None = None,
) -> list[CheckedSentence]:
    """Judge a drafted answer with ``[n]`` marks, sentence by sentence, in order.

    A sentence is kept if it has marks, each of its marks is a key of *quotes*, and its cited passages together
    support it; any other is to be dropped.
    """
    facts = tuple(facts)
    checked = []
    for line in text.splitlines():
        marked = _LATE_MARKS.sub(r"\2\1 ", _BULLET.sub("", line))
        for start, end in sentences(marked):
            raw = marked[start:end].strip()
            numbers = tuple(dict.fromkeys(int(n) for mark in _MARKS.findall(raw) for n in re.findall(r"\d+", mark)))
            said = re.sub(r"\s+(?=[.,;。，；]|$)", "", _MARKS.sub("", raw)).strip()
            if not any(char.isalnum() for char in said):
                continue
            unknown = [n for n in numbers if n not in quotes]
            if not numbers:
                result = Verification(label="unsupported", reasons=("the sentence cites nothing",))
            elif unknown:
                result = Verification(label="unsupported", reasons=(f"there is no source [{unknown[0]}]",))
            else:
                evidence = "\n".join(quotes[n] for n in numbers)
                result = verify_claim(evidence, said, table, embedder, facts=facts, nli=nli)
            checked.append(CheckedSentence(text=raw, citations=numbers, label=result.label, reasons=result.reasons))
    return checked


def _faults(
    evidence: str,
    said: Sequence[str],
    table: ConceptTable,
    facts: tuple[str, ...],
    embedder: Embedder | None,
    nli: Nli | None,
) -> list[Fault]:
    """What is wrong with sentences that belong together."""
    grounds: dict[str, list[Fault]] = defaultdict(list)
    other_words = [sentence for sentence in said if not _stands_in(normalise(sentence), normalise(evidence))]
    for sentence in other_words:
        for kind, found in _grounds(evidence, sentence, table, facts, None if nli else embedder).items():
            grounds[kind] += found
    if nli and other_words:
        return _weighed(odds_of(evidence, " ".join(said), extended(table), nli), grounds)
    return [fault for found in grounds.values() for fault in found]


def _grounds(
    evidence: str, claim: str, table: ConceptTable, facts: tuple[str, ...], embedder: Embedder | None
) -> dict[str, list[Fault]]:
    names = extended(table)
    said, stands = read_text(normalise(claim), names), read_text(normalise(evidence), names)
    grounds = grounds_against(said, stands, names, facts)
    if embedder is not None:
        near = nearness(embedder, evidence, claim, said.han == stands.han)
        if near == "far":
            grounds["nearness"] = [("unsupported", "the passage is about something else")]
        elif near == "close":
            grounds.pop("content", None)
    return grounds


def odds_of(evidence: str, claim: str, names: ConceptTable, nli: Nli) -> Odds:
    """What the model makes of a claim, as it is or with its quantities in the passage's units: the likelier of them."""
    odds = nli(evidence, claim)
    read = in_its_units(read_text(normalise(claim), names), read_text(normalise(evidence), names), names)
    return max(odds, nli(evidence, read), key=lambda o: o.supported) if read else odds


def grounds_against(said: Text, stands: Text, names: ConceptTable, facts: Iterable[str] = ()) -> dict[str, list[Fault]]:
    """What speaks against a claim, as both texts were read, by the kind of ground; kinds without any are left out."""
    found: dict[str, Iterable[Fault]] = {
        "quantity": quantity_faults(said, stands, names),
        "count": count_faults(said, stands, names),
        "name": name_faults(said, stands, facts, names),
        "medicine": medicine_faults(said, stands),
        "label": label_faults(said, stands),
        "copy": copy_faults(said, stands, names),
        "sign": sign_faults(said, stands, names),
        "denial": denial_faults(said, stands, names),
        "opposite": opposite_faults(said, stands),
        "swap": swap_faults(said, stands, names),
        "rival": rival_faults(said, stands),
        "order": order_faults(said, stands),
        "belonging": belonging_faults(said, stands),
        "rejected": rejected_faults(said, stands),
        "ungrounded": ungrounded_faults(said, stands),
        "content": content_faults(said, stands, names, facts),
    }
    return {kind: faults for kind, some in found.items() if (faults := list(some))}


def _weighed(odds: Odds, grounds: Mapping[str, list[Fault]]) -> list[Fault]:
    """What is left against a claim once the entailment model has been heard; nothing where it stands."""
    if load_limits().hold(odds, grounds):
        return []
    faults = [fault for found in grounds.values() for fault in found]
    if odds.contradicted > max(odds.supported, odds.unsupported):
        faults.append(("contradicted", "read as a whole, the passage says otherwise"))
    elif not faults or odds.unsupported > odds.supported:
        faults.append(("unsupported", "read as a whole, the passage does not say this"))
    return faults


def _worst(faults: Iterable[Fault]) -> Verification:
    found = list(faults)
    for label in ("contradicted", "unsupported"):
        reasons = tuple(dict.fromkeys(reason for kind, reason in found if kind == label))
        if reasons:
            return Verification(label=label, reasons=reasons)
    return Verification(label="supported", reasons=("numbers, direction and everything named agree",))


def _stands_in(claim: str, evidence: str) -> bool:
    """Whether a sentence stands in a text as one or more whole sentences."""
    core = claim.rstrip(" .。")
    pattern = rf"(?:^|[.。!?！？\n]\s*){re.escape(core)}(?:$|\s*[.。!?！？;\n])"
    return bool(core) and re.search(pattern, evidence) is not None
