"""Errors of the knowledge layer; each message says what is wrong, where, and what to do."""

from __future__ import annotations


class CorpusError(Exception):
    """The knowledge under ``corpus/data`` is unusable: a file is missing, malformed or inconsistent."""
