"""A rise of creatinine by half or more is an illness by itself, unless it is another's or long ago."""

from __future__ import annotations

import pytest

from assistant.intake import read
from corpus.concepts import ConceptTable


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("crea 310 was 120 last week", 310), ("creat 310 up from 120", 310), ("肌酐从120升到310", 310),
        ("血肌酐310 μmol/L（上次98）", 310), ("Cr 2.8 mg/dl, baseline 1.1", 247.52),
    ],
)  # fmt: skip
def test_a_rise_by_half_is_acute_kidney_injury(text: str, value: float, table: ConceptTable) -> None:
    found = read(text, table)
    assert ("acute_kidney_injury", "present") in {(f.concept, f.status) for f in found.findings}
    assert found.numbers.labs["creatinine_umol_l"] == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "creatinine 310 (baseline 300)", "creatinine 150, was 80 two years ago", "creatinine 90 from 200 last week",
        "my neighbour's creatinine was 310, baseline 100", "肌酐310，两年前是120",
    ],
)  # fmt: skip
def test_what_is_no_rise_of_the_last_days_is_none(text: str, table: ConceptTable) -> None:
    assert "acute_kidney_injury" not in {f.concept for f in read(text, table).findings}
