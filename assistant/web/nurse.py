"""The nurse's page: the patient's facts, the chat and the evidence, side by side.

The parts are HTML of our own (``patient_panel``, ``chat``, ``evidence`` …); ``nurse.js`` sends what is clicked or typed
over one hidden component, and the ``clerk`` says what happens. Gradio carries the messages and keeps each tab's
:class:`~assistant.web.desk.Desk` apart from the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from assistant.assistant import Assistant
from assistant.errors import InputError
from assistant.web import frame
from assistant.web.chat import chat
from assistant.web.clerk import Clerk, Step
from assistant.web.desk import Desk
from assistant.web.documents import documents_panel
from assistant.web.evidence import evidence
from assistant.web.find import Finder
from assistant.web.patient_panel import entry_panel, facts_panel, who_panel
from assistant.web.refusal import said
from assistant.web.what_if_panel import what_if_panel
from corpus.models import Language

__all__ = ["forget_closed_tabs", "nurse_page"]

#: The parts of the page by name, with the id each has there.
_PARTS = {
    "head": "top", "problem": "problem", "who": "who", "facts": "facts", "entry": "entry", "chat": "chat",
    "composer": "composer", "verdicts": "verdicts", "tabs": "side-tabs", "evidence": "evidence-panel",
    "whatif": "whatif-panel", "documents": "documents-panel",
}  # fmt: skip
_BUS = "window.careBus(trigger, props, watch, server, 'act')"
_DONE = "() => window.careDone()"
#: So many tabs are answered at the same time.
_AT_ONCE = 8


def nurse_page(care: Assistant, language: str) -> None:
    """Lay out the page inside the current ``gr.Blocks``."""
    page: Language = "zh" if language == "zh" else "en"
    clerk, finder = Clerk(care), Finder(care.knowledge.table)
    start = Step(Desk(language=page))
    desk = gr.State(start.desk)
    parts: dict[str, Any] = {}

    def part(name: str) -> None:
        parts[name] = gr.HTML(
            _draw(name, start, care, clerk), elem_id=_PARTS[name], js_on_load=None, apply_default_css=False
        )

    part("head")
    part("problem")
    with gr.Row(elem_id="nurse-columns"):
        with gr.Column(scale=3, min_width=270, elem_id="patient-column"):
            for name in ("who", "entry", "facts"):
                part(name)
        with gr.Column(scale=6, min_width=380, elem_id="chat-column"):
            for name in ("chat", "composer", "verdicts"):
                part(name)
        with gr.Column(scale=4, min_width=320, elem_id="side-column"):
            for name in ("tabs", "evidence", "whatif", "documents"):
                part(name)

    def find(query: list[str]) -> list[dict[str, object]]:
        words, shown = query
        return finder.find(str(words)[:80], "zh" if shown == "zh" else "en")

    bus = gr.HTML("{}", elem_id="bus", js_on_load=_BUS, server_functions=[find], visible="hidden")

    def act(now: Desk, event: gr.EventData) -> Iterator[list[Any]]:
        data: dict[str, Any] = event._data or {}
        try:
            steps = clerk.carry_out(now, data)
            for step in steps:
                drawn = {name: _draw(name, step, care, clerk) for name in step.draw}
                updates = [drawn.get(name, "" if name == "problem" else gr.skip()) for name in parts]
                yield [step.desk, *updates, _reply(data, True, step.do)]
        except InputError as error:
            words = frame.problem(said(error, now.language), now.language)
            chatted = _draw("chat", Step(now), care, clerk)
            updates = [words if name == "problem" else chatted if name == "chat" else gr.skip() for name in parts]
            yield [gr.skip(), *updates, _reply(data, False, {})]

    asked = bus.act(
        act, desk, [desk, *parts.values(), bus],
        show_progress="hidden", trigger_mode="multiple", concurrency_limit=_AT_ONCE, api_visibility="private",
    )  # fmt: skip
    asked.then(None, None, None, js=_DONE)


def forget_closed_tabs(page: gr.Blocks) -> None:
    """Drop all that is known of a tab as soon as it is closed; Gradio would keep its state for another hour."""

    def forget(request: gr.Request) -> None:
        page.state_holder.session_data.pop(request.session_hash or "", None)

    page.unload(forget)


def _reply(data: dict[str, Any], ok: bool, do: Any) -> str:
    return json.dumps({"n": data.get("n"), "ok": ok, "do": dict(do)}, ensure_ascii=False)


def _draw(name: str, step: Step, care: Assistant, clerk: Clerk) -> str:
    """The HTML of a part of the page."""
    desk, table, page = step.desk, care.knowledge.table, step.desk.language
    shown = desk.log[desk.shown] if desk.shown is not None and desk.shown < len(desk.log) else None
    drawing: dict[str, Callable[[], str]] = {
        "head": lambda: frame.head(page),
        "problem": lambda: "",
        "who": lambda: who_panel(desk, care, page),
        "facts": lambda: facts_panel(desk, care.knowledge, page),
        "entry": lambda: entry_panel(table, page),
        "chat": lambda: chat(desk, care, page, step.waiting),
        "composer": lambda: frame.composer(page),
        "verdicts": lambda: frame.verdicts(desk, clerk.cases(desk), care.settings.feedback is not None, page),
        "tabs": lambda: frame.tabs(page),
        "evidence": lambda: evidence(shown.answer if shown else None, desk.shown or 0, care, page),
        "whatif": lambda: what_if_panel(desk, table, page, step.given, step.difference),
        "documents": lambda: documents_panel(bool(desk.log), page, desk.form, step.document),
    }
    return drawing[name]()
