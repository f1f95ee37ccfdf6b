"""Plain text and Markdown."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from corpus.readers.draft import Draft

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_SENTENCE_ENDS = (".", "。", "；", ";")
_NUMBERED = re.compile(
    r"^(?:\d+(?:\.\d+){0,3}\.?|[一二三四五六七八九十]+、|第[一二三四五六七八九十\d]+[章节])\s*\S.{0,60}$"
)


def read(data: bytes, draft: Draft) -> None:
    """Read text into *draft*, in whatever character set it is; raises :class:`ValueError` where it is not text."""
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError("is not text")
    for paragraph in re.split(r"\n\s*\n", decode(data).replace("\r\n", "\n").replace("\r", "\n")):
        lines = paragraph.strip().splitlines()
        while lines and (heading := _HEADING.match(lines[0].strip())):
            draft.heading(heading[2], len(heading[1]))
            lines.pop(0)
        if (
            len(lines) == 1
            and _NUMBERED.match(lines[0].strip())
            and not lines[0].rstrip().endswith((".", "。", "；", ";"))
        ):
            draft.heading(lines[0])
        elif lines:
            draft.block("\n".join(lines))


def decode(data: bytes) -> str:
    """Text in UTF-8, or else in the character set it most likely is."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = from_bytes(data[:200_000]).best()
        if guess is None:
            raise ValueError("is in no character set that can be recognised") from None
        return data.decode(guess.encoding, errors="replace")
