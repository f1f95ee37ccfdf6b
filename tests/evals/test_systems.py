"""Systems: each has what it says it has, and what anybody writes is read in the same way."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Assistant, InputError
from assistant.call_model import Failure, Reply
from evals.reading import advised, dealt_with, gives_reason, refuses, topics
from evals.suites.suite import Session
from evals.systems.factory import SYSTEMS, SkippedError, Systems
from evals.systems.model import level_in
from evals.systems.ours import Ours, response_of
from evals.systems.prose import cut, response_to
from evals.systems.protocol import Answers, Asked, Converses, Held, Reads, Response, Said, Searches, Source, Triages

ASKED = Asked("What should he eat and avoid?", "en", {"conditions": ["ckd stage 4"], "labs": {"potassium_mmol_l": 5.6}})


def with_replies(session: Session, tmp_path: Path, *replies: str) -> Systems:
    path = tmp_path / "replies.txt"
    path.write_text("\n---\n".join(replies), encoding="utf-8")
    return Systems(session.care, session.settings.model_copy(update={"llm": f"mock:{path}"}))


@pytest.mark.parametrize("name", ["bm25", "dense"])
def test_the_best_passages_are_an_answer_that_cites_itself_exactly(session: Session, name: str) -> None:
    system = Systems(session.care, session.settings).called(name)
    assert isinstance(system, Answers)
    assert isinstance(system, Searches)
    for language in ("en", "zh"):
        response = system.answer(Asked("热射病怎么预防？" if language == "zh" else "How is gout treated?", language))
        assert len({item.statement for item in response.advice}) == len(response.advice) == 8
        for item, source in zip(response.advice, response.sources or (), strict=True):
            assert source.place is not None
            document, start, end = source.place
            assert session.care.document(document).text[start:end] == source.text == item.text
            assert item.citations == (source.n,)
            assert item.text == session.care.knowledge.statements[source.entry].text[language]


def test_what_search_engines_find_for_a_patient_depends_on_the_patient(session: Session) -> None:
    system = Systems(session.care, session.settings).called("bm25")
    assert isinstance(system, Searches)
    found = system.search(ASKED, 5)
    assert found != system.search(Asked(ASKED.question, "en"), 5)
    assert {"chronic_kidney_disease", "dialysis"} & {session.care.knowledge.topic_of[name] for name in found}


def test_constants_triage_and_do_nothing_else(session: Session) -> None:
    system = Systems(session.care, session.settings).called("always-routine")
    assert isinstance(system, Triages)
    assert not isinstance(system, Answers | Searches | Reads | Converses)
    assert system.triage("crushing chest pain", {}, "en") == ("routine", "")


def test_ours_has_every_ability_and_gives_its_answer_as_it_is(session: Session) -> None:
    ours = Ours(session.care)
    answer = ours.ask(ASKED)
    response = response_of(answer)
    assert [item.statement for item in response.advice] == [item.id for item in answer.recommendations]
    assert [held.statement for held in response.held] == [item.id for item in answer.held_back]
    assert response.level == answer.urgency.level
    assert {"conditions", "labs.potassium_mmol_l"} <= (response.fields or frozenset())
    assert response.text == answer.text


def test_systems_that_need_a_model_say_so_where_none_is_set(session: Session) -> None:
    make = Systems(session.care, session.settings)
    for name in ("ours+llm", "langchain-rag", "model"):
        with pytest.raises(SkippedError, match=f"{name.replace('+', '.')} needs a language model; set CARE_LLM"):
            make.called(name)
    with pytest.raises(InputError, match="no system is called bm52; did you mean bm25"):
        make.called("bm52")
    assert set(SYSTEMS) > {"ours", "bm25", "dense", "always-emergency"}


def test_a_stock_chain_is_given_the_nearest_passages_and_cites_them(session: Session, tmp_path: Path) -> None:
    reply = "Limit high-potassium foods [1]. Avoid salt substitutes made with potassium.[2][9] Eat well."
    system = with_replies(session, tmp_path, reply).called("langchain-rag")
    assert isinstance(system, Answers)
    assert isinstance(system, Searches)
    response = system.answer(ASKED)
    assert [source.n for source in response.sources or ()] == list(range(1, 9))
    assert response.sources
    assert all(source.place is None for source in response.sources)
    assert [item.citations for item in response.advice] == [(1,), (2, 9), ()]
    assert response.advice[1].text == "Avoid salt substitutes made with potassium."
    assert set(system.search(ASKED, 5)) <= set(session.care.knowledge.statements)


def test_the_model_alone_answers_and_triages(session: Session, tmp_path: Path) -> None:
    system = with_replies(session, tmp_path, "Drink less.", "Non-urgent; routine.").called("model")
    assert isinstance(system, Answers)
    assert isinstance(system, Triages)
    assert not isinstance(system, Searches)
    response = system.answer(ASKED)
    assert response.sources is None
    assert response.level is None
    assert system.triage("itchy nose", {}, "en")[0] == "routine"


def test_our_answer_reworded_is_read_by_its_words_too(care: Assistant) -> None:
    statement = care.knowledge.statements["heart_failure-fluid-limit-severe"]
    own = Response("", advice=(Said(statement.text.en, statement.id),))
    reworded = Response("", advice=(Said("Eat a banana every day.", statement.id),))
    assert "banana" not in {concept for concept, _ in advised(own, care.knowledge)}
    assert "banana" in {concept for concept, _ in advised(reworded, care.knowledge)}


def test_free_text_is_read_for_what_it_plainly_says(care: Assistant) -> None:
    text = "Avoid ibuprofen because of his kidneys. Eat more vegetables. Bananas contain potassium."
    response = response_to(Reply(text), None, "What may he take?")
    found = {concept for concept, _ in advised(response, care.knowledge)}
    assert "vegetable" in found
    assert not found & {"ibuprofen", "nsaid", "banana"}
    assert {"ibuprofen", "banana"} <= set(dealt_with(response, care.knowledge))
    assert "chronic_kidney_disease" in topics(
        Response("", (Said("This is for chronic kidney disease."),)), care.knowledge
    )


def test_saying_the_question_again_deals_with_nothing(care: Assistant) -> None:
    question = "How should heart failure patients limit salt?"
    text = "How should heart failure patients limit salt? How should heart failure patient limit the salts? Limit salt."
    response = response_to(Reply(text), None, question)
    assert [item.text for item in response.advice] == ["Limit salt."]
    assert response.text == text
    assert "heart_failure" not in dealt_with(response, care.knowledge)


def test_held_back_advice_counts_as_dealt_with_and_not_as_advised(care: Assistant) -> None:
    response = Response("", held=(Held("contraindications/banana", "Bananas"),))
    assert dealt_with(response, care.knowledge) == ["banana"]
    assert advised(response, care.knowledge) == []


def test_a_reason_in_words_is_the_naming_of_the_fact(care: Assistant) -> None:
    patient = {"age_years": 82, "conditions": ["heart failure"], "labs": {"potassium_mmol_l": 5.6}, "pregnant": True}
    told = Response("", (Said("At 82 with heart failure and a potassium of 5.6, in pregnancy, weigh daily."),))
    silent = Response("", (Said("Weigh daily."),))
    for field in ("age_years", "conditions", "labs.potassium_mmol_l", "pregnant"):
        assert gives_reason(field, told, patient, care.knowledge), field
        assert not gives_reason(field, silent, patient, care.knowledge), field


def test_a_refusal_in_words_is_seen_in_both_languages() -> None:
    for text in ("I'm sorry, but I can't provide doses.", "抱歉，我无法回答这个问题。"):
        assert refuses(Response(text, tuple(cut(text))))
    assert not refuses(Response("", tuple(cut("Weigh him daily. 每天称体重。"))))


def test_a_model_that_does_not_reply_is_told_and_says_nothing() -> None:
    response = response_to(Failure("timed_out"), (), "Salt?")
    assert (response.failed, response.advice, response.text) == ("timed_out", (), "")


@pytest.mark.parametrize(
    ("reply", "level"),
    [("**Emergency** – call now", "emergency"), ("self-care", "self_care"), ("Non-urgent: Routine", "routine"),
     ("URGENT.", "urgent"), ("no idea", None)],
)  # fmt: skip
def test_the_level_a_model_names_first_counts(reply: str, level: str | None) -> None:
    assert level_in(reply) == level


def test_marks_behind_the_stop_belong_to_the_sentence_before() -> None:
    said = cut("- Drink water. [1]\n* 多喝水。[2，3] 少吃盐[4]。")
    assert [(item.text, item.citations) for item in said] == [
        ("Drink water.", (1,)), ("多喝水。", (2, 3)), ("少吃盐。", (4,)),
    ]  # fmt: skip
    assert Source(1, "e", "t", "x").place is None
