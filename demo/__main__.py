"""Run the tour of `make demo`: deploy the services to a local AWS, call them over HTTP, and check each response.

The local AWS of this checkout enforces IAM, and runs the same service folders as production. The last line of the
output is `N passed, M failed`. The exit code is 0 when nothing failed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from demo import agent_checks, checks, document_checks
from demo.checks import Tour
from demo.tour_report import TourReport
from pycommon_cli.cli_error import CliError
from pycommon_cli.local.local_aws import LocalAws
from pycommon_cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.checks import Step

NEXT_COMMANDS = """
The local AWS keeps running. Commands to try:
  .venv/bin/pycommon local status
  .venv/bin/pycommon local call POST /sample/visits --data '{"data": {"message": "hello"}}'
  .venv/bin/pycommon local logs amplify-lambda-python-base:record_visit --follow
  .venv/bin/pycommon local docs
  .venv/bin/pycommon usage list general_account
  .venv/bin/pycommon local deploy amplify-lambda-python-base
  .venv/bin/pycommon local down"""


SAMPLE: tuple[Step, ...] = (
    ("Guarded: the token, the body, and the permission", checks.guarded),
    ("Metered: every execution has a payer", checks.metered),
)
DOCUMENTS: tuple[Step, ...] = (
    ("Background work: a document, its chunks, and their payer", document_checks.processed),
    ("Costs: the costs table has the sum of the usage items", document_checks.charged),
    ("Limits: a user who has spent a cent gets 429", document_checks.limited),
)
AGENTS: tuple[Step, ...] = (("Operations: one endpoint, a workflow, and agents through MCP", agent_checks.operated),)
GOVERNED: tuple[Step, ...] = (
    ("Declared: the variables that the services use, and their operations", checks.declared),
    ("Declared = granted: IAM allows the declared operations and no others", checks.granted),
)


def run(tour: Tour, steps: Sequence[Step] = (*SAMPLE, *DOCUMENTS, *AGENTS, *GOVERNED)) -> None:
    """Run the steps in order. A step that raises an error counts as failed; the next steps still run."""
    for title, step in steps:
        tour.report.title(title)
        try:
            step(tour)
        except CliError as error:
            tour.report.check(title, str(error), right=False)


def main() -> int:
    """Start the local AWS, run the tour, and stop the local AWS.

    Do not stop the local AWS if it was running before, or with --keep.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="keep the local AWS running")
    stack, report = LocalAws(Path(__file__).resolve().parent.parent), TourReport()
    keep = stack.status().running or parser.parse_args().keep
    try:
        stack.up(Terminal())
        run(Tour(stack, report))
    except CliError as error:
        report.check("start the local AWS and deploy", str(error), right=False)
    finally:
        if not keep:
            stack.down(progress=Terminal())
    if keep and not report.failed:
        report.say(NEXT_COMMANDS)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
