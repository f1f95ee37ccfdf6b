from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from assistant import Assistant, InputError, check_sentences, verify_claim
from assistant.claims.meaning import nli_from
from assistant.compose import CitationBook, recommend
from assistant.evidence import Chosen
from assistant.verify import exact_quotes, supported
from corpus.concepts import ConceptTable
from corpus.load import DATA
from evals.verify import plain, run
from index.embed import Vectors

EVIDENCE = "Adults with heart failure should limit sodium to less than 2 g a day and avoid NSAIDs."


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        (EVIDENCE, "supported"),
        ("Avoid NSAIDs in heart failure.", "supported"),
        ("In heart failure sodium is kept under 2000 mg daily.", "supported"),
        ("心力衰竭患者每天钠摄入应少于2克，避免非甾体抗炎药。", "supported"),
        ("Limit sodium to less than 5 g a day in heart failure.", "contradicted"),
        ("Limit sodium to less than 2 mg a day in heart failure.", "contradicted"),
        ("Limit sodium to less than 2 g a week in heart failure.", "contradicted"),
        ("Adults with heart failure should take more than 2 g of sodium a day.", "contradicted"),
        ("NSAIDs are safe and recommended in heart failure.", "contradicted"),
        ("Adults with heart failure should take NSAIDs.", "contradicted"),
        ("Children with heart failure should limit sodium and avoid NSAIDs.", "contradicted"),
        ("心力衰竭患者可以使用非甾体抗炎药。", "contradicted"),
        ("Adults with heart failure should limit sodium and eat grapefruit.", "unsupported"),
        ("Bananas help in heart failure.", "unsupported"),
        ("", "unsupported"),
    ],
)
def test_claims_are_judged_against_their_evidence(table: ConceptTable, claim: str, label: str) -> None:
    result = verify_claim(EVIDENCE, claim, table)
    assert (result.label == "supported") == (label == "supported"), result
    assert result.reasons
    if label == "contradicted":
        assert result.label != "supported"


def test_a_sentence_of_the_passage_is_supported_but_not_a_part_that_says_the_contrary(table: ConceptTable) -> None:
    passage = "Never give aspirin to a child with a fever."
    assert verify_claim(passage, passage, table).label == "supported"
    assert verify_claim(passage, "Give aspirin to a child with a fever.", table).label == "contradicted"


@pytest.mark.parametrize(
    ("evidence", "claim", "label"),
    [
        ("Turn the person every 12 hours.", "Turn the person twice a day.", "supported"),
        ("Turn the person every 12 hours.", "Turn the person four times a day.", "contradicted"),
        ("每次按压30分钟。", "每次按压半小时。", "supported"),
        ("Drink 1.5 to 2 litres of water a day.", "Drink 1500–2000 mL of water daily.", "supported"),
        ("Report a temperature of 38 °C or more.", "Report a temperature of 100.4 °F or more.", "supported"),
        ("Report a temperature of 38 °C or more.", "Report a temperature of 38 °F or more.", "contradicted"),
        ("Rest for at least 2 weeks.", "Rest for 14 days or more.", "supported"),
        ("Rest for at least 2 weeks.", "Rest for at most 2 weeks.", "contradicted"),
        ("每日食盐不超过5克。", "Salt is at most 5 g a day.", "supported"),
        ("Give 600 mg to adults and 200 mg to children.", "Give 600 mg to children.", "contradicted"),
        ("About 40% of wounds heal.", "Two in five wounds heal.", "supported"),
        ("About 70% of wounds heal.", "About 7 in 10 wounds heal.", "supported"),
        ("About 70% of wounds heal.", "About 7 in 100 wounds heal.", "contradicted"),
        ("Walk for 20 minutes.", "Walk for a third of an hour.", "supported"),
        ("每小时咳嗽3次。", "每60分钟咳嗽3次。", "supported"),
        ("每天吃蔬菜300-500克。", "每天吃蔬菜六两到一斤。", "supported"),
        ("每天吃蔬菜300-500克。", "每天吃蔬菜三两到一斤。", "contradicted"),
        ("呕吐一般持续1-2天。", "呕吐一般一两天。", "supported"),
        ("Eat 30 kcal per kg body weight a day.", "Eat 30 kcal a day for every kilo of body weight.", "supported"),
        ("Aspirin is not for children under 16 years.", "Aspirin is not for under-16s.", "supported"),
        ("Aspirin is not for children under 16 years.", "Aspirin is not for under-12s.", "contradicted"),
        ("婴儿在8周龄接种六联疫苗。", "Babies have the 6-in-1 vaccine at 8 weeks.", "supported"),
        ("每袋结束后再测一次体温。", "每袋结束后再测1次体温。", "supported"),
        ("伤口里有异物，在周围垫好固定。", "伤口里有异物，把四周垫好固定。", "supported"),
        ("用药两周后复查。", "用药四周后复查。", "contradicted"),
    ],
)
def test_quantities_are_compared_in_any_unit(table: ConceptTable, evidence: str, claim: str, label: str) -> None:
    result = verify_claim(evidence, claim, table)
    assert result.label == label, result


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("应规律进食高蛋白、高能量的营养餐。", "应规律进食低蛋白、低能量的清淡餐。"),
        ("Walk 4 times a week for 10 minutes.", "Walk once a week for 10 minutes."),
        ("应每周4次、每次至少10分钟做中等强度运动。", "每周做1次、每次至少10分钟的中等强度运动。"),
        ("我国指南推荐肌内注射维生素K1 1 mg。", "我国指南推荐肌内注射维生素K3 1 mg。"),
        ("Avoid heat for the first couple of days.", "Avoid heat for the first couple of months."),
        (
            "Stay with the child and watch closely, even when breathing looks better.",
            "Stay with the child and watch closely, unless breathing already looks better.",
        ),
        (
            "Take every mention of suicide seriously, including from somebody who has said it before.",
            "Take every mention of suicide seriously, except from somebody who has said it before.",
        ),
        ("请他人清理猫砂，摸过宠物要洗手。", "我们可以清理猫砂，摸过宠物要洗手。"),
        ("Offer the vaccine to girls and boys.", "Offer the vaccine to girls only."),
        ("Wrap the wrist in a dry bandage.", "Wrap the ankle in a dry bandage."),
    ],
)
def test_a_word_in_another_ones_place_is_seen(table: ConceptTable, evidence: str, claim: str) -> None:
    assert verify_claim(evidence, claim, table).label != "supported"
    assert verify_claim(evidence, evidence, table).label == "supported"


@pytest.mark.parametrize(
    ("evidence", "claim"),
    [
        ("The goal is a uric acid below 360 μmol/L.", "The goal is a uric acid below 0.36 mmol/L."),
        ("Wash it daily.", "Wash it once a day."),
        ("Call as soon as the baby is born.", "Call once the baby is born."),
        (
            "Count soup, jelly and ice cream as drinks for the day.",
            "Count ice cream, jelly and soup as drinks for the day.",
        ),
        (
            "不能活动的人要每天查看皮肤和腿肿。",
            "Every day look at the skin and for leg swelling in a person who cannot move.",
        ),
        ("抗生素治不了流感。", "流感吃抗生素不管用。"),
        ("Check the child regularly, also during the night.", "Check the child regularly; the night is no exception."),
        (
            "In hydrocephalus, with or without a shunt, a headache needs assessment.",
            "In hydrocephalus a headache needs assessment, whether or not there is a shunt.",
        ),
        (
            "A Chinese single-hospital study in several wards found less weakness.",
            "A Chinese study in a single hospital and several wards found less weakness.",
        ),
        ("患肢垫高休息，减轻肿胀。", "Rest the affected limb raised to bring the swelling down."),
    ],
)
def test_the_same_in_other_words_is_kept(table: ConceptTable, evidence: str, claim: str) -> None:
    assert verify_claim(evidence, claim, table).label == "supported"


@pytest.mark.parametrize(
    ("evidence", "claim", "kept"),
    [
        ("Do not stop warfarin suddenly.", "Keep taking warfarin.", True),
        ("Avoid grapefruit and eat oats.", "Eat oats.", True),
        ("Avoid grapefruit and eat oats.", "Eat grapefruit.", False),
        ("Avoid grapefruit and eat oats.", "Avoid oats.", False),
        ("Limit coffee.", "Drink plenty of coffee.", False),
        ("睡前不喝咖啡和浓茶。", "睡前避免喝咖啡。", True),
        ("睡前不喝咖啡和浓茶。", "睡前可以喝咖啡。", False),
        ("Keep the bag below the bladder.", "Keep the bag above the bladder.", False),
        ("Bathe the left eye with cooled boiled water.", "Bathe the ear with cooled boiled water.", False),
        ("Check the heels before bedtime.", "Check the heels after bedtime.", False),
    ],
)
def test_direction_is_read_by_clause(table: ConceptTable, evidence: str, claim: str, kept: bool) -> None:
    result = verify_claim(evidence, claim, table)
    assert (result.label == "supported") is kept, result


@pytest.mark.parametrize(
    ("evidence", "claim", "kept"),
    [
        ("Wash the hands, empty the bag, then fit the new one.", "Empty the bag, then fit the new one.", True),
        ("Wash the hands, empty the bag, then fit the new one.", "Fit the new one, then empty the bag.", False),
        ("Check with the doctor before any vaccine.", "A vaccine can be given after checking with the doctor.", True),
        ("Check with the doctor before any vaccine.", "Check with the doctor after any vaccine.", False),
        ("先试行为治疗，再考虑助眠药。", "行为治疗应先于助眠药。", True),
        ("先试行为治疗，再考虑助眠药。", "先用助眠药，再考虑行为治疗。", False),
        ("Never suction until the inner tube is in.", "The inner tube has to be in before anyone suctions.", True),
        ("Never suction until the inner tube is in.", "Suction before the inner tube is in.", False),
        ("See a dentist before treatment, and ask the cancer team before dental work.", "See a dentist first.", True),
        (
            "See a dentist before treatment starts, and ask the cancer team before any dental work.",
            "The cancer team is seen before treatment starts.",
            False,
        ),
        ("咳嗽时用肘部遮挡而不用手。", "咳嗽时用肘部捂住。", True),
        ("咳嗽时用肘部遮挡而不用手。", "咳嗽时用手掌捂住。", False),
    ],
)
def test_what_comes_first_or_is_preferred_may_be_said_otherwise_but_not_the_other_way_round(
    table: ConceptTable, evidence: str, claim: str, kept: bool
) -> None:
    result = verify_claim(evidence, claim, table)
    assert (result.label == "supported") is kept, result


@pytest.mark.parametrize(
    ("evidence", "claim", "kept"),
    [
        (
            "Use a closed bag for a colostomy and a drainable one for an ileostomy.",
            "A closed bag is used for a colostomy.",
            True,
        ),
        (
            "Use a closed bag for a colostomy and a drainable one for an ileostomy.",
            "People with an ileostomy do best with a closed bag.",
            False,
        ),
        (
            "Treat an armpit temperature of 37.5 °C or a rectal temperature of 38 °C as fever.",
            "A rectal temperature of 38 °C counts as fever.",
            True,
        ),
        (
            "Treat an armpit temperature of 37.5 °C or a rectal temperature of 38 °C as fever.",
            "A rectal temperature of 37.5 °C counts as fever.",
            False,
        ),
        ("Only American ginseng has some support.", "American ginseng alone has some support.", True),
        ("Only American ginseng has some support.", "Only Korean ginseng has some support.", False),
    ],
)
def test_what_is_said_of_one_thing_is_not_let_through_for_its_neighbour(
    table: ConceptTable, evidence: str, claim: str, kept: bool
) -> None:
    result = verify_claim(evidence, claim, table)
    assert (result.label == "supported") is kept, result


@pytest.mark.parametrize(
    ("evidence", "claim", "kept"),
    [
        (
            "A facial droop without a rash is treated as a stroke.",
            "A facial droop with no rash is treated as a stroke.",
            True,
        ),
        (
            "A facial droop without a rash is treated as a stroke.",
            "A facial droop with a rash is treated as a stroke.",
            False,
        ),
        ("每周不超过3天。", "一周不要超过三天。", True),
        ("每周不超过3天。", "一周要超过三天。", False),
        ("Such people need care at once even if they look well.", "即使看上去没事，也要马上就医。", True),
        ("Such people need care at once.", "这样的人没事，不用担心。", False),
        ("饮酒会扰乱睡眠。", "Alcohol disturbs sleep.", True),
        ("饮酒会扰乱睡眠。", "Alcohol does not disturb sleep.", False),
        ("血钾达到6.5 mmol/L，即使没有症状也应立即送医院。", "血钾达到6.5 mmol/L，没有症状也要马上送医院。", True),
        ("血钾达到6.5 mmol/L，即使没有症状也应立即送医院。", "血钾达到6.5 mmol/L，有了症状才需要马上送医院。", False),
        ("消毒纸巾不能代替洗手。", "不能用消毒纸巾代替洗手。", True),
        ("消毒纸巾不能代替洗手。", "消毒纸巾可以代替洗手。", False),
        ("Throw away what is left after the feed.", "Discard what is left after the feed.", True),
        ("Throw away what is left after the feed.", "Never discard what is left after the feed.", False),
        ("Deodorant may be used on unbroken skin.", "Deodorant can be used where the skin is unbroken.", True),
        ("Deodorant may be used on unbroken skin.", "Deodorant must be kept off the skin even if unbroken.", False),
        ("Take the tablets and keep taking them until told to stop.", "Keep taking the tablets.", True),
        ("Take the tablets and keep taking them until told to stop.", "Stop taking the tablets.", False),
    ],
)
def test_denials_are_read_whatever_the_words(table: ConceptTable, evidence: str, claim: str, kept: bool) -> None:
    result = verify_claim(evidence, claim, table)
    assert (result.label == "supported") is kept, result


@pytest.mark.parametrize(
    ("evidence", "claim", "kept"),
    [
        ("Ask about low mood in people on interferon.", "People on interferon are asked about low mood.", True),
        ("Ask about low mood in people on interferon.", "People on glatiramer are asked about low mood.", False),
        ("使用氯霉素者定期查血。", "People on chloramphenicol have regular blood tests.", True),
        ("使用氯霉素者定期查血。", "People on vancomycin have regular blood tests.", False),
        ("Walk for 20 minutes on most days.", "Walking for 20 minutes on most days is advised.", True),
        ("Walk for 20 minutes on most days.", "Athletes walk for 20 minutes on most days.", False),
        ("Use a pad during pregnancy.", "During pregnancy the woman uses a pad.", True),
        ("Use a pad during pregnancy.", "During pregnancy the man uses a pad.", False),
        ("头痛者应尽快告知医生。", "Tell the doctor about a headache as soon as possible.", True),
        (
            "头痛者应尽快告知医生。",
            "Tell the doctor about a headache as soon as possible and skip the next dose.",
            False,
        ),
        ("Tell the doctor about a headache.", "The doctor should be told of a headache.", True),
        ("Tell the doctor about a headache.", "A headache is harmless; tell the doctor about it.", False),
        ("学会比较双足的皮肤温度。", "Learn to compare the skin temperature of both feet.", True),
        ("学会比较双足的皮肤温度。", "Learn to compare the skin temperature of both hands.", False),
    ],
)
def test_nobody_and_nothing_is_named_that_the_passage_does_not_name(
    table: ConceptTable, evidence: str, claim: str, kept: bool
) -> None:
    result = verify_claim(evidence, claim, table)
    assert (result.label == "supported") is kept, result


def test_what_is_known_of_the_patient_may_be_named(table: ConceptTable) -> None:
    claim = "With chronic kidney disease limit salt."
    assert verify_claim("Limit salt.", claim, table).label != "supported"
    assert verify_claim("Limit salt.", claim, table, facts=["chronic_kidney_disease"]).label == "supported"


def test_a_drafted_answer_is_checked_sentence_by_sentence(table: ConceptTable) -> None:
    quotes = {1: EVIDENCE, 2: "Weigh yourself every morning before breakfast."}
    draft = (
        "- Limit sodium to less than 2 g a day [1]. Weigh yourself every morning before breakfast. [2]\n"
        "- Eat bananas.\n- Avoid NSAIDs [1][7].\n- Take NSAIDs [1]."
    )
    checked = check_sentences(draft, quotes, table)
    assert [c.kept for c in checked] == [True, True, False, False, False]
    assert [c.citations for c in checked] == [(1,), (2,), (), (1, 7), (1,)]
    assert "cites nothing" in checked[2].reasons[0]
    assert "[7]" in checked[3].reasons[0]


class _FixedEmbedder:
    name, dim = "fixed", 2

    def __init__(self, cosine: float) -> None:
        self.cosine = cosine

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1, 0], [self.cosine, (1 - self.cosine**2) ** 0.5]], np.float32)[: len(texts)]

    def query(self, text: str) -> Vectors:
        return self.passages([text])[0]


def test_with_an_embedder_the_meaning_has_to_be_near(table: ConceptTable) -> None:
    claim = "Avoid NSAIDs in heart failure."
    assert verify_claim(EVIDENCE, claim, table, _FixedEmbedder(0.95)).label == "supported"
    far = verify_claim(EVIDENCE, claim, table, _FixedEmbedder(0.3))
    assert far.label == "unsupported"
    assert "something else" in far.reasons[0]


def test_an_entailment_model_has_its_say_but_does_not_overrule_numbers(table: ConceptTable) -> None:
    claim, wrong = "Avoid NSAIDs in heart failure.", "Limit sodium to less than 5 g a day in heart failure."

    class Model:
        config = SimpleNamespace(id2label={0: "CONTRADICTION", 1: "ENTAILMENT", 2: "NEUTRAL"})

        def __init__(self, *scores: float) -> None:
            self.scores = np.array([scores])

        def predict(self, pairs: object, apply_softmax: bool) -> object:
            return self.scores

    against, agrees = nli_from(Model(0.9, 0.05, 0.05)), nli_from(Model(0.02, 0.95, 0.03))
    assert verify_claim(EVIDENCE, claim, table, nli=against).label == "contradicted"
    assert verify_claim(EVIDENCE, claim, table, nli=agrees).label == "supported"
    assert verify_claim(EVIDENCE, wrong, table, nli=agrees).label == "contradicted"
    Model.config = SimpleNamespace(id2label={0: "yes", 1: "no"})
    with pytest.raises(InputError, match="labels"):
        nli_from(Model(0.5, 0.5))


def test_the_suite_reports_figures_by_kind_and_language(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "lang": "en", "evidence": EVIDENCE, "claim": EVIDENCE, "label": "supported", "kind": "subset"},
        {"id": "b", "lang": "en", "evidence": EVIDENCE, "claim": "Eat bananas.", "label": "unsupported", "test": True},
    ]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = run(path)
    assert {part: [r["right"] for r in rows] for part, rows in report["parts"].items()} == {
        "dev": [1.0, 1.0, 1.0],
        "test": [1.0, 1.0, 1.0],
    }
    assert "kind subset" in plain(report)


def test_a_sentence_that_is_not_in_the_cited_passage_is_dropped(care: Assistant) -> None:
    version = care.searcher.version
    book = CitationBook(version.passage_of, version.document, "en")
    statement = next(iter(care.knowledge.statements.values()))
    (item,) = recommend([Chosen(statement, (), 1.0)], "nurse", "en", book)
    sound = exact_quotes(book.citations, version.document)
    assert supported([item], book.citations, sound) == [item]
    for forged in (
        item.model_copy(update={"text": "Eat as many bananas as you like."}),
        item.model_copy(update={"citations": ()}),
        item.model_copy(update={"citations": (99,)}),
        item.model_copy(update={"escalate_when": "Never call anybody."}),
    ):
        assert supported([forged], book.citations, sound) == []


def test_a_quote_that_is_not_the_documents_text_is_unsound(care: Assistant) -> None:
    version = care.searcher.version
    book = CitationBook(version.passage_of, version.document, "en")
    statement = next(iter(care.knowledge.statements.values()))
    (item,) = recommend([Chosen(statement, (), 1.0)], "nurse", "en", book)
    forged = [citation.model_copy(update={"quote": citation.quote + "!"}) for citation in book.citations]
    assert exact_quotes(forged, version.document) == set()
    assert supported([item], forged, exact_quotes(forged, version.document)) == []


def test_no_word_of_the_thesaurus_says_the_same_and_something_else() -> None:
    with (DATA / "language" / "thesaurus.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    words = [row["word"] for row in rows]
    assert len(words) == len(set(words))
    assert not [row["word"] for row in rows if set(row["same"].split("|")) & set(row["other"].split("|")) - {""}]
    assert not [row["word"] for row in rows if row["word"] in (*row["same"].split("|"), *row["other"].split("|"))]


@pytest.mark.parametrize("claim", ["以前犯过糊涂的人，蛋白质要吃够。", "前倾咳嗽，取出内套管，吸痰。"])
def test_a_claim_that_begins_with_a_word_of_order_is_judged(claim: str, table: ConceptTable) -> None:
    assert verify_claim("先取出内套管，再吸痰；蛋白质照常吃。", claim, table).label != "supported"
