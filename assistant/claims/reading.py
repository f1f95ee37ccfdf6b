"""Everything that is read from a claim or its evidence before the two are compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.claims.naming import Named, read_names
from assistant.claims.quantities import Quantity, read_quantities
from assistant.claims.wording import Wording, read_wording
from corpus.concepts import ConceptTable
from corpus.text import detect_language

#: How a claim fails, and the reason in words.
Fault = tuple[Literal["contradicted", "unsupported"], str]


@dataclass(frozen=True)
class Text:
    """Everything read from one text."""

    folded: str
    named: Named
    wording: Wording
    quantities: tuple[Quantity, ...]

    @property
    def han(self) -> bool:
        """Whether the text is Chinese."""
        return detect_language(self.folded) == "zh"


def read_text(folded: str, table: ConceptTable) -> Text:
    """Read a normalised text; *table* is the extended one."""
    named = read_names(folded, table)
    spans = tuple((m.start, m.end) for m in named.mentions)
    return Text(folded, named, read_wording(folded, spans), tuple(read_quantities(folded)))
