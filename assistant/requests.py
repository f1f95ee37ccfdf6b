"""What a turn of a conversation asks for besides a new question: a form, a language, a source, another patient.

The words are data (``corpus/data/language/requests.yaml``). Nothing here looks at a patient or an answer.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any, Literal

from corpus.concepts import ConceptTable
from corpus.load import DATA, read_yaml
from corpus.models import Language
from corpus.text import HAN, any_of, normalise

Form = Literal["sbar", "care_plan", "plain", "nurse", "shorter", "longer", "source", "why", "new"]

_SENTENCE_END = re.compile(r"(?<=[!?;。！？；\n])|(?<=\.)(?=\s|$)|(?<=:)(?=\s)")
#: A sentence that only asks for another form has no more English words, or Chinese characters, than this.
_MOST_WORDS, _MOST_HAN = 10, 14
#: So far from the beginning of a sentence it asks for the reason.
_HEAD = 12
#: The head of a clause, in front of its first word.
_CLAUSE_HEAD = re.compile(r"(?:^|[,.;:!?-]|\b(?:and|so|but|ok|okay|then|please|well|hi|hello))\s*$")
_SENTENCE_HEAD = re.compile(r"(?:^|[.;:!?]|\b(?:ok|okay|please|well|so),?)\s*$")
#: What stands before the point of a turn.
_GREETING = re.compile(r"^(?:ok|okay|right|now|so|thanks|thank you|please|好的?|行|谢谢|那)?[,.!，。！ ]*")
#: A person in a sentence is whom the form is for, not what is asked.
_NOT_ASKED = frozenset({"person"})


@dataclass(frozen=True)
class Request:
    """What a turn asks for.

    ``form`` and ``language`` say how; ``number`` which source; ``content`` is what is left of the turn when that is
    taken out, empty where the last answer is to be reworked and nothing new is said. ``fresh`` starts over,
    ``topic`` leaves the subject, ``back`` returns to an earlier one, ``follows`` continues the question before;
    ``correction`` says that something said before was wrong; ``asks`` is false for a mere statement, and ``thanks``
    true where nothing is said at all.
    """

    form: Form | None = None
    number: int | None = None
    language: Language | None = None
    fresh: bool = False
    topic: bool = False
    back: bool = False
    follows: bool = False
    correction: bool = False
    asks: bool = True
    thanks: bool = False
    content: str = ""

    @property
    def reworks(self) -> bool:
        """Whether the turn is about what was said last, and says nothing new."""
        return not self.content and (self.form is not None or self.language is not None)


def read_request(text: str, table: ConceptTable) -> Request:
    """Read off a turn what it asks for; of several forms the last one named counts."""
    words = _words()
    folded = normalise(text)
    form: Form | None = None
    number, language = None, None
    left: list[str] = []
    for sentence in (s.strip() for s in _SENTENCE_END.split(folded) if s.strip()):
        told, spoken, rest = _forms(sentence, table)
        if told is not None:
            form, number = told[0], told[1] or number
        language = spoken or language
        if rest:
            left.append(rest)
    begins = words["fresh"].match(_GREETING.sub("", folded)) is not None
    if begins:
        left = [rest for rest in (_without(part, words["fresh"]) for part in left) if _says(rest, table)]
        form = form or (None if left else "new")
    head = folded.lstrip(" ,.，。")
    return Request(
        form=form,
        number=number,
        language=language,
        fresh=begins,
        topic=words["topic"].search(folded) is not None,
        back=words["back"].search(folded) is not None,
        follows=words["follow"].match(head) is not None or len(_tokens(head)) <= 2,
        correction=words["correction"].search(folded) is not None,
        asks=asks(folded),
        thanks=not re.search(r"[a-z0-9\u3400-\u9fff]", words["thanks"].sub(" ", folded)),
        content=" ".join(left),
    )


def asks(folded: str) -> bool:
    """Whether a normalised text asks something, rather than state it."""
    words = _words()
    if "?" in folded:
        return True
    plain = words["states"].sub(" ", folded)
    if any(_SENTENCE_HEAD.search(plain[: match.start()]) for match in words["asks_first"].finditer(plain)):
        return True
    return any(HAN.search(m[0]) or _CLAUSE_HEAD.search(plain[: m.start()]) for m in words["asks"].finditer(plain))


def _forms(sentence: str, table: ConceptTable) -> tuple[tuple[Form, int | None] | None, Language | None, str]:
    """The form a sentence asks for, the language, and what else it says."""
    words = _words()
    language: Language | None = None
    rest = sentence
    for name in ("en", "zh"):
        pattern = words["language"][name]
        if pattern.search(rest):
            language = name
            rest = _without(rest, pattern)
    told: tuple[Form, int | None] | None = None
    for form, (weak, patterns) in words["forms"].items():
        match = next((m for m in (p.search(rest) for p in patterns) if m), None)
        if match is None or (weak and not _is_only_a_request(sentence, table)):
            continue
        told = form, _number(match)
        rest = _without(rest, *patterns)
        break
    if told is None:
        reason = words["why"].search(rest)
        at_head = reason is not None and (HAN.search(rest) is not None or reason.start() <= _HEAD)
        refers = _named(rest, table) or len(_tokens(rest)) <= 3 or words["refers"].search(rest) is not None
        if at_head and refers and len(_tokens(rest)) <= _MOST_WORDS:
            told = "why", None
            rest = rest if _named(rest, table) else ""
    if told is None and language is None:
        return None, None, sentence
    again = told is not None or not words["content"].search(rest)
    return told, language, "" if not rest or (not _named(rest, table) and again) else rest


def _is_only_a_request(sentence: str, table: ConceptTable) -> bool:
    return len(_tokens(sentence)) <= (_MOST_HAN if HAN.search(sentence) else _MOST_WORDS) and not _named(
        sentence, table
    )


def _says(rest: str, table: ConceptTable) -> bool:
    return bool(_named(rest, table) or re.search(r"\d", rest) or len(_tokens(rest)) > 2)


def _named(text: str, table: ConceptTable) -> bool:
    """Whether a text names anything that can be asked about, or gives a number with what it counts."""
    return any(table[mention.concept].kind not in _NOT_ASKED for mention in table.find(text))


def _tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9'/.%-]*[a-z0-9%]|[\u3400-\u9fff]", text)


def _without(text: str, *patterns: re.Pattern[str]) -> str:
    for pattern in patterns:
        text = pattern.sub(" ", text)
    return text.strip(" ,.:;!，。：；！、-")


def _number(match: re.Match[str]) -> int | None:
    told = match.groupdict().get("n")
    if told is None:
        return None
    numbers: dict[str, int] = _data()["numbers"]
    return int(told) if told.isdigit() else numbers[told]


@functools.cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(DATA / "language" / "requests.yaml")
    return data


@functools.cache
def _words() -> dict[str, Any]:
    """The patterns: of each form whether it is weak and its own, of each language, and of the other cues."""
    data = _data()
    number = "|".join([r"\d{1,3}", *sorted(data["numbers"], key=len, reverse=True)])
    forms = {name: (bool(words.get("weak")), _patterns(words, number)) for name, words in data["forms"].items()}
    languages = {name: any_of(words) for name, words in data["language"].items()}
    cues = (
        "why",
        "fresh",
        "topic",
        "back",
        "correction",
        "follow",
        "asks",
        "asks_first",
        "states",
        "content",
        "refers",
        "thanks",
    )
    return {"forms": forms, "language": languages} | {name: any_of(data[name]) for name in cues}


def _patterns(words: dict[str, Any], number: str) -> list[re.Pattern[str]]:
    """One pattern for the phrases with a number in them, one each, and one for all the others."""
    lists: dict[str, list[str]] = {language: words[language] for language in ("en", "zh")}
    numbered = [phrase for phrases in lists.values() for phrase in phrases if "#" in phrase]
    plain = {language: [p for p in phrases if "#" not in p] for language, phrases in lists.items()}
    found = []
    for phrase in sorted(numbered, key=len, reverse=True):
        before, after = (re.escape(normalise(part)) for part in phrase.split("#"))
        left = r"(?<![a-z0-9])" if before[:1].isascii() else ""
        gap = r"\s*(?:no\.?|number)?\s*\[?"
        found.append(
            re.compile(rf"{left}{before.rstrip(chr(92) + ' ')}{gap}(?P<n>{number})(?![a-z0-9]|\.\d)\]?\s*{after}")
        )
    return [*found, any_of(plain)]
