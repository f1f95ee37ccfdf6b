"""All suites by name, in the order in which they are run and shown."""

from __future__ import annotations

from assistant import InputError
from evals.casefile import nearest
from evals.suites import (
    dialogue,
    grounding,
    intake,
    latency,
    parity,
    personal,
    plain,
    retrieval,
    scope,
    triage,
)
from evals.suites.suite import Suite

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        personal.SUITE,
        triage.SUITE,
        intake.SUITE,
        scope.SUITE,
        dialogue.SUITE,
        retrieval.SUITE,
        grounding.SUITE,
        parity.SUITE,
        plain.SUITE,
        latency.SUITE,
    )
}


def suite_called(name: str) -> Suite:
    """The suite of that name; raises :class:`~assistant.InputError` for an unknown one."""
    if name not in SUITES:
        meant = nearest(name, list(SUITES))
        hint = f"did you mean {meant}?" if meant else f"there are {', '.join(SUITES)}"
        raise InputError(f"no suite is called {name}; {hint}")
    return SUITES[name]
