"""Judged sets for retrieval: texts, queries, and which texts answer each query.

Three kinds: the corpus with common questions in users' words; questions of MedQuAD with the answers they were
written for; and aligned English and Chinese sentences, where the answer to a sentence is its translation
among all sentences of both languages.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lxml import etree

from assistant import Assistant
from assistant.intake import read
from assistant.plan import make_plan
from corpus.models import Language
from evals.casefile import Case, read_jsonl, read_plain_jsonl
from evals.suites.retrieval import CASES, Question, relevant
from index.embed import Vectors

WORDINGS = Path(__file__).parent / "wordings.jsonl"
#: The seed of every draw, and how much is drawn: enough for intervals of ±0.04, embedded in minutes.
SEED = 2026
_POOL, _QUERIES = 1200, 300
_LONGEST = 500


@dataclass(frozen=True)
class Query:
    """A query, the texts (by number) that answer it, the one it may not find (itself), and its groups."""

    text: str
    relevant: frozenset[int]
    itself: int | None = None
    groups: tuple[str, ...] = ()
    concepts: tuple[str, ...] | None = None


@dataclass(frozen=True)
class JudgedSet:
    """Texts with their language, and queries.

    ``entries`` groups texts that count as one answer, if any do; ``vectors`` are those of the texts, where the
    index has them already. ``asked`` are the questions that each text is known to answer, with their vectors;
    ``topics`` name the topic in which each stands.
    """

    name: str
    texts: tuple[str, ...]
    languages: tuple[Language, ...]
    queries: tuple[Query, ...]
    entries: tuple[int, ...] | None = None
    vectors: Vectors | None = field(default=None, compare=False)
    asked: tuple[tuple[str, ...], ...] = ()
    asked_vectors: Vectors | None = field(default=None, compare=False)
    topics: tuple[str, ...] = ()


class Wordings(Case):
    """One question in four wordings, well formed and as people type, in both languages: the same need in each."""

    clean_en: str
    lay_en: str
    clean_zh: str
    lay_zh: str

    def texts(self) -> dict[tuple[str, str], str]:
        """The four, by style and language."""
        return {
            ("clean", "en"): self.clean_en, ("lay", "en"): self.lay_en,
            ("clean", "zh"): self.clean_zh, ("lay", "zh"): self.lay_zh,
        }  # fmt: skip


def questions(care: Assistant) -> list[JudgedSet]:
    """Our 300 questions against the corpus as it is indexed, as they were asked and in four wordings each.

    Both languages of a statement are one answer. With four wordings of one need, how well it is found in each can be
    compared; the 300 as they were asked are different questions in each style and language.
    """
    version = care.searcher.version
    rows = [row for row in range(len(version.rows)) if version.rows[row].entry]
    ids = sorted({version.rows[row].entry for row in rows})
    number = {entry: n for n, entry in enumerate(ids)}
    own, reworded = list[Query](), list[Query]()
    wordings = {found.id: found for found in read_jsonl(WORDINGS, Wordings)}
    for case in read_jsonl(CASES, Question):
        good = frozenset(number[e] for e in ids if relevant(care.knowledge.statements[e], case, care))
        own.append(_asked(case.question, good, (case.lang, case.style), care))
        for (style, lang), text in wordings[case.id].texts().items():
            reworded.append(_asked(text, good, (lang, style), care))
    one_way = JudgedSet(
        "questions",
        tuple(version.passage(row).search_text for row in rows),
        tuple(version.rows[row].language for row in rows),
        tuple(own),
        tuple(number[version.rows[row].entry] for row in rows),
        version.dense.vectors()[rows],
        tuple(version.passage(row).asked for row in rows),
        version.asked.vectors(),
        tuple(version.rows[row].topic for row in rows),
    )
    return [one_way, replace(one_way, name="wordings", queries=tuple(reworded))]


def _asked(text: str, good: frozenset[int], groups: tuple[str, ...], care: Assistant) -> Query:
    plan = make_plan(read(text, care.knowledge.table), care.knowledge.table)
    return Query(text, good, None, groups, (*plan.asked, *plan.named))


def medquad(folder: Path) -> JudgedSet:
    """MedQuAD: each question against the answers, which carry their topic's name but no question."""
    pairs: dict[str, str] = {}
    for path in sorted(folder.glob("*/*.xml")):
        tree = etree.parse(str(path))
        topic = _text(tree.findtext("Focus"))
        for pair in tree.iter("QAPair"):
            question, answer = _text(pair.findtext("Question")), _text(pair.findtext("Answer"))
            if question and len(answer) > 80:
                pairs.setdefault(question, f"{topic}\n{answer[:_LONGEST]}")
    drawn = _draw(sorted(pairs.items()))
    queries = tuple(Query(question, frozenset({n})) for n, (question, _) in enumerate(drawn[:_QUERIES]))
    languages: tuple[Language, ...] = tuple("en" for _ in drawn)
    return JudgedSet("medquad", tuple(answer for _, answer in drawn), languages, queries)


def aligned(path: Path) -> JudgedSet:
    """Aligned sentences: find the translation of a sentence among all other sentences in both languages."""
    drawn = _draw([(row["en"], row["zh"]) for row in read_plain_jsonl(path) if len(row["zh"]) >= 12])
    count = len(drawn)
    texts = (*(zh for _, zh in drawn), *(en for en, _ in drawn))
    half = _QUERIES // 2
    queries = [Query(texts[n], frozenset({n + count}), n, ("zh",)) for n in range(half)]
    queries += [Query(texts[n + count], frozenset({n}), n + count, ("en",)) for n in range(half, _QUERIES)]
    chinese: list[Language] = ["zh"] * count
    english: list[Language] = ["en"] * count
    return JudgedSet("aligned", texts, (*chinese, *english), tuple(queries))


def judged_sets(care: Assistant, shared: Path | None) -> list[JudgedSet]:
    """The sets that can be made here: the public ones need the folder *shared*."""
    sets = questions(care)
    if shared is not None and (shared / "documents" / "medquad").is_dir():
        sets.append(medquad(shared / "documents" / "medquad"))
    if shared is not None and (shared / "eval" / "tico19-en-zh.jsonl").is_file():
        sets.append(aligned(shared / "eval" / "tico19-en-zh.jsonl"))
    return sets


def _draw(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    drawn = list(pairs)
    random.Random(SEED).shuffle(drawn)
    return drawn[:_POOL]


def _text(value: str | None) -> str:
    return " ".join((value or "").split())
