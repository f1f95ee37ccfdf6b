"""The chat: what was said, and the answers: urgency first, advice by kind, what was held back, what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from assistant.answer import Answer, HeldBack, Recommendation, Urgency
from assistant.assistant import Assistant
from assistant.compose import change_blocks, declined_line, facts_text, generation_line, marked
from assistant.messages import say
from assistant.web import show
from assistant.web.desk import Desk, Exchange
from assistant.web.feedback import Verdict
from assistant.web.markdown import to_html
from assistant.web.markup import attributes, button, differences, link_marks, linked
from assistant.web.questions import Asked, read_question
from assistant.web.strings import text
from corpus.concepts import ConceptTable
from corpus.models import Language

_EXAMPLES = {
    "en": [
        "72-year-old man, CKD stage 4, K 5.6, BP 158/92, takes ibuprofen. What should he eat and avoid?",
        "How often should I turn a bedbound patient, and how should she lie?",
        "Stroke yesterday, has not been swallow screened. May he drink water?",
    ],
    "zh": [
        "68岁，慢性肾功能不全，合并糖尿病和高血压，怎样控制血糖血压、减少冠心病发作？",
        "胃溃疡患者可以吃益生菌、钙奶和维生素C吗？",
        "卧床老人怎么翻身，多久翻一次？",
    ],
}


def chat(desk: Desk, care: Assistant, language: Language, waiting: str = "") -> str:
    """The whole chat; *waiting* is the HTML of an exchange that is still being answered."""
    if not desk.log and not waiting:
        return _welcome(language)
    last = len(desk.log) - 1
    turns = [
        _superseded(turn, exchange, care.knowledge.table, language)
        if turn < last and exchange.edited and desk.log[turn + 1].edited
        else _exchange(turn, exchange, desk.verdicts, care, language, latest=turn == last and not waiting)
        for turn, exchange in enumerate(desk.log)
    ]
    return "".join([*turns, waiting])


def asked(words: str, language: Language, urgency: Urgency | None = None, number: str = "") -> str:
    """A question on its way: the words, and the urgency as soon as the rules have decided it."""
    banner = show.urgency_banner(urgency, language, number) if urgency else ""
    busy = f'<p class="quiet" aria-hidden="true">{escape(text("nurse.working", language))}</p>'
    return f'{_said(words, language)}<article class="answer" aria-busy="true">{banner}{busy}</article>'


def _welcome(language: Language) -> str:
    examples = "".join(f"<li>{button(words, data_say=words)}</li>" for words in _EXAMPLES[language])
    return (
        f'<div class="welcome"><p>{escape(text("nurse.welcome", language))}</p>'
        f'<h3>{escape(text("nurse.examples", language))}</h3><ul class="examples">{examples}</ul></div>'
    )


def _said(words: str, language: Language) -> str:
    you = escape(text("nurse.you", language))
    return f'<div class="said"><span class="sr-only">{you}: </span>{escape(words)}</div>'


def _exchange(
    turn: int,
    exchange: Exchange,
    verdicts: Mapping[tuple[int, str], Verdict],
    care: Assistant,
    page: Language,
    *,
    latest: bool,
) -> str:
    answer = exchange.answer
    table = care.knowledge.table
    head = _edits(exchange, table, page) if exchange.edited else _said(exchange.said, page)
    number = care.settings.emergency_call(answer.language)
    body = _form(answer, turn) if answer.form else _answer(answer, turn, number, verdicts, table, latest)
    tools = _tools(answer, turn, page, latest)
    label = escape(f"{text('nurse.reply', page)} {turn + 1}")
    return (
        f'{head}<article class="answer" id="answer-{turn}" lang="{_lang(answer.language)}" tabindex="-1" '
        f'aria-label="{label}">{body}{tools}</article>'
    )


def _edits(exchange: Exchange, table: ConceptTable, page: Language) -> str:
    before = exchange.before or exchange.patient
    listed = "".join(f"<li>{escape(line)}</li>" for line in differences(before, exchange.patient, table, page))
    return f'<div class="said edited"><b>{escape(text("nurse.edited", page))}</b><ul>{listed}</ul></div>'


def _superseded(turn: int, exchange: Exchange, table: ConceptTable, page: Language) -> str:
    """An answer for facts that were edited again at once: only what it changed is left of it."""
    answer = exchange.answer
    changed = f'<article class="answer" id="answer-{turn}">{_changed(answer, turn)}</article>' if answer.changed else ""
    return f"{_edits(exchange, table, page)}{changed}"


def _changed(answer: Answer, turn: int) -> str:
    told = to_html("\n\n".join(change_blocks(answer.changed, answer.language)))
    return f'<section class="changed">{link_marks(told, turn, answer.language)}</section>'


def _lang(language: Language) -> str:
    return "zh-CN" if language == "zh" else "en"


def _form(answer: Answer, turn: int) -> str:
    """A form asked for in the chat (SBAR, a plan, the reasons): as it is written, its marks as links."""
    return f'<div class="document">{link_marks(to_html(answer.text), turn, answer.language)}</div>'


def _answer(
    answer: Answer,
    turn: int,
    number: str,
    verdicts: Mapping[tuple[int, str], Verdict],
    table: ConceptTable,
    latest: bool,
) -> str:
    language = answer.language
    blocks = [show.urgency_banner(answer.urgency, language, number, turn, alert=latest)]
    if answer.changed:
        blocks.append(_changed(answer, turn))
    if answer.declined:
        lines = "".join(f"<li>{escape(declined_line(part, language))}</li>" for part in answer.declined)
        blocks.append(_section("declined", say("heading.declined", language), f"<ul>{lines}</ul>"))
    elif answer.abstain_reason:
        blocks.append(f"<p>{escape(answer.abstain_reason)}</p>")
    asked = [item for item in answer.held_back if item.asked]
    if asked:
        listed = "".join(_not_advised(item, turn, language) for item in asked)
        blocks.append(_section("not-advised", say("heading.asked", language), f"<ul>{listed}</ul>"))
    for kind, items in groupby(answer.recommendations, key=lambda item: item.kind):
        listed = "".join(_advice(item, turn, verdicts.get((turn, item.id)), language) for item in items)
        blocks.append(_section("kind", say(f"heading.{kind}", language), f'<ul class="advice">{listed}</ul>'))
    if len(asked) < len(answer.held_back):
        listed = "".join(_held(item, turn, language) for item in answer.held_back if not item.asked)
        blocks.append(_section("held", say("heading.held_back", language), f"<ul>{listed}</ul>"))
    if answer.not_checked:
        lines = "".join(f"<li>{escape(line)}</li>" for line in answer.not_checked)
        blocks.append(_section("unknown", say("heading.not_checked", language), f"<ul>{lines}</ul>"))
    if answer.ask_next:
        lines = "".join(_question(q, read_question(q, language, table), language, latest) for q in answer.ask_next)
        blocks.append(_section("ask", say("heading.ask_next", language), f"<ul>{lines}</ul>"))
    if line := generation_line(answer):
        blocks.append(f'<p class="quiet">{escape(line)}</p>')
    blocks.append(f'<p class="quiet">{escape(say(f"disclaimer.{answer.audience}", language))}</p>')
    return "".join(blocks)


def _section(name: str, heading: str, body: str) -> str:
    return f'<section class="part {name}"><h3>{escape(heading)}</h3>{body}</section>'


def _advice(item: Recommendation, turn: int, verdict: Verdict | None, language: Language) -> str:
    colon = "：" if language == "zh" else ": "
    meta = []
    if item.because:
        meta.append(f"<em>{escape(text('nurse.because', language))}</em> {escape(facts_text(item.because, language))}")
    if item.strength:
        meta.append(f"<em>{escape(text('nurse.strength', language))}</em> {escape(item.strength)}")
    why = ""
    if item.why:
        summary = escape(text("nurse.why", language))
        why = (
            f"<details><summary>{summary}</summary>{linked(marked(item.why, item.citations), turn, language)}</details>"
        )
    escalate = ""
    if item.escalate_when:
        told = linked(marked(item.escalate_when, item.citations), turn, language)
        escalate = f'<p class="escalate"><b>{escape(say("label.escalate.nurse", language))}</b>{colon}{told}</p>'
    return (
        f'<li class="recommendation{f" {verdict.verdict}" if verdict else ""}">'
        f'<p class="text">{linked(marked(item.text, item.citations), turn, language)}</p>'
        f'{f"""<p class="meta">{" · ".join(meta)}</p>""" if meta else ""}{escalate}'
        f'<div class="under">{why}{_verdict(item, turn, verdict, language)}</div>{_judged(verdict, language)}</li>'
    )


def _verdict(item: Recommendation, turn: int, verdict: Verdict | None, language: Language) -> str:
    """Accept with one click; edit and reject with a small form."""
    given = verdict.verdict if verdict else None
    label = escape(f"{text('nurse.verdict', language)}: {item.text[:60]}")
    accept = button(
        f"✓ {text('nurse.accept', language)}", class_="small", data_act="verdict", data_verdict="accept",
        data_turn=turn, data_id=item.id, aria_pressed="true" if given == "accept" else "false",
    )  # fmt: skip
    reason = escape(text("nurse.reason", language))
    forms = []
    for kind, sign in (("edit", "✎"), ("reject", "✕")):
        wording = verdict.wording if verdict and given == "edit" else item.text
        said = escape(verdict.reason) if verdict and given == kind else ""
        words = (
            f"<label>{escape(text('nurse.own_words', language))}"
            f'<textarea name="wording" rows="3">{escape(wording)}</textarea></label>'
            if kind == "edit"
            else ""
        )
        needed = " required" if kind == "reject" else ""
        forms.append(
            f'<details class="judge" name="judge-{turn}-{escape(item.id)}"><summary>{sign} '
            f"{escape(text(f'nurse.{kind}', language))}</summary>"
            f"<form{attributes(data_act='verdict', data_verdict=kind, data_turn=turn, data_id=item.id)}>{words}"
            f'<label>{reason}<input name="reason" value="{said}"{needed}></label>'
            f'<button class="small">{escape(text("nurse.save", language))}</button></form></details>'
        )
    return f'<div class="verdict" role="group" aria-label="{label}">{accept}{"".join(forms)}</div>'


def _judged(verdict: Verdict | None, language: Language) -> str:
    if verdict is None:
        return ""
    colon = "：" if language == "zh" else ": "
    mark = text(
        {"accept": "nurse.accepted", "edit": "nurse.edited_mark", "reject": "nurse.rejected"}[verdict.verdict], language
    )
    parts = [f"<b>{escape(mark)}</b>"]
    if verdict.verdict == "edit":
        parts.append(f"{escape(text('nurse.yours', language))}{colon}{escape(verdict.wording)}")
    if verdict.reason:
        parts.append(f"{escape(text('nurse.reason', language))}{colon}{escape(verdict.reason)}")
    return f'<p class="judged">{" · ".join(parts)}</p>'


def _not_advised(item: HeldBack, turn: int, language: Language) -> str:
    """That the very thing asked about is not advised, and why."""
    facts = f" ({escape(facts_text(item.because, language))})" if item.because else ""
    told = linked(marked(item.reason, item.citations), turn, language)
    return f"<li><p><b>{escape(say('label.not_advised', language, name=item.text))}</b> {told}{facts}</p></li>"


def _held(item: HeldBack, turn: int, language: Language) -> str:
    colon = "：" if language == "zh" else ": "
    facts = f" ({escape(facts_text(item.because, language))})" if item.because else ""
    marks = linked("".join(f"[{n}]" for n in item.citations), turn, language)
    return (
        f'<li><p class="otherwise">{escape(say("label.otherwise", language))}{colon}<s>{escape(item.text)}</s></p>'
        f"<p><b>{escape(say('label.held_because', language))}</b>{colon}{escape(item.reason)}{facts} {marks}</p></li>"
    )


def _question(question: str, asked: Asked, language: Language, latest: bool) -> str:
    """A question with the buttons that answer it; those of earlier answers are past."""
    if not latest:
        return f"<li>{escape(question)}</li>"
    chips: list[str] = []
    if asked.kind == "words":
        yes = {"data_act": "add", "data_word": asked.name, "data_status": asked.status}
        chips.append(button(text("nurse.yes", language), class_="chip", **yes))
        if asked.status != "allergy":
            no = {**yes, "data_status": "absent"}
            chips.append(button(text("nurse.no", language), class_="chip", **no))
    elif asked.kind == "flag":
        chips += [
            button(text(f"nurse.{v}", language), class_="chip", data_act="value", data_key=asked.name, data_value=v)
            for v in ("yes", "no")
        ]
    elif asked.kind == "sex":
        chips += [
            button(text(f"sex.{v}", language), class_="chip", data_act="value", data_key="sex", data_value=v)
            for v in ("female", "male")
        ]
    else:
        return f"<li>{button(question, class_='chip', data_begin=asked.begin)}</li>"
    group = f'role="group" aria-label="{escape(question)}"'
    return f"<li><span>{escape(question)}</span> <span {group}>{''.join(chips)}</span></li>"


def _tools(answer: Answer, turn: int, page: Language, latest: bool) -> str:
    """What can be done with an answer: its sources, and for the latest the documents and what if."""
    tools = [button(text("nurse.evidence", page), class_="small", data_act="evidence", data_turn=turn)]
    if latest and answer.form != "note":
        tools += _latest_tools(answer, page)
    return f'<div class="tools">{"".join(tools)}</div>'


def _latest_tools(answer: Answer, page: Language) -> Sequence[str]:
    tools = [
        button(text(f"nurse.{form}", page), class_="small", data_act="document", data_form=form)
        for form in ("care_plan", "sbar", "plain")
    ]
    tools.append(button(text("nurse.whatif", page), class_="small", data_side="whatif"))
    if answer.language != page:
        tools.append(button(text("nurse.in_other", page), class_="small", data_act="translate"))
    return tools
