"""Normal form of text: what two spellings of the same words have in common."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence

import opencc

_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\u2010": "-", "\u2011": "-", "−": "-"}
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff\ud800-\udfff]")
_SPACE = re.compile(r"[^\S\n]+")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")


@functools.cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def clean(text: str) -> str:
    """Drop control characters, lone surrogates and invisible direction marks; collapse runs of blanks."""
    return _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()


def normalise(text: str) -> str:
    """Return *text* in the form in which names are compared.

    NFKC (full-width digits become plain ones), traditional characters become simplified,
    typographic quotes and dashes become ASCII, letters lower case, blanks collapsed.
    """
    folded = unicodedata.normalize("NFKC", clean(text)).translate(_QUOTES).lower()
    if HAN.search(folded):
        folded = _to_simplified().convert(folded)
    return folded


def detect_language(text: str, default: str = "en") -> str:
    """Return ``"zh"`` or ``"en"``, whichever script carries more of the words in *text*.

    One Chinese character is counted as two thirds of an English word, so an English sentence that
    quotes a Chinese name stays English, and Chinese with ``CKD`` or ``BP 158/92`` in it stays Chinese.
    """
    han = len(HAN.findall(text))
    words = len(re.findall(r"[A-Za-z]{2,}", text))
    if not han and not words:
        return default
    return "zh" if han * 2 / 3 >= words else "en"


def any_of(words: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """One pattern for lists of words by language: the longest first, English ones as whole words only."""
    parts = []
    for word in sorted({normalise(w) for language in ("en", "zh") for w in words[language]}, key=len, reverse=True):
        left = r"(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else ""
        right = r"(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
        parts.append(f"{left}{re.escape(word)}{right}")
    return re.compile("|".join(parts))


_SENTENCE_END = re.compile(r"(?<=[。！？!?])|(?<=[.])(?=\s+[A-Z0-9\"'(\u4e00-\u9fff])|\n+")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|approx|Dr|No|Fig|etc|al)|\b[A-Z])\.$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans ``(start, end)`` of the sentences of *text*, in English or Chinese, blanks trimmed."""
    spans: list[tuple[int, int]] = []
    start = 0
    ends = [m.end() for m in _SENTENCE_END.finditer(text)] + [len(text)]
    for end in ends:
        if end <= start or (end < len(text) and _ABBREVIATION.search(text[start:end])):
            continue
        raw = text[start:end]
        left = start + len(raw) - len(raw.lstrip())
        right = start + len(raw.rstrip())
        if right > left:
            spans.append((left, right))
        start = end
    return spans
