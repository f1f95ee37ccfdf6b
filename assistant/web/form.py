"""The patient's page: a guided form, one question a screen, emergency signs first.

The page is one piece of HTML. Its script hands every press of a button to :func:`press` with what was filled in so
far and shows the screen that comes back, so that the server holds nothing of anybody.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.assistant import Assistant
from assistant.errors import InputError
from assistant.web.form_advice import advise
from assistant.web.form_result import ResultPage
from assistant.web.form_screens import Screen, echo, head
from assistant.web.form_steps import Guide, Problem, Sheet
from assistant.web.strings import text
from corpus.models import Language

_SCRIPT = (Path(__file__).parent / "form.js").read_text(encoding="utf-8")
_LANG = {"en": "en", "zh": "zh-CN"}
#: What the entries of a list may be that the page shows as understood.
_KINDS = ("conditions", "medications", "allergies")


def form_page(care: Assistant, language: Language) -> None:
    """Lay out the page inside the current ``gr.Blocks``."""
    guide = Guide(care)

    def press(sent: Any) -> dict[str, Any]:
        return pressed(guide, sent)

    def understand(sent: Any) -> str:
        return understood(guide, sent)

    gr.HTML(
        _page(guide, Sheet(language=language)),
        js_on_load=_SCRIPT,
        apply_default_css=False,
        server_functions=[press, understand],
        elem_classes="form-page",
    )


def pressed(guide: Guide, sent: Any) -> dict[str, Any]:
    """The next screen for a press of a button: *sent* holds the sheet, the action, its value and the fields."""
    sent = sent if isinstance(sent, dict) else {}
    problem: Problem | None
    try:
        sheet = guide.read_sheet(sent.get("sheet"))
        fields = sent.get("fields")
        action, value = str(sent.get("action")), str(sent.get("value"))
        sheet, problem = guide.act(sheet, action, value, fields if isinstance(fields, dict) else {})
    except InputError as error:
        sheet, problem = Sheet(), Problem(str(error))
    return _reply(guide, sheet, problem)


def understood(guide: Guide, sent: Any) -> str:
    """What is understood of a list that somebody is typing, as HTML."""
    sent = sent if isinstance(sent, dict) else {}
    if sent.get("kind") not in _KINDS or not isinstance(sent.get("value"), str):
        return ""
    return echo(guide, sent["kind"], sent["value"], "zh" if sent.get("language") == "zh" else "en")


def _reply(guide: Guide, sheet: Sheet, problem: Problem | None) -> dict[str, Any]:
    language, level, leaflet = sheet.language, "", ""
    if sheet.step == "result":
        page = ResultPage(guide, sheet, advise(guide, sheet))
        title, html, leaflet, level = page.title, page.html(), page.leaflet(), page.level
    else:
        screen = Screen(guide, sheet, problem)
        title, html = screen.title, screen.html()
    return {
        "sheet": sheet.model_dump(mode="json"),
        "html": html,
        "head": head(language, None if level == "emergency" else guide.care.settings.emergency_call(language)),
        "title": f"{title} · {text('title', language)}",
        "lang": _LANG[language],
        "level": level,
        "leaflet": leaflet,
    }


def _page(guide: Guide, sheet: Sheet) -> str:
    """The whole page with the first screen."""
    reply = _reply(guide, sheet, None)
    failed = {code: escape(text("patient.failed", code)) for code in _LANG}
    return (
        f'<div id="care-form" lang="{reply["lang"]}" data-sheet="{escape(json.dumps(reply["sheet"]))}"'
        f' data-failed-en="{failed["en"]}" data-failed-zh="{failed["zh"]}">'
        f'<header id="form-head">{reply["head"]}</header>'
        f'<div id="form-screen">{reply["html"]}</div>'
        '<div id="form-live" class="form-hidden" role="status" aria-live="polite"></div></div>'
    )
