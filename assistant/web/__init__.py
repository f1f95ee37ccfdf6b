"""The web pages: the nurse's chat at ``/`` and the patient's guided form at ``/patient``."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from assistant.assistant import Assistant
from assistant.errors import InputError
from assistant.progress import progress_bar
from assistant.settings import Settings

if TYPE_CHECKING:
    import gradio as gr


def serve(settings: Settings) -> None:
    """Load the assistant and serve the pages until interrupted; raises :class:`InputError` if the port is taken."""
    _check_port(settings)
    with progress_bar("Building the index") as show:
        care = Assistant.load(settings=settings, progress=show)
    page = build_page(care)
    launch(page, settings)


def build_page(care: Assistant) -> gr.Blocks:
    """The two pages as one Gradio app, not yet started."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio as gr
    from gradio.components import navbar

    from assistant.web.form import form_page
    from assistant.web.nurse import forget_closed_tabs, nurse_page
    from assistant.web.strings import text

    language = care.settings.lang or "en"
    page: gr.Blocks
    with gr.Blocks(
        title=f"{text('title', 'en')} · {text('title', 'zh')}", analytics_enabled=False, fill_width=True
    ) as page:
        navbar.Navbar(main_page_name="Nurse · 护士")
        nurse_page(care, language)
        forget_closed_tabs(page)
    with page.route("Patient · 患者", "/patient"):
        navbar.Navbar(main_page_name="Nurse · 护士")
        form_page(care, language)
    return page


def launch(page: gr.Blocks, settings: Settings, *, block: bool = True) -> None:
    """Start the server; with *block* false it returns once the page answers."""
    from assistant.web.look import CSS, HEAD, theme

    page.launch(
        server_name=settings.host,
        server_port=settings.port,
        prevent_thread_lock=not block,
        quiet=not block,
        share=False,
        ssr_mode=False,
        footer_links=[],
        theme=theme(),
        css=CSS,
        head=HEAD,
    )


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise InputError(
                f"cannot listen on {settings.host}:{settings.port} ({error.strerror}); stop what uses it, "
                "or choose another port with CARE_PORT"
            ) from error
