"""What can go wrong, as a tree.

    AssistantError
    ├── InputError           a question, patient or case that cannot be used (exit status 1)
    │   └── LanguageModelError   CARE_LLM names something that cannot be loaded
    └── (IndexUnusableError, CorpusError, EmbedderError come from the layers below; exit status 3)

Every message says what is wrong, where, and what to do, in a sentence or two.
"""

from __future__ import annotations


class AssistantError(Exception):
    """Base of the errors this package raises itself."""


class InputError(AssistantError, ValueError):
    """The input cannot be used: empty, too long, malformed or impossible."""


class LanguageModelError(InputError):
    """The language model that was set cannot be used: its setting is malformed, or a package or a file is missing."""
