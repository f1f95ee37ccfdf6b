from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.lint import lint
from corpus.load import CorpusError, load_corpus


def test_the_knowledge_has_no_errors() -> None:
    assert [issue for issue in lint() if issue.severity == "error"] == []


def edited(folder: Path, change: Any) -> list[str]:
    """Lint a copy of the knowledge after *change* was made to its first statement; returns the new messages."""
    path = folder / "topics" / "peptic_ulcer.yaml"
    topic = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(topic)
    path.write_text(yaml.safe_dump(topic, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return [
        f"{issue.severity} {issue.where} {issue.message}" for issue in lint(folder) if issue.where.startswith("peptic")
    ]


def first(topic: dict[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = topic["statements"][0]
    return statement


CHANGES = {
    "unknown concept 'unicorn'": lambda t: first(t).update(advice=[{"avoid": "unicorn"}]),
    "text.zh: Field required": lambda t: first(t).update(text={"en": "Only English."}),
    "source: Field required": lambda t: first(t).pop("source"),
    "missing source 'nowhere'": lambda t: first(t)["source"].update(ref="nowhere"),
    "duplicate id": lambda t: t["statements"].append(dict(first(t))),
    "can never hold": lambda t: first(t).update(applies_when={"all": [{"age": "> 70"}, {"age": "< 60"}]}),
    "applies to nobody": lambda t: first(t).update(
        applies_when={"age": "> 70"}, not_when={"age": "> 60"}, not_reason={"en": "Too old.", "zh": "年龄过大。"}
    ),
    "is identical to": lambda t: t["statements"][1].update(text=dict(first(t)["text"])),
    "review overdue": lambda t: first(t).update(reviewed=dt.date(2001, 1, 1)),
    "in the future": lambda t: first(t).update(reviewed=dt.date(2199, 1, 1)),
    "an exception needs a reason": lambda t: first(t).update(not_when={"age": "> 60"}, not_reason=None),
    "unknown condition 'colour'": lambda t: first(t).update(applies_when={"colour": "red"}),
    "unknown measurement": lambda t: first(t).update(applies_when={"lab": {"unobtainium": "> 1"}}),
    "not a medicine": lambda t: first(t).update(applies_when={"medicine": "banana"}),
    "Extra inputs": lambda t: first(t).update(colour="red"),
}


@pytest.mark.parametrize("message", CHANGES)
def test_each_mistake_is_found_with_its_file_and_line(small_data: Path, message: str) -> None:
    hits = [line for line in edited(small_data, CHANGES[message]) if message in line]
    assert hits, edited(small_data, lambda topic: None)
    assert all(line.split()[1].split(":")[1].isdigit() for line in hits)


def test_broken_yaml_names_the_file(small_data: Path) -> None:
    (small_data / "topics" / "peptic_ulcer.yaml").write_text("topic: [unclosed", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"peptic_ulcer\.yaml.*lint"):
        load_corpus(small_data)


def test_a_key_that_stands_twice_is_an_error_not_a_silent_choice(small_data: Path) -> None:
    path = small_data / "topics" / "peptic_ulcer.yaml"
    path.write_text("topic: other\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert any("stands twice" in issue.message for issue in lint(small_data))
