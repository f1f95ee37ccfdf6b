from __future__ import annotations

import pytest

from assistant import Answer, Assistant, Patient
from corpus.load import DATA, read_yaml

CKD_ON_IBUPROFEN = Patient(age_years=72, sex="male", conditions=["ckd stage 4"], medications=["ibuprofen"])


def _ids(answer: Answer) -> set[str]:
    return {item.id for item in answer.recommendations}


@pytest.mark.parametrize(
    ("question", "patient", "belongs"),
    [
        ("I have crushing chest pain going down my arm", Patient(age_years=58), "coronary_heart_disease-heart-attack"),
        ("胸口压榨痛二十分钟，出冷汗", Patient(age_years=60, conditions=["高血压"]), "pain-sudden-severe"),
        ("burned with boiling water, both legs blistering", Patient(age_years=4), "burns-cool-20-minutes"),
        (
            "her trachy is blocked and she is going blue",
            Patient(age_years=60, devices=["tracheostomy"]),
            "tracheostomy_care-blocked-tube",
        ),
        ("血糖2.8，出冷汗手抖", Patient(age_years=68, medications=["胰岛素"]), "hypoglycaemia-severe"),
        ("hit her head, vomiting, on warfarin", Patient(age_years=83), "falls-head-injury-watch"),
        ("34 weeks pregnant, headache, flashing lights, BP 170/112", Patient(pregnant=True), "pre_eclampsia-symptoms"),
        ("产后大出血，头晕", Patient(age_years=30, sex="female"), "postnatal_care-heavy-bleeding"),
    ],
)
def test_an_emergency_answer_says_what_belongs_to_it(
    care: Assistant, question: str, patient: Patient, belongs: str
) -> None:
    answer = care.ask(question, patient)
    assert answer.urgency.level == "emergency"
    assert any(one.startswith(belongs) for one in _ids(answer))


@pytest.mark.parametrize(
    ("question", "patient", "strange"),
    [
        ("胸口压榨痛二十分钟，出冷汗", Patient(age_years=60, sex="male"), ("pain-cold", "pain-heat")),
        ("crushing chest pain for 20 minutes", CKD_ON_IBUPROFEN, ("pain-otc-nsaid", "chronic_kidney_disease-avoid")),
        (
            "我妈80岁突然糊涂，发烧，尿少",
            Patient(age_years=80),
            ("pancreatitis", "dehydration", "depression", "heat_and"),
        ),
        (
            "He is sweaty and confused, glucose 2.4",
            Patient(conditions=["ckd stage 4", "type 2 diabetes"]),
            ("chronic_kidney_disease", "type_2_diabetes-dka"),
        ),
        ("产后大出血，头晕", Patient(age_years=30, sex="female"), ("heat_and_cold", "postnatal_care-self-harm")),
        ("my 6 week old has a fever of 38.5", Patient(), ("child_fever-clothing", "child_fever-no-alcohol", "immunis")),
        ("撞到头以后一直吐，嗜睡", Patient(age_years=6), ("dehydration", "heat_and_cold", "immunisation")),
    ],
)
def test_an_emergency_answer_says_nothing_else(
    care: Assistant, question: str, patient: Patient, strange: tuple[str, ...]
) -> None:
    answer = care.ask(question, patient)
    assert answer.urgency.level == "emergency"
    assert not [one for one in _ids(answer) if one.startswith(strange)]


def test_in_an_emergency_nobody_is_told_to_be_seen_later(care: Assistant) -> None:
    for question in ("我妈80岁突然糊涂，发烧，尿少", "80 years old, suddenly confused, fever 39, BP 88/50"):
        answer = care.ask(question, Patient(age_years=80), audience="patient")
        assert answer.urgency.level == "emergency"
        assert not any("same day" in item.text or "当天" in item.text for item in answer.recommendations)


def test_in_an_emergency_only_what_was_asked_about_is_held_back(care: Assistant) -> None:
    told = care.ask("crushing chest pain for 20 minutes", Patient(age_years=60))
    assert not told.held_back
    asked = care.ask(
        "My meter says 2.9 and I'm shaky. Can I drive home?",
        Patient(age_years=57, conditions=["type 2 diabetes"], medications=["gliclazide"]),
    )
    assert any(item.id.endswith("/driving") for item in asked.held_back)


def test_a_reaction_during_a_transfusion_is_an_emergency_and_a_planned_one_is_not(care: Assistant) -> None:
    assert care.triage("transfusion running, now rigors and temp 39").level == "emergency"
    assert care.triage("输血过程中发冷寒战").level == "emergency"
    assert care.triage("She is having a blood transfusion tomorrow, what should we check?").level != "emergency"


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("孕32周脚肿头痛眼花", "pre_eclampsia"),
        ("32 weeks pregnant, bad headache and flashing lights", "pre_eclampsia"),
        ("突然半边身子麻，嘴歪", "stroke"),
        ("Dad is suddenly breathless, his calf is swollen after a hip operation", "venous_thromboembolism"),
        ("72 year old, fever 39.5, confused, skin blotchy", "sepsis"),
    ],
)
def test_what_the_alarm_suspects_is_spoken_of_and_how_to_relax_is_not(
    question: str, topic: str, care: Assistant
) -> None:
    answer = care.ask(question)
    assert answer.urgency.level == "emergency"
    assert topic in {care.knowledge.topic_of[r.id] for r in answer.recommendations}
    assert "headache-rest-relax" not in {r.id for r in answer.recommendations}


def test_in_an_emergency_no_home_care_is_shown_and_first_aid_is(care: Assistant) -> None:
    named = read_yaml(DATA / "language" / "urgency.yaml")["home_care"]
    assert all(name in care.knowledge.table for name in named)
    assert "diarrhoea-soap-and-water" not in _ids(care.ask("On lithium, diarrhoea for 3 days, shaky hands"))
    assert "nosebleed-pinch-and-lean" in _ids(care.ask("Nosebleed for 40 minutes on apixaban"))
