from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
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


def form_mistakes(form: dict[str, Any]) -> Iterator[str]:
    """Make every kind of mistake, each in a complaint of its own; yields the messages that must follow."""
    complaints = iter(form["complaints"])

    def spoil(message: str, change: Any) -> str:
        complaint = next(complaints)
        change(complaint, complaint["questions"])
        return message

    yield spoil("unknown concept 'unicorn'", lambda c, q: q[0].update(about="unicorn"))
    yield spoil("unknown concept 'dragon'", lambda c, q: c.update(states=["dragon"]))
    yield spoil("unknown concept 'phoenix'", lambda c, q: q[0].update(also=["phoenix"]))
    yield spoil("unknown concept 'griffin'", lambda c, q: q[0].update(ask_when={"symptom": "griffin"}))
    yield spoil("questions.0.text.zh: Field required", lambda c, q: q[0].update(text={"en": "Is there pain?"}))
    yield spoil("name.en: Field required", lambda c, q: c.update(name={"zh": "头痛"}))
    yield spoil("questions.0.source: Field required", lambda c, q: q[0].pop("source"))
    yield spoil("missing source 'nowhere'", lambda c, q: q[0]["source"].update(ref="nowhere"))
    yield spoil("duplicate id 'fever_child'", lambda c, q: c.update(id="fever_child"))
    yield spoil(
        f"duplicate id '{form['complaints'][9]['questions'][1]['id']}'", lambda c, q: q[0].update(id=q[1]["id"])
    )
    yield spoil("the first question is not about a red flag", lambda c, q: q[0].pop("red_flag"))
    yield spoil(
        "stands after one that is none", lambda c, q: q[-1].update(red_flag=True) or q[-2].pop("red_flag", None)
    )
    yield spoil("twice", lambda c, q: q[0].update(about=q[1]["about"]))
    yield spoil(
        "more than 7 red-flag questions",
        lambda c, q: q.extend({**q[0], "id": f"{c['id']}.more_{n}", "about": a, "red_flag": True}
                              for n, a in enumerate(["cough", "rash", "itch"])) or q[6].update(red_flag=True),
    )  # fmt: skip
    yield spoil("can never hold", lambda c, q: c.update(applies_when={"all": [{"age": "> 70"}, {"age": "< 60"}]}))
    yield spoil("review overdue", lambda c, q: c.update(reviewed=dt.date(2001, 1, 1)))
    yield spoil("questions.0.unsure: Input should be 'urgent'", lambda c, q: q[0].update(unsure="self_care"))
    form["sources"]["spare"] = {"publisher": "Nobody", "title": "Nothing", "url": "https://example.org"}
    yield "source 'spare' is not cited"


def test_each_mistake_in_the_form_is_found_with_its_line(small_data: Path) -> None:
    path = small_data / "form" / "complaints.yaml"
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    messages = list(form_mistakes(form))
    path.write_text(yaml.safe_dump(form, allow_unicode=True, sort_keys=False), encoding="utf-8")
    found = [issue.message for issue in lint(small_data) if issue.where.startswith("complaints.yaml:")]
    assert [message for message in messages if not any(message in line for line in found)] == []


def asked_mistakes(asked: dict[str, Any]) -> Iterator[str]:
    """Spoil the questions of the topic; yields what lint should say of each mistake."""
    names = list(asked)
    asked["peptic_ulcer-no-such"] = {"en": ["who"], "zh": ["谁呀"]}
    yield "error asked/peptic_ulcer.yaml topic peptic_ulcer has no statement 'peptic_ulcer-no-such'"
    asked[names[1]]["en"][0] = asked[names[0]]["en"][0].upper()
    yield f"is asked of {names[0]} already"
    del asked[names[2]]
    yield f"{names[2]}: no question that it answers"


def test_each_mistake_in_the_questions_of_a_topic_is_found(small_data: Path) -> None:
    path = small_data / "asked" / "peptic_ulcer.yaml"
    asked = yaml.safe_load(path.read_text(encoding="utf-8"))
    expected = list(asked_mistakes(asked))
    path.write_text(yaml.safe_dump(asked, allow_unicode=True, sort_keys=False), encoding="utf-8")
    told = [f"{issue.severity} {issue.where} {issue.message}" for issue in lint(small_data)]
    for message in expected:
        assert any(message in line for line in told), message


def test_a_question_without_a_language_names_the_file_and_line(small_data: Path) -> None:
    path = small_data / "asked" / "peptic_ulcer.yaml"
    asked = yaml.safe_load(path.read_text(encoding="utf-8"))
    del asked[next(iter(asked))]["zh"]
    path.write_text(yaml.safe_dump(asked, allow_unicode=True), encoding="utf-8")
    with pytest.raises(CorpusError, match=r"peptic_ulcer.yaml:\d+: .*zh: Field required"):
        load_corpus(small_data)
