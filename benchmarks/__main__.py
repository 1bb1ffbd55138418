"""Run `make bench`: compare the library with others on a local AWS, and write tables and plots to `docs/benchmarks`.

    .venv/bin/python -m benchmarks [--only warm,cold] [--quick] [--output docs/benchmarks]

The first run installs the packages of the peers and deploys the platform to a local AWS below `.pycommon/bench`.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark_aws import local_aws
from benchmarks.benchmark_charts import draw
from benchmarks.benchmark_packages import build
from benchmarks.benchmark_peers import PEERS
from benchmarks.benchmark_report import markdown, print_table
from benchmarks.growth_measurement import measure as measure_growth
from benchmarks.growth_report import growth_plots
from benchmarks.machine_facts import facts
from benchmarks.measurements import MEASUREMENTS, QUICK, WHOLE, Bench
from pycommon_cli import terminal
from pycommon_cli.cli_error import CliError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.benchmark_packages import BenchmarkPackage
    from pycommon_cli.terminal import Progress

ROOT = Path(__file__).resolve().parent.parent
HOME, OUTPUT = ROOT / ".pycommon" / "bench", ROOT / "docs" / "benchmarks"
PARTIAL_OUTPUT = HOME / "output"
GROWTH = "growth"
DIGITS = 4
"""The decimal places of results in milliseconds. The last place is 0.1 us, which is below the resolution of clocks."""


def measure_peers(parts: Sequence[str], progress: Progress, *, quick: bool) -> dict[str, Any]:
    """Measure these parts of the benchmark. The results contain only JSON values.

    Raises:
        CliError: an installation or a start failed, or a peer does not work.
    """
    packages = {}
    for name, peer in PEERS.items():
        with progress.step(f"Package of {peer.title}"):
            packages[name] = build(peer, HOME / "packages")
    return {"facts": facts(quick=quick), **_of_peers(parts, packages, progress, quick=quick)}


def _of_peers(
    parts: Sequence[str], packages: dict[str, BenchmarkPackage], progress: Progress, *, quick: bool
) -> dict[str, Any]:
    weighed = {
        name: [{"name": each.name, "version": each.version, "size": each.size} for each in package.distributions]
        for name, package in packages.items()
    }
    results: dict[str, Any] = {"packages": weighed, "figures": {}, "calls": {}, "peak_kb": {}, "heavy": []}
    chosen = [MEASUREMENTS[part] for part in MEASUREMENTS if part in parts]
    if not chosen:
        return results
    for log in HOME.glob("*.log"):
        log.unlink()
    with local_aws(HOME / "local", progress) as aws:
        bench = Bench(packages, aws, QUICK if quick else WHOLE, HOME)
        with progress.step("Tokens and API keys"):
            bench.prepare()
        for title, run in chosen:
            with progress.step(title):
                run(bench)
        with progress.step("A usage record for each answer"):
            bench.check_records()
    return {
        **results,
        "figures": {
            figure: {case: [round(value, DIGITS) for value in values] for case, values in cases.items()}
            for figure, cases in bench.figures.items()
        },
        "calls": bench.calls,
        "peak_kb": bench.peak_kb,
        "heavy": bench.heavy,
        "answered": bench.answered,
    }


def write(results: dict[str, Any], folder: Path) -> None:
    """Write the results, the page and the plots to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    drawn = draw(results, folder)
    if GROWTH in results:
        growth_plots(results[GROWTH], folder)
    (folder / "README.md").write_text(markdown(results, drawn), "utf-8")


def main() -> int:
    """Measure, write, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [*MEASUREMENTS, GROWTH]
    parser.add_argument("--only", help=f"parts to measure, separated by commas: {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="few repetitions, as a test of the benchmark")
    parser.add_argument(
        "--output",
        type=Path,
        help=f"the folder for page, results and plots; default: {OUTPUT.relative_to(ROOT)}, and for a partial run "
        f"{PARTIAL_OUTPUT.relative_to(ROOT)}",
    )
    parser.add_argument("--again", action="store_true", help="only write page and plots again, from the saved results")
    arguments = parser.parse_args()
    parts = arguments.only.split(",") if arguments.only else names
    output = arguments.output or (PARTIAL_OUTPUT if arguments.only or arguments.quick else OUTPUT)
    if unknown := set(parts) - set(names):
        parser.error(f"--only: {', '.join(sorted(unknown))} is not a part; expected some of {', '.join(names)}")
    # Exit normally after SIGTERM too, so that the local AWS is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    progress = terminal.Terminal()
    try:
        if arguments.again:
            results = json.loads((output / "results.json").read_text("utf-8"))
        else:
            results = measure_peers(parts, progress, quick=arguments.quick)
        write(results, output)
        if GROWTH in parts and not arguments.again:
            results["growth"] = measure_growth(progress, quick=arguments.quick)
            write(results, output)
    except CliError as error:
        terminal.print_error(error.what, error.help_text)
        return 1
    print_table(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
