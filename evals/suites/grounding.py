"""The grounding suite: whether what is said stands in what is cited.

Two kinds of case. Answers: citation recall and precision as ALCE defines them (:mod:`evals.citations`), support judged
by the deterministic verifier, and, apart and by its name, by an entailment model where one is set (``CARE_NLI``); and
whether every quote stands in its document. Pairs of evidence and claim: planted contradictions have to be refused, and
true rewordings kept, since whoever refuses everything catches every contradiction too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from pydantic import Field

from assistant.verify import verify_claim
from corpus.concepts import ConceptTable
from corpus.text import sentences
from evals.casefile import Case, read_jsonl
from evals.citations import CitedSentence, citation_precision, citation_recall
from evals.reading import is_refusal
from evals.records import Record
from evals.suites import asking
from evals.suites.asking import QuestionCase
from evals.suites.suite import CASES as FOLDER
from evals.suites.suite import Own, Part, Session, Suite, failures, seen, timed_call
from evals.systems.protocol import Answers, Response, Verifies

CASES = FOLDER / "verify.jsonl"
OUTSIDERS = FOLDER / "verify_outsiders.jsonl"
_QUICK_ANSWERS, _QUICK_PAIRS = 6, 4
_SURE = 0.5


class PairCase(Case):
    """Evidence, a claim, and whether the one supports the other."""

    lang: Literal["en", "zh", "en-zh", "zh-en"] = Field(
        description="en, zh, or that of evidence and claim: en-zh, zh-en"
    )
    evidence: str = Field(min_length=1, description="the passage")
    claim: str = Field(min_length=1, description="what is said to stand in it")
    label: Literal["supported", "contradicted", "unsupported"] = Field(
        description="supported, contradicted or unsupported (says more than the passage)"
    )
    kind: str = Field(default="", description="how the claim was made from the evidence")
    test: bool = Field(default=False, description="never looked at while the verifier was made")
    cold: str | None = Field(default=None, description="the round in which it was first measured")


def answers(_: Session) -> Iterator[Own]:
    """The questions about patients, and the common ones."""
    yield from (Own(case, "patients") for case in asking.patients())
    yield from (Own(case, "questions") for case in asking.common())


def pairs(_: Session) -> Iterator[Own]:
    """Pairs of evidence and claim: ours, those of them never looked at, and strangers'."""
    yield from (Own(case, "unseen" if case.test else "known") for case in read_jsonl(CASES, PairCase))
    yield from (Own(case, "outsiders") for case in read_jsonl(OUTSIDERS, PairCase))


def judge(case: QuestionCase, system: Answers, session: Session) -> Record:
    """Citation recall and precision of one answer, and its quotes."""
    response, milliseconds = session.ask(system, case.asked)
    cited = _cited(response)
    supports = _by_rules(session.table)
    counts: dict[str, tuple[float, float]] = {}
    problems = list(failures(response))
    if response.sources is not None:
        counts = {"citation recall": citation_recall(cited, supports)}
        if any(sentence.passages for sentence in cited):
            counts["citation precision"] = citation_precision(cited, supports)
        if session.nli:
            by_model = _by_model(session)
            counts[f"citation recall ({session.nli[0]})"] = citation_recall(cited, by_model)
        problems += [
            f"not supported by what it cites: {s.text}" for s in cited if not citation_recall([s], supports)[0]
        ]
        wrong = [
            source.n for source in response.sources if source.place and not _exact(source.text, source.place, session)
        ]
        quoted = sum(source.place is not None for source in response.sources)
        counts["quote exact"] = (quoted - len(wrong), quoted)
        problems += [f"quote [{n}] does not stand in its document" for n in wrong]
    return Record(
        suite="grounding",
        case=case.id,
        system=system.name,
        groups={"lang": case.lang},
        counts={name: count for name, count in counts.items() if count[1]},
        milliseconds=milliseconds,
        seen=seen(case.asked, response),
        said=response.text,
        problems=tuple(problems),
    )


def judge_pair(case: PairCase, system: Verifies, session: Session) -> Record:  # noqa: ARG001 - every judge's signature
    """Whether a claim that its evidence does not support is refused, and one that it supports kept."""
    (label, reasons), milliseconds = timed_call(lambda: system.verify(case.evidence, case.claim))
    kept = label == "supported"
    measure = {"supported": "true kept", "contradicted": "planted caught", "unsupported": "additions caught"}[
        case.label
    ]
    right = kept == (case.label == "supported")
    return Record(
        suite="grounding",
        case=case.id,
        system=system.name,
        groups={"pair lang": case.lang, **({"kind": case.kind} if case.kind else {})},
        counts={measure: (float(right), 1)},
        milliseconds=milliseconds,
        seen={"evidence": case.evidence, "claim": case.claim, "language": case.lang},
        said=f"{label}: {'; '.join(reasons)}",
        problems=() if right else (f"{case.label}, judged {label}",),
    )


def _cited(response: Response) -> list[CitedSentence]:
    """The sentences of an answer with the passages they cite; a sentence that says it does not know claims nothing."""
    passages = {source.n: source.text for source in response.sources or ()}
    return [
        CitedSentence(text[start:end], tuple(passages.get(n) for n in item.citations))
        for item in response.advice
        if item.statement is not None or not is_refusal(item.text)
        for text in (item.text, *item.more)
        for start, end in sentences(text)
    ]


def _by_rules(table: ConceptTable) -> Callable[[str, Sequence[str]], bool]:
    return lambda claim, passages: verify_claim("\n".join(passages), claim, table).label == "supported"


def _by_model(session: Session) -> Callable[[str, Sequence[str]], bool]:
    assert session.nli is not None
    nli = session.nli[1]

    def supports(claim: str, passages: Sequence[str]) -> bool:
        return nli("\n".join(passages), claim).supported >= _SURE

    return supports


def _exact(quote: str, place: tuple[str, int, int], session: Session) -> bool:
    document, start, end = place
    try:
        return bool(quote) and session.care.document(document).text[start:end] == quote
    except KeyError:
        return False


SUITE = Suite(
    "grounding",
    "whether what is said stands in what is cited",
    (
        Part(QuestionCase, answers, Answers, judge, asking.FILES, quick=_QUICK_ANSWERS),
        Part(PairCase, pairs, Verifies, judge_pair, (CASES, OUTSIDERS), quick=_QUICK_PAIRS),
    ),
)
