"""``python -m evals.side_by_side``: one question for five patients, and five conflicts between guidelines."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from assistant import Answer, Assistant, Patient
from assistant.progress import progress_bar
from corpus.load import read_yaml

_CASES = Path(__file__).parent / "cases" / "side_by_side.yaml"


def main() -> None:
    """Print what each patient is told, who else is told it, and what is held back and by which source."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lang", choices=["en", "zh"], default="en")
    language = parser.parse_args().lang
    with progress_bar("Building the index") as show:
        care = Assistant.load(progress=show)
    cases: dict[str, Any] = read_yaml(_CASES)
    print("\n".join([*_patients(care, cases, language), *_conflicts(care, cases, language)]))  # noqa: T201 - a report


def _patients(care: Assistant, cases: dict[str, Any], language: str) -> list[str]:
    answers = {
        name: care.ask(cases["question"][language], Patient(**facts), language=language)  # type: ignore[arg-type]
        for name, facts in cases["patients"].items()
    }
    lines = [f"# {cases['question'][language]}"]
    for name, answer in answers.items():
        lines.append(f"\n## {name} ({answer.urgency.level})")
        for item in answer.recommendations:
            others = sum(item.id in {r.id for r in other.recommendations} for other in answers.values()) - 1
            shared = f"also for {others} of the other four" if others else "for this patient alone"
            lines.append(f"+ {item.text} [{shared}]")
        lines += [f"- held back: {item.text} | {item.reason}" for item in answer.held_back[:4]]
    return lines


def _conflicts(care: Assistant, cases: dict[str, Any], language: str) -> list[str]:
    lines = []
    for case in cases["conflicts"]:
        answer = care.ask(case["question"][language], Patient(**case["patient"]), language=language)  # type: ignore[arg-type]
        lines.append(f"\n# Conflict: {case['name']}\n{case['question'][language]}")
        lines += [f"+ {item.text} {_sources(answer, item.citations)}" for item in answer.recommendations[:4]]
        for held in answer.held_back[:4]:
            lines.append(f"- held back: {held.text}\n  because: {held.reason} {_sources(answer, held.citations)}")
    return lines


def _sources(answer: Answer, numbers: tuple[int, ...]) -> str:
    cited = [answer.citations[n - 1] for n in numbers]
    return "; ".join(f"[{c.publisher}, {c.section}]" for c in cited)


if __name__ == "__main__":
    main()
