"""Citation recall and precision as ALCE defines them, over any judge of support.

Gao, Yen, Yu and Chen: Enabling Large Language Models to Generate Text with Citations, EMNLP 2023
(arXiv:2305.14627), section 3.3 and the authors' ``eval.py``. A sentence s with the citations C:

- has recall 1 where C is not empty and its passages, taken together, support s;
- a citation c of C is irrelevant where c alone does not support s, and C without c still does;
- a citation has precision 1 where its sentence has recall 1 and it is not irrelevant.

Precision so does not ask for the fewest citations: two that each support the sentence are both precise. ALCE takes
both per answer and averages over answers, an answer without citations counting 0.

One thing is stricter than in the authors' script. A mark that names no passage (``None`` here) makes the sentence
unsupported in both; the script then leaves that sentence's citations out of the number of citations, we count them
as not precise, since a citation that is made up is the worst kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

#: Whether the passages, taken together, support the claim.
Supports = Callable[[str, Sequence[str]], bool]


@dataclass(frozen=True)
class CitedSentence:
    """A sentence without its marks, and the passage that each mark names; ``None`` where there is no such passage."""

    text: str
    passages: tuple[str | None, ...] = ()


def citation_recall(sentences: Sequence[CitedSentence], supports: Supports) -> tuple[int, int]:
    """Sentences that their citations support, of all sentences."""
    return sum(_supported(sentence, supports) for sentence in sentences), len(sentences)


def citation_precision(sentences: Sequence[CitedSentence], supports: Supports) -> tuple[int, int]:
    """Citations of supported sentences that are not irrelevant, of all citations."""
    precise = sum(
        not _irrelevant(sentence, place, supports)
        for sentence in sentences
        if _supported(sentence, supports)
        for place in range(len(sentence.passages))
    )
    return precise, sum(len(sentence.passages) for sentence in sentences)


def _supported(sentence: CitedSentence, supports: Supports) -> bool:
    passages = [passage for passage in sentence.passages if passage is not None]
    return bool(passages) and len(passages) == len(sentence.passages) and supports(sentence.text, passages)


def _irrelevant(sentence: CitedSentence, place: int, supports: Supports) -> bool:
    """Whether the citation at *place* of a supported sentence neither supports it alone nor is needed by the rest."""
    passages = [passage for passage in sentence.passages if passage is not None]
    rest = passages[:place] + passages[place + 1 :]
    return not supports(sentence.text, [passages[place]]) and bool(rest) and supports(sentence.text, rest)
