"""The urgency as a banner: what the pages show first."""

from __future__ import annotations

from html import escape

from assistant.answer import Answer, Urgency
from assistant.compose import facts_text
from assistant.messages import say
from assistant.web.markup import linked
from corpus.models import Language


def banner(answer: Answer, number: str) -> str:
    """The urgency of an answer as a coloured banner with what to do now, without marks."""
    return urgency_banner(answer.urgency, answer.language, number)


def urgency_banner(
    urgency: Urgency, language: Language, number: str, turn: int | None = None, *, alert: bool = True
) -> str:
    """The level, what to do now, and why; with *turn* its sources are linked. With *alert* it is read out at once."""
    role = "alert" if urgency.level == "emergency" else "status"
    title = escape(say(f"level.{urgency.level}", language, number=number))
    action = f'<p class="action">{escape(urgency.action)}</p>' if urgency.reasons else ""
    lines = []
    for reason in urgency.reasons:
        facts = f" ({escape(facts_text(reason.because, language))})" if turn is not None and reason.because else ""
        marks = "".join(f"[{n}]" for n in reason.citations)
        shown = f" {linked(marks, turn, language)}" if turn is not None and marks else ""
        lines.append(f"<p>{escape(reason.text)}{facts}{shown}</p>")
    spoken = f' role="{role}"' if alert else ""
    return f'<div class="banner {urgency.level}"{spoken}><h2>{title}</h2>{action}{"".join(lines)}</div>'
