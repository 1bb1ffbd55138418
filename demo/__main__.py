"""`make demo`: a governed service on a local AWS, step by step, each step with what came back and whether it is right.

The same service folders that go to production are deployed to the local AWS of this checkout, which enforces IAM; then
the endpoint is called over HTTP as a client would. The last line is `N passed, M failed`; the exit code is 0 only
without failures.
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
The local AWS keeps running. To paste:
  .venv/bin/pycommon local status
  .venv/bin/pycommon local call POST /sample/visits --data '{"data": {"message": "hello"}}'
  .venv/bin/pycommon local logs amplify-lambda-python-base:record_visit --follow
  .venv/bin/pycommon local docs
  .venv/bin/pycommon usage list general_account
  .venv/bin/pycommon local deploy amplify-lambda-python-base
  .venv/bin/pycommon local down"""


SAMPLE: tuple[Step, ...] = (
    ("Guarded: who calls, is the body right, may they", checks.guarded),
    ("Metered: every execution has a payer", checks.metered),
)
DOCUMENTS: tuple[Step, ...] = (
    ("In the background: a document, its chunks, and who pays", document_checks.processed),
    ("Costs: what was used is what was spent", document_checks.charged),
    ("Limits: who has spent a cent is refused", document_checks.limited),
)
AGENTS: tuple[Step, ...] = (("Operations: one endpoint, a workflow, and agents by MCP", agent_checks.operated),)
GOVERNED: tuple[Step, ...] = (
    ("Declared: what the services use, and for what", checks.declared),
    ("Declared = granted: what IAM allows, and nothing else", checks.granted),
)


def run(tour: Tour, steps: Sequence[Step] = (*SAMPLE, *DOCUMENTS, *AGENTS, *GOVERNED)) -> None:
    """The steps, in order; one that breaks counts as failed and does not stop the others."""
    for title, step in steps:
        tour.report.title(title)
        try:
            step(tour)
        except CliError as error:
            tour.report.check(title, str(error), right=False)


def main() -> int:
    """Bring the stack up, take the tour, and take the stack down unless it is to stay or was there before."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", action="store_true", help="leave the local AWS running")
    stack, report = LocalAws(Path(__file__).resolve().parent.parent), TourReport()
    keep = stack.status().running or parser.parse_args().keep
    try:
        stack.up(Terminal())
        run(Tour(stack, report))
    except CliError as error:
        report.check("bring up the local AWS and deploy", str(error), right=False)
    finally:
        if not keep:
            stack.down(progress=Terminal())
    if keep and not report.failed:
        report.say(NEXT_COMMANDS)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
