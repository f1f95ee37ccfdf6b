"""The file of vital-sign limits: what is wrong with it is found, with its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.errors import CorpusError
from corpus.limits import FILE, load_limits
from corpus.lint import lint


def edited(folder: Path, change: Any) -> list[str]:
    path = folder / FILE
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return [f"{issue.severity} {issue.where} {issue.message}" for issue in lint(folder) if issue.where.startswith(FILE)]


def rates(data: dict[str, Any]) -> list[dict[str, Any]]:
    bands: list[dict[str, Any]] = data["groups"]["child"]["limits"]["heart_rate"]
    return bands


CHANGES = {
    "heart_rate: gap between 0.25 and 1 years": lambda d: rates(d).pop(1),
    "heart_rate: overlap between 0.25 and 0.3 years": lambda d: rates(d)[0].update(to=0.3),
    "heart_rate: gap between 12 and 16 years": lambda d: rates(d).pop(),
    "red lies outside amber": lambda d: rates(d)[2]["high"].update(red=130),
    "do not rise": lambda d: rates(d)[2]["low"].update(amber=145),
    "neither a red nor an amber": lambda d: rates(d)[2].update(high={"source": ["ng143"]}),
    "a band has no limit": lambda d: (rates(d)[2].pop("high"), rates(d)[2].pop("low")),
    "source: Field required": lambda d: rates(d)[2]["high"].pop("source"),
    "source: Tuple should have at least 1 item": lambda d: rates(d)[2]["high"].update(source=[]),
    "missing source 'nowhere'": lambda d: rates(d)[2]["high"].update(source=["nowhere"]),
    "section: Field required": lambda d: d["sources"]["ng143"].pop("section"),
    "is empty": lambda d: rates(d)[2].update(to=1),
    "one is missing": lambda d: d["groups"].pop("pregnancy"),
    "age.zh: Field required": lambda d: rates(d)[2].update(age={"en": "1–2 years"}),
    "unknown measurement 'charm'": lambda d: d["groups"]["child"]["limits"].update(charm=rates(d)),
    "source 'spare' is not cited": lambda d: d["sources"].update(spare=d["sources"]["ng143"]),
    "review overdue": lambda d: d["sources"]["ng143"].update(reviewed=dt.date(2001, 1, 1)),
    "in the future": lambda d: d["sources"]["ng143"].update(reviewed=dt.date(2199, 1, 1)),
}


@pytest.mark.parametrize("message", CHANGES)
def test_each_mistake_is_found(small_data: Path, message: str) -> None:
    assert [line for line in edited(small_data, CHANGES[message]) if message in line]


def test_the_file_as_it_is_has_nothing_wrong(small_data: Path) -> None:
    assert edited(small_data, lambda data: None) == []


def test_a_wrong_file_is_never_used(small_data: Path) -> None:
    edited(small_data, lambda data: rates(data).pop())
    with pytest.raises(CorpusError, match=r"vital_limits\.yaml.*gap.*lint"):
        load_limits(small_data)
