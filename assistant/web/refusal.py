"""Errors of the page's own, said in the language of the page."""

from __future__ import annotations

from typing import Any

from assistant.errors import InputError
from assistant.web.strings import text
from corpus.concepts import Measurement


class RefusalError(InputError):
    """Something the page cannot do as asked: what is wrong and what to do, by a key under ``problem``."""

    def __init__(self, key: str, **values: Any) -> None:
        self.key = key
        self.values = values
        super().__init__(self.said("en"))

    def said(self, language: str) -> str:
        """The sentence in *language*."""
        named = {k: v.label(language) if isinstance(v, Measurement) else v for k, v in self.values.items()}
        return text(f"problem.{self.key}", language, **named)


def said(error: InputError, language: str) -> str:
    """An error in the language of the page; one that comes from deeper inside stands as it is, introduced."""
    if isinstance(error, RefusalError):
        return error.said(language)
    return text("problem.other", language, detail=str(error))
