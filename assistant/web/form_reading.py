"""How hard a text is to read: the school grade of English, the length of sentences in Chinese."""

from __future__ import annotations

import re

from corpus.text import HAN, sentences

_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_E = re.compile(r"(?<![aeiouyl])e$|(?<![aeiouy])es$|(?<![aeiouytd])ed$")


def grade(text: str) -> float:
    """The Flesch–Kincaid grade of an English text (Kincaid and others 1975): US school years; 0 for an empty text."""
    count = words = syllables = 0
    for start, end in _sentences(text):
        found = _WORD.findall(text[start:end])
        if found:
            count += 1
            words += len(found)
            syllables += sum(_syllables(word) for word in found)
    if not words:
        return 0.0
    return max(0.0, 0.39 * words / count + 11.8 * syllables / words - 15.59)


def sentence_length(text: str) -> float:
    """The mean number of Chinese characters in a sentence of a Chinese text; 0 for an empty text."""
    lengths = [n for start, end in _sentences(text) if (n := len(HAN.findall(text[start:end])))]
    return sum(lengths) / len(lengths) if lengths else 0.0


def _sentences(text: str) -> list[tuple[int, int]]:
    found, position = [], 0
    for line in text.split("\n"):
        found += [(position + start, position + end) for start, end in sentences(line)]
        position += len(line) + 1
    return found


def _syllables(word: str) -> int:
    word = word.lower()
    return max(1, len(_VOWELS.findall(_SILENT_E.sub("", word))))
