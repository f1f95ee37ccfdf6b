"""Taking out of a text what identifies a person: names, numbers, addresses, dates of birth; English and Chinese.

Ages, doses, vital signs and lab values stay. It errs on the side of taking out too much: the text is only ever
sent to a language model that needs none of it. A name in lower case that nothing marks as one can get through;
that is why by default no typed text is sent at all (see ``prompting``).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from corpus.concepts import ConceptTable
from corpus.load import load_concepts, read_yaml
from corpus.text import clean

NAME, NUMBER, ADDRESS, BIRTH, CONTACT = "[name]", "[number]", "[address]", "[date]", "[contact]"

_HAN = "\u3400-\u9fff"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = (
    r"(?:\d{4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号號])?|(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    r"|(?<!\d)\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH},?\s+\d{{2,4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    r"|(?:一九|二零|二〇)[零〇一二三四五六七八九]{2}年(?:[一二三四五六七八九十]{1,3}月)?(?:[一二三四五六七八九十]{1,3}[日号])?)"
)
_SPOKEN = r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|hundred|thousand|double|triple)"
#: After a long number, what makes it a quantity.
_QUANTITY = r"(?!\s*(?:units?|iu|u\b|steps|cells|copies|单位|步|万|/))"
_SEGMENT = f"[{_HAN}]"
_AREA = "(?:自治[区州]|地区|街道|大道|胡同|小区|花园|公寓|新村|家园|[省市区县旗镇乡村路街巷弄區縣鎮鄉號])"
_DOOR = r"(?:\d{1,5}|[一二三四五六七八九十百]{1,4})(?:号楼|号院|号|弄|栋|幢|座|单元|室|房|號|楼|層|层)"


def scrub(text: str) -> str:
    """The text with whatever identifies a person replaced by what it was, such as ``[name]``."""
    text = unicodedata.normalize("NFKC", clean(text))
    for pattern, replacement in _fixed():
        text = pattern.sub(replacement, text)
    return _names_en(_names_zh(text))


def is_clean(text: str) -> bool:
    """Whether there is nothing in a text to scrub."""
    return scrub(text) == unicodedata.normalize("NFKC", clean(text))


@functools.cache
def _words() -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(Path(__file__).parent / "privacy.yaml")
    return data


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


@functools.cache
def _fixed() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns that need no judgement, in the order in which they are taken out."""
    records, births, streets = (_either(_words()[name]) for name in ("record_cues", "birth_cues", "streets"))
    code = r"(?=[a-z0-9_-]*\d)[a-z0-9](?:[a-z0-9_-]|[ ](?=\d)){2,24}"
    patterns = [
        (r"[\w.+-]+\s*(?:@|\(at\)|\[at\])\s*[\w-]+(?:\s*(?:\.|\(dot\)|\[dot\])\s*[\w-]+)+", CONTACT),
        (r"(?:https?://|www\.)\S+", CONTACT),
        (r"(?<!\w)@\w{3,}", CONTACT),
        (rf"(?:(?<![a-z])(?:{births}))\s*(?:is|was|on|in|[:：是为])*\s*(?:{_DATE}|\d{{4}}(?:年)?|\d{{6,8}})", BIRTH),
        (rf"{_DATE}(?:\s*(?:出生|生人|生))?", BIRTH),
        (r"(?<!\d)(?:19|20)\d{2}\s*年\s*(?:出生|生人|生)", BIRTH),
        (r"(?<![a-z0-9])\d{6}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[\dx](?![a-z0-9])", NUMBER),
        (rf"(?:(?<![a-z])(?:{records}))\s*(?:number|no\.?|is|was|id|[:：#=是为号碼码]|\s)*\s*{code}", NUMBER),
        (r"(?<!\d)\d{3}[- ]\d{2}[- ]\d{4}(?!\d)", NUMBER),
        (r"(?<![a-z])[a-z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[a-d](?![a-z])", NUMBER),
        (r"(?<![a-z0-9])[a-z]{1,2}\d{6,9}(?![a-z0-9])", NUMBER),
        (rf"(?<![\d.])(?:\+|00)\d{{1,3}}(?:[ ().-]{{0,2}}\d){{6,13}}{_QUANTITY}", NUMBER),
        (rf"(?<![\d.])\(?0\d{{2,4}}\)?[ -]?\d{{3,4}}[ -]?\d{{3,4}}(?!\d){_QUANTITY}", NUMBER),
        (rf"(?<![\d.])\(?\d{{3}}\)?[ .-]{{1,2}}\d{{3,4}}[ .-]\d{{4}}(?!\d){_QUANTITY}", NUMBER),
        (rf"(?<![\d.,])\d{{7,}}x?(?![\d]){_QUANTITY}", NUMBER),
        (r"(?<![\d.])1[3-9]\d[ .-]?\d{4}[ .-]?\d{4}(?!\d)", NUMBER),
        (r"[零〇一二三四五六七八九幺]{7,}", NUMBER),
        (rf"\b{_SPOKEN}(?:[ ,-]+{_SPOKEN}){{5,}}\b", NUMBER),
        (r"\bp\.?\s?o\.?\s+box\s+\d+", ADDRESS),
        (r"\b(?:flat|apartment|apt|unit|suite|room)\.?\s+(?:no\.?\s*)?\d{1,5}[a-z]?\b,?", ADDRESS),
        (rf"\b\d{{1,5}}[a-z]?,?\s+(?:[a-z][a-z'.-]*\s+){{1,3}}(?:{streets})\b\.?", ADDRESS),
        (r"(?<![a-z0-9])[a-z]{1,2}\d[a-z\d]?\s*\d(?!hr|hs|ug|pt|ds)[abd-hjlnp-uw-z]{2}(?![a-z0-9])", ADDRESS),
        (rf"(?:(?:{_SEGMENT}{{1,7}}?{_AREA}|{_DOOR})[,，\s]?){{2,}}", ADDRESS),
        (rf"(?:家住|住址|地址|户籍|住在|住于|居住|家庭住址)(?:是|为|在|于|[:：])*(?={_SEGMENT}{{0,24}}{_AREA})"
         rf"[{_HAN}\dA-Za-z#-]{{2,40}}", ADDRESS),
    ]  # fmt: skip
    exact = [
        (r"\b[A-Z]{2},?\s+\d{5}(?:-\d{4})?\b", ADDRESS),
        (rf"\b(?:[A-Z][\w'.-]*\s+){{1,3}}(?:{_either(w.capitalize() for w in _words()['streets'] if len(w) > 3)})\b",
         ADDRESS),
        (r"(?<=\bat )[A-Z][\w'-]+(?:[ ,]+[A-Z][\w'-]+)+", ADDRESS),
    ]  # fmt: skip
    return (
        *((re.compile(pattern, re.IGNORECASE), new) for pattern, new in patterns),
        *((re.compile(pattern), new) for pattern, new in exact),
    )


@functools.cache
def _table() -> ConceptTable:
    return load_concepts()


@functools.cache
def _medical() -> frozenset[str]:
    """Every English word in the name of a concept or a measurement."""
    names = [name for concept in _table() for name in (concept.en, *concept.names_en)]
    names += [measurement.label("en") for measurement in _table().measurements.values()]
    return frozenset(word for name in names for word in re.findall(r"[a-z]+", name.lower()))


def _names_en(text: str) -> str:
    words = _words()
    name = r"[A-Z][a-z]*(?:['’-]?[A-Z]?[a-z]+)*\.?"
    anycase = r"[a-z][a-z'’-]+"
    titles, strict = _either(words["titles"]), _either(words["strict_titles"])
    text = re.sub(rf"\b(?i:{titles})\.?\s+{name}(?:\s+{name}){{0,4}}", _unless_medical, text)
    text = re.sub(rf"\b(?i:(?:{strict})\.?\s+{anycase})(?:\s+{name}){{0,2}}", NAME, text)
    cues = _either(words["name_cues"])
    text = re.sub(rf"\b((?i:{cues}))(?i:\s*(?:is|[:：])?\s+)(?i:{anycase})(?:\s+{name}){{0,2}}", rf"\1 {NAME}", text)
    text = re.sub(rf"(?i:(?<=name is \[name\]) {anycase})(?=[,.;，。]|$)", "", text)
    known = _either(words["given"])
    starters, verbs = frozenset(words["starters"]), _either(words["verbs"])
    surname = rf"(?:\s+(?:[A-Z]+\b|{name}))*(?:\s+(?!(?:{verbs})\b){anycase}(?=\s+(?:{verbs})\b))?"
    text = re.sub(rf"\b(?i:{known})\b(?:['’]s\b)?{surname}", NAME, text)

    def opening(match: re.Match[str]) -> str:
        first = match[2].lower()
        return match[0] if first in starters or _is_common(first) else f"{match[1]}{NAME}"

    text = re.sub(rf"((?:^|[.!?\n]\s*))({name})(?=\s+(?:{verbs})\b|,\s*\d)", opening, text)
    middle = r"(?<=[\w,;:)\]] )[A-Z][a-z]+(?:['’-][A-Za-z]+)*(?:\s+[A-Z][a-z]+(?:['’-][A-Za-z]+)*)*(?![A-Za-z0-9])"
    text = re.sub(middle, _unless_common, text)
    text = re.sub(r"\b[A-Z][a-z]+(?:\s+[A-Z][a-z]+)+", _unless_common, text)
    return re.sub(r"\b[A-Z]{3,}(?:\s+[A-Z]{3,})+\b", _unless_common, text)


def _unless_medical(match: re.Match[str]) -> str:
    return NAME if not all(_is_common(w.lower()) for w in re.findall(r"[A-Za-z]+", match[0])) else match[0]


def _unless_common(match: re.Match[str]) -> str:
    """The match without the words in it that are neither medical nor common: those are somebody's name."""
    kept: list[str] = []
    for word in re.split(r"(\s+)", match[0]):
        bare = re.sub(r"['’]s$", "", word.lower())
        replace = bool(word.strip()) and not _is_common(bare) and bare not in _words()["starters"]
        if not (replace and kept[-2:-1] == [NAME]):
            kept.append(NAME if replace else word)
        elif kept and not kept[-1].strip():
            kept.pop()
    return "".join(kept)


def _is_common(word: str) -> bool:
    stems = {word, word.removesuffix("s"), word.removesuffix("'s")}
    return bool(stems & (_medical() | frozenset(_words()["capitalised"])))


def _names_zh(text: str) -> str:
    if not re.search(f"[{_HAN}]", text):
        return text
    words = _words()
    surname = f"(?:{_either(words['compound_surnames'])}|[{words['surnames']}])"
    given = f"[{_HAN}]"
    stop = re.escape(words["zh_stop"])
    after = rf"(?:(?![{stop}]){given}){{1,2}}"
    titles, cues = _either(words["zh_titles"]), _either(words["zh_name_cues"])
    ends = r"(?=[,，。.;；、\s]*(?:今年|现年|\d{1,3}\s*岁|男|女|身份证|电话|手机|联系))"
    rules: list[tuple[str, Callable[[re.Match[str]], str]]] = [
        (rf"()({surname}(?:{given}){{0,2}}?)(?={titles})", _replace_zh),
        (rf"()((?:老|小|阿){surname})(?=[,，。.;；、\s了的有说也都又在是吃想能可患得今]|$)", _replace_zh),
        (rf"((?:{cues})(?:是|为|叫|[:：])?\s*)({surname}(?:\s?{after}|[某Xx*○]{{1,2}}))", _replace_zh),
        (rf"((?:^|[,，。.;；、\s]))({surname}{after}){ends}", _replace_zh),
        (rf"((?:姓名|名字)(?:是|为|叫|[:：])?\s*)({given}{{2,4}})(?=[,，。.;；、\s]|$)", _replace_zh),
    ]
    for pattern, replace in rules:
        text = re.sub(pattern, replace, text)
    return text


def _replace_zh(match: re.Match[str]) -> str:
    """A name, unless a concept begins where it does: 患者高血压 names nobody called 高."""
    start = match.start(2)
    whole = match.string[start : start + 12]
    if any(mention.start == 0 for mention in _table().find(whole)):
        return match[0]
    return f"{match[1]}{NAME}"
