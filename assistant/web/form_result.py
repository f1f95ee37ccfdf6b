"""The end of the form as HTML: an emergency that fills the screen, or what to do in plain words; and the leaflet."""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Iterable
from html import escape

from assistant.answer import Because, Citation, HeldBack, Recommendation
from assistant.compose import fact_text
from assistant.messages import say
from assistant.web.form_advice import NOT_TOLD, Advice, LookOut
from assistant.web.form_html import bullets, button, calls, chips, inset, link, marked
from assistant.web.form_reading import grade, sentence_length
from assistant.web.form_steps import Guide, Sheet
from assistant.web.strings import text
from corpus.models import Kind, Language

#: The sections in which advice is shown, with the kinds in each; those that are missed where they are empty.
_SECTIONS: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    ("today", ("intervene", "monitor", "educate")), ("diet", ("diet",)), ("activity", ("activity",)),
    ("medicine_safety", ("medicine_safety",)), ("refer", ("refer",)),
)  # fmt: skip
_MAY_BE_THIN = ("today", "diet", "activity", "medicine_safety")
#: Facts whose value says it all.
_IN_WORDS = frozenset({"question", "symptoms", "conditions", "medications", "devices", "habits"})
_MOST_HELD = 3
_LETTERS = string.ascii_lowercase
#: What is not read as a sentence: marks, links, headings, chips.
_NOT_READ = re.compile(r'<a [^>]*>.*?</a>|<h[23][^>]*>.*?</h[23]>|<ul class="chips">.*?</ul>')
_TAG = re.compile(r"<[^>]+>")
_PRINT = """body{font:16px/1.55 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;color:#111;
background:#fff;max-width:44rem;margin:1.5rem auto;padding:0 1rem}h1{font-size:1.4rem}h2{font-size:1.25rem}
h3{font-size:1.05rem;margin:1.2rem 0 .3rem}.form-banner{border:3px solid #111;border-radius:8px;padding:.5rem 1rem}
li{margin:.3rem 0}.form-note{font-size:.9rem}blockquote{margin:.2rem 0 .2rem 1rem;font-size:.9rem}
.form-banner{break-inside:avoid}@media print{body{margin:0;max-width:none}a{color:inherit;text-decoration:none}}"""


class ResultPage:
    """The result for somebody: as a screen, and as a leaflet to keep."""

    def __init__(self, guide: Guide, sheet: Sheet, advice: Advice) -> None:
        self._guide, self._sheet, self._advice = guide, sheet, advice
        self._language: Language = sheet.language
        self._number = guide.care.settings.emergency_call(sheet.language)
        sources = dict.fromkeys(item.source for item in advice.look_out)
        self._letters = dict(zip(sources, _LETTERS, strict=False))

    @property
    def level(self) -> str:
        """How urgent it is."""
        return self._advice.urgency.level

    @property
    def title(self) -> str:
        """How urgent it is, in a sentence."""
        return text(f"patient.level.{self.level}", self._language)

    def html(self) -> str:
        """The result as the last screen of the form."""
        if self.level == "emergency":
            return self._emergency()
        buttons = (
            f"{button(self._say('back'), 'back')}"
            f'<button type="button" data-print>{self._say("result.print")}</button>'
            f'<button type="button" data-download>{self._say("result.download")}</button>'
            f"{button(self._say('again'), 'again')}"
        )
        return f'<div class="form-result">{self._body()}<div class="form-moves">{buttons}</div></div>'

    def leaflet(self) -> str:
        """The result as a page of its own that can be kept, printed and read without this program."""
        if self.level == "emergency":
            return ""
        heading = self._say("result.leaflet")
        made = escape(text("patient.result.made", self._language).format(date=dt.date.today().isoformat()))
        body = self._body().replace("<details", "<details open")
        return (
            f'<!DOCTYPE html><html lang="{"zh-CN" if self._language == "zh" else "en"}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{heading}</title><style>{_PRINT}</style></head>"
            f'<body><main><h1>{heading}</h1><p class="form-note">{made}</p>{body}</main></body></html>'
        )

    def _emergency(self) -> str:
        urgency = self._advice.urgency
        numbers = "".join(
            f'<a class="form-call-button" href="tel:{number}">'
            f"{inset(text('patient.emergency.call', self._language), number=number)}</a>"
            for number in dict.fromkeys(re.findall(r"\d+", self._number))
        )
        action = urgency.action.removeprefix(say("action.emergency", self._language, number=self._number)).strip()
        waiting = self._items(self._advice.answer.recommendations)
        waiting = f"<h3>{self._say('emergency.waiting')}</h3>{waiting}" if waiting else ""
        return (
            '<div class="form-emergency" role="alert">'
            f'<h2 id="form-title" tabindex="-1">{escape(self.title)}</h2>'
            f"<p>{self._say('emergency.call_now')}</p><p class='form-numbers'>{numbers}</p>"
            f"<p><strong>{marked(action, self._cited())}</strong></p>{waiting}"
            f"<h3>{self._say('emergency.why')}</h3>{self._reasons()}{self._sources()}"
            f'<div class="form-moves">{button(self._say("emergency.wrong"), "back")}'
            f"{button(self._say('again'), 'again')}</div></div>"
        )

    def _body(self) -> str:
        parts = [self._banner()]
        if self._sheet.who == "other":
            parts.append(self._note("result.other"))
        parts.append(self._help())
        advice = self._advice.answer.recommendations
        own = self._items(item for item in advice if item.id in self._advice.own)
        own = self._not_advised() + own
        parts.append(self._section("own", f"<p>{escape(self._sheet.own.strip())}</p>{own}") if own else "")
        thin = []
        for name, kinds in _SECTIONS:
            items = self._items(item for item in advice if item.kind in kinds and item.id not in self._advice.own)
            if items:
                note = self._note("result.medicine_note") if name == "medicine_safety" else ""
                parts.append(self._section(name, note + items))
            elif name in _MAY_BE_THIN and not any(item.kind in kinds for item in advice):
                thin.append(text(f"patient.result.{name}", self._language).lower())
        parts += [self._declined(), self._held(), self._unknown(thin)]
        reading = self._reading("".join(parts))
        disclaimer = f'<p class="form-note">{escape(say("disclaimer.patient", self._language))}</p>'
        return "".join(parts) + self._told() + self._sources() + reading + disclaimer

    def _banner(self) -> str:
        urgency = self._advice.urgency
        reasons = self._reasons()
        why = f"<h3>{self._say('result.reasons')}</h3>{reasons}" if reasons else ""
        general = say(f"action.{urgency.level}", self._language, number=self._number)
        said = {general, *(reason.text for reason in urgency.reasons)}
        action = "" if urgency.action in said else f"<p>{marked(urgency.action, self._cited())}</p>"
        return (
            f'<div class="form-banner {urgency.level}"><h2 id="form-title" tabindex="-1">{escape(self.title)}</h2>'
            f"<p><strong>{self._say(f'by_when.{urgency.level}')}</strong></p>{action}{why}</div>"
        )

    def _reasons(self) -> str:
        return bullets(marked(reason.text, reason.citations) for reason in self._advice.urgency.reasons)

    def _cited(self) -> list[int]:
        return sorted({n for reason in self._advice.urgency.reasons for n in reason.citations})

    def _help(self) -> str:
        """When to get help: what would make it more urgent, and what the guidelines say on it."""
        html = ""
        for emergency, key in ((True, "call_if"), (False, "today_if")):
            if items := [item for item in self._advice.look_out if item.emergency == emergency]:
                key = key if self._sheet.complaint else "call_signs"
                lead = inset(text(f"patient.result.{key}", self._language), number=calls(self._number))
                html += f"<p><strong>{lead}</strong></p>{self._watched(items)}"
        told = [
            item for item in self._advice.answer.recommendations
            if item.kind == "escalate" and item.id not in self._advice.own
        ]  # fmt: skip
        if told:
            rows = bullets(marked(item.text, item.citations) for item in told)
            html += f"<p><strong>{self._say('result.also_if')}</strong></p>{rows}"
        return self._section("now", html) if html else ""

    def _watched(self, items: Iterable[LookOut]) -> str:
        return bullets(marked(item.words, [self._letters[item.source]]) for item in items)

    def _section(self, name: str, html: str) -> str:
        return f'<section class="form-section {name}"><h3>{self._say(f"result.{name}")}</h3>{html}</section>'

    def _items(self, items: Iterable[Recommendation]) -> str:
        rows = []
        for item in items:
            row = marked(item.text, item.citations)
            if item.escalate_when and item.kind != "escalate":
                row += f"<br>{self._say('result.help_when')} {marked(item.escalate_when, item.citations)}"
            facts = [self._fact(fact) for fact in item.because if fact.field not in NOT_TOLD]
            if facts:
                joined = ("、" if self._language == "zh" else ", ").join(dict.fromkeys(facts))
                row += f'<br><span class="form-note">{self._say("result.because")} {escape(joined)}</span>'
            rows.append(row)
        return bullets(rows)

    def _declined(self) -> str:
        answer = self._advice.answer
        rows = [part.reply for part in answer.declined]
        if not rows and answer.abstain_reason and not answer.recommendations:
            rows = [answer.abstain_reason]
        html = "".join(f"<p>{escape(row)}</p>" for row in dict.fromkeys(rows))
        return self._section("declined", html) if html else ""

    def _asked(self) -> list[HeldBack]:
        """The very things that the person's own question is about and that are not advised."""
        return [item for item in self._advice.answer.held_back if item.asked] if self._sheet.own.strip() else []

    def _not_advised(self) -> str:
        return bullets(
            f"<strong>{escape(say('label.not_advised', self._language, name=item.text))}</strong> "
            f"{marked(item.reason, item.citations)}"
            for item in self._asked()
        )

    def _held(self) -> str:
        asked = self._asked()
        rows = [
            f'{escape(item.text)}<br><span class="form-note">{self._say("result.held_why")}</span> '
            f"{marked(item.reason, item.citations)}"
            for item in self._advice.answer.held_back
            if item not in asked
        ]
        html = bullets(rows[:_MOST_HELD])
        if more := rows[_MOST_HELD:]:
            summary = escape(text("patient.result.more", self._language).format(count=len(more)))
            html += f'<details class="form-sources"><summary>{summary}</summary>{bullets(more)}</details>'
        return self._section("held", html) if html else ""

    def _unknown(self, thin: list[str]) -> str:
        """What is not known: red-flag questions, steps and words; and what the guidelines say nothing on."""
        skipped = self._sheet.skipped
        rows = [escape(question.text[self._language]) for question in self._advice.outcome.not_known]
        rows += [self._say("unsure_signs")] if skipped.get("signs") == "unknown" else []
        html = f"<p>{self._say('result.unknown_lead')}</p>{bullets(rows)}" if rows else ""
        steps = [step for step, how in skipped.items() if how == "unknown" or (step == "choose" and how == "none")]
        more = [self._say(f"result.unknown_list.{step}") for step in steps if step not in ("signs", "own")]
        more += [escape(line) for line in self._advice.answer.not_checked]
        if thin:
            kinds = ("、" if self._language == "zh" else "; ").join(thin)
            more.append(escape(text("patient.result.thin", self._language).format(kinds=kinds)))
        html += bullets(dict.fromkeys(more))
        return self._section("unknown", html) if html else ""

    def _told(self) -> str:
        """What was filled in, to check it and to show it to the doctor."""
        patient, sheet = self._advice.outcome.patient, self._sheet
        facts = []
        if patient.age_years is not None:
            units = text(f"patient.units.{sheet.age_unit}", self._language)
            years = say("years", self._language, value=f"{patient.age_years:g}")
            facts.append(f"{sheet.age.strip()} {units}" if sheet.age.strip().isdigit() else years)
        facts += [text(f"sex.{patient.sex}", self._language)] if patient.sex else []
        facts += [say("field.pregnant", self._language)] if patient.pregnant else []
        for field in ("symptoms", "conditions", "medications", "devices", "habits"):
            facts += [self._named(word) for word in getattr(patient, field) if word not in patient.unrecognised]
        label = say("field.allergies", self._language)
        facts += [f"{label}: {self._named(word)}" for word in patient.allergies]
        words = "".join(f"<p>{escape(words)}</p>" for words in (sheet.text.strip(), sheet.own.strip()) if words)
        return self._section("told", words + chips(facts)) if facts or words else ""

    def _fact(self, fact: Because) -> str:
        """What somebody told us, in as few words as will do."""
        return self._named(str(fact.value)) if fact.field in _IN_WORDS else fact_text(fact, self._language)

    def _named(self, word: str) -> str:
        concept = self._guide.table.lookup(word)
        return self._guide.table.label(concept, self._language) if concept else word

    def _sources(self) -> str:
        """Every source, folded away, each with the words that were quoted from it."""
        rows = [self._source(citation) for citation in self._advice.answer.citations]
        urls = {item.source: item.url for item in self._advice.look_out}
        rows += [
            f'<li id="form-source-{letter}" tabindex="-1">[{letter}] {escape(source)} {link(urls[source])}</li>'
            for source, letter in self._letters.items()
        ]
        if not rows:
            return ""
        summary = escape(text("patient.result.sources", self._language).format(count=len(rows)))
        return f'<details class="form-sources"><summary>{summary}</summary><ul>{"".join(rows)}</ul></details>'

    def _source(self, citation: Citation) -> str:
        parts = (citation.publisher, citation.title, str(citation.year or ""), citation.section)
        where = " · ".join(escape(part) for part in parts if part)
        page = f" · p. {citation.page}" if citation.page else ""
        overdue = f" ({self._say('result.overdue')})" if citation.overdue else ""
        return (
            f'<li id="form-source-{citation.n}" tabindex="-1">[{citation.n}] {where}{page}{overdue} '
            f"{link(citation.url)}<blockquote>{escape(citation.quote)}</blockquote></li>"
        )

    def _reading(self, html: str) -> str:
        """How hard the page is to read."""
        words = _TAG.sub("\n", _NOT_READ.sub("", html))
        measured = f"{sentence_length(words) if self._language == 'zh' else grade(words):.0f}"
        shown = text("patient.result.reading", self._language).format(grade=measured, length=measured)
        return f'<p class="form-note form-reading">{escape(shown)}</p>'

    def _note(self, key: str) -> str:
        return f'<p class="form-note">{self._say(key)}</p>'

    def _say(self, key: str) -> str:
        return escape(text(f"patient.{key}", self._language))
