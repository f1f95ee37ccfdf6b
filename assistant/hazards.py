"""The firewall: what the contraindication rules forbid this patient."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.facts import PatientFacts
from assistant.knowledge import Knowledge
from corpus.conditions import Fact, evaluate, leaves
from corpus.models import TOWARDS, Contraindication, Statement


class Hazards:
    """What the contraindication rules forbid this patient, worked out once a question."""

    def __init__(self, facts: PatientFacts, knowledge: Knowledge) -> None:
        self._facts = facts
        self._knowledge = knowledge
        self._table = knowledge.table
        self._active = [
            (rule, verdict.because)
            for rule in knowledge.contraindications
            if (verdict := evaluate(rule.when, facts)).truth
        ]
        # Of several reasons an allergy is the one to name.
        self._active.sort(key=lambda active: not any(fact.field == "allergies" for fact in active[1]))

    def forbidden(self, concept: str) -> tuple[Contraindication, tuple[Fact, ...]] | None:
        """The first rule under which *concept* must not be advised to this patient, with the facts behind it."""
        for rule, because in self._active:
            if any(self._table.is_a(concept, target) for target in rule.hold):
                return rule, because
        return None

    def together(self, concept: str, others: Iterable[str]) -> tuple[Contraindication, tuple[Fact, ...]] | None:
        """The first rule that forbids *concept* to whoever takes one of the *others*, medicines asked about with it."""
        for other in self._facts.considered.keys() & set(others) - {concept}:
            assumed = self._facts.assuming(other)
            for rule in self._knowledge.contraindications:
                if any(self._table.is_a(concept, target) for target in rule.hold):
                    verdict = evaluate(rule.when, assumed)
                    if verdict.truth and self._facts.considered[other] in verdict.because:
                        return rule, verdict.because
        return None

    def forbidden_class(self, concept: str, taken: bool = False) -> tuple[Contraindication, tuple[Fact, ...]] | None:
        """Like :meth:`forbidden`, also where a rule forbids only some kinds of *concept*: any may be meant by it.

        Of what is merely *taken*, a rule that fires on it forbids what is added to it, not the thing itself.
        """
        found = self.forbidden(concept)
        if found is not None:
            return found
        for rule, because in self._active:
            if any(self._table.is_a(target, concept) for target in rule.hold) and not (
                taken and self._fires_on(rule, concept)
            ):
                return rule, because
        return None

    def _fires_on(self, rule: Contraindication, concept: str) -> bool:
        return any(leaf == "medicine" and self._table.is_a(concept, value) for leaf, value in leaves(rule.when))

    def against(self, statement: Statement) -> tuple[Contraindication, tuple[Fact, ...], str] | None:
        """The first rule that forbids something the statement advises, with that concept.

        Its data say what it advises; its wording is read too, so that nothing named in passing slips through.
        """
        for advice in statement.advice:
            if advice.direction in TOWARDS and (found := self.forbidden(advice.target)):
                return (*found, advice.target)
        for concept in sorted(self._knowledge.encouraged_by(statement)):
            if found := self.forbidden(concept):
                return (*found, concept)
        return None

    def warned_of_by(self, statement: Statement) -> bool:
        """Whether the statement advises against what a rule forbids because of this patient's values or medicines."""
        against = (self.forbidden(a.target) for a in statement.advice if a.direction in ("avoid", "limit"))
        return any(found is not None and any(is_current(fact) for fact in found[1]) for found in against)


def is_measured(fact: Fact) -> bool:
    """Whether a fact is a lab value or a vital sign."""
    return fact.field.partition(".")[0] in ("labs", "vitals")


def is_current(fact: Fact) -> bool:
    """Whether a fact is a value or a medicine of this patient: something that may be changed."""
    return is_measured(fact) or fact.field == "medications"
