"""What a new fact does to advice given before: held back now, no longer for this patient, allowed again, or added.

Only what was said is judged again, by the conditions and rules that let it through the first time; nothing is
searched for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.answer import Answer, Audience, Because, Change, Standing
from assistant.compose import CitationBook, wording_of
from assistant.facts import PatientFacts
from assistant.hazards import Hazards
from assistant.knowledge import Knowledge
from assistant.triage import because
from corpus.conditions import Fact, evaluate
from corpus.documents import PARTS, Part
from corpus.models import Contraindication, Language, Statement

_MOST, _MOST_NEW = 8, 3
#: In this order; what must not be done any more comes first.
_ORDER: tuple[Standing, ...] = ("held_back", "not_for_patient", "recommended", "no_longer_held_back")


@dataclass(frozen=True)
class Verdict:
    """How a statement stands for a patient, the facts that decide it, and the rule or exception against it.

    ``standing`` is ``not_said`` where facts are missing that would decide it.
    """

    standing: Standing
    because: tuple[Fact, ...] = ()
    by: Statement | Contraindication | None = None


class Judge:
    """Judges statements for one patient by their conditions and the contraindication rules."""

    def __init__(self, facts: PatientFacts, knowledge: Knowledge) -> None:
        self.facts = facts
        self._knowledge = knowledge
        self._hazards = Hazards(facts, knowledge)

    def statement(self, statement: Statement) -> Verdict:
        """How a statement stands for this patient."""
        topic = self._knowledge.topics[self._knowledge.topic_of[statement.id]]
        whole, narrow = evaluate(topic.applies_when, self.facts), evaluate(statement.applies_when, self.facts)
        for verdict in (whole, narrow):
            if verdict.truth is False:
                return Verdict("not_for_patient", verdict.because)
        exception = evaluate(statement.not_when, self.facts) if statement.not_when else None
        if exception is not None and exception.truth:
            return Verdict("held_back", exception.because, statement)
        against = self._hazards.against(statement)
        if against is not None:
            return Verdict("held_back", against[1], against[0])
        if whole.truth and narrow.truth:
            return Verdict("recommended", tuple(dict.fromkeys([*narrow.because, *whole.because])))
        return Verdict("not_said")

    def thing(self, concept: str) -> Verdict:
        """Whether a rule forbids a thing."""
        found = self._hazards.forbidden_class(concept)
        return Verdict("held_back", found[1], found[0]) if found else Verdict("not_said")

    def lacks(self, facts: Iterable[Fact]) -> bool:
        """Whether one of the facts does not hold for this patient."""
        known = _all(self.facts)
        return any(fact not in known for fact in facts)

    def news(self, other: Judge) -> tuple[Fact, ...]:
        """The facts of this patient that *other* does not know, what was merely asked about left out."""
        return tuple(fact for fact in _all(self.facts) - _all(other.facts) if fact.field not in ("question", "absent"))


def revise(
    earlier: Iterable[Answer],
    answer: Answer,
    before: Judge,
    after: Judge,
    knowledge: Knowledge,
    book: CitationBook,
    added: bool,
) -> tuple[Change, ...]:
    """What the facts that *after* knows and *before* did not change in the *earlier* answers.

    With *added*, recommendations of *answer* that hold only because of them count as new.
    """
    news = sorted(after.news(before), key=lambda fact: fact.field)
    shown = {item.id: item.citations for item in answer.recommendations}
    shown |= {item.id: item.citations for item in answer.held_back}
    writer = _Writer(answer.audience, answer.language, knowledge, book, news, shown)
    earlier = list(earlier)
    said = [item.id for one in reversed(earlier) for item in one.recommendations]
    held = {item.id: item.text for one in earlier for item in one.held_back}
    changes: list[Change] = []
    for statement in _statements(said, knowledge):
        old, new = before.statement(statement), after.statement(statement)
        if old.standing in ("recommended", "not_said") and new.standing in ("held_back", "not_for_patient"):
            changes.append(writer.statement(statement, "recommended", new))
        elif old.standing == "recommended" and new.standing == "not_said" and after.lacks(old.because):
            changes.append(writer.statement(statement, "recommended", Verdict("not_for_patient")))
    for statement in _statements(held, knowledge):
        old, new = before.statement(statement), after.statement(statement)
        if old.standing == "held_back" and new.standing in ("recommended", "not_said"):
            standing: Standing = "recommended" if new.standing == "recommended" else "no_longer_held_back"
            changes.append(writer.statement(statement, "held_back", replace(new, standing=standing)))
    for entry in sorted(held.keys() - knowledge.statements.keys()):
        rule, _, concept = entry.rpartition("/")
        if rule and before.thing(concept).by and not after.thing(concept).by:
            changes.append(writer.thing(entry, concept))
    new_ones: list[Change] = []
    told = {change.id for change in changes}
    if added:
        for item in (item for item in answer.recommendations if item.id not in told):
            facts = [fact for fact in (Fact(b.field, b.value) for b in item.because) if fact in news]
            if facts and item.id not in said and item.id in knowledge.statements:
                verdict = Verdict("recommended", tuple(facts))
                new_ones.append(writer.statement(knowledge.statements[item.id], "not_said", verdict))
    ordered = sorted([*changes, *new_ones[:_MOST_NEW]], key=lambda change: _ORDER.index(change.now))
    return tuple(ordered[:_MOST])


@dataclass(frozen=True)
class _Writer:
    audience: Audience
    language: Language
    knowledge: Knowledge
    book: CitationBook
    news: list[Fact]
    shown: dict[str, tuple[int, ...]]

    def statement(self, statement: Statement, was: Standing, verdict: Verdict) -> Change:
        wording, parts = wording_of(statement, self.audience)
        reason = None
        cited = self.shown.get(statement.id) or self._cited(statement, verdict, parts)
        if isinstance(verdict.by, Contraindication):
            reason = verdict.by.reason[self.language]
        elif verdict.by is statement and statement.not_reason is not None:
            reason = statement.not_reason[self.language]
        facts = verdict.because
        if verdict.standing == "recommended":
            facts = tuple(fact for fact in facts if fact in self.news) or tuple(self.news)
        return Change(
            id=statement.id,
            text=wording[self.language],
            was=was,
            now=verdict.standing,
            why=reason,
            because=_shown(facts or self.news),
            citations=cited,
        )

    def _cited(self, statement: Statement, verdict: Verdict, parts: list[Part]) -> tuple[int, ...]:
        cited = [self.book.cite(statement.id, PARTS if verdict.by is statement else [*parts, "why"])]
        if isinstance(verdict.by, Contraindication):
            cited.append(self.book.cite(verdict.by.id))
        return tuple(dict.fromkeys(cited))

    def thing(self, entry: str, concept: str) -> Change:
        return Change(
            id=entry,
            text=self.knowledge.table.label(concept, self.language),
            was="held_back",
            now="no_longer_held_back",
            because=_shown(self.news),
            citations=(self.book.cite(entry.rpartition("/")[0]),),
        )


def _shown(facts: Iterable[Fact]) -> tuple[Because, ...]:
    return tuple(because(fact) for fact in facts)


def _statements(ids: Iterable[str], knowledge: Knowledge) -> list[Statement]:
    return [knowledge.statements[i] for i in dict.fromkeys(ids) if i in knowledge.statements]


def _all(facts: PatientFacts) -> set[Fact]:
    found = [*facts.present.values(), *facts.absent.values(), *facts.allergies.values()]
    found += [fact for _, fact in facts.numbers().values()]
    found += [flag[1] for name in ("sex", "pregnant", "breastfeeding") if (flag := facts.flag(name))]
    return set(found)
