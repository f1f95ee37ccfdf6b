"""The search plan: what a question asks about, which conditions it names, and which kinds of advice it wants."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.intake import Intake
from corpus.concepts import ConceptTable
from corpus.load import DATA, read_yaml
from corpus.models import Kind
from corpus.text import any_of, normalise

_ASKABLE = frozenset({"food", "nutrient", "activity", "care", "device", "medicine"})


@dataclass(frozen=True)
class Plan:
    """What a question asks for.

    ``asked``: things it asks about; ``named``: the conditions and medicines it names; ``considered``: medicines it
    names, and classes of them sold for the complaint it seeks a remedy for, none of which may go unchecked.
    """

    query: str
    asked: tuple[str, ...]
    named: tuple[str, ...]
    kinds: frozenset[str]
    considered: tuple[str, ...] = ()


def make_plan(intake: Intake, table: ConceptTable) -> Plan:
    """Read off a question which things it asks about, which conditions it names and which kinds of advice it wants."""
    asked, named = [], []
    for finding in intake.findings:
        kind = table[finding.concept].kind
        if finding.status in ("absent", "other"):
            continue
        if kind in _ASKABLE and not (kind == "medicine" and finding.status == "present"):
            asked.append(finding.concept)
        else:
            named.append(finding.concept)
    folded = normalise(intake.text)
    medicines = [f.concept for f in intake.findings if f.status != "absent" and table[f.concept].kind == "medicine"]
    return Plan(
        query=intake.text,
        asked=tuple(dict.fromkeys(asked)),
        named=tuple(dict.fromkeys(named)),
        kinds=_kinds(folded),
        considered=tuple(dict.fromkeys([*medicines, *_remedies(folded, named, table)])),
    )


def follow_up(plan: Plan, previous: Plan, *, states: bool = False, part: bool = False) -> Plan:
    """A turn with what it leaves out taken from the question before it.

    One that *states* facts has the same question answered again with them. One that is a *part* of a question
    ("and fruit?") takes over the rest of it; a whole question that names its own illness takes nothing.
    """
    topic = previous.query.partition("\n")[0]
    query = f"{topic}\n{plan.query}"
    if states:
        return Plan(
            query=query,
            asked=_both(plan.asked, previous.asked),
            named=_both(plan.named, previous.named),
            kinds=previous.kinds,
            considered=_both(plan.considered, previous.considered),
        )
    if plan.named and (not part or plan.asked or plan.kinds):
        return plan
    whole = bool(plan.asked) and not part
    return replace(
        plan,
        query=query,
        named=plan.named or previous.named,
        kinds=plan.kinds if whole else plan.kinds or previous.kinds,
        asked=plan.asked or previous.asked,
    )


def pruned(plan: Plan, gone: Iterable[str], table: ConceptTable) -> Plan:
    """The plan without concepts that turned out not to be so, nor their names in its query."""
    gone = tuple(gone)

    def out(concept: str) -> bool:
        return any(table.is_a(concept, one) for one in gone)

    query = normalise(plan.query)
    for mention in sorted(table.find(query), key=lambda m: -m.start):
        if out(mention.concept):
            query = query[: mention.start] + query[mention.end :]
    return replace(
        plan,
        query=query if gone else plan.query,
        asked=tuple(c for c in plan.asked if not out(c)),
        named=tuple(c for c in plan.named if not out(c)),
        considered=tuple(c for c in plan.considered if not out(c)),
    )


def _both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*one, *other]))


def _remedies(folded: str, named: list[str], table: ConceptTable) -> list[str]:
    """Classes of medicine somebody may be given who asks for something against a complaint they name."""
    sought, remedies = _remedy_data()
    if not sought.search(folded):
        return []
    return [
        m for complaint, classes in remedies.items() if any(table.is_a(n, complaint) for n in named) for m in classes
    ]


@functools.cache
def _remedy_data() -> tuple[re.Pattern[str], dict[str, list[str]]]:
    data = read_yaml(DATA / "language" / "remedies.yaml")
    return any_of(data["sought"]), data["remedies"]


@functools.cache
def _kind_patterns() -> dict[Kind, re.Pattern[str]]:
    data = read_yaml(DATA / "language" / "intents.yaml")
    return {
        kind: re.compile(
            "|".join(
                [*(rf"\b{re.escape(word)}(?:s|es|ing|ed)?\b" for word in words["en"]), *map(re.escape, words["zh"])]
            )
        )
        for kind, words in data.items()
    }


def _kinds(folded: str) -> frozenset[str]:
    return frozenset(kind for kind, pattern in _kind_patterns().items() if pattern.search(folded))
