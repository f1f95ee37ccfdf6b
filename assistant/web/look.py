"""Theme and style sheet of the pages; fonts are the system's, nothing is fetched from elsewhere."""

from __future__ import annotations

from typing import Any

CSS = """
.gradio-container {max-width: 1500px !important; margin: 0 auto !important;}
.page-head {align-items: center; gap: 1rem;}
.page-head h1 {margin: 0; font-size: 1.35rem;}
.page-head p {margin: .15rem 0 0; color: var(--body-text-color-subdued);}
#nurse-columns {align-items: flex-start;}
.page-head > * {flex-wrap: wrap;}
#evidence-panel {max-height: 78vh; overflow-y: auto;}
.source-card {border: 1px solid var(--border-color-primary); border-radius: 8px; padding: .7rem .85rem; margin: 0 0 .7rem;
  background: var(--background-fill-primary); scroll-margin-top: 1rem;}
.source-card:target {outline: 3px solid var(--color-accent);}
.source-card h3 {font-size: .95rem; margin: 0 0 .3rem; line-height: 1.35;}
.source-card .meta {font-size: .85rem; color: var(--body-text-color-subdued); margin: 0 0 .45rem; overflow-wrap: anywhere;}
.source-card blockquote {margin: 0; font-size: .92rem; line-height: 1.55; border-left: 3px solid var(--color-accent); padding-left: .65rem;}
.source-card mark {background: #fde68a; color: #1f2937; padding: 0 .1em;}
.dark .source-card mark {background: #854d0e; color: #fef9c3;}
.source-card .overdue {color: #b45309; font-weight: 600;}
.chips {display: flex; flex-wrap: wrap; gap: .35rem; margin: .2rem 0 0; padding: 0; list-style: none;}
.chips li {border: 1px solid var(--border-color-primary); border-radius: 999px; padding: .1rem .6rem; font-size: .85rem; margin: 0;}
.chips li.unknown {border-style: dashed; border-color: #b45309; color: #b45309;}
.dark .chips li.unknown {color: #fbbf24; border-color: #fbbf24;}
.banner {border-radius: 10px; padding: .9rem 1.1rem; margin: 0 0 .8rem; border-left: 8px solid; color: #111827;}
.banner h2 {margin: 0 0 .3rem; font-size: 1.2rem; color: inherit;}
.banner p {margin: .2rem 0; color: inherit;}
.banner.emergency {background: #fee2e2; border-color: #b91c1c;}
.banner.urgent {background: #ffedd5; border-color: #c2410c;}
.banner.routine {background: #e0f2fe; border-color: #0369a1;}
.banner.self_care {background: #ecfdf5; border-color: #047857;}
.form-page {max-width: 760px; margin: 0 auto;}
.form-page .prose h2 {font-size: 1.2rem;}
.form-page button {min-height: 48px;}
.form-page fieldset label, #flag-list label {padding: .55rem .7rem; line-height: 1.45;}
#flag-list .wrap {flex-direction: column; align-items: stretch;}
#chat .message {font-size: 1rem; line-height: 1.55;}
#chat h3 {font-size: 1.05rem; margin: .9rem 0 .3rem;}
footer {display: none !important;}
:focus-visible {outline: 3px solid var(--color-accent) !important; outline-offset: 2px;}
@media (max-width: 900px) {
  #nurse-columns {flex-direction: column;}
  #nurse-columns > * {width: 100%; min-width: 0 !important;}
  #chat-column {order: -1;}
  .page-head > * {flex-wrap: wrap;}
#evidence-panel {max-height: none;}
  .page-head {flex-direction: column; align-items: stretch;}
}
"""

#: Brings the beginning of the latest exchange into view, where the urgency stands.
SHOW_LATEST = """() => { const all = document.querySelectorAll('#chat .user');
  const last = all[all.length - 1]; const box = last && last.closest('.bubble-wrap');
  if (box) box.scrollTop += last.getBoundingClientRect().top - box.getBoundingClientRect().top - 12; }"""

HEAD = (
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
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
        checkbox_label_text_color_selected="white",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        input_placeholder_color="*neutral_500",
        input_border_color="*neutral_400",
        input_border_width="1px",
        checkbox_border_color="*neutral_500",
        checkbox_border_color_dark="*neutral_400",
    )
