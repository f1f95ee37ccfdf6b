"""The pages' strings in both languages, from ``strings.yaml``, and the switching of a page's language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus.strings import Strings

LANGUAGES = [("English", "en"), ("中文", "zh")]


STRINGS = Strings(Path(__file__).parent / "strings.yaml")
#: The string at a dotted key in a language.
text = STRINGS.text


def unit_names() -> dict[str, str]:
    """How the units are written in which a value can be entered, by the end of a measurement's key."""
    return {str(key): str(name) for key, name in STRINGS.data["units"].items()}


def flags() -> list[dict[str, str]]:
    """The patient form's first questions: concept and wording in both languages."""
    found: list[dict[str, str]] = STRINGS.data["flags"]
    return found


class Switchboard:
    """Remembers which strings a page's components show, to redraw them all in the other language."""

    def __init__(self) -> None:
        self.components: list[Any] = []
        self._keys: list[dict[str, Any]] = []

    def add(self, component: Any, **properties: Any) -> Any:
        """Register *component*; *properties* maps its property to a string key, or to a function of the language."""
        self.components.append(component)
        self._keys.append(properties)
        return component

    def updates(self, language: str) -> list[Any]:
        """The updates that show every registered component in *language*."""
        import gradio as gr

        updates = []
        for keys in self._keys:
            changes: dict[str, Any] = {
                name: key(language) if callable(key) else text(key, language) for name, key in keys.items()
            }
            updates.append(gr.update(**changes))
        return updates
