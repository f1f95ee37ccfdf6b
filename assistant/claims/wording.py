"""How a text puts things: its clauses, what is turned round in them, what is to be more or less, and opposites."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.claims.clauses import (
    INNER,
    LIST,
    PUNCTUATION,
    SHARED,
    Clause,
    break_patterns,
    clauses_of,
    ends_in_or,
)
from assistant.claims.quantities import alternatives, claims
from corpus.text import HAN

_AGAINST = r"(?<![a-z])(?:advis|warn|guard|counsel)[a-z]*(?: [a-z]+){0,4} against"
_APART = re.compile(
    r"(?<![a-z])keep(?:s|ing)? (?:[a-z'-]+,? ){1,14}?(?:off|out of|away from|at least [a-z0-9 ]{1,12} from)(?![a-z])"
)
_LEFT = re.compile(r"(?<![a-z])leave (?:[a-z'-]+,? ){1,8}?(?:for now|for later|until|alone|out)(?![a-z])")
#: What must not stand for another thing: that other thing is not turned.
_INSTEAD = re.compile(r"(?:不能|不可|不要|不得|不应|别)[用拿以][^,。;]{1,20}?来?(?=代替|替代|取代)([^,。;]*)")
_FOR = re.compile(
    r"(?<=[a-z])(?<!need)(?<!needs)(?<!ask)(?<!look)(?<!wait)(?<!reason)(?<!call)(?<!used)(?<!aim)(?<!opt)(?<!go) "
    r"(?:for (?!at |a few|long|them|him|her|it|you|one|now)"
    r"|in (?:a |any |every )?(?:person|people|patients?|those|anyone|adults?|someone)(?![a-z]))"
)
_PREPOSITION = re.compile(r"\s*(?:and )?(?:with|in|for|during|on|at|under)(?![a-z])")
_EITHER = 2
_LOOSE_SUBJECT = frozenset({"do not", "don't", "does not", "doesn't", "did not", "has not", "have not"})
#: How cues end that turn what stands before them.
_SAID_OF = ("ed", "unsafe", "limits", "self", "unnecessary", "en")
_INSIDE_WORD = re.compile(r"[识分区性特级个鉴类辨告差派]别")
_HAN_CONTEXT = re.compile(r"(?:者|的人|的患者|的话|期间|[\u4e00-\u9fff]时|[\u4e00-\u9fff][前后])\s*,?\s*$")
#: Words that reach over a comma only into a list of alternatives.
_SHORT = frozenset({"no", "not", "without", "nothing", "none"})
_HAN_ITEM = re.compile("[、或和且而的]")
_HAN_NEXT = re.compile("[、,]")
_WHETHER = re.compile(r"([\u4e00-\u9fff])[没不]\1")
#: Within how many characters a verb such as "stop" or "avoid" is what a "not" before it denies.
_NESTED = 10
_HAN_TAIL = 6
_LIST_WORDS = 10
_FEW = 2
_HAN_SCOPE = 4
_AMOUNT_REACH = 45
_HAN_REACH = 10
#: Where a part begins that says when, after which what is forbidden stands at the start of the sentence.
_PASSIVE = re.compile(r"(?:be|is|are) (?:stopped|avoided|discontinued)")
#: Whether something is to be done at all is left open.
_IF_AT_ALL = re.compile(r"(?<![a-z])whether(?![a-z])|是否|要不要|能不能|可否|该不该|需不需要")
_UNABLE = "不了"
#: What people are not able to do, who are the ones advised: 不能活动的人.
_UNABLE_TO = frozenset({"不能", "不可", "未", "无", "没有", "没", "不"})
_FOR_WHOM = re.compile(r"[^,。;、]{0,10}?(?:的人|者|的患者|的病人|的老人|的婴儿|的孩子)")
_THAT_NOT = re.compile(r"(?<![a-z])that (?:is|are|was|were|has|have|does|do|did) (?:not|never)$")
_LATE = re.compile(r"\s*(?:after|before|during|between)(?![a-z])")
_DUTY = re.compile(
    r"should|must|unnecessary|forbidden|prohibited|contraindicated|not advised|not recommended|discouraged"
)
_TURNED_PAST = re.compile(r"(?:is|are|be|been|being|has|have|needs?|kept|should be|的)\s*$")


@dataclass(frozen=True)
class Wording:
    """The clauses of a normalised text, with the signs of every place in it."""

    folded: str
    clauses: tuple[Clause, ...]
    _starts: tuple[int, ...]
    _turned: bytes
    _amount: tuple[tuple[int, int, int], ...]
    cues: tuple[tuple[int, int], ...]
    shields: tuple[tuple[int, int], ...]
    context: frozenset[int]
    waived: bool

    def clause_at(self, position: int) -> Clause:
        """The clause in which a place lies."""
        return self.clauses[max(0, bisect.bisect_right(self._starts, position) - 1)]

    def part_at(self, position: int) -> int:
        """Where the part of the sentence between two marks of punctuation begins in which a place lies."""
        return max((m.end() for m in PUNCTUATION.finditer(self.folded, 0, position)), default=0)

    def shielded(self, position: int) -> bool:
        """Whether a place lies in words that only look as if they turned something round."""
        return any(start <= position < end for start, end in self.shields)

    def in_context(self, position: int) -> bool:
        """Whether a place lies in a clause that says when, why or for whom, and not what to do."""
        clause = self.clause_at(position)
        if _IF_AT_ALL.search(self.folded, clause.start, clause.end):
            return True
        return clause.start in self.context or _FOR.search(self.folded, clause.start + 1, position) is not None

    def turned(self, position: int) -> bool:
        """Whether what stands at this place is turned round: avoided, denied, forbidden."""
        return self._turned[min(position, len(self._turned) - 1)] == 1

    def unsure(self, position: int) -> bool:
        """Whether what stands at this place may or may not be turned round: the subject of something denied."""
        return self._turned[min(position, len(self._turned) - 1)] == _EITHER

    def amount(self, position: int) -> int:
        """+1 where more of it is meant, -1 where less, 0 where neither."""
        reaching = [(start, sign) for start, end, sign in self._amount if start <= position < end]
        return max(reaching)[1] if reaching else 0


@dataclass(frozen=True)
class _Patterns:
    ahead: re.Pattern[str]
    waiver: re.Pattern[str]
    strong: frozenset[str]
    doing: str
    amount: tuple[tuple[int, re.Pattern[str]], ...]


@functools.cache
def _patterns() -> _Patterns:
    data = claims()
    negation = data["negation"]
    shield, whole, ahead, verb, subject = (
        alternatives([*negation[key]["en"], *negation[key]["zh"]])
        for key in ("shield", "whole", "ahead", "verb", "subject")
    )
    return _Patterns(
        ahead=re.compile(
            f"(?P<subject>{subject})|(?P<shield>(?!不适[用合宜])(?:{shield}))|(?P<whole>{whole})|(?P<verb>{verb})|(?P<ahead>{_AGAINST}|{ahead})"
        ),
        waiver=re.compile(alternatives([*negation["waiver"]["en"], *negation["waiver"]["zh"]])),
        strong=frozenset(negation["strong"]),
        doing=str(negation["doing"]),
        amount=tuple(
            (sign, re.compile(alternatives([*data["amount"][key]["en"], *data["amount"][key]["zh"]])))
            for sign, key in ((1, "more"), (-1, "less"))
        ),
    )


@functools.lru_cache(maxsize=512)
def read_wording(folded: str, names: tuple[tuple[int, int], ...] = ()) -> Wording:
    """Read the clauses and signs of a normalised text; what lies inside *names* turns nothing round."""
    patterns = _patterns()
    inside = bytearray(len(folded) + 1)
    for start, end in names:
        inside[start:end] = b"\x01" * (end - start)
    clauses, joins = clauses_of(folded, inside)
    breaks = break_patterns()
    turned = bytearray(len(folded) + 1)
    cues = [
        m
        for m in patterns.ahead.finditer(folded)
        if (not inside[m.start()] or m.end() - m.start() > 4) and not _INSIDE_WORD.match(folded, m.start() - 1)
    ]
    whether = [(m.start(), m.end()) for m in _WHETHER.finditer(folded)]
    cues = [m for m in cues if not any(start <= m.start() < end for start, end in whether)]
    shields = [(m.start(), m.end()) for m in cues if m.lastgroup == "shield"]
    carried, opened, strong, began = 0, 0, False, 0
    for number, (clause, how) in enumerate(zip(clauses, joins, strict=True)):
        own = [m for m in cues if clause.start <= m.start() < clause.end and m.lastgroup != "shield"]
        goes_on = how == LIST or (how == INNER and strong)
        if folded[clause.start - 1 : clause.start] == "(":
            opened = carried
        elif folded[clause.start - 1 : clause.start] == ")":
            carried = opened
        turned[clause.start : clause.end] = bytes([carried if goes_on else 0]) * (clause.end - clause.start)
        strong = strong if goes_on else False
        before: re.Match[str] | None = None
        for cue in own:
            if cue.lastgroup == "subject":
                turned[clause.start : cue.start()] = b"\x01" * (cue.start() - clause.start)
                turned[cue.start() : clause.end] = bytes(clause.end - cue.start())
                continue
            nested = 0 if HAN.match(cue[0]) else _NESTED
            undone = before is not None and cue.lastgroup == "verb" and cue.start() - before.end() <= nested
            first = began if undone else cue.end()
            if not undone and _is_whole(cue, clause, folded, patterns, inside):
                first = _list_start(clauses, joins, number, folded)
                if cue[0] == _UNABLE:
                    first = max(first, folded.rfind("、", first, cue.start()) + 1)
                late = number and _LATE.match(folded, first) and _DUTY.search(cue[0])
                if late and folded[first - 2 : first - 1] not in ",;.":
                    first = clauses[number - 1].start
            last = max(first, _reach(cue, clause, folded, patterns))
            whom = _FOR_WHOM.match(folded, cue.end()) if cue[0] in _UNABLE_TO else None
            if whom:
                last = min(last, whom.end())
            turned[first:last] = bytes([0 if undone else 1]) * (last - first)
            if first < cue.start() and (HAN.match(cue[0]) or cue[0] in _LOOSE_SUBJECT):
                tail = folded[cue.end() : clause.end].strip(" .。,;")
                loose = _EITHER if cue[0] not in patterns.strong or len(tail) > _FEW else 1
                turned[first : cue.start()] = bytes([loose]) * (cue.start() - first)
            began = first
            before = cue
            strong = cue[0] in patterns.strong and whom is None
        carried = turned[clause.end - 1] % _EITHER
        if own and own[-1].end() == clause.end:
            carried = 1
        if own and _describes(own[-1], clause, folded):
            carried = 0
        context = how != LIST and breaks.context.match(folded, clause.start)
        if context and not breaks.examples.match(folded[clause.end :].lstrip()):
            carried = 0
        if carried and own and not _carries(own[-1], clause, folded):
            carried = 0
    for apart in _APART.finditer(folded):
        turned[apart.start() : apart.end()] = b"\x01" * (apart.end() - apart.start())
    for instead in _INSTEAD.finditer(folded):
        turned[instead.start(1) : instead.end(1)] = bytes(instead.end(1) - instead.start(1))
    for left in _LEFT.finditer(folded):
        turned[left.start() : left.end()] = b"\x01" * (left.end() - left.start())
    return Wording(
        folded=folded,
        clauses=tuple(clauses),
        _starts=tuple(c.start for c in clauses),
        _turned=bytes(turned),
        _amount=tuple(_amounts(folded, clauses, patterns, shields)),
        cues=tuple((m.start(), m.end()) for m in cues if m.lastgroup != "shield"),
        shields=tuple(shields),
        waived=patterns.waiver.search(folded) is not None,
        context=frozenset(
            c.start
            for c in clauses
            if breaks.context.match(folded, c.start)
            or _HAN_CONTEXT.search(folded, c.start, c.end)
            or (folded[c.end - 1 : c.end] == "," and _PREPOSITION.match(folded, c.start))
        ),
    )


def _describes(cue: re.Match[str], clause: Clause, folded: str) -> bool:
    """Whether what a cue denies is said of somebody or something and ends there: who cannot move."""
    if HAN.match(cue[0]):
        return cue[0] in _UNABLE_TO and _FOR_WHOM.match(folded, cue.end()) is not None
    return _THAT_NOT.search(folded, clause.start, cue.end()) is not None


def _carries(cue: re.Match[str], clause: Clause, folded: str) -> bool:
    """Whether what a cue says goes on in the next item of a list."""
    passive = cue[0].endswith(("not", "n't", "never")) and len(folded[cue.end() : clause.end].split()) <= _FEW
    if cue.lastgroup != "ahead" and (passive or cue[0].endswith(_SAID_OF)):
        return folded[clause.end - 1 : clause.end] in "()" or ends_in_or(folded[clause.end :])
    return cue[0] not in _SHORT or ends_in_or(folded[clause.end :])


def _list_start(clauses: list[Clause], joins: list[int], number: int, folded: str) -> int:
    """Where the list begins that a clause ends: what is said of its end is said of all of it."""
    while number and joins[number] in (LIST, SHARED):
        before = folded[clauses[number - 1].start : clauses[number - 1].end].split()
        example = break_patterns().examples.match(folded, clauses[number].start)
        if len(before) > (_LIST_WORDS if joins[number] == SHARED or example else _FEW + 2):
            break
        number -= 1
    return clauses[number].start


def _is_whole(cue: re.Match[str], clause: Clause, folded: str, patterns: _Patterns, inside: bytearray) -> bool:
    """Whether a cue turns its whole clause: it says so itself, or it ends the clause (alcohol: avoid)."""
    if cue.lastgroup == "whole" or _PASSIVE.match(cue[0]):
        return True
    if cue[0] in ("do not", "don't"):
        if _PREPOSITION.match(folded, clause.start):
            return False
        return (
            re.search(r"(?<![a-z])(?!and |or |but |please |also |then )[a-z]{2}", folded[clause.start : cue.start()])
            is not None
        )
    tail = folded[cue.end() : clause.end]
    if HAN.match(cue[0][0]):
        before, behind = inside[clause.start : cue.start()], inside[cue.end() : clause.end]
        if cue[0] in patterns.strong and 0 < len(HAN.findall(tail)) <= _FEW and len(before) > 1:
            return True
        return cue[0] in patterns.strong and any(before) and not any(behind) and len(HAN.findall(tail)) <= _HAN_TAIL
    return cue.lastgroup == "verb" and not re.search(r"[a-z]{2}", tail)


def _reach(cue: re.Match[str], clause: Clause, folded: str, patterns: _Patterns) -> int:
    """How far a cue reaches: a bare Chinese "not" only to the end of its item, unless something is not to be done."""
    if not HAN.match(cue[0][0]) or cue[0] in patterns.strong:
        return clause.end
    if folded[cue.start() - 1 : cue.start()] == "、":
        item = _HAN_NEXT.search(folded, cue.end(), clause.end)
        return item.start() if item else clause.end
    if cue.lastgroup == "verb":
        return clause.end
    if folded[cue.end() : cue.end() + 1] in patterns.doing or cue[0][-1] in patterns.doing:
        return clause.end
    end = _HAN_ITEM.search(folded, cue.end(), clause.end)
    return min(end.start() if end else clause.end, cue.end() + _HAN_SCOPE)


def _amounts(
    folded: str, clauses: list[Clause], patterns: _Patterns, shields: Sequence[tuple[int, int]]
) -> list[tuple[int, int, int]]:
    spans = []
    for sign, pattern in patterns.amount:
        for cue in pattern.finditer(folded):
            if any(start <= cue.start() < end for start, end in shields):
                continue
            reach = _AMOUNT_REACH
            if HAN.match(cue[0]):
                item = re.compile("[的、]").search(folded, cue.end(), cue.end() + _HAN_REACH)
                reach = item.start() - cue.end() if item else _HAN_REACH
            clause = next(c for c in reversed(clauses) if c.start <= cue.start())
            passive = _TURNED_PAST.search(folded[: cue.start()][-12:])
            if passive and cue[0].endswith("ed"):
                spans.append((clause.start, cue.start(), sign))
            spans.append((cue.end(), min(clause.end, cue.end() + reach), sign))
    return spans
