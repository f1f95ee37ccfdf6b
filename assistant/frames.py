"""What a whole sentence is about, where it is not this patient now: the past, a question, somebody else's story.

A cue beside a finding decides most (:mod:`assistant.intake`). But "I had a clot after a flight in 2012, breathless and
coughing blood at the time" holds one date for four findings, and "what are the warning signs of …" asks. The words
are data (``corpus/data/language/frames.yaml``).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from corpus.load import DATA, read_yaml
from corpus.text import HAN

FrameStatus = Literal["past", "hypothetical", "other"]
_SENTENCE = re.compile(r"(?<=[!?;。！？；\n])|(?<=\.)(?!\d)")
#: How a stretch that dates the one before it begins.
_IT_WAS = re.compile(r"[,，\s]*(?:那|这|都|已经|不过那)+(?:都|还|已经)?是")
#: A shorter Chinese sentence names a person and a complaint and tells nothing.
_A_TALE = 12
_LATIN = re.compile(r"[a-z]{2}")
#: A question that is complete by itself: what follows is said, not supposed.
_ASKED = re.compile(r"[吗么嘛](?=$|[,，?？])")
_STRETCH = re.compile(
    r"[,，：:]|\s-\s|(?<=\d )was(?= \d)"
    r"|\b(?:but|however|although|though|yet|and now|whereas)\b|但|不过|可是|(?<=[^不])只是|然而"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A stretch of the normalised text whose findings have this status."""

    start: int
    end: int
    status: FrameStatus


def frames(folded: str) -> list[Frame]:
    """The stretches of a message that are not about this patient now."""
    is_over = _holds(folded, "resolved") or _holds(folded, "well")
    is_idle = _holds(folded, "idle")
    is_learning = _is_learning(folded)
    found: list[Frame] = []
    start = 0
    for sentence in _SENTENCE.split(folded):
        found += _in_sentence(folded, start, start + len(sentence), is_over, is_idle)
        if is_learning:
            found += _learned(folded, start, start + len(sentence))
        start += len(sentence)
    return found


def _is_learning(folded: str) -> bool:
    """Whether a message is about learning or planning, and says that nobody is ill."""
    if not _holds(folded, "topic"):
        return False
    return any(_holds(folded, name) for name in ("well", "self_well", "idle"))


def _learned(folded: str, start: int, end: int) -> Iterator[Frame]:
    """The stretches of a sentence that say nothing of anybody now."""
    cuts = [m.start() for m in _STRETCH.finditer(folded, start, end)]
    for left, right in zip([start, *cuts], [*cuts, end], strict=True):
        if not any(_pattern(name, folded).search(folded, left, right) for name in ("now", "of_now", "alive")):
            yield Frame(left, right, "hypothetical")


def asks(folded: str) -> bool:
    """Whether a message asks something, or says that its writer is well, rather than only telling."""
    return any(_holds(folded, name) for name in ("asks", "self_well"))


def without(folded: str, found: list[Frame]) -> str:
    """The text with the stretches blanked out, so that a number in them is nobody's measurement."""
    for frame in found:
        folded = folded[: frame.start] + " " * (frame.end - frame.start) + folded[frame.end :]
    return folded


def happening(folded: str, place: int) -> bool:
    """Whether what stands at a place is said to be going on now, whoever it happens to, and is no story told."""
    start = 0
    for sentence in _SENTENCE.split(folded):
        if start <= place < start + len(sentence):
            if HAN.search(folded) and _simply_said(folded, sentence):
                return True
            return bool(_pattern("happening", folded).search(sentence)) and not _holds(folded, "told")
        start += len(sentence)
    return False


def _simply_said(folded: str, sentence: str) -> bool:
    """Whether a Chinese message tells of somebody without a date, a question or an ending: it is going on."""
    if len(sentence) < _A_TALE:
        return False
    signs = ("told", "past", "past_verb", "dead", "self_well", "idle", "asks", "story", "turn")
    return _pattern("distant", folded).search(sentence) is not None and not any(_holds(folded, name) for name in signs)


def _in_sentence(folded: str, start: int, end: int, is_over: bool, is_idle: bool) -> Iterator[Frame]:
    def has(name: str, left: int = start, right: int = end) -> re.Match[str] | None:
        return _pattern(name, folded).search(folded, left, right)

    if end - start < 2:
        return
    if HAN.search(folded, start, end):
        yield from _of_others(folded, start, end)
    cared_for = has("aftercare") and not happening(folded, start)
    if not has("alive") or cared_for or (has("dead") and _holds(folded, "self_well")):
        past_or_dead = has("past_verb") or has("past") or has("dead")
        elsewhere = cared_for or _holds(folded, "self_well")
        if (has("distant") or (has("kin") and past_or_dead)) and elsewhere and not happening(folded, start):
            yield Frame(start, end, "other")
            return
        died = has("dead") and not (HAN.search(folded, start, end) and has("distant"))
        if died or (has("distant") and past_or_dead and (has("past") or not has("now"))):
            yield Frame(start, end, "other")
            return
    if has("story") or (is_idle and has("wonders")):
        yield from _until_now(folded, start, end, "hypothetical")
        return
    cuts = [m.start() for m in _STRETCH.finditer(folded, start, end)]
    for left, right in zip([start, *cuts], [*cuts, end], strict=True):
        if has("asked", left, right) and not has("now", left, right):
            yield Frame(left, right, "hypothetical")
    question = has("question")
    if question:
        yield from _until_now(folded, question.start(), end, "hypothetical")
    yield from _past(folded, start, end, is_over)


def _of_others(folded: str, start: int, end: int) -> Iterator[Frame]:
    """What a Chinese sentence tells of somebody else, up to where it turns to the writer's own patient."""
    person = _pattern("distant", folded).search(folded, start, end)
    if not person:
        return
    turn = _pattern("turn", folded).search(folded, person.end(), end)
    left = max(start, *(folded.rfind(comma, start, person.start()) for comma in ",，:"))
    right = turn.start() if turn else end

    def has(name: str) -> bool:
        return _pattern(name, folded).search(folded, left, right) is not None

    if any(has(name) for name in ("past_verb", "past", "dead")) and not has("present"):
        yield Frame(left, right, "other")


def _past(folded: str, start: int, end: int, is_over: bool) -> Iterator[Frame]:
    """The stretch that holds a date long over, and those that go on telling of that time."""
    cuts = [m.start() for m in _STRETCH.finditer(folded, start, end)]
    stretches = list(zip([start, *cuts], [*cuts, end], strict=True))
    going_on = False
    for index, (left, right) in enumerate(stretches):
        now = _pattern("now", folded).search(folded, left, right)
        date = _pattern("past", folded).search(folded, left, right)
        began = _pattern("not_past", folded).search(folded, left, right)
        verb = _pattern("past_verb", folded).search(folded, left, right)
        if date and not (began and began.start() < date.start() + 25 and not verb):
            if index and (_told_before(folded, stretches[index - 1]) or _IT_WAS.match(folded, left)):
                yield Frame(*stretches[index - 1], "past")
            if now and now.start() < date.start():
                yield Frame(now.end(), right, "past")
            else:
                yield Frame(left, now.start() if now else right, "past")
            going_on = now is None or now.start() < date.start()
        elif going_on and not now and (verb or is_over):
            yield Frame(left, right, "past")
        else:
            going_on = False


def _told_before(folded: str, stretch: tuple[int, int]) -> bool:
    """Whether the stretch before a date tells of the past too: "he fainted twice, back in 2015"."""
    if HAN.search(folded, *stretch) or _pattern("now", folded).search(folded, *stretch):
        return False
    return _pattern("past_verb", folded).search(folded, *stretch) is not None


def _until_now(folded: str, start: int, end: int, status: FrameStatus) -> Iterator[Frame]:
    """The stretches from *start* on up to the first that is said of the present."""
    cuts = [m.start() for m in _STRETCH.finditer(folded, start, end)]
    for left, right in zip([start, *cuts], [*cuts, end], strict=True):
        if left > start and _pattern("now", folded).search(folded, left, right):
            return
        yield Frame(left, right, status)
        if _ASKED.search(folded, left, right):
            return


@functools.lru_cache(maxsize=64)
def _holds(folded: str, name: str) -> bool:
    """Whether the whole text holds an expression of a list: asked for every sentence, looked for once."""
    return _pattern(name, folded).search(folded) is not None


def _pattern(name: str, folded: str) -> re.Pattern[str]:
    return _patterns()[name, _script(folded)]


@functools.lru_cache(maxsize=64)
def _script(folded: str) -> str:
    """Which expressions a text can hold: English, Chinese or both."""
    if not HAN.search(folded):
        return "en"
    return "both" if _LATIN.search(folded) else "zh"


@functools.cache
def _patterns() -> dict[tuple[str, str], re.Pattern[str]]:
    """The expressions of each list, by language and for text that holds both."""
    data = read_yaml(DATA / "language" / "frames.yaml")
    patterns = {}
    for name, lists in data.items():
        english = rf"(?<![a-z0-9'])(?:{'|'.join(lists['en'])})(?![a-z0-9])"
        patterns[name, "en"] = re.compile(english)
        patterns[name, "zh"] = re.compile("|".join(lists["zh"]) or "(?!)")
        patterns[name, "both"] = re.compile("|".join([english, *lists["zh"]]))
    return patterns
