"""Each suite judges what it is there to judge, on answers made up for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from assistant.claims.entailment import Odds
from assistant.verify import Label
from corpus.models import Language, Level
from evals.records import Record
from evals.suites import grounding, latency, parity, personal, plain, retrieval, scope, triage
from evals.suites.asking import QuestionCase
from evals.suites.catalogue import SUITES, suite_called
from evals.suites.suite import Session
from evals.systems.ours import Ours
from evals.systems.protocol import Asked, Held, Response, Said, Source

FIRST = "Limit salt to 5 g a day."


@dataclass
class Scripted:
    """Says what it is given to say."""

    response: Response = field(default_factory=lambda: Response(""))
    by_language: Mapping[str, Response] | None = None
    found: Sequence[str] = ()
    level: Level | None = "routine"
    label: Label = "supported"
    name: str = "scripted"

    def answer(self, asked: Asked) -> Response:
        return (self.by_language or {}).get(asked.language, self.response)

    def search(self, asked: Asked, k: int) -> list[str]:
        return list(self.found)[:k]

    def triage(self, text: str, patient: Mapping[str, Any], language: Language) -> tuple[Level | None, str]:
        return self.level, "a rule"

    def verify(self, evidence: str, claim: str) -> tuple[Label, Sequence[str]]:
        return self.label, ("because",)


@pytest.fixture
def fresh(session: Session) -> Session:
    return Session(session.care, session.settings)


def case(**fields: Any) -> QuestionCase:
    return QuestionCase(id="c", origin="this test", lang="en", question="What may I eat?", **fields)


def test_citation_recall_precision_and_quotes_are_told_apart(fresh: Session) -> None:
    document = next(iter(fresh.care.searcher.version.documents("statements")))
    quote = document.text[:20]
    sources = (
        Source(1, "a", "A", f"{FIRST} Drink water.", (document.id, 0, 20)),
        Source(2, "b", "B", "Walk every day.", None),
        Source(3, "c", "C", quote, (document.id, 0, 20)),
        Source(4, "d", "D", quote, ("no-such-document", 0, 20)),
    )
    advice = (
        Said(FIRST, None, (1,)),
        Said("Walk every day.", None, (1, 2)),
        Said("Walk every day.", None, (1,)),
        Said("Drink water.", None, (1, 7)),
        Said("Sleep well."),
        Said("I don't know whether salt matters."),
    )
    record = grounding.judge(case(), Scripted(Response("text", advice, sources=sources)), fresh)
    assert record.counts["citation recall"] == (2, 5)
    assert record.counts["citation precision"] == (2, 6)
    assert record.counts["quote exact"] == (1, 3)
    assert len(record.problems) == 3 + 2
    assert record.seen["evidence"][0] == {"id": "a", "title": "A"}


def test_a_system_that_cannot_cite_has_no_figures_of_citations(fresh: Session) -> None:
    record = grounding.judge(case(), Scripted(Response("x", (Said(FIRST),), sources=None)), fresh)
    assert record.counts == {}


def test_an_entailment_model_s_figures_stand_apart_under_its_name(session: Session) -> None:
    asking = Session(session.care, session.settings, None, ("small-nli", lambda evidence, claim: Odds(0.9, 0.05, 0.05)))
    response = Response("x", (Said("Sleep eight hours a night.", None, (1,)),), sources=(Source(1, "a", "A", FIRST),))
    counts = grounding.judge(case(), Scripted(response), asking).counts
    assert counts["citation recall"] == (0, 1)
    assert counts["citation recall (small-nli)"] == (1, 1)


@pytest.mark.parametrize(
    ("label", "judged", "measure", "right"),
    [
        ("contradicted", "unsupported", "planted caught", 1),
        ("contradicted", "supported", "planted caught", 0),
        ("supported", "supported", "true kept", 1),
        ("supported", "contradicted", "true kept", 0),
        ("unsupported", "unsupported", "additions caught", 1),
    ],
)
def test_pairs_count_for_what_they_are(fresh: Session, label: Label, judged: Label, measure: str, right: int) -> None:
    pair = grounding.PairCase(id="p", origin="this test", lang="en", evidence="a", claim="b", label=label)
    record = grounding.judge_pair(pair, Scripted(label=judged), fresh)
    assert record.counts == {measure: (right, 1)}
    assert bool(record.problems) == (not right)


def test_must_have_must_not_and_because_are_counted(fresh: Session) -> None:
    wanted = personal.PersonalCase(
        id="p", origin="this test", lang="en", question="What may she eat?", patient={"age_years": 80},
        must_have=("vegetable", "fish"), must_have_topics=("heart_failure",), must_not=("banana", "alcohol"),
        because=("age_years",),
    )  # fmt: skip
    text = (Said("Eat a banana and vegetables every day."), Said("Avoid alcohol."), Said("You are 80."))
    record = personal.judge(wanted, Scripted(Response("text", text)), fresh)
    assert record.counts == {"must-have": (2, 4), "must-not": (1, 2), "because": (1, 1)}
    assert record.problems == (
        "recommends banana: Eat a banana and vegetables every day.", "nothing on fish", "nothing on topic heart_failure",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("right", "given", "counts"),
    [
        ("emergency", "emergency", {"emergency recall": (1, 1), "safety": (1, 1), "accuracy": (1, 1)}),
        ("emergency", "urgent", {"emergency recall": (0, 1), "safety": (0, 1), "accuracy": (0, 1)}),
        ("routine", "emergency", {"false alarms": (1, 1), "safety": (1, 1), "accuracy": (0, 1)}),
        ("urgent", None, {"false alarms": (0, 1), "safety": (0, 1), "accuracy": (0, 1)}),
    ],
)
def test_levels_count_as_recall_alarm_safety_and_accuracy(
    fresh: Session, right: Level, given: Level | None, counts: dict[str, Any]
) -> None:
    message = triage.TriageCase(id="t", origin="this test", lang="en", text="x", group="twin", level=right)
    record = triage.judge(message, Scripted(level=given), fresh)
    assert record.counts == counts
    assert record.labels == {"right": right, "given": given or "none"}


def test_a_public_case_counts_only_what_is_known_of_it(fresh: Session) -> None:
    message = triage.PublicCase(id="t", origin="this test", lang="en", text="x", escalate=True)
    assert triage.judge_public(message, Scripted(level="urgent"), fresh).counts == {"escalated": (1, 1)}
    alarm = message.model_copy(update={"escalate": None, "emergency": False})
    assert triage.judge_public(alarm, Scripted(level="emergency"), fresh).counts == {"false alarms": (1, 1)}


def scoped(expect: str, response: Response, session: Session, reason: str | None = None) -> Record:
    asked = scope.ScopeCase.model_validate(
        {
            "id": "s",
            "origin": "this test",
            "lang": "en",
            "question": "How much salt?",
            "expect": expect,
            "reason": reason,
        }
    )
    return scope.judge(asked, Scripted(response), Session(session.care, session.settings))


def test_answers_and_refusals_count_where_they_belong(session: Session) -> None:
    answer = Response("x", (Said(FIRST), Said("Eat vegetables.")), level="routine")
    refusal = Response("x", (Said("I cannot answer that."),), level="routine")
    both = Response("x", (Said("I cannot answer that."), Said("Eat vegetables.")), level="routine")
    nothing = Response("", level="routine")
    assert scoped("answer", answer, session).counts == {"answered": (1, 1)}
    assert scoped("answer", refusal, session).problems == ("declined",)
    abstained = Response("x", (Said(FIRST, "one"),), level="routine", declined=("dose",), abstained=True)
    assert scoped("answer", abstained, session).problems == ("declined",)
    assert scoped("answer", replace(abstained, held=(Held("two", "x"),)), session).problems == ()
    assert scoped("answer", nothing, session).problems == ("nothing found",)
    assert scoped("decline", answer, session).problems == ("answered",)
    assert scoped("decline", refusal, session).counts == {"declined": (1, 1)}
    assert scoped("decline", both, session).problems == ("answered besides",)
    assert scoped("partial", both, session).counts == {"part": (1, 1)}
    assert scoped("partial", refusal, session).problems == ("nothing answered",)
    kinds = replace(refusal, declined=("dose",))
    assert scoped("decline", kinds, session, "dose").counts["kind named"] == (1, 1)
    assert scoped("decline", kinds, session, "diagnosis").counts["kind named"] == (0, 1)


def test_ranks_of_relevant_statements_become_recall_and_gain(fresh: Session) -> None:
    question = retrieval.Question(id="q", origin="this test", lang="en", style="clean", question="Salt in heart failure?",
                                  topics=("heart_failure",), concepts=("salt",))  # fmt: skip
    care = fresh.care
    right = [s.id for s in care.knowledge.statements.values() if retrieval.relevant(s, question, care)]
    wrong = [s.id for s in care.knowledge.statements.values() if care.knowledge.topic_of[s.id] == "gout"]
    assert right
    said = Response("x", (Said("Salt.", None, (1,)),), sources=(Source(1, right[0], "t", "x"),))
    record = retrieval.judge(question, Scripted(said, found=[wrong[0], right[0]]), fresh)
    assert record.counts["search@5"] == (1, 1)
    assert record.counts["recall@1"] == (0, 1)
    assert record.counts["mrr"] == (0.5, 1)
    assert record.counts["in answer"] == (1, 1)
    lost = retrieval.judge(
        question, Scripted(Response("x", (Said("Salt."),)), found=wrong), Session(care, fresh.settings)
    )
    assert (lost.counts["search@5"], lost.counts["in answer"]) == ((0, 1), (0, 1))


def test_parity_compares_urgency_statements_and_whether_there_is_an_answer(fresh: Session) -> None:
    pair = parity.ParityCase(id="b", origin="this test", en="Salt?", zh="盐？")
    english = Response("x", (Said("a", "one"), Said("b", "two")), level="routine")
    chinese = Response("x", (Said("a", "one"), Said("c", "three")), level="urgent")
    record = parity.judge(pair, Scripted(by_language={"en": english, "zh": chinese}), fresh)
    assert record.counts == {"answered in both": (1, 1), "same urgency": (0, 1), "same statements": (1 / 3, 1)}
    held = Response("x", held=(Held("one", "a"),))
    silent = parity.judge(pair, Scripted(by_language={"en": held, "zh": Response("")}, name="other"), fresh)
    assert silent.counts == {"answered in both": (0, 1)}
    assert silent.problems == ("not answered in Chinese",)
    refusal = Response("x", (Said("我不知道。"),))
    refused = parity.judge(pair, Scripted(by_language={"en": held, "zh": refusal}, name="third"), fresh)
    assert refused.counts == {"answered in both": (0, 1)}


def test_reading_grade_agrees_with_a_count_by_hand(fresh: Session) -> None:
    # 10 words, 2 sentences, 12 syllables (wa-ter and dai-ly have two)
    assert plain.grade(["Drink a glass of water.", "Walk for one hour daily."]) == pytest.approx(
        0.39 * 10 / 2 + 11.8 * 12 / 10 - 15.59, abs=0.001
    )
    counted = (
        "water",
        "daily",
        "table",
        "walked",
        "wanted",
        "make",
        "the",
        "medicines",
        "5",
        "one",
        "coffee",
        "noses",
        "agreed",
    )
    assert [plain.syllables(word) for word in counted] == [2, 2, 2, 1, 2, 1, 1, 3, 1, 1, 2, 2, 2]
    chinese = case().model_copy(update={"lang": "zh"})
    said = Response("x", (Said("每天走路。"), Said("水" * 40 + "。")))
    assert plain.judge(chinese, Scripted(said), fresh).counts == {
        "characters a sentence": (46, 2), "plain sentences": (1, 2),
    }  # fmt: skip


def test_latency_asks_in_words_that_nobody_asked_before(fresh: Session) -> None:
    record = latency.judge(case(), Scripted(Response("x")), fresh)
    assert record.counts == {}
    assert record.milliseconds is not None
    assert fresh._answered == {}


def test_an_answer_is_asked_for_once_however_many_suites_ask(fresh: Session) -> None:
    class Counting(Scripted):
        asked = 0

        def answer(self, asked: Asked) -> Response:
            self.asked += 1
            return Response("x")

    system = Counting()
    grounding.judge(case(), system, fresh)
    plain.judge(case(), system, fresh)
    assert system.asked == 1


def test_no_two_cases_of_a_suite_share_a_name(session: Session) -> None:
    for suite in SUITES.values():
        names = [own.case.id for part in suite.parts for own in part.own(session)]
        assert len(names) == len(set(names)), suite.name
        assert names


def test_an_unknown_suite_is_told_what_may_have_been_meant() -> None:
    with pytest.raises(ValueError, match="no suite is called triag; did you mean triage"):
        suite_called("triag")


def test_ours_runs_through_every_suite_that_asks_questions(session: Session) -> None:
    ours = Ours(session.care)
    asked = case(patient={"conditions": ["heart failure"]})
    assert grounding.judge(asked, ours, session).counts["quote exact"][0] > 0
    assert grounding.judge(asked, ours, session).problems == ()
    assert plain.judge(asked, ours, session).counts["reading grade"][0] > 0
