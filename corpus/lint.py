"""Check the knowledge files: what is malformed, unknown, unsourced, dead, repeated or out of date."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from corpus import conditions
from corpus.concepts import ConceptTable
from corpus.form import ABOUT_THE_PERSON, MAX_QUESTIONS, Complaint
from corpus.limits import limit_issues
from corpus.load import DATA, Corpus, Issue, read_corpus
from corpus.models import Contraindication, Derived, Rule, SourceRef, Statement, Topic
from corpus.satisfiable import can_hold
from corpus.text import normalise, sentences

#: Guidance is looked at again at least this often.
REVIEW_EVERY = dt.timedelta(days=3 * 365)


def lint(folder: Path = DATA, today: dt.date | None = None) -> list[Issue]:
    """Return every error and warning in the knowledge under *folder*, in the order of the files."""
    corpus, issues = read_corpus(folder)
    today = today or dt.date.today()
    issues += _concept_issues(corpus.concepts)
    for topic in corpus.topics:
        issues += _topic_issues(topic, corpus, today)
    for rule_file in corpus.rules:
        rules: tuple[Rule, ...] = (*rule_file.cited, *rule_file.derived)
        for rule in rules:
            issues += _rule_issues(rule, rule_file.sources, corpus, today)
    for complaint in corpus.form.complaints:
        issues += _complaint_issues(complaint, corpus, today)
    issues += _form_issues(corpus)
    issues += _asked_issues(folder, corpus)
    issues += _repeated(corpus)
    issues += limit_issues(folder, frozenset(corpus.concepts.measurements), today, REVIEW_EVERY)
    return sorted(issues, key=lambda issue: (issue.where.split(":")[0], _line(issue.where)))


def overdue(reviewed: dt.date, today: dt.date) -> bool:
    """Whether something last reviewed on *reviewed* is due for another look."""
    return today - reviewed > REVIEW_EVERY


def _line(where: str) -> int:
    _, _, line = where.partition(":")
    return int(line) if line.isdigit() else 0


def _concept_issues(concepts: ConceptTable) -> Iterator[Issue]:
    owner: dict[str, str] = {}
    for concept_id, count in Counter(c.id for c in concepts).items():
        if count > 1:
            yield Issue("error", concepts[concept_id].where, f"duplicate concept id {concept_id!r}")
    for concept in concepts:
        for language, name in (("English", concept.en), ("Chinese", concept.zh)):
            if not name:
                yield Issue("error", concept.where, f"{concept.id}: no {language} name")
        for parent in concept.parents:
            if parent not in concepts:
                yield Issue("error", concept.where, f"{concept.id}: unknown parent {parent!r}")
        if concept.id in concepts.ancestors(concept.id):
            yield Issue("error", concept.where, f"{concept.id}: is a kind of itself")
        for name in {normalise(name) for name in concept.names}:
            if owner.setdefault(name, concept.id) != concept.id:
                yield Issue("error", concept.where, f"{concept.id}: the name {name!r} belongs to {owner[name]} already")


def _asked_issues(folder: Path, corpus: Corpus) -> Iterator[Issue]:
    topics = {topic.topic for topic in corpus.topics}
    for path in sorted((folder / "asked").glob("*.yaml")):
        if path.stem not in topics:
            yield Issue(
                "warning", f"asked/{path.name}", f"there is no topic {path.stem!r} whose questions these could be"
            )
    owner: dict[str, str] = {}
    for name, entry in corpus.asked.items():
        for question in (*entry.en, *entry.zh):
            first = owner.setdefault(normalise(question), name)
            if first != name:
                where = corpus.lines.get(name, "asked:1")
                yield Issue("error", where, f"{name}: the question {question!r} is asked of {first} already")
    if not corpus.asked:
        return
    for topic in corpus.topics:
        for statement in topic.statements:
            if statement.id not in corpus.asked:
                where = corpus.lines.get(statement.id, f"{topic.topic}.yaml:1")
                yield Issue("warning", where, f"{statement.id}: no question that it answers, under asked/")


def _topic_issues(topic: Topic, corpus: Corpus, today: dt.date) -> Iterator[Issue]:
    file = f"{topic.topic}.yaml"
    if not any(where.startswith(f"{file}:") for where in corpus.lines.values()):
        yield Issue("error", file, f"topic {topic.topic!r} does not stand in a file of its own name")
        return
    if topic.applies_when:
        yield from _condition_issues(topic.applies_when, f"{file}:1", topic.topic, corpus.concepts)
    for statement in topic.statements:
        where = corpus.lines.get(statement.id, file)
        if not where.startswith(f"{file}:"):
            yield Issue("error", file, f"duplicate id {statement.id!r}, also at {where}")
        yield from _source_issues(statement.id, statement.source, topic.sources, where)
        for advice in statement.advice:
            if advice.target not in corpus.concepts and advice.target not in corpus.concepts.measurements:
                yield Issue("error", where, f"{statement.id}: unknown concept {advice.target!r}")
        yield from _audience_issues(statement, topic, where, corpus.concepts)
        for language in ("en", "zh"):
            if len(sentences(statement.text[language])) > 1:
                yield Issue("warning", where, f"{statement.id}: text.{language} is more than one sentence")
        yield from _review_issues(statement.id, statement.reviewed, where, today)
    for key in topic.sources.keys() - {s.source.ref for s in topic.statements}:
        yield Issue("warning", f"{file}:1", f"source {key!r} is not cited")


def _audience_issues(statement: Statement, topic: Topic, where: str, concepts: ConceptTable) -> Iterator[Issue]:
    sound = True
    for condition in filter(None, (statement.applies_when, statement.not_when)):
        found = list(_condition_issues(condition, where, statement.id, concepts))
        sound = sound and not found
        yield from found
    if not sound:
        return
    parts = [c for c in (topic.applies_when, statement.applies_when) if c]
    if statement.not_when:
        parts.append({"not": statement.not_when})
    if len(parts) > 1 and not can_hold({"all": parts}, concepts):
        yield Issue(
            "error", where, f"{statement.id}: applies to nobody once topic, applies_when and not_when are combined"
        )


def _rule_issues(rule: Rule, sources: Mapping[str, object], corpus: Corpus, today: dt.date) -> Iterator[Issue]:
    name = rule.concept if isinstance(rule, Derived) else rule.id
    where = corpus.lines.get(name, "rules:1")
    yield from _source_issues(name, rule.source, sources, where)
    yield from _condition_issues(rule.when, where, name, corpus.concepts)
    targets = rule.hold if isinstance(rule, Contraindication) else (rule.concept,) if isinstance(rule, Derived) else ()
    for target in targets:
        if target not in corpus.concepts:
            yield Issue("error", where, f"{name}: unknown concept {target!r}")
    yield from _review_issues(name, rule.reviewed, where, today)


def _complaint_issues(complaint: Complaint, corpus: Corpus, today: dt.date) -> Iterator[Issue]:
    name, concepts = complaint.id, corpus.concepts
    where = corpus.lines.get(name, "complaints.yaml:1")
    for concept in (*complaint.states, *complaint.finds):
        if concept not in concepts:
            yield Issue("error", where, f"{name}: unknown concept {concept!r}")
    if complaint.applies_when:
        yield from _condition_issues(complaint.applies_when, where, name, concepts)
    if not complaint.questions[0].red_flag:
        yield Issue("error", where, f"{name}: the first question is not about a red flag")
    if sum(question.red_flag for question in complaint.questions) > MAX_QUESTIONS:
        yield Issue("error", where, f"{name}: more than {MAX_QUESTIONS} red-flag questions, so some are never asked")
    for before, question in itertools.pairwise(complaint.questions):
        if question.red_flag and not before.red_flag:
            where = corpus.lines.get(question.id, where)
            yield Issue("error", where, f"{question.id}: a red-flag question stands after one that is none")
    for about, count in Counter(question.about for question in complaint.questions).items():
        if count > 1:
            yield Issue("error", where, f"{name}: asks about {about!r} twice")
    for question in complaint.questions:
        where = corpus.lines.get(question.id, where)
        yield from _source_issues(question.id, question.source, corpus.form.sources, where)
        if question.about not in ABOUT_THE_PERSON | concepts.measurements.keys() and question.about not in concepts:
            yield Issue("error", where, f"{question.id}: unknown concept {question.about!r}")
        for concept in question.also:
            if concept not in concepts:
                yield Issue("error", where, f"{question.id}: unknown concept {concept!r}")
        if question.ask_when:
            yield from _condition_issues(question.ask_when, where, question.id, concepts)
    yield from _review_issues(name, complaint.reviewed, where, today)


def _form_issues(corpus: Corpus) -> Iterator[Issue]:
    form = corpus.form
    ids = Counter([*(complaint.id for complaint in form.complaints), *(question.id for question in form.questions())])
    for entry, count in ids.items():
        if count > 1:
            yield Issue("error", corpus.lines.get(entry, "complaints.yaml:1"), f"duplicate id {entry!r}")
    for key in form.sources.keys() - {question.source.ref for question in form.questions()}:
        yield Issue("warning", "complaints.yaml:1", f"source {key!r} is not cited")


def _condition_issues(
    condition: conditions.Condition, where: str, name: str, concepts: ConceptTable
) -> Iterator[Issue]:
    sound = True
    for leaf, value in conditions.leaves(condition):
        if leaf in conditions.NUMBER_LEAVES:
            (key,) = value
            if key not in concepts.measurements and key != "bmi":
                sound = False
                yield Issue("error", where, f"{name}: unknown measurement {key!r}")
        elif leaf in conditions.CONCEPT_LEAVES and value not in concepts:
            sound = False
            yield Issue("error", where, f"{name}: unknown concept {value!r}")
        elif leaf == "medicine" and concepts[value].kind != "medicine":
            yield Issue("error", where, f"{name}: {value!r} is a {concepts[value].kind}, not a medicine")
    if sound and not can_hold(condition, concepts):
        yield Issue("error", where, f"{name}: this condition can never hold")


def _source_issues(name: str, source: SourceRef, sources: Mapping[str, object], where: str) -> Iterator[Issue]:
    if source.ref not in sources:
        yield Issue("error", where, f"{name}: missing source {source.ref!r}")


def _review_issues(name: str, reviewed: dt.date, where: str, today: dt.date) -> Iterator[Issue]:
    if reviewed > today:
        yield Issue("error", where, f"{name}: reviewed on {reviewed}, which is in the future")
    elif overdue(reviewed, today):
        yield Issue("warning", where, f"{name}: review overdue, last reviewed on {reviewed}")


def _repeated(corpus: Corpus) -> Iterator[Issue]:
    seen_ids: set[str] = set()
    first: dict[tuple[str, str], str] = {}
    for statement in (s for topic in corpus.topics for s in topic.statements):
        where = corpus.lines.get(statement.id, "")
        if statement.id in seen_ids:
            yield Issue("error", where, f"duplicate id {statement.id!r}")
        seen_ids.add(statement.id)
        for language in ("en", "zh"):
            key = (language, normalise(statement.text[language]))
            other = first.setdefault(key, statement.id)
            if other != statement.id:
                yield Issue("error", where, f"{statement.id}: text.{language} is identical to {other}")
    for rule_id, count in Counter(_rule_ids(corpus)).items():
        if count > 1:
            yield Issue("error", corpus.lines.get(rule_id, "rules"), f"duplicate id {rule_id!r}")


def _rule_ids(corpus: Corpus) -> Iterable[str]:
    for rule_file in corpus.rules:
        yield from (rule.id for rule in rule_file.cited)
