"""Composing an answer without a model: from chosen evidence to recommendations, citations and Markdown."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Sequence

from assistant.answer import (
    Answer,
    Audience,
    Because,
    Change,
    Citation,
    Declined,
    HeldBack,
    Recommendation,
    Urgency,
)  # fmt: skip
from assistant.evidence import Chosen, Evidence, Held
from assistant.intake import Intake
from assistant.messages import knows, say
from assistant.patient import measurement_label, measurement_unit
from assistant.quotes import HeldQuote, Quoted
from assistant.triage import TriageResult, because, explain, vital_name
from corpus.concepts import ConceptTable
from corpus.conditions import Missing
from corpus.documents import PARTS, Document, Part, Passage
from corpus.lint import overdue
from corpus.models import Bilingual, Contraindication, Kind, Language, Statement
from corpus.text import sentences

#: The order in which kinds of advice are shown.
KIND_ORDER: tuple[Kind, ...] = (
    "escalate", "medicine_safety", "diet", "activity", "monitor", "intervene", "educate", "refer",
)  # fmt: skip
#: Advice of these kinds must never be lost.
SAFETY_KINDS: frozenset[Kind] = frozenset({"escalate", "medicine_safety"})
_MOST_QUESTIONS = 3
_MOST_UNKNOWN = 4
#: So many characters of a declined question are repeated, without what Markdown or HTML would read as markup.
_LONGEST_ECHO = 120
_PLAIN = re.compile(r"[<>\[\]`*_#|\\]")

PassageOf = Callable[[str, str], Passage]
DocumentOf = Callable[[str], Document]


class CitationBook:
    """Numbers citations in the order in which they are first used, each span once."""

    def __init__(
        self, passage_of: PassageOf, document_of: DocumentOf, language: Language, start: Iterable[Citation] = ()
    ) -> None:
        self._passage_of = passage_of
        self._document_of = document_of
        self._language = language
        self.citations: list[Citation] = list(start)
        self._numbers = {(c.document, c.start, c.end): c.n for c in self.citations}

    def cite(self, entry: str, parts: Iterable[Part] = ("text",)) -> int:
        """The number of the citation that covers these parts of a statement or rule."""
        passage = self._passage_of(entry, self._language)
        spans = [passage.parts[part] for part in parts if part in passage.parts]
        start, end = min(s for s, _ in spans), max(e for _, e in spans)
        return self.cite_span(passage, start, end)

    def cite_span(self, passage: Passage, start: int, end: int) -> int:
        """The number of the citation of a span of a passage's document."""
        key = passage.document, start, end
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(self._citation(passage, start, end))
        return self._numbers[key]

    def _citation(self, passage: Passage, start: int, end: int) -> Citation:
        origin = passage.origin
        return Citation(
            n=len(self.citations) + 1,
            document=passage.document,
            title=origin.title,
            publisher=origin.publisher,
            year=origin.year,
            section=origin.section,
            page=passage.page,
            url=origin.url,
            jurisdiction=origin.jurisdiction,
            quote=self._document_of(passage.document).text[start:end],
            start=start,
            end=end,
            reviewed=origin.reviewed,
            overdue=bool(origin.reviewed and overdue(origin.reviewed, dt.date.today())),
        )


def urgency_of(result: TriageResult, language: Language, number: str, book: CitationBook) -> Urgency:
    """The triage result in words, with the source of every rule that fired."""
    cited = {rule.id: book.cite(rule.id, ("text", "escalate_when")) for rule, _ in result.fired}
    return explain(result, language, number, cited)


def recommend(
    chosen: Sequence[Chosen], audience: Audience, language: Language, book: CitationBook, asked: Collection[str] = ()
) -> list[Recommendation]:
    """Turn chosen statements into recommendations in the wording for the audience, grouped by kind.

    What is unsafe comes first, then the kinds of advice that were *asked* for, then the others.
    """
    order = {kind: position for position, kind in enumerate(KIND_ORDER)}
    ordered = sorted(chosen, key=lambda c: (not c.safety, c.statement.kind not in asked, order[c.statement.kind]))
    return [_recommendation(c, audience, language, book) for c in ordered]


def quoted(sentences_found: Sequence[Quoted], book: CitationBook) -> list[Recommendation]:
    """Sentences of users' documents as recommendations, word for word."""
    return [
        Recommendation(
            id=f"{item.passage.id}@{item.start}",
            kind=item.kind,
            text=item.text,
            citations=(book.cite_span(item.passage, item.start, item.end),),
        )
        for item in sentences_found
    ]


def hold_back_quotes(held: Sequence[HeldQuote], language: Language, book: CitationBook) -> list[HeldBack]:
    """Sentences of users' documents that this patient must not be given, with the rule against each."""
    return [
        HeldBack(
            id=f"{item.quoted.passage.id}@{item.quoted.start}",
            text=item.quoted.text,
            reason=item.by.reason[language],
            because=tuple(because(fact) for fact in item.because),
            citations=(
                book.cite_span(item.quoted.passage, item.quoted.start, item.quoted.end),
                book.cite(item.by.id),
            ),
        )
        for item in held
    ]


def _recommendation(chosen: Chosen, audience: Audience, language: Language, book: CitationBook) -> Recommendation:
    statement = chosen.statement
    wording, parts = wording_of(statement, audience)
    shown: list[Part] = [*parts, "why"]
    if statement.escalate_when:
        shown.append("escalate_when")
    return Recommendation(
        id=statement.id,
        kind=statement.kind,
        text=wording[language],
        why=statement.why[language],
        because=tuple(because(fact) for fact in chosen.because),
        citations=(book.cite(statement.id, shown),),
        strength=statement.source.strength,
        escalate_when=statement.escalate_when[language] if statement.escalate_when else None,
        safety=chosen.safety or chosen.linked or statement.kind in SAFETY_KINDS,
    )


def wording_of(statement: Statement, audience: Audience) -> tuple[Bilingual, list[Part]]:
    """The wording of a statement for a reader, and the parts of its passage that this wording stands in."""
    if audience == "patient" and statement.plain is not None:
        return statement.plain, ["plain", "text"]
    return statement.text, ["text"]


def hold_back(
    held: Sequence[Held], audience: Audience, language: Language, table: ConceptTable, book: CitationBook
) -> list[HeldBack]:
    """Say what was held back, why, and on which facts and sources that rests."""
    result = []
    for item in held:
        citations = []
        if item.statement is not None:
            parts: tuple[Part, ...] = PARTS if item.by is item.statement else ("text",)
            citations.append(book.cite(item.statement.id, parts))
        if isinstance(item.by, Contraindication):
            citations.append(book.cite(item.by.id))
            reason = item.by.reason[language]
        elif item.by is item.statement:
            assert item.by.not_reason is not None
            reason = item.by.not_reason[language]
        else:
            citations.append(book.cite(item.by.id))
            reason = item.by.text[language]
        text = table.label(item.concept, language)
        if item.statement is not None:
            wording, _ = wording_of(item.statement, audience)
            text = wording[language]
        result.append(
            HeldBack(
                id=item.statement.id if item.statement else f"{item.by.id}/{item.concept}",
                text=text,
                reason=reason,
                because=tuple(because(fact) for fact in item.because),
                citations=tuple(dict.fromkeys(citations)),
                asked=item.statement is None,
            )
        )
    return result


def unknowns(
    evidence: Evidence,
    intake: Intake,
    unrecognised: Iterable[str],
    no_patient: bool,
    score_missing: Sequence[str],
    table: ConceptTable,
    language: Language,
) -> tuple[list[str], list[str]]:
    """What could not be checked, and the questions whose answers would change the advice most."""
    not_checked = [say("not_checked.unrecognised", language, word=word) for word in unrecognised]
    not_checked += [say("not_checked.doubt", language, word=word) for word in intake.numbers.doubts]
    not_checked += [say("not_checked.unclear", language, word=word) for word in intake.numbers.unclear]
    if no_patient:
        not_checked.append(say("not_checked.no_patient", language))
    not_checked += [
        say("not_checked.nothing_on", language, name=table.label(concept, language)) for concept in evidence.uncovered
    ]
    if score_missing:
        joined = ("、" if language == "zh" else ", ").join(vital_name(name, language) for name in score_missing)
        not_checked.append(say("not_checked.news2_missing", language, missing=joined))
    asked = [say("ask.unit", language, word=word) for word in intake.numbers.unclear]
    for missing in evidence.missing[:_MOST_UNKNOWN]:
        not_checked.append(say("not_checked.fact", language, name=_name(missing, table, language)))
        asked.append(_question(missing, table, language))
    return list(dict.fromkeys(not_checked)), list(dict.fromkeys(asked))[:_MOST_QUESTIONS]


def _name(missing: Missing, table: ConceptTable, language: Language) -> str:
    if missing.leaf in ("age", "sex", "pregnant", "breastfeeding"):
        return say(f"field.{'age_years' if missing.leaf == 'age' else missing.leaf}", language)
    return table.label(missing.key, language)


def _question(missing: Missing, table: ConceptTable, language: Language) -> str:
    if missing.key in ("systolic_bp", "diastolic_bp", "bmi"):
        return say("ask.bmi" if missing.key == "bmi" else "ask.blood_pressure", language)
    if missing.leaf in ("lab", "vital"):
        measurement = table.measurements.get(missing.key)
        unit = measurement.unit if measurement else ""
        return say("ask.measurement", language, name=measurement_label(missing.key, language), unit=unit)
    if missing.leaf in ("age", "sex", "pregnant", "breastfeeding"):
        return say(f"ask.{missing.leaf}", language)
    key = missing.leaf if knows(f"ask.{missing.leaf}") else "condition"
    return say(f"ask.{key}", language, name=table.label(missing.key, language))


def markdown(answer: Answer, number: str, sources: bool = True) -> str:
    """The answer as Markdown, every sentence of advice with its ``[n]``; *number* is the emergency number."""
    language = answer.language
    blocks = [urgency_block(answer.urgency, language, number), *change_blocks(answer.changed, language)]
    if answer.declined:
        blocks.append(f"### {say('heading.declined', language)}")
        blocks.append("\n".join(f"- {declined_line(part, language)}" for part in answer.declined))
    elif answer.abstain_reason:
        blocks.append(answer.abstain_reason)
    asked = [item for item in answer.held_back if item.asked]
    if asked:
        blocks.append(f"### {say('heading.asked', language)}")
        blocks += [_asked_block(item, language) for item in asked]
    kind: Kind | None = None
    for item in answer.recommendations:
        if item.kind != kind:
            kind = item.kind
            blocks.append(f"### {say(f'heading.{kind}', language)}")
        blocks.append(_recommendation_block(item, answer.audience, language))
    if len(asked) < len(answer.held_back):
        blocks.append(f"### {say('heading.held_back', language)}")
        blocks += [_held_block(item, language) for item in answer.held_back if not item.asked]
    for heading, lines in (("not_checked", answer.not_checked), ("ask_next", answer.ask_next)):
        if lines:
            blocks.append(f"### {say(f'heading.{heading}', language)}")
            blocks.append("\n".join(f"- {line}" for line in lines))
    if sources and answer.citations:
        blocks.append(f"### {say('heading.sources', language)}")
        blocks.append("\n".join(source_line(citation, language) for citation in answer.citations))
    if line := generation_line(answer):
        blocks.append(f"*{line}*")
    blocks.append(f"*{say(f'disclaimer.{answer.audience}', language)}*")
    return "\n\n".join(blocks)


def urgency_block(urgency: Urgency, language: Language, number: str) -> str:
    """The urgency as Markdown: the level, what to do now, and why."""
    lines = [f"**{say(f'level.{urgency.level}', language, number=number)}**"]
    cited = sorted({n for reason in urgency.reasons for n in reason.citations})
    if urgency.reasons:
        lines.append(marked(urgency.action, cited) if cited else urgency.action)
        for reason in urgency.reasons:
            facts = f" ({facts_text(reason.because, language)})" if reason.because else ""
            lines.append(f"- {reason.text}{facts}{''.join(f' [{n}]' for n in reason.citations)}")
    return "\n\n".join(lines[:2]) + ("\n\n" + "\n".join(lines[2:]) if lines[2:] else "")


def generation_line(answer: Answer) -> str | None:
    """One plain sentence on what a language model did to the wording, where one was to have done something."""
    done = answer.generation
    if done is None or done.reason in ("emergency", "nothing_to_reword"):
        return None
    if done.status == "composed":
        return say(f"generation.{done.reason}", answer.language, model=done.model)
    return say("generation.reworded", answer.language, model=done.model)


def change_blocks(changes: Iterable[Change], language: Language) -> list[str]:
    """What a new fact changes in earlier advice, as Markdown; those with the same facts behind them together."""
    groups: dict[str, list[str]] = {}
    for change in changes:
        facts = facts_text(change.because, language) or say("changed.said", language)
        why = f"  \n  {marked(change.why, change.citations)}" if change.why else ""
        head = say(f"changed.{change.now}", language, facts=facts)
        groups.setdefault(head, []).append(f"- {marked(change.text, change.citations)}{why}")
    blocks = [f"### {say('changed.heading', language)}"] if groups else []
    return blocks + ["\n".join([head, "", *lines]) for head, lines in groups.items()]


def marked(text: str, citations: Sequence[int]) -> str:
    """*text* with the citation marks after each of its sentences."""
    marks = "".join(f"[{n}]" for n in citations)
    return " ".join(f"{text[start:end]} {marks}" for start, end in sentences(text))


def fact_text(fact: Because, language: Language) -> str:
    """A fact in words: what it is and its value with the unit."""
    field, value = fact.field, fact.value
    if field == "age_years":
        return say("years", language, value=f"{value:g}")
    if field == "absent":
        return say("none_of", language, value=value)
    group, _, key = field.partition(".")
    if group in ("labs", "vitals", "news2"):
        name = vital_name(key, language)
        unit = f" {measurement_unit(key)}" if group != "news2" else ""
        return f"{name} {value:g}{unit}".rstrip() if isinstance(value, int | float) else f"{name} {value}"
    shown = say(f"value.{value}", language) if knows(f"value.{value}") else str(value)
    label = say(f"field.{field}", language) if knows(f"field.{field}") else field
    return f"{label}: {shown}" if language == "en" else f"{label}：{shown}"


def source_line(citation: Citation, language: Language) -> str:
    """One line of the list of sources."""
    parts = [citation.publisher, citation.title, str(citation.year) if citation.year else None, citation.section]
    text = ". ".join(part for part in parts if part)
    if citation.overdue:
        text += f" ({say('label.overdue', language)})"
    return f"{citation.n}. {text}. {citation.url or ''}".rstrip()


def facts_text(facts: Sequence[Because], language: Language) -> str:
    """Facts in words, one after the other."""
    return ("；" if language == "zh" else "; ").join(fact_text(fact, language) for fact in facts)


def declined_line(part: Declined, language: Language) -> str:
    """A declined part in its own words, shortened where long and on one line, with the reply."""
    words = " ".join(part.text.split())
    shown = words if len(words) <= _LONGEST_ECHO else words[:_LONGEST_ECHO].rstrip() + "…"
    return say("declined.said", language, text=_PLAIN.sub("", shown), reply=part.reply)


def _recommendation_block(item: Recommendation, audience: Audience, language: Language) -> str:
    colon = "：" if language == "zh" else ": "
    lines = [f"- {marked(item.text, item.citations)}"]
    details = []
    if item.because:
        details.append(f"*{say(f'label.because.{audience}', language)} {facts_text(item.because, language)}*")
    if item.strength and audience == "nurse":
        details.append(f"*{say('label.strength', language)}{colon}{item.strength}*")
    if details:
        lines.append("  " + " · ".join(details))
    if item.why:
        lines.append(f"  {say('label.why', language)}{colon}{marked(item.why, item.citations)}")
    if item.escalate_when:
        lines.append(
            f"  {say(f'label.escalate.{audience}', language)}{colon}{marked(item.escalate_when, item.citations)}"
        )
    return "  \n".join(lines)


def _asked_block(item: HeldBack, language: Language) -> str:
    """That the thing asked about is not advised, and why."""
    facts = f" ({facts_text(item.because, language)})" if item.because else ""
    head = say("label.not_advised", language, name=item.text)
    return f"- **{head}** {marked(item.reason, item.citations)}{facts}"


def _held_block(item: HeldBack, language: Language) -> str:
    colon = "：" if language == "zh" else ": "
    marks = "".join(f"[{n}]" for n in item.citations)
    facts = f" ({facts_text(item.because, language)})" if item.because else ""
    otherwise, reason = say("label.otherwise", language), say("label.held_because", language)
    return f"- {otherwise}{colon}{item.text}  \n  {reason}{colon}{item.reason}{facts} {marks}"
