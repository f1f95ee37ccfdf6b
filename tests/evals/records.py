"""Records made for tests: what they mean is seen in the numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from evals.records import Record

HOSTILE = (
    '</script><script>alert(1)</script><img src=x onerror=alert(1)>" onload="x \u202eliw\x1b[31m {{ 7*7 }} $x_2$ [1]'
)


def record(case: str, system: str = "ours", suite: str = "personal", **fields: Any) -> Record:
    return Record(suite=suite, case=case, system=system, **fields)


def a_run(seed: int = 3) -> list[Record]:
    """Three systems over four suites, with groups, levels, times, curves and a hostile case."""
    dice = np.random.default_rng(seed)
    levels = ["emergency", "urgent", "routine", "self_care"]
    records = []
    for number in range(24):
        language = "zh" if number % 2 else "en"
        right = levels[number % 4]
        for system in ("ours", "基线 $x$ BM25", "always emergency"):
            given = right if system == "ours" else "emergency"
            name = "emergency recall" if right == "emergency" else "false alarms"
            records.append(
                record(f"t{number:02}", system, "triage", groups={"lang": language}, labels={"right": right, "given": given},
                       counts={name: (given == "emergency", 1), "accuracy": (given == right, 1)},
                       milliseconds=float(dice.uniform(1, 500)), seen={"text": f"message {number}"}, said=given,
                       problems=() if given == right else (f"{given}, not {right}",))
            )  # fmt: skip
            if system != "always emergency":
                found = sorted(dice.uniform(0, 1, 3).tolist())
                counts = {f"recall@{k}": (share, 1.0) for k, share in zip((1, 5, 10), found, strict=True)}
                records.append(record(f"r{number:02}", system, "retrieval", groups={"lang": language}, counts=counts))
        records.append(record(f"p{number:02}", counts={"must-have": (number % 3, 3), "must-not": (0, 2)}))
        records.append(record(f"l{number:02}", suite="plain", counts={"reading grade": (6 + number % 5, 1)}))
    bad = record("<b>evil</b>", groups={"lang": "en"}, counts={"must-have": (0, 3), "must-not": (1, 1)},
                 seen={"question": HOSTILE, "<i>key</i>": {"deep": [HOSTILE]}}, said=HOSTILE * 2, problems=(HOSTILE, "second"))  # fmt: skip
    return [*records, bad]


def write_run(folder: Path, records: Iterable[Record], seed: int = 7, **environment: Any) -> Path:
    """A run's folder as the runner leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{entry.model_dump_json()}\n" for entry in records)
    (folder / "records.jsonl").write_text(lines, encoding="utf-8")
    (folder / "environment.json").write_text(json.dumps({"seed": seed, **environment}), encoding="utf-8")
    return folder
