"""An answer in other forms: SBAR, a care plan, a leaflet, shorter, the reasons, a source.

Each takes a patient and an answer and gives Markdown. They arrange what the answer says and what is known of the
patient; every sentence of advice keeps its ``[n]``, and nothing is added that is not in either. *language* is that of
the headings and labels, by default the answer's; the advice itself stays in the answer's.
"""

from __future__ import annotations

from collections.abc import Callable

from assistant.answer import Answer
from assistant.forms.careplan import care_plan
from assistant.forms.handover import sbar
from assistant.forms.leaflet import leaflet
from assistant.forms.reasons import shorter, source, why
from assistant.patient import Patient
from corpus.models import Language

#: The forms by the names under which they are asked for.
FORMS: dict[str, Callable[[Patient, Answer, Language | None], str]] = {
    "sbar": sbar,
    "care_plan": care_plan,
    "plain": leaflet,
    "shorter": shorter,
    "why": why,
}

__all__ = ["FORMS", "care_plan", "leaflet", "sbar", "shorter", "source", "why"]
