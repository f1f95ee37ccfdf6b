"""Care plan, SBAR and patient leaflet: shown, to copy, and to download as Markdown, HTML and PDF.

The files are made in memory and travel in the page as ``data:`` links: nothing is written on the server.
"""

from __future__ import annotations

import base64
import datetime as dt
from html import escape
from typing import get_args

from assistant.answer import Answer
from assistant.web.desk import Form
from assistant.web.markdown import to_html
from assistant.web.markup import button
from assistant.web.pdf import to_pdf
from assistant.web.strings import text
from corpus.models import Language

FORMS: tuple[Form, ...] = get_args(Form)
_TYPES = {"md": "text/markdown;charset=utf-8", "html": "text/html;charset=utf-8", "pdf": "application/pdf"}
_PAGE = (
    "body{font:16px/1.55 system-ui,'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif;max-width:52rem;"
    "margin:2rem auto;padding:0 1rem;color:#111827}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #6b7280;padding:.4rem .55rem;text-align:left;vertical-align:top}th{background:#f3f4f6}"
    "@media print{body{margin:0;font-size:11pt}}"
)


def documents_panel(asked: bool, language: Language, form: Form | None = None, answer: Answer | None = None) -> str:
    """The choice of documents, and the one asked for with its downloads."""
    heading = f'<h2 id="documents-title">{escape(text("nurse.documents", language))}</h2>'
    if not asked:
        return f'{heading}<p class="quiet">{escape(text("nurse.documents_first", language))}</p>'
    choices = "".join(
        button(
            text(f"nurse.{name}", language), data_act="document", data_form=name,
            aria_pressed="true" if name == form else "false",
        )
        for name in FORMS
    )  # fmt: skip
    hint = f'<p class="quiet">{escape(text("nurse.documents_hint", language))}</p>'
    body = _document(form, answer, language) if form and answer else ""
    return f'{heading}{hint}<div class="tools">{choices}</div>{body}'


def _document(form: Form, answer: Answer, language: Language) -> str:
    title = text(f"nurse.{form}", language)
    files = {
        "md": answer.text.encode(),
        "html": whole_page(title, answer.text, answer.language).encode(),
        "pdf": to_pdf(answer.text, title, answer.language),
    }
    name = f"{form.replace('_', '-').replace('plain', 'leaflet')}-{dt.date.today():%Y-%m-%d}"
    links = "".join(
        f'<a class="button" download="{name}.{kind}" href="data:{_TYPES[kind]};base64,'
        f'{base64.b64encode(content).decode()}"><span class="sr-only">{escape(text("nurse.download", language))} '
        f"{escape(title)}: </span>{kind.upper() if kind != 'md' else 'Markdown'}</a>"
        for kind, content in files.items()
    )
    copy = button(text("nurse.copy", language), data_copy=answer.text)
    lang = "zh-CN" if answer.language == "zh" else "en"
    return (
        f'<div class="tools files" id="files" tabindex="-1">{copy}{links}</div>'
        f'<div class="document" id="document" role="region" tabindex="0" aria-label="{escape(title)}" lang="{lang}">'
        f"{to_html(answer.text)}</div>"
    )


def whole_page(title: str, markdown: str, language: Language) -> str:
    """A page of its own that fetches nothing."""
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_PAGE}</style></head><body>{to_html(markdown)}</body></html>"
    )
