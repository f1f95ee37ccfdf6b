"""Reports of the suites as lines of text."""

from __future__ import annotations

from typing import Any


def plain(report: dict[str, Any]) -> str:
    """A suite's report as lines of text."""
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
    if report["suite"] == "triage":
        return _triage(report)
    if report["suite"] == "intake":
        return _shares("intake: findings, their status, numbers, and whose age and sex", report["groups"])
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


def _triage(report: dict[str, Any]) -> str:
    lines = [_shares("triage: urgency by the rules alone", report["groups"] | report["baselines"])]
    for name in ("home_care_utterances", "vignettes"):
        if name in report:
            told = {key: value for key, value in report[name].items() if isinstance(value, int | float)}
            lines.append(_shares(name, {"": told}))
    lines += [f"- {m['id']}: {m['right']}, given {m['given']}: {m['text']}" for m in report["missed"]]
    lines += [f"- false alarm {m['id']}: {m['text']}" for m in report["false_alarms"]]
    return "\n".join(lines)


def _shares(title: str, groups: dict[str, dict[str, Any]]) -> str:
    lines = [
        f"{group:<18}" + "  ".join(f"{key} {value}" for key, value in figures.items() if value is not None)
        for group, figures in groups.items()
    ]
    return "\n".join([title, *lines])
