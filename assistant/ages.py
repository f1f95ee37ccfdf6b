"""Ages told without "years": "she's 72", "67F", "a lady of 81", 今年50."""

from __future__ import annotations

import re

_WHO = (
    r"(?:he|she|i|who|patient|resident|client|man|woman|lady|gentleman|boy|girl|mum|mom|mother|dad|father|husband|wife"
    r"|son|daughter|child|kid|toddler|grandma|grandmother|gran|nan|grandad|grandpa|grandfather|aunt|uncle|sister|brother"
    r"|(?:mr|mrs|ms|miss|dr)\.? [a-z'-]+)"
)
#: What may follow an age; a unit, or a word for one, may not.
_END = r"(?=\s*(?:$|[,;!?-]|\.(?!\d)|(?:and|with|not|but|now|who|has|had|on|male|female)\b))"
_TOLD = re.compile(
    rf"\b{_WHO}(?:\s+is|\s+was|\s+am|'s|'m)\s+(?:now\s+|only\s+|actually\s+|about\s+)?(?P<is>\d{{1,3}}){_END}"
    r"|\b(?:lady|woman|man|gentleman|boy|girl|patient|resident)\s+of\s+(?P<of>\d{1,3})"
    + _END
    + r"|(?<![\d.a-z])(?P<letter>\d{1,3})(?:f|m)(?![a-z0-9/])"
    r"|(?:[a-z]|\b(?:stage|type|grade|class)\s*\d[ab]?)\s*,\s*(?P<listed>[1-9]\d)\s*(?=,|\.\s|\.?$)"
    r"|今年(?:刚|已经|都)?\s*(?P<year>\d{1,3})(?![\d年月.])"
)
#: An age given by number alone is an adult's: below, a unit is usual, and what else the number could be is likelier.
#: From 95 on, "98F" is a temperature.
_LEAST = {"listed": 16, "letter": 10}
_MOST = {"letter": 94}
_OLDEST = 115


def bare_age(folded: str) -> float | None:
    """The age in years that a normalised text gives without saying "years"; ``None`` where there is none."""
    for match in _TOLD.finditer(folded):
        name, value = next((n, int(v)) for n, v in match.groupdict().items() if v is not None)
        if _LEAST.get(name, 1) <= value <= _MOST.get(name, _OLDEST):
            return float(value)
    return None
