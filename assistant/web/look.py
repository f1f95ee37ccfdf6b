"""Theme and style sheet of the pages; fonts are the system's, nothing is fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

#: The style sheets of the pages, in the order in which they are read.
CSS = "\n".join(
    (Path(__file__).parent / f"{name}.css").read_text(encoding="utf-8") for name in ("common", "nurse", "form")
)

#: The scripts of the pages; they stand in the page itself.
SCRIPT = "\n".join((Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8") for name in ("nurse",))

#: Rules for what stands around the page: Gradio confines the style sheet that it is given to the inside.
_OUTER = (Path(__file__).parent / "outer.css").read_text(encoding="utf-8")

HEAD = (
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
    f"<style>{_OUTER}</style><script>{SCRIPT}</script>"
)

_SANS = [
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Noto Sans",
    "Noto Sans CJK SC",
    "PingFang SC",
    "Microsoft YaHei",
    "sans-serif",
]


def theme() -> Any:
    """A quiet theme on system fonts."""
    import gradio as gr

    soft = gr.themes.Soft(primary_hue="teal", neutral_hue="slate", font=_SANS, font_mono=["ui-monospace", "monospace"])
    return soft.set(
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_text_color="white",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_text_color="*neutral_700",
        block_label_text_color_dark="*neutral_200",
        block_title_background_fill="transparent",
        block_title_background_fill_dark="transparent",
        block_title_text_color="*neutral_700",
        block_title_text_color_dark="*neutral_200",
        checkbox_label_background_fill_selected="*primary_700",
        checkbox_label_background_fill_selected_dark="*primary_700",
        checkbox_label_text_color_selected="white",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_border_color="*neutral_400",
        input_border_width="1px",
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_400",
    )
