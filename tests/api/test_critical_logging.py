"""Test reports of critical errors: they are in the queue, and never fail the function."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.api.critical_logging import log_critical_error
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from conftest import Aws

QUEUE = "CRITICAL_ERRORS_SQS_QUEUE_NAME"
REPORT: dict[str, Any] = {
    "function_name": "close_day",
    "error_type": "LedgerMismatch",
    "error_message": "totals differ",
    "current_user": "jane",
    "context": {"day": "2026-01-15"},
}


def test_a_report_is_in_the_queue(aws: Aws, cold_start: dict[str, str]) -> None:
    with fresh_execution_environment({"AWS_LAMBDA_FUNCTION_NAME": "finance-dev-close"}):
        assert log_critical_error(**REPORT) is True
    (message,) = aws.messages()
    report = json.loads(message)
    age = datetime.now(UTC) - datetime.fromisoformat(report.pop("timestamp"))
    assert 0 <= age.total_seconds() < 60
    assert report == {
        "functionName": "close_day",
        "errorType": "LedgerMismatch",
        "errorMessage": "totals differ",
        "currentUser": "jane",
        "severity": "HIGH",
        "serviceName": cold_start["SERVICE_NAME"],
        "stage": cold_start["STAGE"],
        "lambdaFunction": "finance-dev-close",
        "context": {"day": "2026-01-15"},
    }


def test_the_queue_may_stand_in_parameter_store(aws: Aws, cold_start: dict[str, str]) -> None:
    aws.put_parameter(QUEUE, cold_start[QUEUE])
    with fresh_execution_environment({QUEUE: None}):
        assert log_critical_error(**REPORT, severity="LOW") is True
    assert json.loads(aws.messages()[0])["severity"] == "LOW"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({QUEUE: "no-such-queue"}, "could not be reported to no-such-queue"),
        ({QUEUE: None}, f"{QUEUE} is not set"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "EndpointConnectionError"),
    ],
)
@pytest.mark.usefixtures("cold_start")
def test_a_failure_is_false_and_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture, changes: dict[str, str | None], said: str
) -> None:
    with fresh_execution_environment(changes):
        assert log_critical_error(**REPORT) is False
    assert said in caplog.text
    assert "close_day" in caplog.text


@pytest.mark.usefixtures("cold_start")
def test_a_context_without_a_json_form_is_a_failure_too(caplog: pytest.LogCaptureFixture) -> None:
    assert log_critical_error(**{**REPORT, "context": {"handle": object()}}) is False
    assert "could not be reported" in caplog.text


def test_a_role_that_may_not_send_is_an_error_that_names_the_action(aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    lookup = {"Effect": "Allow", "Action": "sqs:GetQueueUrl", "Resource": "*"}
    with fresh_execution_environment(aws.role_variables(lookup)):
        assert log_critical_error(**REPORT) is False
    assert "sqs:SendMessage" in caplog.text
    assert aws.messages() == []
