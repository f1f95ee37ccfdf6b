from __future__ import annotations

import re

import pytest

from corpus.documents import rule_document, statement_document
from corpus.load import Corpus
from corpus.text import detect_language, normalise, sentences

TOPICS = [
    "chronic_kidney_disease", "type_2_diabetes", "hypertension", "coronary_heart_disease", "heart_failure",
    "peptic_ulcer", "copd", "pressure_injury", "falls", "stroke",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_part_of_every_passage_is_the_documents_text(corpus: Corpus, language: str) -> None:
    for topic in corpus.topics:
        document, passages = statement_document(topic, language)  # type: ignore[arg-type]
        statements = {statement.id: statement for statement in topic.statements}
        assert len(passages) == len(statements)
        for passage in passages:
            for part, (start, end) in passage.parts.items():
                assert document.text[start:end] == getattr(statements[passage.entry], part)[language]
                assert passage.start <= start < end <= passage.end
    for rule_file in corpus.rules:
        document, passages = rule_document(rule_file, language)  # type: ignore[arg-type]
        assert all(document.text[s:e] for passage in passages for s, e in passage.parts.values())


def test_the_first_ten_topics_have_fourteen_statements_or_more(corpus: Corpus) -> None:
    sizes = {topic.topic: len(topic.statements) for topic in corpus.topics}
    assert all(sizes.get(topic, 0) >= 14 for topic in TOPICS), sizes


def test_numbers_agree_between_the_languages(corpus: Corpus) -> None:
    """Each number of the Chinese wording stands in the English one too, and the reverse, but for words like "one" or 1."""
    different = []
    for statement in (s for topic in corpus.topics for s in topic.statements):
        numbers = [
            set(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d)[,，](?=\d{3})", "", statement.text[lang])))
            for lang in ("en", "zh")
        ]
        if {n for n in numbers[0] ^ numbers[1] if float(n) > 12}:
            different.append((statement.id, numbers))
    assert len(different) <= 0.02 * sum(len(topic.statements) for topic in corpus.topics), different


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Keep salt below 5 g a day. Ask the pharmacist.", 2),
        ("Use e.g. a spacer. Then rinse.", 2),
        ("每天吃盐不超过5克。多喝水！可以吗？", 3),
        ("Potassium 5.6 mmol/L is raised.", 1),
    ],
)
def test_sentences_are_found_in_both_languages(text: str, count: int) -> None:
    spans = sentences(text)
    assert len(spans) == count
    assert "".join(text[s:e] for s, e in spans).replace(" ", "") == text.replace(" ", "")


def test_language_is_that_of_most_words() -> None:
    assert detect_language("CKD 4期，K 5.6，BP 158/92，能吃香蕉吗") == "zh"
    assert detect_language("What does 压疮 mean for my mother?") == "en"


def test_traditional_characters_and_full_width_digits_are_folded() -> None:
    assert normalise("慢性腎臟病４期\u200b") == "慢性肾脏病4期"
