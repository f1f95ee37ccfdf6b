"""Learn which Chinese word translates which English one from aligned sentences: ``python -m corpus.align [JSONL …]``.

IBM model 1 (Brown et al., Computational Linguistics 1993), both ways, over the statements' texts, the concepts'
names and files of ``{"en", "zh"}``; the table in the package used TICO-19 (CC0) beside our own texts. Writes
``data/language/words.csv``.
"""

from __future__ import annotations

import csv
import functools
import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from corpus.load import DATA, load_concepts, read_yaml
from corpus.text import normalise

_ROUNDS = 6
_SEEN = 3
_LEAST = 0.1
_NULL = ""

Pair = tuple[list[str], list[str]]


def pairs(files: list[Path]) -> Iterator[tuple[str, str]]:
    """Every aligned text in English and Chinese."""
    for path in sorted((DATA / "topics").glob("*.yaml")):
        for statement in read_yaml(path)["statements"]:
            for value in statement.values():
                if isinstance(value, dict) and {"en", "zh"} <= value.keys():
                    yield value["en"], value["zh"]
    for concept in load_concepts():
        yield concept.en, concept.zh
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            yield row["en"], row["zh"]


def learn(texts: Iterator[tuple[str, str]]) -> list[tuple[str, str, float]]:
    """The table: English stem, Chinese word, how surely one translates the other."""
    aligned = [(sorted(set(_english(en))), sorted(set(_chinese(zh)))) for en, zh in texts]
    common = [{w for w, n in Counter(w for p in aligned for w in p[side]).items() if n >= _SEEN} for side in (0, 1)]
    kept = [([w for w in en if w in common[0]], [w for w in zh if w in common[1]]) for en, zh in aligned]
    forth = _model([(en, zh) for en, zh in kept if en and zh])
    back = _model([(zh, en) for en, zh in kept if en and zh])
    table = []
    for (en, zh), p in forth.items():
        q = back.get((zh, en), 0.0)
        both = math.sqrt(p * q)
        weight = max(both, 0.6 * p if both >= 0.02 else 0.0, 0.6 * q if both >= 0.02 else 0.0)
        if en != _NULL and weight >= _LEAST:
            table.append((en, zh, round(weight, 2)))
    return sorted(table)


@functools.cache
def _stop() -> frozenset[str]:
    """Words of grammar, which translate nothing by themselves."""
    small = read_yaml(DATA / "language" / "claims.yaml")["small"]
    return frozenset(str(word) for language in ("en", "zh") for word in small[language])


def _model(aligned: list[Pair]) -> dict[tuple[str, str], float]:
    chance: dict[tuple[str, str], float] = {}
    for number in range(_ROUNDS):
        count: defaultdict[tuple[str, str], float] = defaultdict(float)
        total: defaultdict[str, float] = defaultdict(float)
        for source, target in aligned:
            from_words = [*source, _NULL]
            for word in target:
                weights = [chance.get((s, word), 0.0) if number else 1.0 for s in from_words]
                whole = sum(weights) or 1.0
                for s, weight in zip(from_words, weights, strict=True):
                    if weight:
                        count[s, word] += weight / whole
                        total[s] += weight / whole
        chance = {pair: n / total[pair[0]] for pair, n in count.items() if n / total[pair[0]] > 1e-4}
    return chance


def _english(text: str) -> list[str]:
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    folded = normalise(text).replace("aemia", "emia").replace("oedema", "edema").replace("oea", "ea")
    found = (w.removesuffix("'s") for w in re.findall(r"[a-z][a-z']*[a-z]", folded))
    return [str(stemmer.stemWord(w)) for w in found if w not in _stop()]


def _chinese(text: str) -> list[str]:
    import rjieba

    return [w for w in rjieba.cut(normalise(text)) if re.match(r"[\u4e00-\u9fff]", w) and w not in _stop()]


def main() -> None:
    """Write the table."""
    table = learn(pairs([Path(name) for name in sys.argv[1:]]))
    with (DATA / "language" / "words.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("en", "zh", "weight"))
        writer.writerows(table)


if __name__ == "__main__":
    main()
