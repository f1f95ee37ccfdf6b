"""The report's plots as SVG that stands in the page: its colours are the page's own, light or dark."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# What is drawn in these colours is shown in the page's: a style sheet reaches into SVG in a page, not into a picture.
_INK, _GRID, _OURS, _OTHER = "#010101", "#020202", "#030303", "#040404"
_SERIES = [f"#05050{n}" for n in range(8)]
_COLOURS = {_INK: "ink", _GRID: "line", _OURS: "accent", _OTHER: "bar"} | {c: f"s{n}" for n, c in enumerate(_SERIES)}
_MARKERS, _DASHES = "osD^vPX*", ["-", "--", "-.", ":"]
_WIDTH = 4.4
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "font.size": 10,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.edgecolor": _GRID,
}


def bars(
    rows: Sequence[tuple[str, float, float, float, str]], ours: str, best: float | None, name: str, label: str
) -> Markup:
    """A bar a system: its name, figure, interval and the figure in words; *best* is the end of the scale.

    The bar of *ours* stands out.
    """
    with _drawing(_WIDTH, 0.44 * len(rows) + 0.45) as (figure, axes):
        for place, (system, value, low, high, shown) in enumerate(rows):
            axes.barh(place, value, height=0.42, color=_OURS if system == ours else _OTHER)
            axes.plot([low, high], [place, place], color=_INK, linewidth=1.2, marker="|", markersize=6)
            axes.annotate(_short(system), (0, place - 0.28), va="bottom", ha="left", annotation_clip=False)
            axes.annotate(shown, (1, place - 0.28), xycoords=("axes fraction", "data"), va="bottom", ha="right")
        axes.set_ylim(len(rows) - 0.55, -0.85)
        axes.set_xlim(0, best or max((high for *_, high, _ in rows), default=1) * 1.05 or 1)
        axes.set_yticks([])
        figure.subplots_adjust(left=0.03, right=0.97, top=1, bottom=0.3 / figure.get_figheight())
        return _svg(figure, name, label)


def curves(series: Mapping[str, Sequence[tuple[int, float, float, float]]], name: str, label: str, axis: str) -> Markup:
    """A line a system over the depth: its points and their intervals."""
    with _drawing(_WIDTH, 2.9 + 0.2 * len(series)) as (figure, axes):
        for place, (system, points) in enumerate(series.items()):
            depth, value, low, high = (list(column) for column in zip(*points, strict=True))
            colour = _SERIES[place % len(_SERIES)]
            axes.fill_between(depth, low, high, color=colour, alpha=0.12, linewidth=0)
            axes.plot(depth, value, color=colour, label=_short(system), **_line(place))
        depths = sorted({point[0] for points in series.values() for point in points})
        axes.set_xticks(depths, [str(depth) for depth in depths])
        axes.set_ylim(0, 1.02)
        axes.grid(color=_GRID, linewidth=0.6)
        axes.set_xlabel(axis)
        _legend(figure, axes, len(series))
        return _svg(figure, name, label)


def latencies(times: Mapping[str, Sequence[float]], name: str, label: str, axis: str, share: str) -> Markup:
    """The share of answers given by then, a line a system."""
    with _drawing(_WIDTH, 2.9 + 0.2 * len(times)) as (figure, axes):
        for place, (system, values) in enumerate(times.items()):
            steps = np.quantile(np.maximum(values, 0.01), np.linspace(0, 1, 101))
            colour = _SERIES[place % len(_SERIES)]
            axes.plot(steps, np.linspace(0, 1, 101), color=colour, label=_short(system), markevery=20, **_line(place))
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,g}")
        axes.minorticks_off()
        axes.set_ylim(0, 1.02)
        axes.grid(color=_GRID, linewidth=0.6)
        axes.set_xlabel(axis)
        axes.set_ylabel(share)
        _legend(figure, axes, len(times))
        return _svg(figure, name, label)


def _line(place: int) -> dict[str, Any]:
    """What tells a line from the others without its colour; the ninth has the first's colour, but not its dashes."""
    return {
        "marker": _MARKERS[place % len(_MARKERS)],
        "linestyle": _DASHES[(place + place // len(_SERIES)) % len(_DASHES)],
        "markersize": 5,
    }


def _legend(figure: Figure, axes: Axes, lines: int) -> None:
    height = figure.get_figheight()
    below = 0.19 * lines + 0.6
    figure.subplots_adjust(left=0.14, right=0.94, top=1 - 0.1 / height, bottom=below / height)
    figure.legend(*axes.get_legend_handles_labels(), loc="lower left", bbox_to_anchor=(0.02, 0), frameon=False,
                  borderaxespad=0.2, labelspacing=0.3)  # fmt: skip


@contextmanager
def _drawing(width: float, height: float) -> Iterator[tuple[Figure, Axes]]:
    """A figure and its axes under the report's settings, without pyplot's global state."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=(width, height))
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        yield figure, axes


def _short(system: str) -> str:
    return system if len(system) <= 40 else f"{system[:39]}…"


def _svg(figure: Figure, name: str, label: str) -> Markup:
    """The figure as an ``svg`` element called *label*; *name* keeps its ids apart from those of other plots."""
    written = io.StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the reader's fonts are used, which have it
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    svg = written.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r"font: (?:[a-z]+ )*([\d.]+)px [^;\"]+", r"font-size: \1px", svg)
    svg = re.sub("|".join(_COLOURS), lambda match: f"var(--{_COLOURS[match[0]]})", svg)
    return Markup(svg.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1))
