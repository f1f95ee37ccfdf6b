from __future__ import annotations

import pytest

from assistant import Assistant, verify_claim
from assistant.compose import CitationBook, recommend
from assistant.fusion import Chosen
from assistant.verify import exact_quotes, supported
from corpus.concepts import ConceptTable

EVIDENCE = "Adults with heart failure should limit sodium to less than 2 g a day and avoid NSAIDs."


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        (EVIDENCE, "supported"),
        ("Avoid NSAIDs in heart failure.", "supported"),
        ("Limit sodium to less than 5 g a day in heart failure.", "contradicted"),
        ("NSAIDs are safe and recommended in heart failure.", "contradicted"),
        ("Bananas help in heart failure.", "unsupported"),
        ("", "unsupported"),
    ],
)
def test_claims_are_judged_against_their_evidence(table: ConceptTable, claim: str, label: str) -> None:
    result = verify_claim(EVIDENCE, claim, table)
    assert result.label == label
    assert result.reasons


def test_a_sentence_that_is_not_in_the_cited_passage_is_dropped(care: Assistant) -> None:
    version = care.searcher.version
    book = CitationBook(version.passage_of, version.document, "en")
    statement = next(iter(care.knowledge.statements.values()))
    (item,) = recommend([Chosen(statement, (), 1.0)], "nurse", "en", book)
    sound = exact_quotes(book.citations, version.document)
    assert supported([item], book.citations, sound) == [item]
    for forged in (
        item.model_copy(update={"text": "Eat as many bananas as you like."}),
        item.model_copy(update={"citations": ()}),
        item.model_copy(update={"citations": (99,)}),
        item.model_copy(update={"escalate_when": "Never call anybody."}),
    ):
        assert supported([forged], book.citations, sound) == []


def test_a_quote_that_is_not_the_documents_text_is_unsound(care: Assistant) -> None:
    version = care.searcher.version
    book = CitationBook(version.passage_of, version.document, "en")
    statement = next(iter(care.knowledge.statements.values()))
    (item,) = recommend([Chosen(statement, (), 1.0)], "nurse", "en", book)
    forged = [citation.model_copy(update={"quote": citation.quote + "!"}) for citation in book.citations]
    assert exact_quotes(forged, version.document) == set()
    assert supported([item], forged, exact_quotes(forged, version.document)) == []
