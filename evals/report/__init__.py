"""The report of a run: one HTML page that needs nothing else, beside its figures as JSON and CSV."""

from __future__ import annotations

from pathlib import Path

from corpus.models import Language
from evals.figures import write_figures
from evals.finished import read_run
from evals.report.page import render

__all__ = ["write"]


def write(folder: Path, language: Language = "en") -> Path:
    """Write ``figures.json``, ``figures.csv`` and ``report.html`` beside a run's records; returns the page.

    Raises :class:`~assistant.InputError` where the records cannot be read or a measure is not listed.
    """
    run = read_run(folder)
    write_figures(run, folder)
    page = folder / "report.html"
    page.write_text(render(run, language), encoding="utf-8", newline="\n")
    return page
