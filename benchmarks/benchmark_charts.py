"""Draw the results as plots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.benchmark_peers import OURS, PEERS, RIVAL
from benchmarks.benchmark_report import FIGURES, cases_of
from benchmarks.measurements import BARE, LOCAL_AWS, REQUIRED
from benchmarks.ratio_spread import Spread
from benchmarks.speed_targets import PACKAGE_MB_AT_MOST, RATIO_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

__all__ = ["draw"]

# The palette of Okabe and Ito, which colour-blind people can distinguish. Only PyCommon has a strong colour.
OURS_COLOUR, OTHERS_COLOUR, FLOOR_COLOUR, BOUND_COLOUR = "#0072B2", "#9A9A9A", "#D5D5D5", "#D55E00"
PARTS_COLOURS = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#F0E442", "#777777")
PANEL = (4.6, 2.0)
MB = 1_000_000

PAGES = {
    "cold-start": (
        "Cold start to first answer, wall",
        {
            "cold_jwt_wall": "JWT (ms)",
            "cold_api_key_wall": "API key (ms)",
            "slim_jwt_wall": "JWT, package without byte code (ms)",
            "import_wall": "Import of the handler alone (ms)",
        },
    ),
    "warm-request": (
        "Warm request",
        {
            "warm_jwt_cpu": "JWT, CPU (ms)",
            "warm_jwt_wall": "JWT, wall (ms)",
            "warm_new_jwt_cpu": "JWT not seen before, CPU (ms)",
            "warm_new_jwt_wall": "JWT not seen before, wall (ms)",
            "warm_api_key_cpu": "API key, CPU (ms)",
            "warm_api_key_wall": "API key, wall (ms)",
        },
    ),
    "memory-and-throughput": (
        "Memory and throughput",
        {
            "peak_memory": "Most memory (MiB)",
            "threads_jwt_per_second": "8 threads, requests a second: more is better",
        },
    ),
}
"""The title of each plot file, and the figures in the file with their titles."""


def draw(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw the results as PNG and SVG into `folder`, and return the files."""
    import matplotlib as mpl

    mpl.use("Agg")
    files: list[Path] = []
    with mpl.rc_context({"font.size": 9, "svg.hashsalt": "benchmarks", "axes.titlesize": 10}):
        for name, (title, figures) in PAGES.items():
            measured = [figure for figure in figures if cases_of(results, figure)]
            if measured:
                files += _page(results, title, {each: figures[each] for each in measured}, folder / name)
        files += _weights(results, folder / "package-size")
    return files


def _page(results: Mapping[str, Any], title: str, figures: Mapping[str, str], path: Path) -> list[Path]:
    from matplotlib import pyplot as plt

    columns = min(2, len(figures))
    rows = -(-len(figures) // columns)
    figure, panels = plt.subplots(
        rows, columns, figsize=(PANEL[0] * columns, PANEL[1] * rows + 0.4), layout="constrained", squeeze=False
    )
    for panel, (name, panel_title) in zip(panels.flat, figures.items(), strict=False):
        _bars(panel, name, cases_of(results, name))
        panel.set_title(panel_title, loc="left")
    for panel in list(panels.flat)[len(figures) :]:
        panel.set_visible(False)
    figure.suptitle(f"{title}. Less is better; PyCommon is blue; medians, with quartiles as whiskers", fontsize=11)
    return _save(figure, path)


def _bars(axes: Axes, name: str, cases: Mapping[str, Sequence[float]]) -> None:
    """Draw a bar for each peer, and the line of the target if there is one."""
    shown = FIGURES[name]
    names = [each for each in (*PEERS, REQUIRED, BARE, LOCAL_AWS) if each in cases]
    spreads = [Spread.of(cases[each]) for each in names]
    medians = [spread.median for spread in spreads]
    whiskers = ([s.median - s.low for s in spreads], [s.high - s.median for s in spreads])
    axes.barh(range(len(names)), medians, xerr=whiskers, color=[_colour(n) for n in names], ecolor="#333333", capsize=2)
    axes.set_yticks(range(len(names)), [_label(each) for each in names])
    axes.invert_yaxis()
    for place, (each, spread) in enumerate(zip(names, spreads, strict=True)):
        axes.annotate(
            f"{spread.median:.{shown.digits}f}",
            (spread.high, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            fontweight="bold" if each == OURS else "normal",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            zorder=4,
        )
    for label, each in zip(axes.get_yticklabels(), names, strict=True):
        label.set_fontweight("bold" if each == OURS else "normal")
    axes.set_xlim(0, max(spread.high for spread in spreads) * 1.16)
    axes.spines[["top", "right"]].set_visible(False)
    if name in RATIO_AT_MOST and RIVAL in cases:
        bound = RATIO_AT_MOST[name]
        _bound(axes, bound * Spread.of(cases[RIVAL]).median, f"- - promised: {bound} x {PEERS[RIVAL].title}")


def _bound(axes: Axes, value: float, text: str) -> None:
    """Draw a line, and write its meaning above the line's right end, where there is no bar."""
    axes.axvline(value, color=BOUND_COLOUR, linestyle="--", linewidth=1.4, zorder=3)
    axes.text(1.0, 1.04, text, color=BOUND_COLOUR, fontsize=8, ha="right", transform=axes.transAxes)


def _colour(case: str) -> str:
    if case in (OURS, REQUIRED):
        return OURS_COLOUR
    return FLOOR_COLOUR if case in ("floor", BARE, LOCAL_AWS) else OTHERS_COLOUR


def _label(case: str) -> str:
    others = {REQUIRED: "Required Imports", BARE: "bare interpreter", LOCAL_AWS: "the local AWS alone"}
    return others.get(case) or PEERS[case].title


def _weights(results: Mapping[str, Any], path: Path) -> list[Path]:
    """Draw the package sizes as bars, with the largest distributions as parts."""
    from matplotlib import pyplot as plt

    packages = {name: parts for name, parts in results["packages"].items() if parts}
    heaviest = sorted({(p["name"], p["size"]) for parts in packages.values() for p in parts}, key=lambda each: -each[1])
    named = list(dict.fromkeys(name for name, _ in heaviest))[: len(PARTS_COLOURS) - 1]
    figure, axes = plt.subplots(figsize=(9.2, 2.9), layout="constrained")
    left = dict.fromkeys(packages, 0.0)
    for each, colour in zip([*named, None], PARTS_COLOURS, strict=False):
        sizes = [
            sum(p["size"] for p in parts if (p["name"] == each if each else p["name"] not in named)) / MB
            for parts in packages.values()
        ]
        label = each or "all others"
        axes.barh(list(packages), sizes, left=list(left.values()), color=colour, label=label, edgecolor="white")
        left = {name: sum_ + size for (name, sum_), size in zip(left.items(), sizes, strict=True)}
    for place, total in enumerate(left.values()):
        axes.text(total, place, f" {total:.1f}", va="center", ha="left", fontweight="normal")
    axes.set_yticks(range(len(packages)), [PEERS[name].title for name in packages])
    axes.get_yticklabels()[0].set_fontweight("bold")
    axes.invert_yaxis()
    _bound(axes, PACKAGE_MB_AT_MOST, f"- - promised: at most {PACKAGE_MB_AT_MOST} MB")
    axes.set_xlim(0, PACKAGE_MB_AT_MOST * 1.04)
    axes.set_title("Package, unzipped, without boto3 (MB, less is better)", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower right", frameon=False, ncols=2, bbox_to_anchor=(0.97, 0.0))
    return _save(figure, path)


def _save(figure: Any, path: Path) -> list[Path]:
    from matplotlib import pyplot as plt

    files = [path.with_suffix(suffix) for suffix in (".png", ".svg")]
    for file in files:
        # Leave out the date, so that a file changes only when its numbers change.
        figure.savefig(file, dpi=144, metadata={"Date": None} if file.suffix == ".svg" else None)
    plt.close(figure)
    return files
