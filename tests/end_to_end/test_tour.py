"""The tour of `make demo` succeeds on the deployed services, and fails, saying why, where IAM lacks an action."""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from demo import aws_lookups
from demo.__main__ import SAMPLE, run
from demo.checks import Tour, declared, granted
from demo.tour_report import TourReport
from tests.end_to_end.policies import without

if TYPE_CHECKING:
    from collections.abc import Sequence

    from demo.checks import Step
    from pycommon_cli.local.local_aws import LocalAws

BASE = ("amplify-lambda-python-base",)
SAMPLE_GOVERNED = (
    *SAMPLE,
    ("declared", partial(declared, folders=BASE)),
    ("granted", partial(granted, folders=BASE)),
)
GRANTED = [
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
    "sqs:GetQueueUrl",
    "sqs:SendMessage",
]


def take_tour(stack: LocalAws, steps: Sequence[Step] | None = None) -> tuple[TourReport, str]:
    output = io.StringIO()
    report = TourReport(Console(file=output, width=400))
    run(Tour(stack, report), *([steps] if steps else []))
    report.close()
    return report, output.getvalue()


@pytest.mark.stack_alone  # the tour uses all services
def test_the_tour_succeeds(stack: LocalAws) -> None:
    report, output = take_tour(stack)
    assert report.failed == [], output
    assert output.splitlines()[-1] == f"{report.passed} passed, 0 failed"
    assert report.passed >= 90


@pytest.mark.parametrize("action", GRANTED)
def test_without_an_action_the_tour_fails_and_names_it(stack: LocalAws, action: str) -> None:
    with without(stack, action):
        report, output = take_tour(stack, SAMPLE_GOVERNED)
    assert report.failed, output
    failures = [line for line in output.splitlines() if "✗" in line or "not authorized" in line]
    assert any(action in line for line in failures), output


def test_the_caller_of_a_denied_function_is_told_nothing_and_the_log_everything(stack: LocalAws) -> None:
    with without(stack, "dynamodb:PutItem"):
        _, output = take_tour(stack, SAMPLE)
    assert "500 Internal server error" in output
    assert "is not authorized to perform: dynamodb:PutItem" in output


def test_every_granted_action_is_tried_above(stack: LocalAws) -> None:
    assert sorted({action for action, _ in aws_lookups.granted_actions(stack)}) == GRANTED
