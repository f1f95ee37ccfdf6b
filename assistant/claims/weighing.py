"""What becomes of a claim when what the words say and what the entailment model makes of the whole differ.

Lists of words see what is there; the model sees what is meant, and each errs where the other does not. So a claim with
nothing against it in words falls where the model is sure enough that the passage does not say it, and what lists of
words take wrongly is overruled where the model is surer still that it does. How sure was fitted on pairs that the model
was not taught with (``python -m training.weighing``).
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Collection
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.claims.entailment import Odds

LIMITS = Path(__file__).with_name("limits.json")
#: Grounds that may be overruled: what the passage has not or puts otherwise, which free rewordings bring. No other is:
#: another number, medicine or order is another claim, and opposites and exceptions are what models overlook.
SOFT = frozenset({"belonging", "content", "copy", "count", "denial", "name", "rival", "sign"})
#: Odds are taken to be no surer than this.
_SUREST = 0.9999


class Limits(BaseModel):
    """From where on, in log-odds that a claim is supported, it stands.

    ``alone`` with nothing against it in words, ``overruling`` with soft grounds against it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    alone: float
    overruling: float

    def hold(self, odds: Odds, grounds: Collection[str]) -> bool:
        """Whether a claim stands with these *grounds* against it."""
        if not SOFT.issuperset(grounds):
            return False
        return log_odds(odds) >= (self.overruling if grounds else self.alone)


def log_odds(odds: Odds) -> float:
    """The logarithm of the odds that a claim is supported."""
    sure = min(max(odds.supported, 1 - _SUREST), _SUREST)
    return math.log(sure / (1 - sure))


@functools.cache
def load_limits() -> Limits:
    """The limits that come with the program."""
    return Limits.model_validate(json.loads(LIMITS.read_text(encoding="utf-8")))
