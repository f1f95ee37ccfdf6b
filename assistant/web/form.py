"""The patient's page: a guided form, one step a screen, warning signs first."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant import compose
from assistant.assistant import Assistant
from assistant.errors import InputError
from assistant.patient import Patient
from assistant.web import show
from assistant.web.nurse import age_field, age_from, lines
from assistant.web.strings import LANGUAGES, Switchboard, durations, flags, text

_NONE = "none"
_STEPS = ("who", "flags", "what", "background", "result")


def form_page(care: Assistant, language: str) -> None:
    """Lay out the page inside the current ``gr.Blocks``."""
    board = Switchboard()
    with gr.Column(elem_classes="form-page"):
        with gr.Row(elem_classes="page-head"):
            board.add(gr.HTML(_head(language)), value=_head)
            switch = board.add(
                gr.Radio(LANGUAGES, value=language, label=text("language", language), scale=0, min_width=220),
                label="language",
            )
        steps = {}
        for number, name in enumerate(_STEPS):
            steps[name] = gr.Column(visible=number == 0, elem_id=f"step-{name}")
        with steps["who"]:
            _title(board, "patient.step_who", language)
            who = _choice(board, "patient.who", _who, language)
            age = age_field(board, language)
            sex = _choice(board, "nurse.sex", _sexes, language)
            pregnant = board.add(gr.Checkbox(label=text("nurse.pregnant", language)), label="nurse.pregnant")
            _, to_flags = _buttons(board, language, None, "patient.next")
        with steps["flags"]:
            _title(board, "patient.step_flags", language)
            happening = gr.CheckboxGroup(
                _flag_choices(language), label=text("patient.flags_hint", language), elem_id="flag-list"
            )
            board.add(happening, label="patient.flags_hint", choices=_flag_choices)
            back_to_who, to_what = _buttons(board, language, "patient.back", "patient.next")
        with steps["what"]:
            _title(board, "patient.step_what", language)
            what = board.add(
                gr.Textbox(
                    label=text("patient.what", language),
                    placeholder=text("patient.what_hint", language),
                    lines=3,
                    elem_id="what",
                ),
                label="patient.what",
                placeholder="patient.what_hint",
            )
            how_long = _choice(board, "patient.how_long", _durations, language)
            back_to_flags, to_background = _buttons(board, language, "patient.back", "patient.next")
        with steps["background"]:
            _title(board, "patient.step_background", language)
            conditions = board.add(
                gr.Textbox(
                    label=text("patient.conditions", language),
                    placeholder=text("patient.conditions_hint", language),
                    lines=3,
                    elem_id="conditions",
                ),
                label="patient.conditions",
                placeholder="patient.conditions_hint",
            )
            medications = board.add(
                gr.Textbox(label=text("patient.medications", language), lines=3), label="patient.medications"
            )
            allergies = board.add(
                gr.Textbox(label=text("patient.allergies", language), lines=2), label="patient.allergies"
            )
            back_to_what, finish = _buttons(board, language, "patient.back", "patient.finish")
        with steps["result"]:
            _title(board, "patient.step_result", language)
            result_banner = gr.HTML(elem_id="result-banner")
            result = gr.Markdown(elem_id="result")
            back_to_background, again = _buttons(board, language, "patient.back", "patient.again")

    groups = [steps[name] for name in _STEPS]
    inputs = [who, age, sex, pregnant, happening, what, how_long, conditions, medications, allergies]

    def go(name: str) -> list[Any]:
        return [gr.update(visible=step == name) for step in _STEPS]

    def show_result(*values: Any) -> list[Any]:
        try:
            return [*go("result"), *_result(care, values[-1], values[:-1])]
        except InputError as error:
            gr.Warning(str(error))
            return [*go("background"), gr.skip(), gr.skip()]

    def after_flags(*values: Any) -> list[Any]:
        *answers, lang = values
        ticked = answers[inputs.index(happening)]
        if not ticked:
            gr.Warning(text("patient.must_tick", lang))
            return [*go("flags"), gr.skip(), gr.skip()]
        if ticked == [_NONE]:
            return [*go("what"), gr.skip(), gr.skip()]
        return show_result(*values)

    def after_what(described: str, lang: str) -> list[Any]:
        if not (described or "").strip():
            gr.Warning(text("patient.must_tell", lang))
            return go("what")
        return go("background")

    to_flags.click(lambda: go("flags"), None, groups)
    to_what.click(after_flags, [*inputs, switch], [*groups, result_banner, result])
    to_background.click(after_what, [what, switch], groups)
    finish.click(show_result, [*inputs, switch], [*groups, result_banner, result])
    for button, name in (
        (back_to_who, "who"), (back_to_flags, "flags"), (back_to_what, "what"), (back_to_background, "background"),
    ):  # fmt: skip
        button.click(lambda name=name: go(name), None, groups)
    blank: list[Any] = [None, "", None, False, [], "", None, "", "", ""]
    again.click(lambda: [*go("who"), *blank], None, [*groups, *inputs])
    switch.change(board.updates, switch, board.components, show_progress="hidden")


def _result(care: Assistant, language: str, values: tuple[Any, ...]) -> list[Any]:
    """The banner and the text of the result, for the values of the form."""
    _, age, sex, pregnant, ticked, what, how_long, conditions, medications, allergies = values
    table = care.knowledge.table
    wording = {flag["concept"]: table.label(flag["concept"], language) for flag in flags()}
    happening = [wording[concept] for concept in ticked or [] if concept in wording]
    patient = Patient(
        age_years=age_from(age),
        sex=sex or None,
        pregnant=True if pregnant else None,
        symptoms=happening,
        absent=[label for concept, label in wording.items() if concept not in (ticked or [])],
        conditions=lines(conditions),
        medications=lines(medications),
        allergies=lines(allergies),
    )
    duration = f" ({text(f'patient.durations.{how_long}', language)})" if how_long and how_long != "unknown" else ""
    question = f"{what.strip()}{duration}" if (what or "").strip() else text("patient.default_question", language)
    answer = care.ask(question, patient, audience="patient", language=language)  # type: ignore[arg-type]
    number = care.settings.emergency_call(language)
    body = compose.markdown(answer, number)
    _, _, rest = body.partition("\n\n### ")
    body = f"### {rest}" if rest else (answer.abstain_reason or "")
    return [show.banner(answer, number), body]


def _head(language: str) -> str:
    return f"<h1>{text('title', language)}</h1><p>{text('patient.intro', language)}</p>"


def _title(board: Switchboard, key: str, language: str) -> None:
    board.add(gr.Markdown(f"## {text(key, language)}"), value=lambda lang: f"## {text(key, lang)}")


def _choice(board: Switchboard, key: str, choices: Any, language: str) -> Any:
    return board.add(gr.Radio(choices(language), label=text(key, language)), label=key, choices=choices)


def _buttons(board: Switchboard, language: str, back: str | None, forward: str) -> tuple[Any, Any]:
    with gr.Row():
        left = board.add(gr.Button(text(back, language)), value=back) if back else None
        right = board.add(gr.Button(text(forward, language), variant="primary"), value=forward)
    return left, right


def _who(language: str) -> list[tuple[str, str]]:
    return [(text(f"patient.{name}", language), name) for name in ("me", "other")]


def _sexes(language: str) -> list[tuple[str, str]]:
    return [(text(f"sex.{value}", language), value) for value in ("female", "male")]


def _durations(language: str) -> list[tuple[str, str]]:
    return [(text(f"patient.durations.{name}", language), name) for name in durations()]


def _flag_choices(language: str) -> list[tuple[str, str]]:
    return [*((flag[language], flag["concept"]) for flag in flags()), (text("patient.none", language), _NONE)]
