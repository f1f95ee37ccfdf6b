"""From words to findings: which concepts a text names, and whether they are this patient's, now.

The assertion algorithm follows ConText: a cue before or after a finding, in the same clause and not
cut off by a terminator, decides its status. Cues are data (``corpus/data/language/cues.yaml``).
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistant.compositions import compositions, merge_mentions
from assistant.frames import Frame, asks, frames, happening, without
from assistant.homophones import respell
from assistant.measure import Numbers, read_numbers
from assistant.patient import Patient
from assistant.rises import risen
from assistant.slips import correct
from corpus.concepts import ConceptTable, Mention
from corpus.load import DATA, read_yaml
from corpus.text import any_of, detect_language, normalise

Status = Literal["present", "absent", "past", "hypothetical", "other", "uncertain"]

_CLAUSE_END = re.compile(r"[.!?;。！？；\n]+(?!\d)")
_LIST_GAP = re.compile(
    r"^(?:\s|,|/|、|\bor\b|\band\b|\bnor\b|\bany\b|\bhas\b|和|或|及|与|以及|或者|跟|也没有|也没|的|等)*$"
)
_HAS_OR = re.compile(r"\b(?:or|nor)\b|或|也没")
#: Many people type a blank where a comma belongs.
_HAN_BLANK = re.compile(r"(?<=[\u3400-\u9fff])(?<![没有无否认])[ \t](?=[\u3400-\u9fff])")
#: A value stands right after its name: "sodium is 128".
_VALUE_NEXT = re.compile(r"[^\d,.;，。；]{0,24}\d")
_REACH = 40
#: These deny one thing: where the next follows without a comma or an "or", it is said anew.
_SINGLE = frozenset("不勿唔弗毋袂")
_LONGEST_CLAUSE = 600
_QUALIFIER_REACH = 24
#: How far a Chinese negation of one character reaches: it stands at what it denies, and commas are often left out.
_NARROW = {"不": 3, "勿": 3, "唔": 3, "弗": 3, "毋": 3, "袂": 3, "没": 6, "无": 6, "未": 6, "冇": 6}
#: Where several cues reach a finding, the first of these decides.
_PRECEDENCE: tuple[Status, ...] = ("absent", "other", "hypothetical", "past", "uncertain")


@dataclass(frozen=True, slots=True)
class Finding:
    """A concept in a text, with its status for this patient and its span in the normalised text."""

    concept: str
    status: Status
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Intake:
    """Everything a text says about a patient and asks about."""

    text: str
    language: Literal["en", "zh"]
    findings: tuple[Finding, ...]
    numbers: Numbers
    asks: bool = True

    def concepts(self, *statuses: Status) -> list[str]:
        """Concepts with one of these statuses, in order, each once."""
        return list(dict.fromkeys(f.concept for f in self.findings if f.status in statuses))


@dataclass(frozen=True, slots=True)
class _Cue:
    status: Status
    start: int
    end: int
    forward: bool
    only: frozenset[str]


def read(text: str, table: ConceptTable) -> Intake:
    """Read *text*: its language, the findings in it with their status, and the numbers in it."""
    written = normalise(text)
    corrected = correct(respell(_HAN_BLANK.sub(",", written), table), table)
    folded = corrected.text
    clauses = list(_clauses(folded))
    composed = compositions().find(folded, clauses)
    mentions = _qualified(folded, merge_mentions(table.find(folded), composed, table))
    framed = frames(folded)
    findings: list[Finding] = []
    starts = [m.start for m in mentions]
    for start, end in clauses:
        inside = mentions[bisect_left(starts, start) : bisect_left(starts, end)]
        for finding in _assert_statuses(folded, start, end, inside, table):
            left, right = corrected.written(finding.start, finding.end)
            findings.append(replace(_framed(finding, framed, folded, table), start=left, end=right))
    numbers = read_numbers(folded, table)
    rises = [
        r for r in risen(folded, table) if not any(f.status == "other" and f.start <= r.start < f.end for f in framed)
    ]
    for rise in rises:
        left, right = corrected.written(rise.start, rise.end)
        findings.append(Finding(rise.condition, "present", written[left:right], left, right))
    findings = [f for f in findings if not _is_a_reading(f, written, numbers, table)]
    if framed:
        present = read_numbers(without(folded, framed), table)
        labs = {rise.key: numbers.labs[rise.key] for rise in rises if rise.key in numbers.labs} | present.labs
        numbers = replace(numbers, labs=labs, vitals=present.vitals, doubts=present.doubts, unclear=present.unclear)
    language = detect_language(text)
    return Intake(text, "zh" if language == "zh" else "en", tuple(findings), numbers, asks(folded))


def _is_a_reading(finding: Finding, written: str, numbers: Numbers, table: ConceptTable) -> bool:
    """Whether the name of a nutrient is that of a measurement, with its value or in a longer name.

    "Sodium 128" and "blood sugar" are nothing to eat.
    """
    if table[finding.concept].kind not in ("nutrient", "food"):
        return False
    for name in _measured(table):
        first = max(0, finding.end - len(name))
        if len(name) > finding.end - finding.start and first <= written.find(name, first) <= finding.start:
            return True
    read_as = any(key.startswith(f"{finding.concept}_") for key in numbers.labs)
    return read_as and _VALUE_NEXT.match(written, finding.end) is not None


@functools.lru_cache(maxsize=4)
def _measured(table: ConceptTable) -> tuple[str, ...]:
    """The names of what is measured in blood and urine, of more than one word."""
    names = (normalise(name) for m in table.measurements.values() if m.kind == "lab" for name in m.names)
    return tuple(name for name in names if " " in name)


def _framed(finding: Finding, framed: list[Frame], folded: str, table: ConceptTable) -> Finding:
    """The finding with the status of the stretch it stands in, where that is not about this patient now.

    An illness or a medicine that somebody asks about stays a topic: only complaints are lost in a question.
    """
    kind = table[finding.concept].kind
    if finding.status == "other" and happening(folded, finding.start):
        return replace(finding, status="present")
    if finding.status not in ("present", "uncertain") or kind not in ("symptom", "condition", "habit"):
        return finding
    for frame in framed:
        if frame.start <= finding.start < frame.end:
            return replace(finding, status=frame.status)
    return finding


def merge(patient: Patient, intake: Intake, table: ConceptTable) -> Patient:
    """The patient with the facts that a text states added; the text's numbers replace older ones."""
    fields: dict[str, list[str]] = {"conditions": [], "symptoms": [], "medications": [], "devices": [], "habits": []}
    changes: dict[str, Any] = {}
    field_of = {"condition": "conditions", "function": "conditions", "symptom": "symptoms", "medicine": "medications",
                "device": "devices", "habit": "habits"}  # fmt: skip
    for finding in intake.findings:
        concept = table[finding.concept]
        if finding.status == "present" and concept.kind in field_of:
            fields[field_of[concept.kind]].append(_words_for(finding, table))
        elif finding.status == "present" and concept.id in ("pregnancy", "breastfeeding_person"):
            changes["pregnant" if concept.id == "pregnancy" else "breastfeeding"] = True
        elif finding.status == "absent" and concept.kind in field_of:
            changes.setdefault("absent", []).append(_words_for(finding, table))
    changes |= {key: words for key, words in fields.items() if words}
    numbers = intake.numbers
    changes |= {"labs": numbers.labs} if numbers.labs else {}
    changes |= {"vitals": numbers.vitals} if numbers.vitals else {}
    if numbers.age_years is not None:
        changes["age_years"] = numbers.age_years
    if numbers.sex is not None and patient.sex is None and not (changes.get("pregnant") and numbers.sex == "male"):
        changes["sex"] = numbers.sex
    return patient.updated(**changes) if changes else patient


def _words_for(finding: Finding, table: ConceptTable) -> str:
    """The words of the text, or the concept's name where they mean it only in their sentence."""
    alone = {mention.concept for mention in table.find(finding.text)} | {table.lookup(finding.text)}
    if any(one and table.is_a(one, finding.concept) for one in alone):
        return finding.text
    return table.label(finding.concept, detect_language(finding.text))


def _qualified(folded: str, mentions: list[Mention]) -> list[Mention]:
    """Mentions made more exact by words near them: breathlessness with "at rest" is breathlessness at rest."""
    result = []
    for mention in mentions:
        concept = mention.concept
        window = folded[max(0, mention.start - _QUALIFIER_REACH) : mention.end + _QUALIFIER_REACH]
        for base, pattern, exact, anywhere in _qualifiers():
            if concept == base and pattern.search(folded if anywhere else window):
                concept = exact
        result.append(replace(mention, concept=concept))
    return result


@functools.cache
def _qualifiers() -> list[tuple[str, re.Pattern[str], str, bool]]:
    data = read_yaml(DATA / "language" / "qualifiers.yaml")
    entries = data["qualifiers"]
    return [(e["concept"], any_of(e), e["becomes"], bool(e.get("anywhere"))) for e in entries]


def _clauses(folded: str) -> Iterable[tuple[int, int]]:
    start = 0
    ends = [m.end() for m in _CLAUSE_END.finditer(folded) if m[0] != "." or not folded[m.end() : m.end() + 1].isalnum()]
    for end in [*ends, len(folded)]:
        while start < end:
            stop = min(end, start + _LONGEST_CLAUSE)
            yield start, stop
            start = stop


def _assert_statuses(folded: str, start: int, end: int, mentions: list[Mention], table: ConceptTable) -> list[Finding]:
    end = max([end, *(m.end for m in mentions)])
    cues = _find_cues(folded, start, end, mentions)
    stops = _find_terminators(folded, start, end, mentions)
    findings: list[Finding] = []
    for index, mention in enumerate(mentions):
        kind = table[mention.concept].kind
        found: set[Status] = {
            cue.status
            for cue in cues
            if (not cue.only or kind in cue.only)
            and (
                _reaches(folded, cue, mention, mentions[:index], stops)
                if cue.forward
                else _follows(folded, mention, cue, mentions[index + 1 :])
            )
        }
        applying = (cue for cue in cues if not cue.only or kind in cue.only)
        found |= {cue.status for cue in applying if cue.forward and _between_parts(folded, cue, mention)}
        status: Status = next((s for s in _PRECEDENCE if s in found and not mention.plain), "present")
        if status == "present" and _whether_or_not(folded, mention):
            status = "hypothetical"
        findings.append(Finding(mention.concept, status, mention.name, mention.start, mention.end))
    return findings


def _whether_or_not(folded: str, mention: Mention) -> bool:
    """Whether a Chinese finding is asked for by its own word: 硬不硬, 疼没疼."""
    last = folded[mention.end - 1]
    return folded[mention.end : mention.end + 2] in (f"不{last}", f"没{last}")


def _between_parts(folded: str, cue: _Cue, mention: Mention) -> bool:
    """Whether a cue stands among the words of a finding and reaches the next one: "chest isn't painful"."""
    later = [start for start, _ in mention.parts if start >= cue.end]
    return bool(later) and mention.start < cue.start and not re.search(r"[,、.!?;]", folded[cue.end : min(later)])


def _spans(mentions: Iterable[Mention]) -> list[tuple[int, int]]:
    """The words that name findings; the gaps between the parts of one are not among them."""
    return [span for m in mentions for span in m.parts or ((m.start, m.end),)]


def _reaches(
    folded: str, cue: _Cue, mention: Mention, earlier: list[Mention], stops: list[tuple[int, int, bool]]
) -> bool:
    """Whether a forward cue's reach extends to the mention: no terminator, and commas only inside a list."""
    ends = (
        start
        for start, end, contrast in stops
        if cue.end <= start and end <= mention.start and (contrast or cue.status in ("absent", "past"))
    )
    if cue.end > mention.start or next(ends, None) is not None:
        return False
    position = cue.end
    for number, part in enumerate([*(m for m in earlier if m.start >= cue.end), mention]):
        gap = folded[position : part.start]
        in_list = number > 0 and _LIST_GAP.match(gap.replace(",", "")) is not None
        if number and not gap and folded[cue.start : cue.end] in _SINGLE:
            return False
        reach = _REACH if number else _NARROW.get(folded[cue.start : cue.end], _REACH)
        if len(gap) > reach or ("," in gap and not (in_list and _is_list(folded, cue, mention))):
            return False
        position = part.end
    return True


def _is_list(folded: str, cue: _Cue, mention: Mention) -> bool:
    """A comma list stays under its cue where the cue takes lists, or where an "or" shows that it goes on."""
    if cue.status != "absent":
        return True
    word = folded[cue.start : cue.end]
    if word in ("denies", "denied", "denying", "negative for", "否认", "free of", "未诉"):
        return True
    rest = folded[cue.end : mention.end + _REACH]
    clause = _CLAUSE_END.split(rest)[0]
    return bool(_HAS_OR.search(clause))


def _follows(folded: str, mention: Mention, cue: _Cue, later: list[Mention]) -> bool:
    gap = folded[mention.end : cue.start]
    if mention.end > cue.start or any(mention.end <= m.start < cue.start for m in later) or "," in gap:
        return False
    return len(gap) <= (12 if gap.isascii() else 6)


@functools.lru_cache(maxsize=64)
def _all_cues(folded: str, start: int, end: int) -> tuple[_Cue, ...]:
    """Everything in a clause that reads like a cue; asked for twice, found once."""
    return tuple(
        _Cue(status, match.start(), match.end(), forward, only)
        for pattern, status, forward, only in _patterns()[0]
        for match in pattern.finditer(folded, start, end)
    )


@functools.lru_cache(maxsize=64)
def _look_alikes(folded: str, start: int, end: int) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """The spans in a clause of what only looks like a cue, and of contrasts."""
    _, shield, contrast, _ = _patterns()
    found = (tuple(m.span() for m in pattern.finditer(folded, start, end)) for pattern in (shield, contrast))
    return next(found), next(found)


def _find_cues(folded: str, start: int, end: int, mentions: list[Mention]) -> list[_Cue]:
    alike, contrasts = _look_alikes(folded, start, end)
    shielded = [*alike, *contrasts, *_spans(mentions)]
    begins = {m.start for m in mentions}
    cues: list[_Cue] = []
    for cue in _all_cues(folded, start, end):
        # A look-alike that reaches into a finding is none: 没喝 in 没喝农药.
        if not any(s < cue.end and cue.start < e and not (s == cue.start and cue.end in begins) for s, e in shielded):
            cues.append(cue)
    longest = [
        c for c in cues
        if not any(o is not c and o.start <= c.start and c.end <= o.end and (o.end - o.start) > (c.end - c.start)
                   and o.forward == c.forward for o in cues)
    ]  # fmt: skip
    return sorted(longest, key=lambda c: (c.start, c.end))


def _find_terminators(folded: str, start: int, end: int, mentions: list[Mention]) -> list[tuple[int, int, bool]]:
    """Spans of terminators that are no part of a name, cue or look-alike; true for one that ends every cue."""
    _, _, contrast, onset = _patterns()
    inside = _spans(mentions)
    covering = [*_look_alikes(folded, start, end)[0]]
    covering += [(cue.start, cue.end) for cue in _all_cues(folded, start, end)]
    return [
        (s, e, pattern is contrast)
        for pattern in (contrast, onset)
        for s, e in (m.span() for m in pattern.finditer(folded, start, end))
        if not any(a < e and s < b for a, b in inside) and not any(a <= s and e <= b for a, b in covering)
    ]


_CuePattern = tuple[re.Pattern[str], Status, bool, frozenset[str]]


@functools.cache
def _patterns() -> tuple[list[_CuePattern], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Patterns of the cues, of their look-alikes, and of the two kinds of terminator."""
    data = read_yaml(DATA / "language" / "cues.yaml")
    cues: list[_CuePattern] = []
    for entry in data["statuses"]:
        for side in ("before", "after"):
            if side in entry:
                cues.append((any_of(entry[side]), entry["status"], side == "before", frozenset(entry.get("only", ()))))
    lists = (data["shield"], data["terminators"]["contrast"], data["terminators"]["onset"])
    shield, contrast, onset = (any_of(words) for words in lists)
    return cues, shield, contrast, onset
