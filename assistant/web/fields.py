"""Reading what is typed into plain boxes."""

from __future__ import annotations

from typing import Any

from assistant.errors import InputError
from assistant.web.strings import Switchboard, text


def age_field(board: Switchboard, language: str) -> Any:
    """A text box for the age: Gradio's number box would show an unknown age as 0, and a newborn gets other advice."""
    import gradio as gr

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


def lines(value: str | None) -> list[str]:
    """The entries of a text box, one a line; commas separate too."""
    separated = (
        (value or "").replace("；", "\n").replace(";", "\n").replace("，", "\n").replace(",", "\n").replace("、", "\n")
    )
    return [line.strip() for line in separated.splitlines() if line.strip()]
