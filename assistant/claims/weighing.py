"""How much each ground against a claim weighs beside what the entailment model makes of the whole.

Lists of words see what is there; the model sees what is meant, and each errs where the other does not. Their weights
were fitted on pairs that the model was not taught with (``python -m training.weighing``).
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.claims.entailment import Odds

WEIGHTS = Path(__file__).with_name("weights.json")
#: Grounds that no model overrules: another number, medicine or label is another claim; an opposite, things that change
#: places and an exception the passage does not make are what this one overlooks (:mod:`training.weighing`).
FIRM = frozenset({"quantity", "medicine", "label", "rejected", "opposite", "swap", "ungrounded"})
#: Odds are taken to be no surer than this.
_SUREST = 0.9999


class Weights(BaseModel):
    """What counts for a claim, in log-odds: the model's own by ``model``, each ground against it, and ``least``.

    A claim is supported from ``least`` on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: float
    constant: float
    grounds: dict[str, float]
    least: float

    def support(self, odds: Odds, grounds: Iterable[str]) -> float:
        """The log-odds that a claim is supported, with these *grounds* against it."""
        return self.constant + self.model * log_odds(odds) + sum(self.grounds.get(ground, 0.0) for ground in grounds)

    def hold(self, odds: Odds, grounds: Iterable[str]) -> bool:
        """Whether a claim stands, all things weighed."""
        found = set(grounds)
        return not found & FIRM and self.support(odds, found) >= self.least


def log_odds(odds: Odds) -> float:
    """The logarithm of the odds that a claim is supported."""
    sure = min(max(odds.supported, 1 - _SUREST), _SUREST)
    return math.log(sure / (1 - sure))


@functools.cache
def load_weights() -> Weights:
    """The weights that come with the program."""
    return Weights.model_validate(json.loads(WEIGHTS.read_text(encoding="utf-8")))
