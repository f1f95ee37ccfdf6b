"""The verifier's suite: pairs of evidence and claim, rewordings, planted contradictions and plausible additions.

Caught means contradicted, or at least not supported; kept means supported. A third of the pairs, marked ``test``,
was never looked at while the verifier was made.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from assistant.verify import verify_claim
from corpus.load import load_concepts
from evals.casefile import read_jsonl

if TYPE_CHECKING:
    from assistant.claims.meaning import Nli
    from index.embed import Embedder

CASES = Path(__file__).parent / "cases" / "verify.jsonl"


class Pair(BaseModel):
    """Evidence, a claim, and how the claim is to be judged."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    lang: str = ""
    evidence: str
    claim: str
    label: Literal["supported", "contradicted", "unsupported"]
    kind: str = ""
    test: bool = False


def run(path: Path | None = None, embedder: Embedder | None = None, nli: Nli | None = None) -> dict[str, Any]:
    """Figures by kind and language, the test pairs apart, and what was judged wrongly."""
    table = load_concepts()
    counts: dict[str, dict[tuple[str, str], Counter[str]]] = {
        "dev": defaultdict(Counter),
        "test": defaultdict(Counter),
    }
    wrong = []
    for pair in read_jsonl(path or CASES, Pair):
        result = verify_claim(pair.evidence, pair.claim, table, embedder, nli=nli)
        part = "test" if pair.test else "dev"
        for group in (f"kind {pair.kind}", f"language {pair.lang}", "all"):
            counts[part][pair.label, group][result.label] += 1
        if not _right(pair.label, result.label):
            wrong.append({**pair.model_dump(), "judged": result.label, "reasons": list(result.reasons)})
    parts = {part: [_figures(*key, found) for key, found in sorted(groups.items())] for part, groups in counts.items()}
    return {"suite": "verify", "parts": {part: rows for part, rows in parts.items() if rows}, "wrong": wrong}


def _right(label: str, judged: str) -> bool:
    return (label == "supported") == (judged == "supported")


def _figures(label: str, group: str, found: Counter[str]) -> dict[str, Any]:
    total = found.total()
    right = found["supported"] if label == "supported" else total - found["supported"]
    return {
        "label": label,
        "group": group,
        "n": total,
        "right": round(right / total, 3),
        "exact": round(found[label] / total, 3),
    }


def plain(report: dict[str, Any]) -> str:
    """The figures as a table in plain text: kept for what is supported, caught for what is not."""
    lines = []
    for part, rows in report["parts"].items():
        lines.append(f"{part}: kept or caught, and with exactly the right label")
        lines += [
            f"  {r['label']:<12} {r['group']:<24} n {r['n']:>4}  {r['right']:.3f}  {r['exact']:.3f}" for r in rows
        ]
    return "\n".join(lines)


def main() -> None:
    """Print the figures for the package's pairs or for those of a file; with ``--rules`` without any model."""
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    embedder = nli = None
    if "--rules" not in sys.argv:
        from assistant.claims.meaning import load_nli
        from index.embed import load_embedder

        embedder, nli = load_embedder(), load_nli("bundled")
    report = run(Path(arguments[0]) if arguments else None, embedder, nli)
    sys.stdout.write(plain(report) + "\n")


if __name__ == "__main__":
    main()
