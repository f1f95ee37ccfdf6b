"""What a message asks for, part by part, and which parts are outside what may be answered.

Rules over words (``corpus/data/language/scope.yaml``): a message is cut into requests, names of concepts in each are
replaced by their class, and the first pattern that fits says what kind of request it is. A sentence addressed to the
program rather than asked of it is no request at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.scope_rules import ScopeKind, rules, settings
from corpus.concepts import ConceptTable, Mention
from corpus.text import HAN, normalise

_SENTENCE = re.compile(r"[。！？!?；;\n]+[”’\"')\]】]*|(?<=[A-Za-z)'\"\]])\.+[”’\"')\]】]*(?=\s|$)|(?=\[)|(?<=\])")
_PIECE_EN = re.compile(r",\s+|\s+[-–—]+\s+|\s+(?=(?:and|but|plus|also)\s)|:\s+")
_PIECE_ZH = re.compile(r"[，,、：:]\s*|\s{1,}(?=[\u4e00-\u9fff])")
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|approx|dr|mr|mrs|ms|no|st|etc|p\.o|b\.d)$", re.IGNORECASE)
#: The rule for an amount named in passing: only the amount is declined, the rest is answered.
AMOUNT = "amount"
#: A message of so many characters that asks nothing in form is taken as a question in keywords.
_SHORT = 40
#: Names of illnesses that say "has got" themselves (得了糖尿病): that is part of the question, not of the illness.
_HAVING = re.compile("[得患染](?:了|上)?")
#: Of these kinds a further question may be one about care.
_ABOUT_THE_PATIENT = frozenset({"care", "dose", "start_stop", "diagnosis"})
_TOKEN = {"medicine": "<med>", "condition": "<ill>", "symptom": "<sym>", "food": "<food>"}


@dataclass(frozen=True)
class Part:
    """A request with what was said along with it: its span in the message and what kind of request it is.

    ``rule`` is the name of the rule that matched (``"stop"``, ``"change"``, …), empty for most; ``concepts`` are those
    it names.
    """

    start: int
    end: int
    text: str
    kind: ScopeKind = "care"
    rule: str = ""
    concepts: tuple[str, ...] = ()
    #: Whether it asks for something; a part that only tells is no request.
    asks: bool = True
    #: Whether it is addressed to the program: then it is no part of the question.
    instruction: bool = False


@dataclass(frozen=True)
class Scope:
    """A message cut into its parts: what is left to answer (``kept``, its words) and what is declined."""

    kept: str
    declined: tuple[Part, ...] = ()
    asks: bool = True

    @property
    def answers(self) -> bool:
        """Whether anything of the message is left to answer."""
        return self.asks or not self.declined


def split(text: str, table: ConceptTable, is_near: Callable[[str], bool] | None = None) -> Scope:
    """Cut a message into its parts and say which are outside.

    *is_near* says whether words have anything to do with what is known; it is asked only about a request beside
    others that names no concept.
    """
    pieces = [piece for span in _spans(text, _SENTENCE) for piece in _requests(text, span)]
    spoken = [p for p in pieces if not p.instruction]
    if len(text) <= _SHORT and not any(p.asks for p in spoken):
        spoken = [replace(p, asks=True) for p in spoken]
    named = [table.find(p.text) for p in spoken]
    parts: list[Part] = []
    treated = False
    for number, (piece, mentions) in enumerate(zip(spoken, named, strict=True)):
        treated = treated or any(_token(m, table) == "<med>" for m in mentions)
        after = spoken[number + 1].text if number + 1 < len(spoken) and not named[number + 1] else ""
        kind, rule = _classify(piece, mentions, table, treated, _demands(f"{piece.text} {after}"))
        parts.append(replace(piece, kind=kind, rule=rule, concepts=tuple(dict.fromkeys(m.concept for m in mentions))))
    if is_near is not None and sum(p.asks for p in parts) > 1:
        parts = [replace(p, kind="not_care") if _is_stray(p) and not is_near(p.text) else p for p in parts]
    parts = _with_antecedents(parts)
    declined = tuple(p for p in parts if p.kind != "care")
    kept = [p for p in parts if p.kind == "care" or p.rule == AMOUNT]
    if len(kept) == len(pieces):
        return Scope(text, declined)
    if not declined and len(spoken) == len(pieces):
        return Scope(text)
    return Scope(_joined(text, kept), declined, any(p.asks for p in kept))


def pieces(text: str) -> list[str]:
    """A message in its smallest pieces: clauses between commas and joining words."""
    return [
        text[left:right]
        for start, end in _spans(text, _SENTENCE)
        for left, right in _spans(text, _PIECE_ZH if HAN.search(text[start:end]) else _PIECE_EN, start, end)
    ]


def _spans(text: str, boundary: re.Pattern[str], start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Spans between the ends of the boundary's matches, blanks trimmed."""
    end = len(text) if end is None else end
    cuts = [
        m.end() for m in boundary.finditer(text, start, end)
        if not (m[0].startswith(".") and _ABBREVIATION.search(text[max(start, m.start() - 10) : m.start()]))
    ]  # fmt: skip
    for cut in [*cuts, end]:
        raw = text[start:cut]
        left, right = start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip())
        if right > left:
            yield left, right
        start = max(start, cut)


def _requests(text: str, span: tuple[int, int]) -> Iterator[Part]:
    """The requests of a sentence, each with what is told before it; what is told last goes with the one before.

    What follows words addressed to the program belongs to them, up to the next question.
    """
    start, end = span
    chinese = HAN.search(text[start:end]) is not None
    pieces = list(_spans(text, _PIECE_ZH if chinese else _PIECE_EN, start, end))
    opened, ordered = start, False
    found: list[Part] = []
    for left, right in pieces:
        piece = text[left:right]
        if _is_instruction(piece) or (ordered and not _is_question(piece, chinese)):
            if opened < left and not ordered:
                found.append(Part(opened, left, text[opened:left].strip(), asks=False))
            found.append(Part(left, right, piece, asks=False, instruction=True))
            opened, ordered = right, True
        elif _is_request(piece, chinese):
            found.append(Part(opened, right, text[opened:right].strip()))
            opened, ordered = right, False
    told = text[opened:end].strip()
    if told and found and found[-1].asks:
        found[-1] = replace(found[-1], end=end, text=text[found[-1].start : end])
    elif told:
        found.append(Part(opened, end, told, asks=_may_ask(told)))
    return iter(found)


def _is_request(piece: str, chinese: bool) -> bool:
    folded = normalise(piece).strip("\"'([“ ")
    if chinese:
        return any(pattern.search(folded) for pattern in (rules().request_zh, rules().order_zh))
    return rules().request_en.match(folded) is not None


def _is_question(piece: str, chinese: bool) -> bool:
    """Whether a piece asks, not merely orders."""
    return rules().request_zh.search(normalise(piece)) is not None if chinese else _may_ask(piece)


def _may_ask(sentence: str) -> bool:
    """Whether a sentence of which no piece begins like a question asks for something all the same."""
    return sentence.endswith(("?", "？")) or rules().inside.search(normalise(sentence)) is not None


def _demands(text: str) -> bool:
    """Whether a definite answer is demanded."""
    return rules().demand.search(normalise(text)) is not None


def _continues(text: str) -> bool:
    """Whether words that name nothing are about the request before them."""
    return _demands(text) or rules().refers.search(normalise(text)) is not None


def _is_instruction(text: str) -> bool:
    return rules().instruction.search(normalise(text)) is not None


def _classify(
    part: Part, mentions: Sequence[Mention], table: ConceptTable, treated: bool, demanding: bool
) -> tuple[ScopeKind, str]:
    marked = _marked(normalise(part.text), mentions, table)
    if not part.asks:
        return "care", ""
    clinical = any(table[m.concept].kind in settings()["clinical"] for m in mentions)
    for rule in rules().kinds:
        if rule.demand and not demanding:
            continue
        if rule.spares_clinical and clinical:
            continue
        if rule.needs_medicine and not (treated or _names_medicine(marked)):
            continue
        if rule.pattern.search(marked) and not (rule.unless and rule.unless.search(marked)):
            return rule.kind, rule.name
    return "care", ""


def _marked(folded: str, mentions: Sequence[Mention], table: ConceptTable) -> str:
    """The text with every name of a concept replaced by its class."""
    pieces, at = [], 0
    for mention in mentions:
        token = _token(mention, table)
        if token:
            having = _HAVING.match(mention.name)
            pieces += [
                folded[at : mention.start].replace("<", " ").replace(">", " "),
                having[0] if having else "",
                token,
            ]
            at = mention.end
    return "".join([*pieces, folded[at:].replace("<", " ").replace(">", " ")])


def _token(mention: Mention, table: ConceptTable) -> str:
    free, recognised = settings()["free"], settings()["recognised"]
    kind = table[mention.concept].kind
    if kind == "medicine" and any(table.is_a(mention.concept, f) for f in free):
        return ""
    if kind == "condition" and any(table.is_a(mention.concept, r) for r in recognised):
        return ""
    return _TOKEN.get(kind, "")


_MEDICINE_WORD = re.compile(r"<med>|\b(?:medicines?|medications?|meds|tablets?|pills?)\b|药")


def _names_medicine(marked: str) -> bool:
    return _MEDICINE_WORD.search(marked) is not None


def _is_stray(part: Part) -> bool:
    """Whether a request names nothing known and is long enough to stand by itself."""
    long_enough = len(part.text.split()) >= 4 or len(HAN.findall(part.text)) >= 6
    return part.asks and part.kind == "care" and not part.concepts and long_enough and not _continues(part.text)


def _with_antecedents(parts: Sequence[Part]) -> list[Part]:
    """Where a declined request names nothing itself, what stands before it is what it is about.

    And a demand ("pick one") or a further question ("how much is it?") that names nothing belongs to the declined
    request before it.
    """
    result = list(parts)
    for number in range(1, len(result)):
        part, before = result[number], result[number - 1]
        if part.kind in ("dose", "start_stop", "diagnosis") and not part.concepts and before.kind == "care":
            result[number - 1] = replace(before, kind=part.kind, rule=part.rule)
        elif (
            part.kind == "care"
            and before.kind != "care"
            and not part.concepts
            and (_demands(part.text) or (before.kind not in _ABOUT_THE_PATIENT and _continues(part.text)))
        ):
            result[number] = replace(part, kind=before.kind, rule=before.rule)
    return result


def _joined(text: str, parts: Iterable[Part]) -> str:
    return " ".join(text[p.start : p.end].strip(" ,，;；") for p in parts)
