"""A laboratory value whose rise itself is an illness: creatinine 310 that was 120 last week."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.concepts import ConceptTable
from corpus.text import normalise

#: From how many times its earlier value on a measurement tells of which condition. Creatinine: NICE guideline NG148
#: (2019, updated), 1.3.1, after KDIGO: a rise by half or more within seven days.
RISES = {"creatinine_umol_l": (1.5, "acute_kidney_injury")}
_VALUE = r"\d{1,4}(?:\.\d{1,2})?(?![\d.%])"
_EARLIER = (
    r"(?:\b(?:was|baseline|previous(?:ly)?|prior|before|usual(?:ly)?|normally|up from|from|last (?:week|time|month))\b"
    r"|原来|之前|以前|此前|上次|上周|基线|基础|平时|昨[天日]|前[天日几])"
)
_TO = r"(?:to|->|→|一下子?升到|[升涨飙]?[到至]|[升涨飙]高?[到至])"
#: So long ago that it says nothing of the last days.
_LONG_AGO = re.compile(
    r"[^.;。；\d]{0,12}(?:months?|years?|个月|年)[前\s]*(?:ago|earlier|back|前)?|\s*(?:in|年)\s*(?:19|20)\d\d"
)


@dataclass(frozen=True, slots=True)
class Rise:
    """What rose, the condition that this is, and the span of the words that tell it."""

    key: str
    condition: str
    start: int
    end: int


def risen(folded: str, table: ConceptTable) -> Iterator[Rise]:
    """The rises told in a normalised text that are an illness by themselves."""
    for key, (times, condition) in RISES.items():
        if key not in table.measurements or condition not in table:
            continue
        for match in _told(table.measurements[key].names).finditer(folded):
            now = float(match["now"] or match["later"])
            before = float(match["before"] or match["first"])
            if before and now / before >= times and not _LONG_AGO.match(folded, match.end()):
                yield Rise(key, condition, match.start(), match.end())


@functools.lru_cache(maxsize=8)
def _told(names: tuple[str, ...]) -> re.Pattern[str]:
    name = "|".join(re.escape(normalise(one)) for one in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"(?<![a-z0-9])(?:{name})(?![a-z])[^.;。；\d]{{0,20}}?"
        rf"(?:(?P<first>{_VALUE})\s*(?:[^\d\s]{{1,8}}\s*)?{_TO}\s*(?P<later>{_VALUE})"
        rf"|(?P<now>{_VALUE})[^.;。；\d]{{0,24}}?{_EARLIER}[^.;。；\d]{{0,14}}?(?P<before>{_VALUE}))"
    )
