from __future__ import annotations

import pytest

from assistant.slips import correct
from corpus.concepts import ConceptTable


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cant brethe", "can't breathe"),
        ("my throut is swolen", "my throat is swollen"),
        ("his tounge", "his tongue"),
        ("shes uncoscious", "she's unconscious"),
        ("he colapsed sudenly", "he collapsed suddenly"),
        ("bledding wont stop", "bleeding won't stop"),
        ("hart atack", "heart attack"),
    ],
)
def test_a_slip_is_read_as_the_word_meant(table: ConceptTable, written: str, meant: str) -> None:
    assert correct(written, table).text == meant


@pytest.mark.parametrize(
    "text",
    [
        "we were chopping carrots and choosing cheese",
        "the bleating sheep, the wheeling gulls and the fading light",
        "my neighbour's lounge has a new rug",
        "BM 6.8, GCS 15, sats 97 RA".lower(),
        "apixaban 5 mg and macrogol",
    ],
)
def test_a_valid_word_never_turns_into_a_symptom(table: ConceptTable, text: str) -> None:
    assert correct(text, table).text == text


def test_places_lead_back_to_what_was_written(table: ConceptTable) -> None:
    written = "i cant brethe at all"
    corrected = correct(written, table)
    start = corrected.text.index("breathe")
    left, right = corrected.written(start, start + len("breathe"))
    assert written[left:right] == "brethe"
    left, right = corrected.written(corrected.text.index("all"), len(corrected.text))
    assert written[left:right] == "all"
