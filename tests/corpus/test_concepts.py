from __future__ import annotations

import pytest

from corpus.concepts import ConceptTable


def found(table: ConceptTable, text: str) -> list[str]:
    return [mention.concept for mention in table.find(text)]


@pytest.mark.parametrize(
    "name", ["ckd stage 4", "CKD 4", "慢性肾病4期", "慢性腎臟病4期", "stage 4 chronic kidney disease"]
)
def test_a_stage_is_recognised_in_both_languages_and_scripts(table: ConceptTable, name: str) -> None:
    assert found(table, name) == ["ckd_stage_4"]
    assert table.is_a("ckd_stage_4", "chronic_kidney_disease")


def test_the_longest_name_wins(table: ConceptTable) -> None:
    assert found(table, "流感疫苗") == ["influenza_vaccine"]
    assert found(table, "type 2 diabetes") == ["type_2_diabetes"]


def test_english_names_match_whole_words_only(table: ConceptTable) -> None:
    assert "myocardial_infarction" not in found(table, "the family is admitted")
    assert found(table, "bananas") == ["banana"]


def test_a_single_chinese_character_needs_to_be_a_word(table: ConceptTable) -> None:
    assert "salt" in found(table, "每天吃多少盐")
    assert "salt" not in found(table, "他正在吃盐酸二甲双胍")


def test_members_belong_to_their_class(table: ConceptTable) -> None:
    assert table.is_a("ibuprofen", "nsaid")
    assert table.is_a("banana", "potassium_rich_food")
    assert not table.is_a("nsaid", "ibuprofen")


def test_no_concept_is_a_kind_of_itself(table: ConceptTable) -> None:
    assert not [concept.id for concept in table if concept.id in table.ancestors(concept.id)]


@pytest.mark.parametrize(
    ("said", "usual"),
    [
        ("Puking all night, any good eating ginger?", "vomiting all night, any good eating ginger?"),
        ("老拉肚子咋办", "老腹泻咋办"),
        ("What is the matter?", "what is the matter?"),
    ],
)
def test_things_are_called_by_their_usual_names(table: ConceptTable, said: str, usual: str) -> None:
    assert table.by_usual_names(said) == usual
