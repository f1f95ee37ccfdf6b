"""Errors of the search layer."""

from __future__ import annotations


class IndexUnusableError(Exception):
    """The index is missing, damaged, locked, or belongs to another embedder; the message says what mends it."""


class EmbedderError(Exception):
    """The embedder asked for cannot be loaded; the message says what to install or set."""
