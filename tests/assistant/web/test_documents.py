"""Care plan, SBAR and leaflet as files: what stands in the advice stands in each of them, in both languages."""

from __future__ import annotations

import io
import re
from typing import Any

import pdfplumber
import pytest

from assistant import Assistant
from assistant.web.documents import FORMS, documents_panel, whole_page
from assistant.web.markdown import to_html
from assistant.web.pdf import in_fonts, to_pdf

_ASKED = "72-year-old man, CKD stage 4, K 5.6, SpO2 93%, takes ibuprofen. What should he eat and avoid?"


def _squeezed(text: str) -> str:
    """The text without blanks, bullets and marks, its raised and lowered figures as plain ones."""
    return re.sub(r"\s|•|\(cid:127\)|\[\d+\]", "", text).translate(str.maketrans("₂²⁹", "229"))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", FORMS)
def test_the_pdf_says_all_that_the_markdown_says(care: Assistant, form: Any, language: Any) -> None:
    chat = care.conversation()
    chat.say(_ASKED)
    answer = chat.arranged(form, language=language)
    with pdfplumber.open(io.BytesIO(to_pdf(answer.text, form, language))) as pdf:
        drawn = "".join(char["text"] for page in pdf.pages for char in page.chars)
        fonts = {char["fontname"].rpartition("+")[2] for page in pdf.pages for char in page.chars}
    squeezed = _squeezed(drawn)
    for item in answer.recommendations:
        assert _squeezed(item.text) in squeezed
    for held in answer.held_back:
        assert _squeezed(held.reason) in squeezed
    assert language == "en" or "STSongStd-Light" in fonts
    assert "�" not in drawn


def test_numbers_of_sources_stay_also_where_some_are_left_out() -> None:
    html = to_html("2. first\n5. second")
    assert '<li value="2">first' in html
    assert '<li value="5">second' in html
    with pdfplumber.open(io.BytesIO(to_pdf("2. first\n5. second", "t", "en"))) as pdf:
        assert pdf.pages[0].extract_text().split() == ["2.", "first", "5.", "second"]


def test_html_inside_a_document_is_shown_and_not_run() -> None:
    for html in (
        to_html("<script>alert(1)</script> <img src=x onerror=a>"),
        whole_page("<b>", "<script>x</script>", "en"),
    ):
        assert "<script" not in html
        assert "<img" not in html


def test_a_whole_page_fetches_nothing(care: Assistant) -> None:
    page = whole_page("Plan", "# Plan\n\n|a|b|\n|-|-|\n|1<br>2|3|", "zh")
    assert 'lang="zh-CN"' in page
    assert not re.search(r"(?:src|href)=|url\(|@import", page)
    assert "<td>1<br>2</td>" in page


def test_what_no_font_has_is_set_in_another_or_raised() -> None:
    assert in_fonts("SpO₂ ≥ 92 % & 10⁹") == (
        'SpO<sub>2</sub> <font name="STSong-Light">≥</font> 92 % &amp; 10<super>9</super>'
    )


def test_without_a_question_the_panel_says_what_to_do() -> None:
    assert "Ask a question first" in documents_panel(False, "en")
