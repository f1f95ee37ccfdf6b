"""The nurse's page: the patient's facts, the chat and the evidence, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from assistant.assistant import Assistant
from assistant.conversation import Conversation, State
from assistant.errors import InputError
from assistant.measure import read_numbers
from assistant.patient import Patient, measurement_label
from assistant.web import show
from assistant.web.look import SHOW_LATEST
from assistant.web.strings import LANGUAGES, Switchboard, text

_EXAMPLES = {
    "en": [
        "72-year-old man, CKD stage 4, K 5.6, BP 158/92, takes ibuprofen. What should he eat and avoid?",
        "How often should I turn a bedbound patient, and how should she lie?",
        "Stroke yesterday, has not been swallow screened. May he drink water?",
    ],
    "zh": [
        "68岁，慢性肾功能不全，合并糖尿病和高血压，怎样控制血糖血压、减少冠心病发作？",
        "胃溃疡患者可以吃益生菌、钙奶和维生素C吗？",
        "卧床老人怎么翻身，多久翻一次？",
    ],
}


def nurse_page(care: Assistant, language: str) -> None:
    """Lay out the page inside the current ``gr.Blocks``."""
    board = Switchboard()
    talk = gr.State(None)
    with gr.Row(elem_classes="page-head"):
        head = gr.HTML(_head(language))
        board.add(head, value=_head)
        switch = board.add(
            gr.Radio(LANGUAGES, value=language, label=text("language", language), scale=0, min_width=220),
            label="language",
        )
    with gr.Row(elem_id="nurse-columns"):
        with gr.Column(scale=3, min_width=260):
            heading = gr.Markdown(f"## {text('nurse.patient', language)}")
            board.add(heading, value=lambda lang: f"## {text('nurse.patient', lang)}")
            fields = _patient_fields(board, language)
            understood = gr.HTML(elem_id="understood")
        with gr.Column(scale=6, min_width=360, elem_id="chat-column"):
            urgency = gr.HTML(elem_id="urgency")
            chat = board.add(
                gr.Chatbot(
                    label=text("nurse.conversation", language),
                    show_label=False,
                    elem_id="chat",
                    height=520,
                    placeholder=text("nurse.welcome", language),
                    buttons=["copy"],
                    feedback_options=None,
                    layout="bubble",
                    autoscroll=False,
                ),
                label="nurse.conversation",
                placeholder="nurse.welcome",
            )
            question = board.add(
                gr.Textbox(
                    label=text("nurse.question", language),
                    placeholder=text("nurse.question_hint", language),
                    lines=2,
                    autofocus=True,
                    elem_id="question",
                ),
                label="nurse.question",
                placeholder="nurse.question_hint",
            )
            with gr.Row():
                send = board.add(
                    gr.Button(text("nurse.send", language), variant="primary", elem_id="send"), value="nurse.send"
                )
                new = board.add(gr.Button(text("nurse.new", language), elem_id="new"), value="nurse.new")
            examples = gr.Radio(_EXAMPLES[language], label=text("nurse.examples", language), elem_id="examples")
            board.add(examples, label="nurse.examples", choices=lambda lang: _EXAMPLES[lang])
        with gr.Column(scale=4, min_width=300):
            evidence_heading = gr.Markdown(f"## {text('nurse.evidence', language)}")
            board.add(evidence_heading, value=lambda lang: f"## {text('nurse.evidence', lang)}")
            evidence = gr.HTML(f"<p>{text('nurse.no_evidence', language)}</p>", elem_id="evidence-panel")

    def respond(message: str, history: list[Any], lang: str, last: Any, *values: Any) -> Iterator[list[Any]]:
        unchanged = [gr.skip()] * len(fields)
        try:
            conversation = Conversation(care, state_with(last, patient_from(values, care)))
            answer = conversation.say(message)
        except InputError as error:
            gr.Warning(str(error))
            yield [message, history, *[gr.skip()] * 4, *unchanged]
            return
        history = [*history, {"role": "user", "content": message}]
        shown = ""
        number = care.settings.emergency_call(answer.language)
        for block in show.chat_blocks(answer, number):
            shown += block + "\n\n"
            reply = {"role": "assistant", "content": shown}
            yield ["", [*history, reply], show.banner(answer, number), *[gr.skip()] * 3, *unchanged]
        full = [*history, {"role": "assistant", "content": shown}]
        filled = fill(conversation.patient, lang)
        understood_html = show.chips(conversation.patient, care, lang)
        yield ["", full, gr.skip(), show.evidence(answer, care), understood_html, conversation.state, *filled]
        reworded = care.reword(answer, conversation.patient)
        if reworded is not answer:
            body = "\n\n".join(show.chat_blocks(reworded, number))
            full = [*history, {"role": "assistant", "content": body}]
            yield [gr.skip(), full, *[gr.skip()] * 4, *unchanged]

    outputs = [question, chat, urgency, evidence, understood, talk, *fields]
    inputs = [question, chat, switch, talk, *fields]
    asked = gr.on([send.click, question.submit], respond, inputs, outputs, show_progress="minimal")
    asked.then(None, None, None, js=SHOW_LATEST)
    examples.input(lambda chosen: chosen or "", examples, question)
    switch.change(board.updates, switch, board.components, show_progress="hidden")

    def restart(lang: str) -> list[Any]:
        return ["", [], "", f"<p>{text('nurse.no_evidence', lang)}</p>", "", None, *fill(Patient(), lang)]

    gr.on([new.click, chat.clear], restart, switch, outputs)

    def recognise(lang: str, *values: Any) -> str:
        try:
            return show.chips(patient_from(values, care), care, lang)
        except InputError as error:
            gr.Warning(str(error))
            return ""

    for field in fields:
        field.change(recognise, [switch, *fields], understood, show_progress="hidden")


def _head(language: str) -> str:
    return f"<h1>{text('title', language)}</h1><p>{text('nurse.intro', language)}</p>"


def _patient_fields(board: Switchboard, language: str) -> list[Any]:
    """Age, sex, pregnant, conditions, symptoms, medicines, allergies, numbers: in the order of :func:`fill`."""

    def sexes(lang: str) -> list[tuple[str, str]]:
        return [(text(f"sex.{value}", lang), value) for value in ("female", "male")]

    with gr.Row():
        age = age_field(board, language)
        sex = gr.Radio(sexes(language), label=text("nurse.sex", language), min_width=120)
        board.add(sex, label="nurse.sex", choices=sexes)
    pregnant = board.add(gr.Checkbox(label=text("nurse.pregnant", language)), label="nurse.pregnant")
    words = []
    for name in ("conditions", "symptoms", "medications", "allergies"):
        hint = f"nurse.{name}_hint" if name in ("conditions", "medications") else None
        box = gr.Textbox(
            label=text(f"nurse.{name}", language),
            lines=2,
            max_lines=6,
            placeholder=text(hint, language) if hint else None,
            elem_id=f"field-{name}",
        )  # fmt: skip
        board.add(box, label=f"nurse.{name}", **({"placeholder": hint} if hint else {}))
        words.append(box)
    numbers = board.add(
        gr.Textbox(
            label=text("nurse.numbers", language),
            lines=2,
            max_lines=8,
            placeholder=text("nurse.numbers_hint", language),
            elem_id="field-numbers",
        ),
        label="nurse.numbers",
        placeholder="nurse.numbers_hint",
    )  # fmt: skip
    return [age, sex, pregnant, *words, numbers]


def age_field(board: Switchboard, language: str) -> Any:
    """A text box for the age: Gradio's number box would show an unknown age as 0, and a newborn gets other advice."""
    box = gr.Textbox(label=text("nurse.age", language), max_lines=1, min_width=80, elem_id="field-age")
    return board.add(box, label="nurse.age")


def age_from(value: str | None) -> float | None:
    """The age in the box, ``None`` where it is empty; :class:`~assistant.InputError` for anything but a number."""
    if not (value or "").strip():
        return None
    try:
        return float(str(value).strip())
    except ValueError as error:
        raise InputError(f"age: “{value}” is not a number of years") from error


def patient_from(values: tuple[Any, ...], care: Assistant) -> Patient:
    """The patient in the fields; raises :class:`~assistant.InputError` for impossible values."""
    age, sex, pregnant, conditions, symptoms, medications, allergies, numbers = values
    read = read_numbers(numbers or "", care.knowledge.table)
    if read.doubts:
        raise InputError(f"“{read.doubts[0]}” is not possible; check the value and its unit")
    return Patient(
        age_years=age_from(age),
        sex=sex or None,
        pregnant=True if pregnant else None,
        conditions=lines(conditions),
        symptoms=lines(symptoms),
        medications=lines(medications),
        allergies=lines(allergies),
        labs=read.labs,
        vitals=read.vitals,
    )


def state_with(last: State | None, patient: Patient) -> State:
    """The state of the conversation with the patient in the fields; what they do not show is kept."""
    if last is None:
        return State(patient=patient)
    hidden = {name: getattr(last.patient, name) for name in ("devices", "habits", "absent", "breastfeeding")}
    return last.model_copy(update={"patient": Patient(**(patient.model_dump() | hidden))})


def fill(patient: Patient, language: str) -> list[Any]:
    """The values of the fields for a patient, in the order of :func:`patient_from`."""
    numbers = [f"{measurement_label(key, language)} {value:g}" for key, value in patient.labs.items()]
    vitals = dict(patient.vitals)
    high, low = vitals.pop("systolic_bp", None), vitals.pop("diastolic_bp", None)
    if high is not None and low is not None:
        numbers.append(f"BP {high:g}/{low:g}")
    elif high is not None:
        numbers.append(f"{measurement_label('systolic_bp', language)} {high:g}")
    numbers += [
        f"{measurement_label(key, language)} {value:g}" for key, value in vitals.items() if isinstance(value, float)
    ]
    if "on_oxygen" in vitals:
        numbers.append(text("nurse.on_oxygen" if vitals["on_oxygen"] else "nurse.on_air", language))
    words = [patient.conditions, patient.symptoms, patient.medications, patient.allergies]
    age = "" if patient.age_years is None else f"{patient.age_years:g}"
    return [age, patient.sex, bool(patient.pregnant), *("\n".join(w) for w in words), ", ".join(numbers)]


def lines(value: str | None) -> list[str]:
    """The entries of a text box, one a line; commas separate too."""
    separated = (
        (value or "").replace("；", "\n").replace(";", "\n").replace("，", "\n").replace(",", "\n").replace("、", "\n")
    )
    return [line.strip() for line in separated.splitlines() if line.strip()]
