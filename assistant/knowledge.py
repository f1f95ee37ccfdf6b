"""The knowledge an assistant reasons with: statements, rules and concepts, from an index or from the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from assistant.directions import advice_in
from corpus.concepts import ConceptTable
from corpus.load import DATA, load_concepts, load_rules
from corpus.models import TOWARDS, Contraindication, Derived, RedFlag, RuleFile, Statement, Topic


@dataclass(frozen=True)
class Knowledge:
    """Concepts and rules, with statements by id and the topic each belongs to."""

    table: ConceptTable
    red_flags: tuple[RedFlag, ...]
    contraindications: tuple[Contraindication, ...]
    derived: tuple[Derived, ...]
    topics: dict[str, Topic] = field(default_factory=dict)
    statements: dict[str, Statement] = field(default_factory=dict)
    topic_of: dict[str, str] = field(default_factory=dict)
    _mentions: dict[str, frozenset[str]] = field(default_factory=dict)
    _encouraged: dict[str, frozenset[str]] = field(default_factory=dict)

    def mentioned_in(self, statement: Statement) -> frozenset[str]:
        """The concepts a statement's sentence names; found once a statement."""
        if statement.id not in self._mentions:
            found = frozenset(mention.concept for mention in self.table.find(statement.text.en))
            self._mentions[statement.id] = found
        return self._mentions[statement.id]

    def encouraged_by(self, statement: Statement) -> frozenset[str]:
        """Foods and medicines that a statement's wording says to take, whatever its data list."""
        if statement.id not in self._encouraged:
            texts = [statement.text.en, statement.plain.en if statement.plain else ""]
            advice = [a for text in texts for a in advice_in(text, self.table, mentioned=False)]
            against = {a.target for a in (*advice, *statement.advice) if a.direction not in TOWARDS}
            self._encouraged[statement.id] = frozenset(
                a.target
                for a in advice
                if a.direction in TOWARDS
                and self.table[a.target].kind in ("food", "medicine")
                and not any(self.table.is_a(a.target, other) for other in against)
            )
        return self._encouraged[statement.id]

    @classmethod
    def load(
        cls, topics: Iterable[Topic] = (), rules: Iterable[RuleFile] | None = None, data: Path = DATA
    ) -> Knowledge:
        """Read the concepts from the data files, the rules too unless they are given, and join them with *topics*."""
        rules = load_rules(data) if rules is None else tuple(rules)
        topics = tuple(topics)
        return cls(
            table=load_concepts(data),
            red_flags=tuple(rule for file in rules for rule in file.red_flags),
            contraindications=tuple(rule for file in rules for rule in file.contraindications),
            derived=tuple(rule for file in rules for rule in file.derived),
            topics={topic.topic: topic for topic in topics},
            statements={s.id: s for topic in topics for s in topic.statements},
            topic_of={s.id: topic.topic for topic in topics for s in topic.statements},
        )
