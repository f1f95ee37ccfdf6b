"""The command ``care eval``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.assistant import Assistant
from assistant.progress import progress_bar
from evals.dialogue import run_dialogue
from evals.personal import run_personal
from evals.retrieval import run_retrieval
from evals.scope import run_scope

_SUITES = {"personal": run_personal, "dialogue": run_dialogue, "retrieval": run_retrieval, "scope": run_scope}


def evaluate(
    suites: Annotated[list[str] | None, typer.Argument(help=f"{', '.join(_SUITES)}; by default all")] = None,
    cases: Annotated[Path | None, typer.Option(help="JSONL file of your own cases, for one suite")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="write JSON alone to standard output")] = False,
) -> None:
    """Evaluate what is said to each patient and in conversations, what is found, and what is declined."""
    wanted = suites or list(_SUITES)
    unknown = [name for name in wanted if name not in _SUITES]
    if unknown:
        raise typer.BadParameter(f"no suite {', '.join(unknown)}; there are {', '.join(_SUITES)}")
    if cases is not None and len(wanted) != 1:
        raise typer.BadParameter("--cases needs the one suite they are for")
    with progress_bar("Building the index") as show:
        care = Assistant.load(progress=show)
    reports = [_SUITES[name](care, cases) for name in wanted]
    if as_json:
        typer.echo(json.dumps(reports, ensure_ascii=False))
    else:
        typer.echo("\n\n".join(_plain(report) for report in reports))
    if any(report.get("failures") for report in reports):
        raise typer.Exit(1)


def _plain(report: dict[str, Any]) -> str:
    if report["suite"] == "personal":
        lines = [
            f"personal: {report['cases']} cases; must-have {report['must_have_found']} of {report['must_have']}, "
            f"must-not {report['must_not_said']} of {report['must_not']}"
        ]
        return "\n".join([*lines, *(f"- {failure['id']}: {failure['problem']}" for failure in report["failures"])])
    if report["suite"] == "dialogue":
        return _dialogue(report)
    if report["suite"] == "scope":
        return _scope(report)
    lines = [
        f"{group:<10} n {figures['n']:>4}  search {figures['search_at_5']:.3f}  answer {figures['answer']:.3f}"
        for group, figures in report["groups"].items()
    ]
    return "\n".join(["retrieval: a directly relevant statement among the first five found, and in the answer", *lines])


def _dialogue(report: dict[str, Any]) -> str:
    checks = report["checks"]
    told = ", ".join(f"{group} {f['passed']} of {f['of']}" for group, f in checks.items())
    lines = [
        f"dialogue: {report['dialogues']} conversations; turns passed {report['turns_passed']} of {report['turns']}; "
        f"checks {told}"
    ]
    lines += [
        f"{kind:<16}" + "  ".join(f"{group} {f['passed']}/{f['of']}" for group, f in groups.items())
        for kind, groups in report["kinds"].items()
    ]
    return "\n".join([*lines, *(f"- {f['id']} turn {f['turn']}: {f['problem']}" for f in report["failures"])])


def _scope(report: dict[str, Any]) -> str:
    lines = ["scope: outside declined, inside answered, mixed answered in part"]
    lines += [
        f"{item['half']:<20} {item['group']:<26} {item['right']:>3} of {item['n']:>3}" for item in report["groups"]
    ]
    lines += [
        f"{item['half']:<20} {'kind named rightly':<26} {item['kind_right']:>3} of {item['declined']:>3}"
        for item in report["kinds"]
    ]
    return "\n".join([*lines, *(f"- {m['half']} {m['id']}: {m['problem']}: {m['question']}" for m in report["missed"])])
