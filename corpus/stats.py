"""What the corpus holds, in numbers, and any entry of it by id."""

from __future__ import annotations

from collections import Counter
from typing import Any

from corpus.documents import rule_document, statement_document
from corpus.load import Corpus
from corpus.models import LANGUAGES


def corpus_stats(corpus: Corpus) -> dict[str, Any]:
    """Counts of topics, statements by kind, sources by publisher and year, exceptions, rules, concepts and names."""
    statements = [s for topic in corpus.topics for s in topic.statements]
    sources = [source for topic in corpus.topics for source in topic.sources.values()]
    red_flags = [rule for file in corpus.rules for rule in file.red_flags]
    with_exception = sum(s.not_when is not None for s in statements)
    return {
        "topics": len(corpus.topics),
        "statements": len(statements),
        "languages": ["en", "zh"],
        "statements_by_topic": {topic.topic: len(topic.statements) for topic in corpus.topics},
        "statements_by_kind": dict(Counter(s.kind for s in statements).most_common()),
        "with_plain_wording": sum(s.plain is not None for s in statements),
        "share_with_not_when": round(with_exception / len(statements), 3) if statements else 0.0,
        "sources": len({(source.title, source.year) for source in sources}),
        "sources_by_publisher": dict(Counter(source.publisher for source in sources).most_common()),
        "sources_by_year": dict(sorted(Counter(str(source.year or "undated") for source in sources).items())),
        "red_flags": len(red_flags),
        "red_flags_by_level": dict(Counter(rule.level for rule in red_flags)),
        "contraindications": sum(len(file.contraindications) for file in corpus.rules),
        "complaints": len(corpus.form.complaints),
        "form_questions": sum(1 for _ in corpus.form.questions()),
        "concepts": len(corpus.concepts),
        "concepts_by_kind": dict(Counter(concept.kind for concept in corpus.concepts).most_common()),
        "measurements": len(corpus.concepts.measurements),
        "names": len(corpus.concepts.names) + sum(len(m.names) for m in corpus.concepts.measurements.values()),
    }


def find_entry(corpus: Corpus, entry: str) -> dict[str, Any] | None:
    """A statement, rule, topic, concept, measurement or document by its id, as plain data."""
    for topic in corpus.topics:
        if topic.topic == entry:
            return topic.model_dump(mode="json", exclude_none=True)
        for statement in topic.statements:
            if statement.id == entry:
                source = topic.sources[statement.source.ref].model_dump(exclude_none=True)
                return statement.model_dump(mode="json", exclude_none=True) | {
                    "topic": topic.topic,
                    "publication": source,
                }
        for language in LANGUAGES:
            if entry == f"{topic.topic}.{language}":
                return statement_document(topic, language)[0].model_dump(mode="json")
    for rule_file in corpus.rules:
        for rule in rule_file.cited:
            if rule.id == entry:
                return rule.model_dump(mode="json", exclude_none=True)
        for language in LANGUAGES:
            if entry == f"{rule_file.name}.{language}":
                return rule_document(rule_file, language)[0].model_dump(mode="json")
    known = corpus.concepts[entry] if entry in corpus.concepts else corpus.concepts.measurements.get(entry)
    if known is None:
        return None
    return {name: getattr(known, name) for name in known.__slots__}
