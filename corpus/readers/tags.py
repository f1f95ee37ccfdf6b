"""Tags of a passage: its concepts, whom it is about and whether it advises or advises against."""

from __future__ import annotations

import functools
import re
from typing import Any

from corpus.concepts import ConceptTable
from corpus.load import DATA, read_yaml
from corpus.text import any_of, normalise


def tag(text: str, table: ConceptTable) -> dict[str, Any]:
    """The fields ``concepts``, ``population`` and ``polarity`` of a passage with this text."""
    folded = normalise(text)
    populations, towards, against = _patterns()
    advises_against = bool(against.search(folded))
    advises = bool(towards.search(against.sub(" ", folded)))
    polarity = (
        "both" if advises and advises_against
        else "advises_against" if advises_against
        else "advises" if advises
        else "none"
    )  # fmt: skip
    return {
        "concepts": tuple(dict.fromkeys(mention.concept for mention in table.find(text))),
        "population": tuple(name for name, pattern in populations.items() if pattern.search(folded)),
        "polarity": polarity,
    }


@functools.cache
def _patterns() -> tuple[dict[str, re.Pattern[str]], re.Pattern[str], re.Pattern[str]]:
    data = read_yaml(DATA / "language" / "passages.yaml")
    populations = {name: any_of(words) for name, words in data["population"].items()}
    return populations, any_of(data["advises"]), any_of(data["advises_against"])
