from __future__ import annotations

import pytest

from assistant import Patient, Settings
from assistant.assistant import triage
from assistant.facts import PatientFacts
from assistant.intake import read
from assistant.knowledge import Knowledge
from assistant.triage import LEVELS

EMERGENCIES = [
    ("I have crushing chest pain", "胸口像压了块石头"),
    ("His face is drooping and he cannot lift his arm", "嘴歪了，胳膊抬不起来"),
    ("She can't catch her breath even at rest", "坐着不动也喘不上气"),
    ("My tongue is swelling and I have hives", "舌头肿了，喘不过气"),
    ("bleeding that won't stop", "出血止不住"),
    ("He is vomiting blood", "他吐血了"),
    ("She had a seizure and is unresponsive", "她抽搐了，叫不醒"),
    ("the worst headache of my life, came on suddenly", "突然剧烈头痛，像炸开一样"),
    ("I want to kill myself", "我不想活了"),
    ("My father collapsed and is unconscious", "我爸晕倒了，叫不醒"),
]
CALM = [
    ("no chest pain, no breathlessness", "没有胸痛，没有呼吸困难"),
    ("What should I do if someone has a stroke?", "如果有人胸痛该怎么办？"),
    ("My neighbour had chest pain", "邻居胸痛去医院了"),
    ("What can I eat with a gastric ulcer?", "胃溃疡能喝牛奶吗？"),
]


def level(text: str, knowledge: Knowledge, patient: Patient | None = None) -> str:
    return triage(text, patient or Patient(), knowledge, Settings(_env_file=None)).level


@pytest.mark.parametrize("text", [text for pair in EMERGENCIES for text in pair])
def test_the_commonest_red_flags_are_emergencies_in_both_languages(knowledge: Knowledge, text: str) -> None:
    urgency = triage(text, Patient(age_years=60), knowledge, Settings(_env_file=None))
    assert urgency.level == "emergency"
    assert urgency.reasons
    assert all(reason.because for reason in urgency.reasons)


@pytest.mark.parametrize("text", [text for pair in CALM for text in pair])
def test_negated_hypothetical_and_other_peoples_signs_raise_no_alarm(knowledge: Knowledge, text: str) -> None:
    assert LEVELS.index(level(text, knowledge)) <= LEVELS.index("routine")  # type: ignore[arg-type]


def test_the_operators_emergency_number_is_the_one_shown(knowledge: Knowledge) -> None:
    urgency = triage("crushing chest pain", Patient(), knowledge, Settings(emergency_number="15", _env_file=None))
    assert "15" in urgency.action


def test_news2_raises_but_never_lowers_the_level(knowledge: Knowledge) -> None:
    ill = Patient(age_years=70, vitals={"respiratory_rate": 28, "spo2": 88, "heart_rate": 135, "systolic_bp": 88})
    well = Patient(age_years=70, vitals={"respiratory_rate": 16, "spo2": 98, "on_oxygen": False, "systolic_bp": 120,
                                         "heart_rate": 70, "consciousness": "A", "temperature_c": 37})  # fmt: skip
    assert level("How is he?", knowledge, ill) == "emergency"
    assert level("crushing chest pain", knowledge, well) == "emergency"
    assert level("What may he eat?", knowledge, well) == "self_care"


@pytest.mark.parametrize(("potassium", "at_least"), [(6.6, "emergency"), (6.2, "urgent")])
def test_a_dangerous_potassium_is_seen_without_any_words(knowledge: Knowledge, potassium: float, at_least: str) -> None:
    got = level("What may he eat?", knowledge, Patient(labs={"potassium_mmol_l": potassium}))
    assert LEVELS.index(got) >= LEVELS.index(at_least)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("My 3-year-old fell off the sofa and has been sick twice.", "emergency"),
        ("娃从床上掉下来后一直睡，叫他没啥精神", "emergency"),
        ("my son, 10, fell off his bike last year and has a tummy bug and vomiting now", "routine"),
    ],
)
def test_a_childs_fall_with_signs_of_a_head_injury_nobody_saw(knowledge: Knowledge, text: str, right: str) -> None:
    assert level(text, knowledge) == right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("拉肚子两天了，在吃利尿片和二甲双胍", "urgent"),
        ("on furosemide and metformin, had the runs since yesterday", "urgent"),
        ("on metformin only, had the runs once", "self_care"),
    ],
)
def test_diarrhoea_on_two_medicines_for_sick_days_is_seen_the_same_day(
    knowledge: Knowledge, text: str, right: str
) -> None:
    assert level(text, knowledge) == right


@pytest.mark.parametrize(
    "text", ["82岁糖尿病，刚打完胰岛素手抖出冷汗", "He has diabetes and is shaky and sweating after his insulin"]
)
def test_signs_of_low_glucose_after_insulin_are_urgent(knowledge: Knowledge, text: str) -> None:
    assert LEVELS.index(level(text, knowledge)) >= LEVELS.index("urgent")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "me dad's gob has gone all lopsided and he's talking gibberish",
        "got a band round my chest like it's in a vice and I'm dripping with sweat",
        "bairn's gone blue round the mouth and keeps stopping breathing",
        "cant brethe, inhaler doing nothing",
        "He's necked thirty of his mum's tablets",
        "I'm stood on the ledge of the car park roof",
        "loop of cord hanging out since her waters broke",
        "his leg is like ice and white as marble, can't feel it",
        "baby is floppy and I can't rouse him for a feed",
        "bleach splashed in my eye",
        "he's fitting and it isn't stopping",
        "I can't move my legs after coming off the ladder",
        "temp of 38.4 and I'm having chemo",
        "my tongue is getting huge since I started a new tablet",
        "After taking phenelzine I ate aged cheese and have a pounding headache",
        "吃着苯乙肼，吃了腊肠后头疼得厉害",
        "吃了头孢喝了酒，胸闷喘不上气",
        "I injected insulin twice by mistake and I'm shaking",
        "I have a stiff jaw after a rusty nail wound",
        "Since diving yesterday my elbow and shoulder joints hurt",
        "潜水后关节疼",
        "高原反应，头疼呕吐，走路不稳",
        "he inhaled a peanut and has been coughing ever since",
        "孩子吃花生呛到后一直咳嗽",
        "haemophilia and a bad headache since this morning",
        "my diabetic husband's toe has turned black",
        "rash with blisters and sores in my mouth after new epilepsy tablets",
        "my wound burst open and I can see the bowel",
        "nosebleed for 20 minutes and I take warfarin",
        "palpitations and short of breath",
        "I stopped drinking two days ago and I'm shaking and seeing things",
        "hydrofluoric acid splashed on my hand and burns",
        "硫酸溅到手上",
        "I threw up bright green",
    ],
)
def test_free_wording_of_an_emergency_is_seen(knowledge: Knowledge, text: str) -> None:
    assert level(text, knowledge) == "emergency"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I had a heart attack in 2012 and would like to know about swimming", "routine"),
        ("My neighbour died of a stroke; I feel fine", "self_care"),
        ("How would I know if my baby had meningitis?", "self_care"),
        ("Please can I have a repeat prescription", "routine"),
        ("The redness on my shin has spread past the pen line", "urgent"),
        ("deep gash on my knee, edges gaping, bleeding has stopped", "urgent"),
        ("I've been thinking I'd rather be dead but I have no plans", "urgent"),
        ("runny nose and sneezing since yesterday", "self_care"),
        ("a mosquito bite that itches", "self_care"),
        ("my shoulder has ached for three months", "routine"),
        ("Can I eat cheese on phenelzine?", "self_care"),
        ("吃头孢可以喝酒吗", "self_care"),
        ("吃头孢后喝酒，现在脸红心慌", "urgent"),
        ("Took my insulin twice by mistake", "urgent"),
        ("I take insulin twice a day", "routine"),
        ("Can I go scuba diving with asthma?", "routine"),
        ("去高原要注意什么", "self_care"),
        ("血友病膝盖肿了", "urgent"),
        ("jaw is stiff from a toothache", "routine"),
        ("昨晚无保护性行为，怕感染艾滋", "urgent"),
        ("门牙磕掉了，还连着血", "urgent"),
    ],
)
def test_the_level_of_what_is_no_emergency(knowledge: Knowledge, text: str, expected: str) -> None:
    assert level(text, knowledge) == expected


def test_somebody_about_to_end_their_life_is_spoken_to_calmly_and_directly(knowledge: Knowledge) -> None:
    urgency = triage("I'm on the bridge and want to end it", Patient(), knowledge, Settings(_env_file=None))
    assert urgency.level == "emergency"
    assert "step back to a safe place" in urgency.action


def test_a_past_illness_is_history_for_advice_and_no_alarm(knowledge: Knowledge) -> None:
    facts = PatientFacts(Patient(), read("She had a stroke in 2016", knowledge.table), knowledge.table)
    assert "stroke" in facts.present
    assert "stroke" not in facts.now.present
