"""The rules of ``corpus/data/language/scope.yaml`` as patterns."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from corpus.load import DATA, read_yaml
from corpus.models import LANGUAGES

ScopeKind = Literal["care", "dose", "start_stop", "diagnosis", "legal_financial", "not_care"]


def settings() -> Mapping[str, Any]:
    """What ``scope.yaml`` says beside its patterns: free medicines, clinical kinds, what stands beside a refusal."""
    return rules().settings


@dataclass(frozen=True)
class Rule:
    """What makes a request of a kind: a pattern, what it does not hold for, and what else is needed."""

    kind: ScopeKind
    name: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    needs_medicine: bool
    demand: bool
    spares_clinical: bool


@dataclass(frozen=True)
class Rules:
    """The rules in their order, the patterns that cut a message, and the other settings of the file."""

    kinds: tuple[Rule, ...]
    request_en: re.Pattern[str]
    request_zh: re.Pattern[str]
    order_zh: re.Pattern[str]
    inside: re.Pattern[str]
    refers: re.Pattern[str]
    instruction: re.Pattern[str]
    demand: re.Pattern[str]
    settings: dict[str, Any]


@functools.cache
def rules() -> Rules:
    """The rules of ``scope.yaml``, read once."""
    data = read_yaml(DATA / "language" / "scope.yaml")
    classes = data["classes"]
    kinds = tuple(
        Rule(
            entry["kind"],
            entry.get("name", ""),
            _pattern(entry, classes),
            _pattern(entry["unless"], classes) if "unless" in entry else None,
            entry.get("needs") == "med",
            bool(entry.get("demand")),
            entry.get("spares") == "clinical",
        )
        for entry in data["rules"]
    )
    request = data["request"]
    return Rules(
        kinds,
        re.compile(request["en"]),
        re.compile(request["zh"]),
        re.compile(request["order"]),
        re.compile(request["inside"]),
        re.compile(request["refers"]),
        _pattern(data["instruction"], classes),
        _pattern(classes["demand"], classes),
        {key: data[key] for key in ("free", "recognised", "clinical", "beside", "examples")},
    )


def _pattern(words: Mapping[str, Sequence[str]], classes: Mapping[str, Mapping[str, Sequence[str]]]) -> re.Pattern[str]:
    """One pattern for lists of expressions by language, with the word classes filled in."""
    parts = [_filled(part, language, classes) for language in LANGUAGES for part in words[language]]
    return re.compile("|".join(parts))


def _filled(expression: str, language: str, classes: Mapping[str, Mapping[str, Sequence[str]]]) -> str:
    def words_of(match: re.Match[str]) -> str:
        words = classes[match[1]][language]
        left, right = (r"(?<![a-z])", r"(?![a-z])") if language == "en" else ("", "")
        return f"{left}(?:{'|'.join(words)}){right}"

    return f"(?:{re.sub(r'{([a-z]+)}', words_of, expression)})"
