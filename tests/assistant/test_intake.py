from __future__ import annotations

import pytest

from assistant.facts import PatientFacts
from assistant.intake import merge, read
from assistant.patient import Patient
from corpus.concepts import ConceptTable
from corpus.conditions import evaluate


@pytest.mark.parametrize(
    ("text", "concept", "status"),
    [
        ("I have chest pain", "chest_pain", "present"),
        ("no chest pain", "chest_pain", "absent"),
        ("He denies chest pain, cough or fever", "fever", "absent"),
        ("No fever, but chest pain since morning", "chest_pain", "present"),
        ("If I get chest pain, whom do I call?", "chest_pain", "hypothetical"),
        ("My neighbour had chest pain", "chest_pain", "other"),
        ("chest pain five years ago", "chest_pain", "past"),
        ("The chest pain is not going away", "chest_pain", "present"),
        ("没有呼吸困难", "breathlessness", "absent"),
        ("无胸痛、发热", "fever", "absent"),
        ("没有发烧，但是胸痛", "chest_pain", "present"),
        ("胸痛没有缓解", "chest_pain", "present"),
        ("如果胸痛怎么办", "chest_pain", "hypothetical"),
        ("邻居胸痛", "chest_pain", "other"),
        ("否认胸痛，发热，咳嗽", "cough", "absent"),
        ("怎样减少冠心病发作", "coronary_heart_disease", "hypothetical"),
        ("How can I prevent a stroke?", "stroke", "hypothetical"),
        ("可以吃布洛芬吗", "ibuprofen", "hypothetical"),
        ("他在吃布洛芬", "ibuprofen", "present"),
        ("She takes warfarin every day", "warfarin", "present"),
    ],
)
def test_the_status_of_a_finding(table: ConceptTable, text: str, concept: str, status: str) -> None:
    statuses = {f.status for f in read(text, table).findings if table.is_a(f.concept, concept)}
    assert statuses == {status}


@pytest.mark.parametrize(
    ("text", "concept", "status"),
    [
        ("Her chest isn't painful at all", "chest_pain", "absent"),
        ("In 2014 I collapsed and was vomiting blood", "vomiting_blood", "past"),
        ("I had a clot ten years ago, I was breathless and coughing up blood", "haemoptysis", "past"),
        ("He had a stroke two years ago and now his face has dropped", "facial_droop", "present"),
        ("As a child I had a seizure after a fever", "seizure", "past"),
        ("What are the warning signs of sepsis, such as mottled skin?", "mottled_skin", "hypothetical"),
        ("If she ever stopped breathing, what would we do?", "apnoea", "hypothetical"),
        ("We're on a course about anaphylaxis and a swollen tongue", "tongue_swelling", "hypothetical"),
        ("A man down our road collapsed last week, I feel fine", "fainting", "other"),
        ("My uncle died after coughing up blood", "haemoptysis", "other"),
        ("My neighbour has just collapsed and isn't breathing", "apnoea", "present"),
        ("My mum has crushing chest pain", "chest_pain", "present"),
        ("The pain doesn't go away and my chest is tight", "chest_pain", "present"),
    ],
)
def test_what_a_whole_sentence_is_about(table: ConceptTable, text: str, concept: str, status: str) -> None:
    assert {f.status for f in read(text, table).findings if table.is_a(f.concept, concept)} == {status}


def test_spans_lie_in_the_text_as_it_was_written(table: ConceptTable) -> None:
    text = "i cant brethe and my tonge is swolen"
    spans = {f.concept: text[f.start : f.end] for f in read(text, table).findings}
    assert spans["breathlessness_at_rest"] == "cant brethe"
    assert spans["tongue_swelling"] == "tonge is swolen"


def test_a_number_in_a_story_is_nobodys_measurement(table: ConceptTable) -> None:
    numbers = read("Her potassium was 7.1 in 2019. Today's potassium 4.4, she feels well", table).numbers
    assert numbers.labs == {"potassium_mmol_l": 4.4}
    assert read("What should I do if his pulse is 30?", table).numbers.vitals == {}


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("burning up at 39.4", "temperature_c", 39.4),
        ("my heart is going like mad at 180", "heart_rate", 180),
        ("the temp has come down to 37.2", "temperature_c", 37.2),
        ("his sats have dropped to 86", "spo2", 86),
    ],
)
def test_numbers_told_in_running_words(table: ConceptTable, text: str, key: str, value: float) -> None:
    assert read(text, table).numbers.vitals.get(key) == value


@pytest.mark.parametrize(
    ("text", "labs", "vitals"),
    [
        ("BP 158/92, K 5.6, SpO2 91% on 2L, T 38.9", {"potassium_mmol_l": 5.6},
         {"systolic_bp": 158.0, "diastolic_bp": 92.0, "spo2": 91.0, "on_oxygen": True, "oxygen_flow_l_min": 2.0,
          "temperature_c": 38.9}),
        ("血压158/92，血钾5.6，血氧饱和度95%，体温38.5℃", {"potassium_mmol_l": 5.6},
         {"systolic_bp": 158.0, "diastolic_bp": 92.0, "spo2": 95.0, "temperature_c": 38.5}),
        ("glucose 180 mg/dL", {"glucose_mmol_l": pytest.approx(10, abs=0.05)}, {}),
        ("pulse is 112, RR 24", {}, {"heart_rate": 112.0, "respiratory_rate": 24.0}),
    ],
)  # fmt: skip
def test_numbers_in_shorthand(table: ConceptTable, text: str, labs: dict[str, float], vitals: dict[str, float]) -> None:
    numbers = read(text, table).numbers
    assert numbers.labs == labs
    assert numbers.vitals == vitals


@pytest.mark.parametrize(
    ("text", "age", "sex"),
    [
        ("72-year-old man", 72, "male"),
        ("我妈82岁", 82, "female"),
        ("女，65岁", 65, "female"),
        ("6-month-old girl", 0.5, "female"),
        ("两个月的宝宝", 0.167, None),
        ("my two month old baby", 0.167, None),
    ],
)
def test_age_and_sex(table: ConceptTable, text: str, age: float, sex: str | None) -> None:
    numbers = read(text, table).numbers
    assert (numbers.age_years, numbers.sex) == (age, sex)


def test_impossible_readings_are_doubted_not_used(table: ConceptTable) -> None:
    numbers = read("SpO2 180%", table).numbers
    assert numbers.vitals == {}
    assert numbers.doubts


def test_what_means_something_only_in_its_sentence_is_kept_by_its_name(table: ConceptTable) -> None:
    patient = merge(Patient(), read("腿血管堵了，脚冰凉发白", table), table)
    assert patient.unrecognised == ()
    assert "脚冰凉发白" in patient.symptoms
    assert {table.lookup(word) for word in patient.symptoms} >= {"pallor"}


def test_what_a_text_states_becomes_part_of_the_patient(table: ConceptTable) -> None:
    patient = merge(Patient(), read("72岁男性，慢性肾病4期，血钾5.6，正在吃布洛芬，没有发热", table), table)
    assert patient.age_years == 72
    assert patient.sex == "male"
    assert patient.conditions == ("慢性肾病4期",)
    assert patient.medications == ("布洛芬",)
    assert patient.labs == {"potassium_mmol_l": 5.6}
    assert patient.absent == ("发热",)


@pytest.mark.parametrize(
    "text",
    [
        "she keeps coughing when she drinks tea", "Mum splutters every time she eats",
        "When he drinks water it goes down the wrong way", "一喝水就咳嗽", "喝茶的时候总咳", "边吃边呛",
    ],
)  # fmt: skip
def test_coughing_at_food_and_drink_is_a_sign_of_unsafe_swallowing(table: ConceptTable, text: str) -> None:
    assert "coughing_when_eating" in read(text, table).concepts("present")


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Dad's ankles have gone like balloons", "ankle_swelling"),
        ("her bum is red raw from sitting", "pressure_injury"), ("屁股坐得通红破皮了", "pressure_injury"),
        ("he hasn't had a poo for 6 days and his tummy is hard", "constipation"), ("六天没拉了", "constipation"),
        ("he hasn't had a poo for 6 days and his tummy is hard", "abdominal_swelling"),
        ("mum took her blood thinner twice by mistake", "double_dose"),
        ("his catheter bag is empty and his belly is tight", "catheter_blocked"),
        ("everything's double", "visual_disturbance"),
        ("妈妈84岁心衰，一周重了3公斤", "rapid_weight_gain"), ("三天胖了4斤", "rapid_weight_gain"),
        ("怀孕30周，手脸都肿", "face_hand_swelling"), ("gran with dementia won't drink anything", "dehydration"),
        ("my husband drinks a bottle of whisky a day", "heavy_drinking"), ("我老公每天一斤白酒", "heavy_drinking"),
        ("脑卒中第3天，喝果汁后声音发湿", "wet_voice"),
        ("my baby is blue", "cyanosis"), ("宝宝突然发紫", "cyanosis"), ("孩子脸色发青", "cyanosis"),
    ],
)  # fmt: skip
def test_what_carers_see_at_home_is_read(table: ConceptTable, text: str, concept: str) -> None:
    assert concept in read(text, table).concepts("present")


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("my baby is blue-eyed and has a cold", "cyanosis"), ("宝宝腿上撞得发青", "cyanosis"),
        ("she drinks a bottle of water a day", "heavy_drinking"), ("喂奶乳头裂了", "headache"),
        ("my baby's bottom is red raw", "pressure_injury"), ("三天没拉肚子了", "constipation"),
        ("she has warfarin twice a day", "double_dose"), ("一年胖了10斤怎么减", "rapid_weight_gain"),
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_is_not(table: ConceptTable, text: str, concept: str) -> None:
    assert concept not in read(text, table).concepts("present")


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Should I increase his oxygen?", "unsupervised_oxygen_increase"),
        ("can I turn her oxygen up", "unsupervised_oxygen_increase"),
        ("能把氧气开大点吗", "unsupervised_oxygen_increase"),
        ("How often should I turn a bedridden patient?", "repositioning"), ("多久给她翻一次身", "repositioning"),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_read(table: ConceptTable, text: str, concept: str) -> None:
    assert concept in {f.concept for f in read(text, table).findings}


@pytest.mark.parametrize(
    "text", ["I have a cough. What should I drink?", "吃降压药后老咳嗽", "cough while on lisinopril"]
)
def test_a_cough_beside_food_or_medicine_is_none(table: ConceptTable, text: str) -> None:
    assert "coughing_when_eating" not in {f.concept for f in read(text, table).findings}


@pytest.mark.parametrize(
    "text", ["😀" * 50, "\x00\x01\x02", "a" * 50_000, "胸痛" * 20_000, "no " * 20_000, "\ud800 pain"]
)
def test_strange_text_is_read_without_harm(table: ConceptTable, text: str) -> None:
    read(text, table)


@pytest.mark.parametrize(
    ("text", "condition", "truth"),
    [
        ("my baby has a fever", {"age": "< 5"}, True),
        ("my baby has a fever", {"age": ">= 18"}, False),
        ("我家孩子发烧", {"age": "< 18"}, True),
        ("my child has a fever", {"age": "< 5"}, None),
        ("奶奶摔了一跤", {"age": ">= 65"}, True),
        ("he has a fever", {"age": "< 5"}, None),
    ],
)
def test_an_age_said_in_words_is_a_range_not_a_number(
    table: ConceptTable, text: str, condition: dict[str, str], truth: bool | None
) -> None:
    facts = PatientFacts(Patient(), read(text, table), table)
    assert evaluate(condition, facts).truth is truth


@pytest.mark.parametrize(
    ("text", "serious"),
    [
        ("stomach burning after meals", False), ("my feet are burning at night", False),
        ("burnt her whole face with hot oil", True), ("chip pan burn all down his chest", True),
    ],
)  # fmt: skip
def test_a_burning_feeling_is_no_burn(text: str, serious: bool, table: ConceptTable) -> None:
    assert ("serious_burn" in read(text, table).concepts("present")) is serious


def test_weeks_beside_a_woman_are_weeks_of_pregnancy(table: ConceptTable) -> None:
    assert "pregnancy" in read("wife 34 weeks, itchy palms at night", table).concepts("present")
    assert "pregnancy" not in read("wife 6 weeks after her hip operation", table).concepts("present")
