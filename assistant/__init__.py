"""Cited, personalised nursing-care recommendations in English and Chinese, offline.

    from assistant import Assistant, Patient

    care = Assistant.load()
    answer = care.ask("What should he eat?", Patient(age_years=72, sex="male", conditions=["ckd stage 4"]))
    print(answer.text)

The way an answer goes, one module a step: ``intake`` (words to findings) → ``triage`` (urgency, by
rules) → ``fusion`` (what is relevant, applies and is safe) → ``compose`` → ``verify``.
"""

from __future__ import annotations

from assistant.answer import (
    Answer,
    Because,
    Citation,
    HeldBack,
    Reason,
    Recommendation,
    Urgency,
)
from assistant.assistant import Assistant
from assistant.errors import AssistantError, InputError
from assistant.news2 import News2, news2
from assistant.news2_trend import News2Trend, news2_trend
from assistant.patient import Patient
from assistant.settings import Settings
from assistant.verify import CheckedSentence, Verification, check_sentences, verify_claim

__all__ = [
    "Answer",
    "Assistant",
    "AssistantError",
    "Because",
    "CheckedSentence",
    "Citation",
    "HeldBack",
    "InputError",
    "News2",
    "News2Trend",
    "Patient",
    "Reason",
    "Recommendation",
    "Settings",
    "Urgency",
    "Verification",
    "check_sentences",
    "news2",
    "news2_trend",
    "verify_claim",
]
