"""Show the results of the growth benchmark as tables and plots."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

__all__ = ["growth_markdown", "growth_plots", "holds"]

FLAT, LINEAR = 0.15, 1.4
"""The largest exponents that count as flat and as linear. Quadratic growth has the exponent 2.

The limit for linear growth is above 1, because data that exceeds the processor's caches costs more. `orjson.loads`, for
example, takes 14 times as long for a body of 6 MB as for a body of 1 MB. This is an exponent of 1.5. The whole request
has an exponent of 1.28.
"""


def holds(of: Mapping[str, Any]) -> bool:
    """Return whether the growth is at most the expected growth, and the table has every usage record."""
    if of.get("lost"):
        return False
    if of["ratio_at_most"] is not None:
        return bool(of["sizes"][-1]["cpu_ratio"] <= of["ratio_at_most"])
    return bool(of["exponent_at_the_end"] <= (FLAT if of["expected"] == "flat" else LINEAR))


HEADS = (
    "what grows",
    "from",
    "to",
    "CPU at first",
    "CPU at last",
    "ratio",
    "exponent",
    "last decade",
    "expected",
    "holds",
)
MARKDOWN = """\
## Growth

The cost of an import and of a warm request for growing sizes: CPU of the function's process, with the usage record. The
ratio compares the largest size with the smallest (median of the turns). The exponent is k of `cost = a * size^k` over
all sizes: 0 is flat, 1 linear, 2 quadratic. The last decade is the exponent of the last two sizes, without the cost of
the smallest size. "Flat" allows up to {flat:g}, "linear" up to {linear:g}. A given ratio limits the ratio instead.

{tables}
![What an import costs](growth-import.svg)

![What a warm request costs](growth-request.svg)

Repeat the measurement with `.venv/bin/python -m benchmarks.growth`.
"""


def growth_markdown(results: Mapping[str, Any]) -> str:
    """Return the report's section: a table of imports, a table of warm requests, and the plots."""
    tables = []
    for what, title in (("import", "Import"), ("request", "Warm request")):
        rows = [_row(axis, axis[what]) for axis in results.values() if what in axis]
        if rows:
            table = [HEADS, ("---",) * 3 + ("---:",) * 5 + ("---",) * 2, *rows]
            lines = "\n".join(f"| {' | '.join(row)} |" for row in table)
            tables.append(f"### {title}\n\n{lines}\n")
    return MARKDOWN.format(tables="\n".join(tables), flat=FLAT, linear=LINEAR)


def _row(axis: Mapping[str, Any], of: Mapping[str, Any]) -> tuple[str, ...]:
    first, last = of["sizes"][0], of["sizes"][-1]
    return (
        axis["title"],
        f"{first['size']:,}",
        f"{last['size']:,} {axis['unit']}",
        f"{first['cpu_ms'][1]:.2f} ms",
        f"{last['cpu_ms'][1]:.2f} ms",
        f"{last['cpu_ratio']:.2f}",
        f"{of['exponent']:.2f}",
        f"{of['exponent_at_the_end']:.2f}",
        of["expected"] if of["ratio_at_most"] is None else f"{of['expected']}, ratio {of['ratio_at_most']:g}",
        "yes" if holds(of) else f"**no**, {of['lost']:,} records lost" if of.get("lost") else "**no**",
    )


def growth_plots(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw `growth-import` and `growth-request` as PNG and SVG into `folder`, and return the files."""
    files: list[Path] = []
    for what in ("import", "request"):
        axes = [axis for axis in results.values() if what in axis]
        if axes:
            files += _figure(what, axes, folder)
    return files


BLUE, GREY, ORANGE = (
    "#0072B2",
    "#777777",
    "#D55E00",
)  # the palette of Okabe and Ito, which colour-blind people can distinguish
COLUMNS = 2  # more columns would be too small on a page
TITLES = {
    "import": "What importing a service costs when things get many",
    "request": "What a warm request costs when things get many or large",
}


def _figure(what: str, axes: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    columns = min(COLUMNS, len(axes))
    rows = math.ceil(len(axes) / columns)
    with mpl.rc_context({"font.size": 9, "svg.hashsalt": "growth"}):
        figure, panels = plt.subplots(
            rows, columns, figsize=(4.2 * columns, 3.3 * rows + 0.8), squeeze=False, layout="constrained"
        )
        for panel, axis in zip(panels.flat, axes, strict=False):
            _panel(panel, axis, axis[what])
        for panel in list(panels.flat)[len(axes) :]:
            panel.set_visible(False)
        handles, labels = panels.flat[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
        figure.suptitle(f"{TITLES[what]}\n", fontweight="bold")
        files = [folder / f"growth-{what}.{kind}" for kind in ("png", "svg")]
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            figure.savefig(file, dpi=150, metadata={"Date": None} if file.suffix == ".svg" else None)
        plt.close(figure)
    return files


def _panel(panel: Axes, axis: Mapping[str, Any], of: Mapping[str, Any]) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    sizes = [each["size"] for each in of["sizes"]]
    low, middle, high = zip(*(each["cpu_ms"] for each in of["sizes"]), strict=True)
    ends = (sizes[0], sizes[-1])
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.plot(ends, (middle[0], middle[0]), "--", color=GREY, label="flat")
    # Draw the line of linear growth through the last point, because the first points include a fixed cost.
    panel.plot(ends, (middle[-1] * ends[0] / ends[1], middle[-1]), ":", color=ORANGE, label="linear (slope 1)")
    panel.fill_between(sizes, low, high, color=BLUE, alpha=0.2, linewidth=0, label="middle half of the turns")
    panel.plot(sizes, middle, "o-", color=BLUE, label="measured (median)")
    panel.set_ylim(min(low) / 3, max(max(high) * 3, min(low) * 100))
    panel.set_title(axis["title"], fontsize=9)
    panel.set_xlabel(axis["unit"])
    panel.set_ylabel("CPU, ms")
    panel.xaxis.set_major_formatter(FuncFormatter(_short))
    panel.yaxis.set_major_formatter(FuncFormatter(_short))
    panel.yaxis.set_minor_formatter(NullFormatter())
    panel.grid(visible=True, which="major", alpha=0.3)
    figures = f"ratio {of['sizes'][-1]['cpu_ratio']:.2f}\nexponent at the end {of['exponent_at_the_end']:.2f}"
    panel.text(0.03, 0.96, figures, transform=panel.transAxes, va="top", fontsize=8, color=BLUE)


def _short(value: float, _position: int) -> str:
    """Return a number in short form: "1 k" for 1000, "6 M" for 6000000."""
    for unit, suffix in ((1_000_000, " M"), (1_000, " k")):
        if value >= unit:
            return f"{value / unit:g}{suffix}"
    return f"{value:g}"
