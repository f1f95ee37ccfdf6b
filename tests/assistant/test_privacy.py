"""What identifies a person goes, what care needs stays."""

from __future__ import annotations

import pytest

from assistant.privacy import scrub

GONE = [
    ("My name is John Smith", ["john", "smith"]),
    ("my name is priya raman, i have asthma", ["priya", "raman"]),
    ("john smith wants to know whether he may drink", ["john", "smith"]),
    ("Mrs O'Neill-Jones has a stoma", ["neill", "jones"]),
    ("mr smith's potassium is 5.6", ["smith"]),
    ("Dr. Adebayo asked about Zhang Wei", ["adebayo", "zhang", "wei"]),
    ("Patient: JANE DOE, aged 81", ["jane", "doe"]),
    ("My husband Tomasz can't swallow", ["tomasz"]),
    ("Siobhan has diabetes", ["siobhan"]),
    ("DOB 12/03/1952 and born on 12 March 1952, born in 1952", ["1952", "12/03"]),
    ("date of birth: March 12th, 1952", ["1952", "12th"]),
    ("call 07700 900123 or +44 7700 900123 or (555) 123-4567 or 555.123.4567", ["900123", "4567", "7700"]),
    ("call oh seven seven double oh nine hundred one two three", ["seven", "three"]),
    ("NHS number 943 476 5919, SSN 123-45-6789, NI QQ 12 34 56 C", ["943", "5919", "6789", "34 56"]),
    ("passport E12345678, MRN: 00-123-45, hospital no. A/12345", ["12345678", "123-45"]),
    ("lives at 12 Baker Street, London NW1 6XE", ["baker", "nw1", "6xe"]),
    ("flat 4, 221b baker street; PO Box 77; Springfield, IL 62704", ["baker", "77", "62704"]),
    ("write to a.b+c@mail.example.org or a.b (at) mail (dot) org, @johnny77", ["a.b", "example", "johnny"]),
    ("Pt Name: Kowalski, Andrzej; DOB: 1944-11-02; MRN 4482910", ["kowalski", "andrzej", "1944", "4482910"]),
    ("Mr. J. R. R. Baker of 7 The Crescent, Leeds LS6 2AB", ["baker", "crescent", "ls6"]),
    ("My mother-in-law Gertrude Okonkwo-Bright won't eat", ["gertrude", "okonkwo", "bright"]),
    ("my GP is Dr Patel at Elm Surgery, I live near Piccadilly Gardens", ["patel", "elm", "piccadilly"]),
    ("what can ms. garcia-lopez drink", ["garcia", "lopez"]),
    ("Medicare number 1EG4-TE5-MK73", ["1eg4", "mk73"]),
    ("患者王建国，男，72岁，可以吃香蕉吗", ["王建国"]),
    ("病人李建国（男，65岁），联系人：周杰，高先生血压高", ["李建国", "周杰", "高先生"]),
    ("出生于一九四五年三月，病历号:A2023-889", ["一九四五", "2023-889"]),
    ("我叫欧阳明月，高血压", ["欧阳", "明月"]),
    ("姓名：阿依古丽，糖尿病", ["阿依古丽"]),
    ("张大爷和李桂英阿姨都有痛风，老王也有", ["张大爷", "李桂英", "老王"]),
    ("陳小姐懷孕20週", ["陳"]),
    ("王建国今年72岁，便秘", ["王建国"]),
    ("身份证110101195203074512，身份证号码：11010119520307451X", ["1101", "451x"]),
    ("电话138 0013 8000，或一三八零零一三八零零零，座机010-62345678", ["8000", "一三八", "62345678"]),
    ("微信号wang_jg1952，QQ号12345678，住院号：ZY20231234", ["wang_jg", "12345678", "zy2023"]),
    ("住北京市朝阳区建国路88号3单元501室", ["朝阳", "建国路", "501"]),
    ("家住幸福小区6栋，1952年3月7日出生", ["幸福", "6栋", "1952"]),
    ("\uff11\uff13\uff1800138000 是我的号码", ["00138", "\uff11\uff13"]),
    ("138\u200b0013\u200b8000", ["8000"]),
]
KEPT = [
    "72-year-old man, CKD stage 4, K 5.6, BP 158/92, takes ibuprofen. What should he eat and avoid?",
    "Vitamin B12 5mg, T4 4mg, ibuprofen 400 mg 3 times a day, penicillin 1500000 units",
    "RR 24, SpO2 93, HR 110, temperature 38.4, eGFR 22, HbA1c 8.5%, weight 82 kg, INR 2.5",
    "My mum has Parkinson's disease and Type 2 Diabetes. Can she have milk?",
    "患者高血压多年,血压158/92,能喝牛奶吗?",
    "68岁,慢性肾功能不全,合并糖尿病和高血压,怎样控制血糖血压?",
    "胃溃疡患者可以吃益生菌、钙奶和维生素C吗?",
    "血钾5.6,肌酐180,体重65公斤,卧床老人多久翻一次身?",
    "患者白细胞低,黄疸,何时复查?",
    "马应龙痔疮膏可以用吗?何时换药?白蛋白低怎么办?温水可以吗?周一和周五透析,金针菇能吃吗",
    "叶酸、方便面、高蛋白饮食、汤水、万一跌倒、江米粥可以吗",
    "He has a catheter 14 Fr, takes 5 mg bisoprolol and 2 L oxygen, SpO2 88-92",
]


@pytest.mark.parametrize(("text", "secrets"), GONE)
def test_what_identifies_somebody_is_taken_out(text: str, secrets: list[str]) -> None:
    left = scrub(text).lower()
    for secret in secrets:
        assert secret not in left


@pytest.mark.parametrize("text", KEPT)
def test_what_care_needs_stays(text: str) -> None:
    assert scrub(text) == text
