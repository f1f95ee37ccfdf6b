"""What people say of falls, small wounds, spirits, drink and results, and what only sounds like it."""

from __future__ import annotations

import pytest

from assistant import Assistant, Patient
from assistant.assistant import triage
from assistant.intake import read
from assistant.knowledge import Knowledge
from assistant.settings import Settings
from corpus.concepts import ConceptTable

MEANT = [
    ("My mother fell this morning", "fall_history"),
    ("我妈早上摔了", "fall_history"),
    ("阿婆跌咗落床", "fall_history"),
    ("娃儿从沙发滚下来", "fall_history"),
    ("I feel very low", "low_mood"),
    ("my patient feels very down today", "low_mood"),
    ("心里难受没劲", "low_mood"),
    ("I stopped drinking 2 days ago", "alcohol_use"),
    ("my 2 month old is not drinking", "baby_not_feeding"),
    ("He knocked out my tooth", "tooth_knocked_out"),
    ("孩子磕掉了门牙", "tooth_knocked_out"),
    ("I cut my finger", "wound"),
    ("切菜切到手指了", "wound"),
    ("My toddler keeps banging his head on the cot", "head_injury"),
    ("I have had anorexia since I was 15", "anorexia_nervosa"),
    ("anorexia and weight loss in a man with cancer", "poor_appetite"),
    ("The cord stump has pus and smells", "umbilical_infection"),
    ("宝宝脐带流脓", "newborn"),
    ("I think I gave her insulin twice", "insulin_too_much"),
    ("she sleeps all day since the new patch", "drowsiness"),
    ("两天冇小便，个肚胀卜卜", "urinary_retention"),
    ("picc line arm swollen and sore", "line_infection"),
    ("卡鱼刺了，咽口水都疼", "swallowed_object"),
    ("输液的时候突然发冷打颤", "transfusion_reaction"),
    ("there's a clot in my calf", "deep_vein_thrombosis"),
    ("he's peeing like a racehorse", "polyuria"),
    ("trachy tube is blocked", "tracheostomy"),
    ("he is kept NBM", "nil_by_mouth"),
    ("腿血管堵了", "peripheral_arterial_disease"),
    ("两只手痒得要命", "itch"),
    ("Dad's diabetic foot sore has gone smelly", "diabetic_foot"),
]
NOT_MEANT = [
    ("dad fell asleep in the chair", "fall_history"),
    ("My wife fell pregnant", "fall_history"),
    ("I slipped a disc", "fall_history"),
    ("I nearly fell", "fall_history"),
    ("her BP fell to 80/40", "fall_history"),
    ("I feel low on energy", "low_mood"),
    ("I stopped drinking 2 days ago", "baby_not_feeding"),
    ("he has stopped drinking, dementia", "alcohol_use"),
    ("He knocked out my tooth", "fainting"),
    ("I cut my toenails", "wound"),
    ("My toddler keeps banging his head on the cot", "headache"),
    ("my head is banging", "head_injury"),
    ("anorexia and weight loss in a man with cancer", "anorexia_nervosa"),
    ("stoma has gone black", "black_stool"),
    ("老妈吃着保钾的利尿片", "nappy_change"),
    ("下肢深静脉血栓", "central_line"),
    ("Care home nurse here", "golf"),
    ("奶胀得像石头，发烧", "headache"),
    ("骨头痛", "headache"),
    ("脚后跟红了一块，按着不褪色", "non_blanching_rash"),
    ("Can I take the lot together at breakfast with a latte?", "suicidal_thoughts"),
    ("my nose is so blocked I can't breathe", "breathlessness_at_rest"),
    ("give insulin twice a day", "insulin_too_much"),
]


@pytest.mark.parametrize(("text", "concept"), MEANT)
def test_what_is_said_at_home_is_understood(table: ConceptTable, text: str, concept: str) -> None:
    assert concept in read(text, table).concepts("present")


@pytest.mark.parametrize(("text", "concept"), NOT_MEANT)
def test_what_only_sounds_like_it_is_not(table: ConceptTable, text: str, concept: str) -> None:
    assert concept not in read(text, table).concepts("present", "uncertain")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("My baby fell off the bed", "urgent"),
        ("宝宝从床上掉下来了", "urgent"),
        ("My husband fell off the bed", "routine"),
        ("I've got all her tablets here and I'm going to take the lot", "emergency"),
        ("屁股上有紫点按下去不褪，发烧", "emergency"),
        ("plt 18, nose bleeding", "emergency"),
        ("血小板15，牙龈出血", "emergency"),
        ("bleeding gums when I brush", "routine"),
    ],
)
def test_how_urgent_it_is(knowledge: Knowledge, text: str, level: str) -> None:
    assert triage(text, Patient(), knowledge, Settings(_env_file=None)).level == level


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("sodium 118", "sodium_mmol_l", 118.0),
        ("血钠118", "sodium_mmol_l", 118.0),
        ("calcium 9.8 mg/dL", "calcium_mmol_l", 2.4451),
        ("calcium 3.1", "calcium_mmol_l", 3.1),
        ("Hb 12.5", "hb_g_l", 125.0),
        ("Hb 72", "hb_g_l", 72.0),
        ("creatinine 1.8", "creatinine_umol_l", 159.12),
        ("glucose 126", "glucose_mmol_l", 6.993),
        ("potassium went from 5.1 to 6.4 overnight", "potassium_mmol_l", 6.4),
        ("血钾从5.0升到6.6", "potassium_mmol_l", 6.6),
    ],
)
def test_a_result_without_a_unit_is_read_where_only_one_unit_is_possible(
    table: ConceptTable, text: str, key: str, value: float
) -> None:
    assert read(text, table).numbers.labs == {key: pytest.approx(value)}


def test_a_result_is_nothing_to_eat(table: ConceptTable) -> None:
    assert "sodium" not in read("sodium 128, what to watch", table).concepts("present", "hypothetical")
    assert "sodium" in read("how much sodium may she eat, her potassium is 4", table).concepts(
        "present", "hypothetical"
    )


@pytest.mark.parametrize(
    "text", ["sodium 1500 mg a day limit", "calcium 600 mg tablets", "low sodium diet 2 g", "sugars 4 to 7"]
)
def test_what_is_eaten_or_aimed_at_is_no_result(table: ConceptTable, text: str) -> None:
    numbers = read(text, table).numbers
    assert not numbers.labs
    assert not numbers.doubts


def test_a_result_dangerous_in_either_unit_is_asked_about(care: Assistant) -> None:
    answer = care.ask("glucose 30, what should I check?")
    assert answer.urgency.level == "emergency"
    assert any("mg/dL" in question for question in answer.ask_next)
    assert not any("mg/dL" in question for question in care.ask("glucose 12, what should I check?").ask_next)


@pytest.mark.parametrize("text", ["breathing 6 a minute on fentanyl patch", "贴着芬太尼，一分钟喘6次"])
def test_breaths_counted_in_words_are_read(knowledge: Knowledge, text: str) -> None:
    assert triage(text, Patient(), knowledge, Settings(_env_file=None)).level == "emergency"


def test_a_newborns_cord_gets_no_advice_on_wounds(care: Assistant) -> None:
    answer = care.ask("宝宝脐带流脓怎么办", audience="patient")
    assert "rf-umbilical-infection" in {reason.rule for reason in answer.urgency.reasons}
    assert "rf-skin-infection" not in {reason.rule for reason in answer.urgency.reasons}
    assert "newborn_care-cord-infection" in {item.id for item in answer.recommendations}


@pytest.mark.parametrize("question", ["Can my 3 year old have nuts?", "3岁孩子能吃坚果吗"])
def test_what_no_child_may_have_is_answered_without_advice_for_the_illnesses_of_others(
    care: Assistant, question: str
) -> None:
    answer = care.ask(question)
    assert any(item.id == "ci-child-choking-food/nuts" for item in answer.held_back)
    assert not any(
        item.id.startswith(("stroke", "dysphagia", "kidney_stones", "stoma")) for item in answer.recommendations
    )


def test_moderation_in_pregnancy_does_not_hold_back_what_helps(care: Assistant) -> None:
    answer = care.ask("Can I eat prunes for constipation?", Patient(pregnant=True, age_years=30))
    assert "constipation-prunes" in {item.id for item in answer.recommendations}
    high = Patient(conditions=["ckd stage 4"], labs={"potassium_mmol_l": 6.0})
    assert "constipation-prunes" not in {
        item.id for item in care.ask("Can I eat prunes for constipation?", high).recommendations
    }


def test_general_advice_for_an_illness_names_it(care: Assistant) -> None:
    for question in ("I have a cold, can I take Lemsip?", "感冒了能吃泰诺吗"):
        ids = {item.id for item in care.ask(question, Patient(age_years=40), audience="patient").recommendations}
        assert not any(one.startswith(("heat_and_cold", "parkinsons", "dementia", "anxiety")) for one in ids)


def test_what_was_said_not_to_be_is_told_as_such(care: Assistant) -> None:
    from assistant.answer import Because
    from assistant.compose import fact_text

    assert fact_text(Because(field="absent", value="ibuprofen"), "en") == "no ibuprofen, as told"
    assert fact_text(Because(field="absent", value="布洛芬"), "zh") == "已说明无布洛芬"


def test_an_incomplete_score_reads_as_a_sentence(knowledge: Knowledge) -> None:
    told = triage("呼吸28，血压88/50，心率125", Patient(), knowledge, Settings(_env_file=None))
    assert any(reason.text.startswith("NEWS2评分至少8分（高风险）") for reason in told.reasons)
