"""The report of a run: one HTML page that needs nothing else, beside its figures as JSON, CSV and Markdown."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from corpus.models import Language
from evals.finished import read_run

__all__ = ["write"]

_NEEDS = ("jinja2", "matplotlib", "pandas")


def write(folder: Path, language: Language = "en") -> Path:
    """Write ``figures.json``, ``figures.csv``, ``headline.md`` and ``report.html`` beside a run's records.

    Returns the page. Raises :class:`~assistant.InputError` where the records cannot be read or a measure is not
    listed, and :class:`ModuleNotFoundError` with what to install where a library that the report is made with is
    missing.
    """
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        needed = ", ".join(missing)
        raise ModuleNotFoundError(
            f"the report needs {needed}: pip install 'nursing-care-assistant[dev]'", name=missing[0]
        )
    from evals.figures import results, write_figures
    from evals.report.page import render
    from evals.report.tables import headline

    found = results(read_run(folder))
    write_figures(found, folder)
    (folder / "headline.md").write_text(headline(found, language), encoding="utf-8", newline="\n")
    page = folder / "report.html"
    page.write_text(render(found, language), encoding="utf-8", newline="\n")
    return page
