"""Measure how the cost of a request grows with the number and size of things. It must be flat or linear, not quadratic.

    .venv/bin/python -m benchmarks.growth [--quick] [--only rules,routes] [--output docs/benchmarks]

An axis is one thing that can grow, such as the number of routes. For each axis, this program writes services of several
sizes to a temporary folder, and compiles them to byte code. Each service runs in a process with the environment of a
deployed function, with real tokens, and with tables on the local AWS. The sizes take turns. If the machine becomes
slower, all sizes are affected. The results are medians. The important figure is the CPU time of the function's process,
because wall time includes the local AWS.

`growth_services` generates the services, `growth_axes` defines what grows, `growth_measurement` measures, and
`growth_report` shows the results.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.growth_axes import AXES
from benchmarks.growth_measurement import measure
from benchmarks.growth_report import growth_markdown, growth_plots
from pycommon_cli.terminal import Terminal

__all__ = ["main"]

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"


def main() -> None:
    """Measure, and write the plots, `growth.json` and `growth.md`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="measure few turns and no large sizes, as a test of the benchmark"
    )
    parser.add_argument("--only", default="", help=f"axes to measure, separated by commas: {', '.join(AXES)}")
    parser.add_argument("--output", type=Path, default=FOLDER, help="the folder for the results")
    arguments = parser.parse_args()
    only = [name for name in arguments.only.split(",") if name]
    if unknown := set(only) - set(AXES):
        parser.error(f"--only: {', '.join(sorted(unknown))} not an axis; expected some of {', '.join(AXES)}")
    results = measure(Terminal(), only=only, quick=arguments.quick)
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "growth.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    growth_plots(results, arguments.output)
    text = growth_markdown(results)
    (arguments.output / "growth.md").write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
