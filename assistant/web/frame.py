"""What stands around the nurse's chat: the head with language and look, the question, the tabs, errors, verdicts."""

from __future__ import annotations

import base64
from html import escape

from assistant.web.desk import Desk
from assistant.web.feedback import jsonl
from assistant.web.markup import button
from assistant.web.strings import LANGUAGES, text
from corpus.models import Language

#: The shortcuts: the key as it is shown, and the string that says what it does.
_SHORTCUTS = (
    ("Enter", "send"), ("/", "question"), ("a", "add"), ("e", "evidence"), ("w", "whatif"), ("d", "documents"),
    ("Shift+N", "new"), ("t", "dark"), ("?", "help"), ("Esc", "escape"),
)  # fmt: skip
SIDES = ("evidence", "whatif", "documents")


def head(language: Language) -> str:
    """The skip link, the title, the language, the look, and the list of shortcuts."""
    radios = "".join(
        f'<label><input type="radio" name="page-language" data-language="{value}" value="{value}"'
        f'{" checked" if value == language else ""}> <span lang="{"zh-CN" if value == "zh" else "en"}">{label}</span></label>'
        for label, value in LANGUAGES
    )
    rows = "".join(
        f"<tr><th scope='row'><kbd>{escape(key)}</kbd></th><td>{escape(text(f'nurse.shortcuts.{name}', language))}</td></tr>"
        for key, name in _SHORTCUTS
    )
    title = escape(text("nurse.help", language))
    parts = "".join(
        f'<a href="#{anchor}">{escape(text(f"nurse.{name}", language))}</a>'
        for anchor, name in (("facts", "patient"), ("chat", "conversation"), ("side", "evidence"))
    )
    return (
        f'<a class="skip" href="#q">{escape(text("nurse.skip", language))}</a>'
        f'<div class="head"><div><h1>{escape(text("title", language))}</h1><p>{escape(text("nurse.intro", language))}</p></div>'
        f'<div class="settings"><fieldset><legend class="sr-only">{escape(text("language", language))}</legend>{radios}'
        f"</fieldset>{button(text('nurse.dark', language), data_look='toggle')}"
        f"{button('?', data_help='open', aria_label=text('nurse.help', language))}</div></div>"
        f'<nav class="jump" aria-label="{escape(text("nurse.jump", language))}">{parts}</nav>'
        f'<dialog id="help" aria-labelledby="help-title"><h2 id="help-title">{title}</h2><table>{rows}</table>'
        f'<label><input type="checkbox" id="single-keys" checked> {escape(text("nurse.single_keys", language))}</label>'
        f'<form method="dialog"><button class="primary">{escape(text("nurse.close", language))}</button></form></dialog>'
        f'<div id="spoken" class="sr-only" role="status" aria-live="polite" data-copied="{escape(text("nurse.copied", language))}" '
        f'data-not-copied="{escape(text("nurse.not_copied", language))}" data-failed="{escape(text("nurse.failed", language))}"></div>'
    )


def composer(language: Language) -> str:
    """The question, and what can be done with the chat as a whole."""
    return (
        f'<form id="question" data-act="ask"><label for="q">{escape(text("nurse.question", language))}</label>'
        f'<textarea id="q" name="words" rows="1" aria-describedby="q-keys" autofocus '
        f'placeholder="{escape(text("nurse.question_hint", language))}"></textarea>'
        f'<p id="q-keys" class="quiet">{escape(text("nurse.question_keys", language))}</p>'
        f'<div class="tools"><button id="send" class="primary">{escape(text("nurse.send", language))}</button>'
        f"{button(text('nurse.new', language), id='new', data_act='new')}"
        f"{button(text('nurse.clear', language), id='clear', data_act='clear')}"
        f'<span class="busy" aria-hidden="true">{escape(text("nurse.working", language))}</span></div></form>'
    )


def tabs(language: Language) -> str:
    """The tabs over the right column; the evidence is shown first."""
    shown = "".join(
        f'<button type="button" role="tab" id="tab-{name}" aria-controls="{name}-panel" data-side="{name}" '
        f'aria-selected="{"true" if name == SIDES[0] else "false"}"{"" if name == SIDES[0] else " tabindex=-1"}>'
        f"{escape(text(f'nurse.{name}', language))}</button>"
        for name in SIDES
    )
    label = escape(text("nurse.jump", language))
    return f'<div role="tablist" id="side" aria-label="{label}">{shown}</div>'


def problem(words: str, language: Language) -> str:
    """An error with what to do, until it is closed or the next step succeeds."""
    if not words:
        return ""
    close = button("✕", data_close="problem", aria_label=text("nurse.close", language))
    return f'<div role="alert" class="problem"><p>{escape(words)}</p>{close}</div>'


def verdicts(desk: Desk, cases: list[dict[str, object]], kept: bool, language: Language) -> str:
    """Whether verdicts are kept, how many there are, and their export."""
    if not desk.log:
        return ""
    told = escape(text("nurse.verdicts_kept" if kept else "nurse.verdicts_not_kept", language))
    if not cases:
        return f'<p class="quiet">{told}</p>'
    content = base64.b64encode(jsonl(cases).encode()).decode()
    link = (
        f'<a class="button" id="export" download="verdicts.jsonl" href="data:application/x-ndjson;base64,{content}">'
        f"{escape(text('nurse.export_verdicts', language))}</a>"
    )
    count = escape(text("nurse.verdict_count", language, n=len(cases)))
    return f'<p class="quiet">{count} · {told}</p><div class="tools">{link}</div>'
