"""An answer once more: under what is known now, in another language, for another reader, in another form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant import forms
from assistant.answer import Answer, Audience, Recommendation
from assistant.changes import Judge
from assistant.compose import KIND_ORDER, change_blocks, recommend
from assistant.evidence import Chosen
from assistant.facts import PatientFacts
from assistant.forms import parts
from assistant.intake import Intake, read
from assistant.knowledge import Knowledge
from assistant.measure import Numbers
from assistant.messages import say
from assistant.patient import Patient
from assistant.state import Said, State
from assistant.verify import exact_quotes, supported
from corpus.concepts import ConceptTable
from corpus.models import TOWARDS, Language

if TYPE_CHECKING:
    from assistant.assistant import Assistant

_READER: dict[str, Audience] = {"plain": "patient", "nurse": "nurse"}
#: Forms that arrange the answer as it stands; the others are of the answer as it would be given now.
_AS_SHOWN = frozenset({"why", "source", "shorter"})
#: How many recommendations a form of the whole conversation has at the most, and how many "more" asks for.
_MOST = {"care_plan": 16, "sbar": 6}
_LONGER, _SHORT = 16, 3
#: How many turns an SBAR repeats.
_TOLD = 3
#: What a question states of these kinds stays in the question; everything else was taken into the patient.
_UNKEPT = frozenset({"care", "person"})


def again(
    care: Assistant,
    full: Said,
    shown: Said,
    patient: Patient,
    state: State,
    *,
    form: str | None,
    language: Language,
    focus: frozenset[str],
) -> Answer:
    """The answer that a form is made of: the one *shown*, or the *full* one as it would be given now."""
    knowledge = care.knowledge
    subject = shown.other or patient
    answer = shown.answer
    audience = _READER.get(form or "", state.audience)
    as_it_stands = form in _AS_SHOWN and language == answer.language and patient == state.patient
    if not as_it_stands:
        intake = settled(full, subject, knowledge.table)
        limit = _LONGER if form == "longer" else None
        answer = care.turn(
            full.text,
            subject,
            audience=audience,
            language=language,
            intake=intake,
            plan=full.plan,
            limit=limit,
            goes_on=not full.answer.declined,
        ).answer
    if form != "why":
        answer = answer.model_copy(update={"changed": ()})
    if form is not None and form in _MOST and shown.other is None:
        intake = settled(full, subject, knowledge.table)
        answer = _with_earlier(care, answer, intake, subject, state, _MOST[form])
    if form == "sbar":
        answer = answer.model_copy(update={"question": told(state) or shown.text})
    if form == "longer" and not {i.id for i in answer.recommendations} - {i.id for i in shown.answer.recommendations}:
        answer = answer.model_copy(update={"text": f"{say('form.no_more', language)}\n\n{answer.text}"})
    if form == "why":
        answer = _only(answer, focus or frozenset(full.plan.asked), knowledge)
    elif form == "shorter":
        answer = _fewer(answer, full.plan.asked, knowledge)
    return answer


def in_form(form: str | None, answer: Answer, patient: Patient, number: int | None) -> Answer:
    """The answer with its text in a form; what a new fact changed stands before it, unless it is urgent."""
    if form is None:
        return answer
    if form == "source":
        text = forms.source(patient, answer, answer.language, number)
    elif form in forms.FORMS:
        text = forms.FORMS[form](patient, answer, answer.language)
    else:
        return answer.model_copy(update={"form": form})
    changes = "\n\n".join(change_blocks(answer.changed, answer.language))
    urgent = answer.urgency.level in ("emergency", "urgent")
    blocks = [text, changes] if urgent else [changes, text]
    return answer.model_copy(update={"form": form, "text": "\n\n".join(block for block in blocks if block)})


def note(care: Assistant, text: str, key: str, patient: Patient, audience: Audience, language: Language) -> Answer:
    """A word in place of advice: a new conversation has begun, there is nothing yet to rework, or nothing was asked."""
    urgency = care.triage(text, patient, language=language)
    told = say(f"form.{key}", language)
    lines = [told, f"*{say(f'disclaimer.{audience}', language)}*"]
    if urgency.level in ("emergency", "urgent"):
        lines.insert(0, parts.urgency_line(urgency, language))
    return Answer(
        question=text,
        language=language,
        audience=audience,
        urgency=urgency,
        abstained=True,
        abstain_reason=told,
        text="\n\n".join(lines),
        form="note",
        index=care.searcher.version.manifest.corpus_hash,
    )


def related(answer: Answer, concepts: Iterable[str], knowledge: Knowledge) -> bool:
    """Whether an answer advises on, or holds back, one of the things."""
    wanted = frozenset(concepts)
    ids = [item.id for item in answer.recommendations] + [item.id for item in answer.held_back]
    return any(_about(entry, wanted, knowledge) for entry in ids)


def told(state: State, *more: str) -> str:
    """What was told of the patient, in the user's words: the last few turns that brought facts, and *more*."""
    before, said = state.start, []
    for turn in state.turns:
        if turn.patient != before:
            said.append(turn.text)
        before = turn.patient
    return " … ".join([*said, *more][-_TOLD:])


def settled(said: Said, patient: Patient, table: ConceptTable) -> Intake:
    """A turn's words without the facts that the patient has by now, in their present state."""
    intake = read(said.text, table)
    absent = PatientFacts(patient, None, table).absent
    findings = tuple(
        finding
        for finding in intake.findings
        if (table[finding.concept].kind in _UNKEPT or finding.status == "uncertain")
        and not any(table.is_a(finding.concept, known) for known in absent)
    )
    return replace(intake, findings=findings, numbers=Numbers())


def _with_earlier(care: Assistant, answer: Answer, intake: Intake, patient: Patient, state: State, most: int) -> Answer:
    """The answer with what was advised earlier in the conversation and still stands for this patient."""
    knowledge = care.knowledge
    if answer.urgency.level == "emergency" or len(answer.recommendations) >= most:
        return answer
    judge = Judge(PatientFacts(patient, intake, knowledge.table, knowledge.derived), knowledge)
    known = {item.id for item in answer.recommendations} | {item.id for item in answer.held_back}
    cautious = _targets(known, knowledge, ("avoid", "limit"))
    chosen: dict[str, Chosen] = {}
    for turn in reversed(state.turns):
        for item in turn.answer.recommendations if turn.other is None else ():
            statement = knowledge.statements.get(item.id)
            if statement is None or item.id in known or len(chosen) + len(answer.recommendations) >= most:
                continue
            verdict = judge.statement(statement)
            against = any(
                knowledge.table.is_a(target, other)
                for target in _targets([item.id], knowledge, tuple(TOWARDS))
                for other in cautious
            )
            if verdict.standing == "recommended" and not against:
                chosen.setdefault(item.id, Chosen(statement, verdict.because, 0.0))
    book = care.citation_book(answer)
    added = recommend(list(chosen.values()), answer.audience, answer.language, book)
    sound = exact_quotes(book.citations, care.document)
    kept = [*answer.recommendations, *supported(added, book.citations, sound)]
    ordered: list[Recommendation] = sorted(kept, key=lambda item: KIND_ORDER.index(item.kind))
    return answer.model_copy(update={"recommendations": tuple(ordered), "citations": tuple(book.citations)})


def _only(answer: Answer, concepts: frozenset[str], knowledge: Knowledge) -> Answer:
    """What the answer says on the things; all of it, if nothing."""
    advised = tuple(i for i in answer.recommendations if _about(i.id, concepts, knowledge))
    held = tuple(i for i in answer.held_back if _about(i.id, concepts, knowledge))
    return answer.model_copy(update={"recommendations": advised, "held_back": held}) if advised or held else answer


def _fewer(answer: Answer, asked: Iterable[str], knowledge: Knowledge) -> Answer:
    """The few recommendations that answer best: on what was asked about first, then in their order."""
    wanted = frozenset(asked)
    items = sorted(answer.recommendations, key=lambda item: not _about(item.id, wanted, knowledge))
    most = min(_SHORT, max(1, len(items) - 1))
    kept = {item.id for item in items[:most]}
    return answer.model_copy(update={"recommendations": tuple(i for i in answer.recommendations if i.id in kept)})


def _about(entry: str, concepts: frozenset[str], knowledge: Knowledge) -> bool:
    table = knowledge.table
    targets = _targets([entry], knowledge) or {entry.rpartition("/")[2]}
    return any(table.is_a(a, b) or table.is_a(b, a) for a in targets for b in concepts)


def _targets(ids: Iterable[str], knowledge: Knowledge, directions: tuple[str, ...] = ()) -> set[str]:
    return {
        advice.target
        for entry in ids
        if entry in knowledge.statements
        for advice in knowledge.statements[entry].advice
        if not directions or advice.direction in directions
    }
