"""The nurse's page in a real Chromium: typed, clicked and read as a nurse would."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

_ASKED = "72-year-old man, CKD stage 4, K 5.6, BP 158/92, takes ibuprofen. What should he eat and avoid?"
_ASKED_ZH = "72岁男性，慢性肾病4期，血钾5.6，血压158/92，正在吃布洛芬，饮食上要注意什么？"
_IN_VIEW = """e => { const r = e.getBoundingClientRect();
  const box = e.closest('#evidence-panel').getBoundingClientRect();
  return r.top >= Math.max(0, box.top) - 6 && r.top < Math.min(innerHeight, box.bottom) - 40; }"""


def _served(care: Assistant) -> tuple[Any, str]:
    from assistant.web import build_page, launch

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    built = build_page(care)
    launch(built, care.settings.model_copy(update={"port": port}), block=False)
    return built, f"http://127.0.0.1:{port}"


def test_a_nurse_gets_a_cited_answer_and_the_facts_fill_in(nurse: Any) -> None:
    page = nurse.page
    assert page.locator("#evidence-panel").is_visible()
    nurse.ask(_ASKED)
    assert page.locator("#field-age").input_value() == "72"
    assert page.locator("#field-sex").input_value() == "male"
    facts = nurse.facts()
    assert "ibuprofen typed" in facts
    assert "potassium 5.6 mmol/L" in facts
    assert "NSAID" in nurse.chat()
    assert page.locator("#source-1 mark").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_the_urgency_is_said_once_and_first(nurse: Any) -> None:
    nurse.ask("70-year-old man, crushing chest pain for 20 minutes, sweating")
    banners = nurse.page.locator(".banner")
    assert banners.count() == 1
    assert "EMERGENCY" in banners.inner_text()
    assert banners.get_attribute("role") == "alert"
    article = nurse.page.locator("#chat .answer")
    assert article.inner_text().startswith(banners.inner_text()[:20])
    assert nurse.chat().count("EMERGENCY") == 1


def test_an_answer_says_strength_and_reason_and_what_was_held_back(nurse: Any) -> None:
    nurse.ask(_ASKED)
    first = nurse.page.locator("#chat .recommendation").first
    assert "because of medicine: ibuprofen" in first.locator(".meta").inner_text()
    assert "strength opinion" in nurse.chat()
    held = nurse.page.locator("#chat .part.held")
    assert "Held back because" in held.inner_text()
    assert "potassium 5.6 mmol/L" in held.inner_text()
    assert "NEWS2 is incomplete" in nurse.page.locator("#chat .part.unknown").inner_text()


@pytest.mark.parametrize("how", ["click", "Enter"])
def test_a_mark_leads_to_its_source_and_back(nurse: Any, how: str) -> None:
    nurse.ask(_ASKED)
    page = nurse.page
    listed = page.locator(".source-card", has_text="KDIGO").filter(has_text="Chapter").first
    number = (listed.get_attribute("id") or "").removeprefix("source-")
    mark = page.locator(f"#chat a.cite[data-source='{number}']").first
    if how == "click":
        mark.click()
    else:
        mark.focus()
        page.keyboard.press("Enter")
    card = page.locator(f"#source-{number}")
    page.wait_for_function(f"document.activeElement.id === 'source-{number}'")
    assert "flash" in card.get_attribute("class")
    assert card.evaluate(_IN_VIEW)
    meta = card.locator(".meta").first.inner_text()
    assert "KDIGO" in meta
    assert re.search(r"20\d\d", meta)
    assert "Chapter" in meta
    assert card.locator("mark").inner_text()
    assert card.locator("a[href^='https://']").get_attribute("rel") == "noopener noreferrer"
    card.locator("[data-back]").click()
    assert page.evaluate("document.activeElement.dataset.source") == number


def test_a_mark_of_an_earlier_answer_shows_that_answers_source(nurse: Any) -> None:
    nurse.ask(_ASKED)
    before = nurse.page.locator("#source-2 h3").inner_text()
    nurse.ask("How often should I turn a bedbound patient?")
    assert nurse.page.locator("#source-2 h3").inner_text() != before
    nurse.page.locator("#answer-0 a.cite[data-source='2']").first.click()
    nurse.page.wait_for_function("document.activeElement.id === 'source-2'")
    assert nurse.page.locator("#source-2 h3").inner_text() == before


def test_an_edited_fact_asks_again_and_says_what_changed(nurse: Any) -> None:
    nurse.ask(_ASKED)
    page = nurse.page
    page.locator("[data-fact='medications:ibuprofen'] summary").click()
    page.locator("[data-fact='medications:ibuprofen'] [data-act=deny]").click()
    page.locator("#chat .said.edited").wait_for()
    nurse.settle()
    assert "− ibuprofen" in page.locator("#chat .said.edited").inner_text()
    assert "no longer applies" in page.locator("#chat .changed").inner_text()
    assert "Does not have or take" in nurse.facts()
    page.locator("[data-fact='labs:potassium_mmol_l'] summary").click()
    page.locator("[data-fact='labs:potassium_mmol_l'] input").fill("4.1")
    page.keyboard.press("Enter")
    page.get_by_text("potassium 5.6 mmol/L → potassium 4.1 mmol/L").wait_for()
    nurse.settle()
    assert "potassium 4.1 mmol/L form" in nurse.facts()
    page.locator("[data-fact='labs:potassium_mmol_l'] summary").click()
    page.locator("[data-fact='labs:potassium_mmol_l'] [data-act=remove]").click()
    page.get_by_text("− potassium 4.1 mmol/L").wait_for()
    assert "potassium" not in nurse.facts()


def test_facts_are_found_by_either_name_and_added_with_the_keyboard(nurse: Any) -> None:
    page = nurse.page
    box = page.locator("#add-word")
    box.fill("痛风")
    page.locator("#add-list li").first.wait_for()
    assert "gout · 痛风" in page.locator("#add-list").inner_text()
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "add-option-0"
    box.press("Enter")
    assert box.input_value() == "gout"
    box.press("Enter")
    page.locator("[data-fact='conditions:gout']").wait_for()
    assert "gout form" in nurse.facts()
    box.fill("血钾")
    page.locator("#add-list li").first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.locator("#add-form [name=number]").fill("6.1")
    page.locator("#add-form [name=number]").press("Enter")
    page.locator("[data-fact='labs:potassium_mmol_l']").wait_for()
    nurse.settle()
    box.fill("zzyzx")
    page.locator("#add-form .for-new").wait_for()
    page.locator("#add-form [name=kind]").select_option("medicine")
    page.locator("#add-form > button").click()
    page.locator("[data-fact='medications:zzyzx']").wait_for()
    assert "not recognised" in nurse.facts()


def test_what_is_begun_while_the_program_works_stays(nurse: Any) -> None:
    page = nurse.page
    box, question = page.locator("#add-word"), page.locator("#q")
    box.fill("gout")
    box.press("Enter")
    box.fill("gastri")
    page.locator("[data-fact='conditions:gout']").wait_for()
    nurse.settle()
    assert box.input_value() == "gastri"
    question.fill("How much should she drink?")
    question.press("Enter")
    question.fill("And at night?")
    page.locator("#chat .answer .tools").last.wait_for()
    nurse.settle()
    assert question.input_value() == "And at night?"


def _observe(page: Any, at: str, **values: str) -> None:
    form = page.locator("#observe form")
    for name, value in values.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.locator("[name=at]").fill(at)
    form.locator("button").click()


def test_vital_signs_are_scored_with_parts_and_trend_and_an_urgent_score_is_said(nurse: Any) -> None:
    page = nurse.page
    page.locator("#observe summary").click()
    well = {"spo2": "97", "on_oxygen": "no", "systolic_bp": "124", "consciousness": "A", "heart_rate": "80"}
    _observe(page, "2026-11-30T08:00", respiratory_rate="16", temperature_c="99.1", temperature_c_unit="f", **well)
    page.locator(".score.low").wait_for()
    ill = well | {"spo2": "90", "heart_rate": "118"}
    _observe(page, "2026-11-30T10:15", respiratory_rate="26", temperature_c="38.6", **ill)
    page.locator(".score.high").wait_for()
    nurse.settle()
    shown = page.locator(".news2").inner_text()
    assert re.search(r"respiratory rate\s+26 /min\s+3", shown)
    assert "08:00 0 → 10:15 9" in " ".join(shown.split())
    assert "rose by 9" in shown or "9" in page.locator(".trend.worse").inner_text()
    assert page.locator("#who .banner.emergency, #who .banner.urgent").count() == 1


def test_a_patient_is_imported_and_a_wrong_file_is_refused_with_an_example(nurse: Any) -> None:
    page = nurse.page
    page.locator("#import summary").click()
    patient = {"age_years": 81, "sex": "female", "conditions": ["heart failure"], "labs": {"sodium_mmol_l": 128}}
    wrong = {"name": "p.json", "mimeType": "application/json", "buffer": b'{"ages": 1}'}
    page.locator("[data-file]").set_input_files(wrong)
    page.get_by_role("alert").filter(has_text="This file is no patient").wait_for()
    page.locator("[data-file]").set_input_files(wrong | {"buffer": json.dumps(patient).encode()})
    page.locator("[data-fact='conditions:heart failure']").wait_for()
    nurse.settle()
    assert "heart failure imported" in nurse.facts()
    assert page.locator("#field-age").input_value() == "81"
    assert page.locator(".problem").count() == 0


def test_an_impossible_value_is_refused_and_the_box_shows_what_is_known(nurse: Any) -> None:
    page = nurse.page
    page.locator("#field-age").fill("72")
    page.locator("#field-age").press("Tab")
    nurse.settle()
    page.locator("#field-age").fill("720")
    page.locator("#field-age").press("Tab")
    page.get_by_role("alert").filter(has_text="between 0 and 130").wait_for()
    nurse.settle()
    assert page.locator("#field-age").input_value() == "72"
    page.locator(".problem button").click()
    assert page.locator(".problem").count() == 0


def test_a_question_back_is_answered_with_one_click(nurse: Any) -> None:
    page = nurse.page
    nurse.ask("68岁女性，慢性心衰、2型糖尿病，血压168/95，呼吸24次，吃呋塞米。饮食和活动要注意什么？")
    chip = page.locator("#chat .part.ask button.chip").filter(has_text="血钾")
    chip.click()
    assert page.locator("#q").input_value() == "血钾："
    page.keyboard.type("5.9")
    page.keyboard.press("Enter")
    page.locator("[data-fact='labs:potassium_mmol_l']").wait_for()
    nurse.settle()
    nurse.page.locator("#new").click()
    nurse.settle()
    nurse.ask("Which painkiller may she buy? She is 50 and has knee osteoarthritis.")
    yes_or_no = page.locator("#chat .part.ask li", has=page.locator("[data-act]")).first
    question = yes_or_no.locator("span").first.inner_text()
    yes_or_no.locator("button", has_text="No").click()
    page.locator("#chat .said.edited").wait_for()
    nurse.settle()
    assert question not in page.locator("#chat .answer").last.inner_text()


def test_what_if_shows_the_difference_and_changes_nothing_until_it_is_kept(nurse: Any) -> None:
    page = nurse.page
    page.locator("#tab-whatif").click()
    assert "Ask a question first" in page.locator("#whatif-panel").inner_text()
    nurse.ask(_ASKED)
    page.locator("#tab-whatif").click()
    form = page.locator("#whatif-form")
    form.locator("[name=fact]").select_option("labs:potassium_mmol_l")
    form.locator("[name=value]").fill("4.1")
    form.locator("button").click()
    result = page.locator("#whatif-result")
    result.wait_for()
    shown = result.inner_text()
    assert "potassium 5.6 mmol/L → potassium 4.1 mmol/L" in shown
    assert "Urgency" in shown
    assert page.locator(".diff.added li").count() > 0
    assert page.locator(".diff.removed li .meta").first.inner_text()
    assert "potassium 5.6 mmol/L" in nurse.facts()
    page.locator("[data-act=whatif_keep]").click()
    page.locator("#chat .said.edited").wait_for()
    nurse.settle()
    assert "potassium 4.1 mmol/L" in nurse.facts()


@pytest.mark.parametrize("form", ["care_plan", "sbar", "plain"])
def test_a_document_is_shown_copied_and_downloaded(nurse: Any, form: str, tmp_path: Path) -> None:
    page = nurse.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    nurse.ask(_ASKED)
    page.locator(f"#chat [data-form={form}]").click()
    page.locator("#document").wait_for()
    nurse.settle()
    shown = page.locator("#document").inner_text()
    assert "ibuprofen" in shown
    page.locator("[data-copy]").click()
    page.locator("#spoken.toast").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("## ")
    contents = {}
    for kind in ("md", "html", "pdf"):
        with page.expect_download() as started:
            page.locator(f"#files a[download$='.{kind}']").click()
        file = tmp_path / started.value.suggested_filename
        started.value.save_as(file)
        contents[kind] = file.read_bytes()
    assert contents["md"].decode() == copied
    assert contents["html"].startswith(b"<!doctype html>")
    assert contents["pdf"].startswith(b"%PDF-")


def test_verdicts_are_shown_taken_back_and_exported(nurse: Any, tmp_path: Path) -> None:
    page = nurse.page
    nurse.ask(_ASKED)
    assert "gone when it closes" in page.locator("#verdicts").inner_text()
    first, second, third = (page.locator("#chat .recommendation").nth(n) for n in range(3))
    first.locator("[data-verdict=accept]").click()
    first.locator(".judged").wait_for()
    assert first.locator("[data-verdict=accept]").get_attribute("aria-pressed") == "true"
    second.locator(".judge summary", has_text="Reject").click()
    second.locator(".judge[open] input").fill("not on our ward")
    page.keyboard.press("Enter")
    second.locator(".judged").wait_for()
    third.locator(".judge summary", has_text="Edit").click()
    third.locator(".judge[open] textarea").fill("Ask the dietitian first.")
    third.locator(".judge[open] form button").click()
    third.locator(".judged").wait_for()
    nurse.settle()
    assert "not on our ward" in second.inner_text()
    assert "Ask the dietitian first." in third.inner_text()
    with page.expect_download() as started:
        page.locator("#export").click()
    file = tmp_path / "verdicts.jsonl"
    started.value.save_as(file)
    verdicts = [json.loads(line)["verdict"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert verdicts == ["accept", "reject", "edit"]
    first.locator("[data-verdict=accept]").click()
    page.get_by_text("2 verdicts").wait_for()


def test_a_models_words_come_after_the_composed_answer(page: Any, care: Assistant) -> None:
    from langchain_core.language_models import FakeListChatModel

    question = "May people with kidney disease eat star fruit?"
    said = "\n".join(f"[R{n}] {item.text}" for n, item in enumerate(care.ask(question).recommendations, 1))
    model = FakeListChatModel(responses=[said], name="parrot", sleep=0.003)
    built, address = _served(Assistant(care.searcher, care.knowledge, care.settings, model))
    try:
        page.goto(address)
        page.wait_for_selector("body[data-ready]")
        page.locator("#question textarea").fill(question)
        page.locator("#send").click()
        page.locator("#source-1 mark").first.wait_for(timeout=20_000)
        page.locator("#chat").get_by_text("Worded by the language model parrot").wait_for(timeout=20_000)
        assert "star fruit" in page.locator("#chat").inner_text()
    finally:
        built.close()


def test_the_language_switches_in_the_middle_and_nothing_is_lost(nurse: Any) -> None:
    page = nurse.page
    nurse.ask(_ASKED)
    page.locator("#chat [data-form=sbar]").click()
    page.locator("#document").wait_for()
    page.locator("#q").fill("half a question")
    page.get_by_label("中文").check()
    page.get_by_role("button", name="提问").wait_for()
    nurse.settle()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert "布洛芬 对话" in nurse.facts()
    assert "NSAID" in nurse.chat()
    assert "现况" in page.locator("#document").inner_text()
    assert page.locator("#documents-panel").is_visible()
    assert page.locator("#q").input_value() == "half a question"
    page.locator("#chat [data-act=translate]").click()
    page.locator("#answer-1").wait_for()
    nurse.settle()
    assert "慢性肾" in page.locator("#answer-1").inner_text()


def test_a_whole_conversation_in_chinese(nurse: Any) -> None:
    page = nurse.page
    page.get_by_label("中文").check()
    page.get_by_role("button", name="提问").wait_for()
    nurse.settle()
    nurse.ask(_ASKED_ZH)
    assert "用药安全" in nurse.chat()
    assert "布洛芬 对话" in nurse.facts()
    page.locator("[data-fact='medications:布洛芬'] summary").click()
    page.locator("[data-fact='medications:布洛芬']").get_by_role("button", name="没有").click()
    page.locator("#chat .changed").wait_for()
    nurse.settle()
    page.locator("#chat a.cite").last.click()
    page.locator(".source-card.flash").wait_for()
    page.locator("#chat [data-form=care_plan]").click()
    page.locator("#document").wait_for()
    assert "护理计划" in page.locator("#document").inner_text()
    page.locator("#tab-whatif").click()
    page.locator("#whatif-form [name=fact]").select_option("new")
    page.locator("#whatif-form [name=word]").fill("痛风")
    page.locator("#whatif-form button").click()
    page.locator("#whatif-result").wait_for()
    assert "+ 痛风" in page.locator("#whatif-result").inner_text()
    page.locator("#q").fill("？")
    page.locator("#q").press("Enter")
    page.get_by_role("alert").filter(has_text="问题是空的").wait_for()


def test_an_empty_question_is_answered_with_what_to_do(nurse: Any) -> None:
    nurse.page.locator("#send").click()
    nurse.page.get_by_text("question is empty").first.wait_for(timeout=10_000)


def test_clearing_keeps_the_patient_and_a_new_conversation_forgets(nurse: Any) -> None:
    page = nurse.page
    nurse.ask(_ASKED)
    page.locator("#clear").click()
    page.locator(".welcome").wait_for()
    nurse.settle()
    assert "ibuprofen" in nurse.facts()
    assert page.locator(".source-card").count() == 0
    page.locator("#new").click()
    page.get_by_text("Nothing is known yet").wait_for()
    nurse.settle()
    assert page.locator("#field-age").input_value() == ""


def test_an_instruction_or_markup_in_a_question_is_shown_as_text(nurse: Any) -> None:
    nurse.ask("<img src=x onerror=\"document.title='broken'\"> ${1+1} {{value}} Salt in heart failure?")
    assert "<img src=x" in nurse.page.locator("#chat .said").first.inner_text()
    assert "${1+1} {{value}}" in nurse.chat()
    assert nurse.page.title() != "broken"
