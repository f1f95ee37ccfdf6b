"""Choosing what to say: the best first, a little of everything, nothing twice, and nothing that contradicts caution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.evidence import WHO_SOMEBODY_IS, Chosen, Held, concepts_of, related
from assistant.knowledge import Knowledge
from assistant.plan import Plan
from assistant.scope import pieces

if TYPE_CHECKING:
    from index.search import Searcher

#: Where fewer are good enough, the next best about the patient's own or the named illnesses fill up to so many,
#: from this share of the best score on.
_ENOUGH, _FILL_SHARE = 5, 0.15
#: Each statement already chosen of the same kind, or topic, costs the next one this much.
_SAME_KIND, _SAME_TOPIC = 0.06, 0.04
#: Embeddings of two statements more alike than this say the same thing.
_DUPLICATE_COSINE = 0.965
#: A statement of another kind than the question asks for has to score this share of the best one.
_OTHER_KIND = 0.7
_MOST_SAFETY = 2
#: After this many statements by merit, each condition the question names gets its best one, and a device as many.
_FIRST, _OF_A_DEVICE = 3, 2
#: So many of the first found are looked through for one of its topic.
_OF_A_TOPIC = 50
#: What a statement advises that keeps two things apart in time.
_SPACING = "medicine_spacing"


def choose(
    candidates: Sequence[Chosen],
    floor: float,
    plan: Plan,
    knowledge: Knowledge,
    limit: int,
    rows: dict[str, int],
    searcher: Searcher,
) -> list[Chosen]:
    """Safety first, then greedily the best, a little less of what there is already; near-duplicates collapse.

    Each condition or device that the question names has its turn, and few good ones are filled up with the next best
    about the patient's own illnesses.
    """
    everything = sorted(candidates, key=lambda c: (-c.score, c.statement.id))
    due = _due_topics(everything, plan, knowledge)
    ranked = [c for c in everything if c.score >= floor or c.safety or c.linked]
    if plan.kinds:
        enough = _OTHER_KIND * max((c.score for c in ranked), default=0.0)
        ranked = [c for c in ranked if c.safety or c.linked or c.statement.kind in plan.kinds or c.score >= enough]
    chosen: list[Chosen] = []
    kinds: dict[str, int] = {}
    topics: dict[str, int] = {}

    def topic_of(candidate: Chosen) -> str:
        return knowledge.topic_of[candidate.statement.id]

    def worth(candidate: Chosen) -> tuple[float, str]:
        crowd = _SAME_KIND * kinds.get(candidate.statement.kind, 0) + _SAME_TOPIC * topics.get(topic_of(candidate), 0)
        return candidate.score - crowd, candidate.statement.id

    def take(best: Chosen) -> None:
        if _repeats(best, chosen, rows, searcher):
            return
        chosen.append(best)
        kinds[best.statement.kind] = kinds.get(best.statement.kind, 0) + 1
        topics[topic_of(best)] = topics.get(topic_of(best), 0) + 1

    tried: set[str] = set()
    while len(chosen) < limit:
        left = [c for c in ranked if c.statement.id not in tried]
        pool = [c for c in left if c.safety] if sum(c.safety for c in chosen) < _MOST_SAFETY else []
        if not pool and (len(chosen) >= _FIRST or not left):
            waiting = [name for name, turns in due.items() if topics.get(name, 0) < turns]
            pool = _in_turn(everything, waiting, tried, plan, knowledge, searcher)
        if not (pool or left):
            break
        best = max(pool or left, key=worth)
        tried.add(best.statement.id)
        take(best)
    lowest = _FILL_SHARE * max((c.score for c in everything), default=0.0)
    spare = [
        c for c in everything
        if c.statement.id not in tried and c.score >= lowest and (c.own or c.linked or topic_of(c) in due)
    ]  # fmt: skip
    while spare and len(chosen) < min(_ENOUGH, limit):
        best = max(spare, key=worth)
        spare.remove(best)
        take(best)
    return chosen


def _due_topics(ranked: Sequence[Chosen], plan: Plan, knowledge: Knowledge) -> dict[str, int]:
    """Topics that have to contribute, however well others fit, and how much: conditions and devices that are named."""
    table = knowledge.table
    devices = [asked for asked in plan.asked if table[asked].kind == "device"]
    due: dict[str, int] = {}
    for candidate in ranked:
        topic = knowledge.topics[knowledge.topic_of[candidate.statement.id]]
        if any(related(named, topic.topic, table) for named in plan.named):
            due[topic.topic] = 1
        if any(table.is_a(device, one) for device in devices for one in concepts_of(topic)):
            due[topic.topic] = _OF_A_DEVICE
    return due


def _in_turn(
    candidates: Sequence[Chosen],
    waiting: Sequence[str],
    tried: set[str],
    plan: Plan,
    knowledge: Knowledge,
    searcher: Searcher,
) -> list[Chosen]:
    """What a topic whose turn it is has to say: the best for what the question tells of it, in the words it does."""
    table = knowledge.table
    for name in waiting:
        left = [c for c in candidates if knowledge.topic_of[c.statement.id] == name and c.statement.id not in tried]
        if not left:
            continue
        about = concepts_of(knowledge.topics[name])
        words = " ".join(
            piece
            for piece in pieces(plan.query)
            if any(related(mention.concept, one, table) for mention in table.find(piece) for one in about)
        )
        if not words or words == plan.query:
            return left
        hits = searcher.search(words, k=_OF_A_TOPIC, accept=searcher.version.statement_rows, scattered=True)
        found = [searcher.version.rows[hit.row].entry for hit in hits]
        ids = {c.statement.id: c for c in left}
        return [ids[entry] for entry in found if entry in ids][:1] or left
    return []


def _repeats(candidate: Chosen, chosen: Sequence[Chosen], rows: dict[str, int], searcher: Searcher) -> bool:
    if candidate.statement.id not in rows:
        return False
    mine = set(candidate.statement.advice)
    for other in chosen:
        alike = mine & set(other.statement.advice) and other.statement.id in rows
        if alike and searcher.similarity(rows[candidate.statement.id], rows[other.statement.id]) > _DUPLICATE_COSINE:
            return True
    return False


def resolve_conflicts(
    chosen: list[Chosen], candidates: Sequence[Chosen], knowledge: Knowledge
) -> tuple[list[Chosen], list[Held]]:
    """Where one statement limits what another encourages, keep the cautious one and hold back the other.

    Cautious is every statement, chosen or not, that holds because of something about this patient: advice for one
    illness has to respect the others, also where the question is about the one alone. Statements of one topic
    were written to stand beside each other, and one about the time between two things forbids neither. Nor does one
    that asks everybody of an age or in pregnancy for moderation forbid what helps against a complaint.
    """
    table = knowledge.table
    cautions = [
        (other, knowledge.topic_of[other.statement.id], advice.target)
        for other in candidates
        if other.because and not any(a.target == _SPACING for a in other.statement.advice)
        for advice in other.statement.advice
        if advice.direction == "avoid" or (advice.direction == "limit" and _for_an_illness(other))
    ]
    kept, held = [], []
    for candidate in chosen:
        statement = candidate.statement
        topic = knowledge.topic_of[statement.id]
        against = next(
            (
                (other, advice.target)
                for advice in statement.advice
                if advice.direction in ("encourage", "maintain")
                for other, its_topic, target in cautions
                if its_topic != topic and other.statement.kind == statement.kind and table.is_a(advice.target, target)
            ),
            None,
        )
        if against is None:
            kept.append(candidate)
        else:
            other, concept = against
            held.append(Held(candidate.statement, concept, other.statement, other.because))
    return kept, held


def _for_an_illness(chosen: Chosen) -> bool:
    return any(fact.field not in WHO_SOMEBODY_IS for fact in chosen.because)
