"""The pieces of HTML that the form's screens are made of. Labels come in escaped, values are escaped here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from html import escape

_NUMBER = re.compile(r"\d+")


def calls(number: str) -> str:
    """The emergency number as text in which every number can be tapped to call it."""
    return _NUMBER.sub(lambda found: f'<a href="tel:{found[0]}">{found[0]}</a>', escape(number))


def inset(words: str, **html: str) -> str:
    """Words with HTML in the place of their placeholders."""
    return escape(words).format(**html)


def button(
    label: str,
    action: str,
    value: str = "",
    *,
    pressed: bool | None = None,
    style: str = "",
    attributes: str = "",
) -> str:
    """A button; *pressed* marks the answer that was given."""
    state = "" if pressed is None else f' aria-pressed="{str(pressed).lower()}"'
    look = f' class="{style}"' if style else ""
    action = f' data-action="{action}" data-value="{escape(value)}"'
    return f'<button type="button"{look}{action}{state}{attributes}>{label}</button>'


def line(name: str, value: str, label: str, described: str) -> str:
    """A field for a number."""
    return (
        f'<label class="form-label" for="form-{name}">{label}</label>'
        f'<input class="form-input short" id="form-{name}" name="{name}" inputmode="decimal" maxlength="40"'
        f' value="{escape(value)}"{described}>'
    )


def area(name: str, value: str, label: str, hint: str, described: str) -> str:
    """A field for words."""
    return (
        f'<label class="form-label" for="form-{name}">{label}</label>'
        f'<textarea class="form-input" id="form-{name}" name="{name}" rows="4" placeholder="{hint}"{described}>'
        f"\n{escape(value)}</textarea>"
    )


def ticks(name: str, options: Iterable[tuple[str, str]], chosen: Collection[str], legend: str, described: str) -> str:
    """Boxes to tick, several of which may be."""
    boxes = "".join(_tick("checkbox", name, label, value, value in chosen) for label, value in options)
    return f"<fieldset{described}><legend>{legend}</legend>{boxes}</fieldset>"


def radios(name: str, options: Iterable[tuple[str, str]], chosen: str, legend: str) -> str:
    """Buttons one of which is chosen."""
    boxes = "".join(_tick("radio", name, label, value, value == chosen) for label, value in options)
    return f'<fieldset class="form-units"><legend>{legend}</legend>{boxes}</fieldset>'


def chips(words: Iterable[str], style: str = "chips") -> str:
    """Words in small frames, each once."""
    return f'<ul class="{style}">' + "".join(f"<li>{escape(word)}</li>" for word in dict.fromkeys(words)) + "</ul>"


def bullets(rows: Iterable[str]) -> str:
    """A list of rows of HTML; nothing where there are none."""
    items = "".join(f"<li>{row}</li>" for row in rows)
    return f"<ul>{items}</ul>" if items else ""


def link(url: str | None) -> str:
    """A link that opens beside the page; nothing where there is no address."""
    if not url:
        return ""
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(url)}</a>'


def marked(words: str, marks: Iterable[int | str]) -> str:
    """Words with the marks of their sources after them."""
    links = "".join(f'<a class="form-mark" href="#form-source-{mark}">[{mark}]</a>' for mark in marks)
    return f"{escape(words)} {links}".rstrip()


def _tick(kind: str, name: str, label: str, value: str, chosen: bool) -> str:
    checked = " checked" if chosen else ""
    box = f'<input type="{kind}" name="{name}" value="{escape(value)}"{checked}>'
    return f'<label class="form-tick">{box}<span>{escape(label)}</span></label>'
