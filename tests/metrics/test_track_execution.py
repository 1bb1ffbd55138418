"""`@track_execution` around event-driven functions: metered, and otherwise not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pycommon.decorators import required_env_vars, track_execution
from pycommon.testing import LambdaContext, fresh_execution_environment

if TYPE_CHECKING:
    from conftest import Aws

pytestmark = pytest.mark.usefixtures("cold_start")

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
SQS_EVENT = {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}


def usage_of(aws: Aws) -> dict[str, Any]:
    (item,) = aws.items(USAGE)
    return item


def test_bare(aws: Aws) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> dict[str, int]:
        """Close the day."""
        return {"statusCode": 200}

    context = LambdaContext()
    assert nightly(SQS_EVENT, context) == {"statusCode": 200}
    assert (nightly.__name__, nightly.__doc__) == ("nightly", "Close the day.")
    usage = usage_of(aws)
    wanted = {"operation": "nightly", "endpoint": "SQS", "event_source": "SQS", "success": True, "status_code": 200}
    assert {name: usage[name] for name in wanted} == wanted
    assert (usage["account"], usage["user"], usage["request_id"]) == ("system", "system", context.aws_request_id)


def test_with_arguments(aws: Aws) -> None:
    @track_execution(operation_name="close_day", account="finance", user="scheduler")
    def nightly(event: Any, context: Any) -> None: ...

    assert nightly(SQS_EVENT, LambdaContext()) is None
    usage = usage_of(aws)
    assert (usage["operation"], usage["account"], usage["user"]) == ("close_day", "finance", "scheduler")


@pytest.mark.parametrize(
    ("result", "success"),
    [
        (None, True),
        ("done", True),
        ({"statusCode": 200}, True),
        ({"statusCode": 500}, False),
        ({"success": False}, False),
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, True),
    ],
)
def test_results_go_through_and_say_whether_it_worked(aws: Aws, result: Any, *, success: bool) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> Any:
        return result

    assert nightly(SQS_EVENT, LambdaContext()) is result
    assert usage_of(aws)["success"] is success


@pytest.mark.parametrize("error", [ValueError("secret detail"), KeyboardInterrupt(), SystemExit(1)])
def test_what_is_raised_goes_through_and_is_recorded(aws: Aws, error: BaseException) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        nightly(SQS_EVENT, LambdaContext())
    assert caught.value is error
    usage = usage_of(aws)
    assert (usage["success"], usage["error_type"]) == (False, type(error).__name__)
    assert "secret detail" not in str(usage)


@pytest.mark.parametrize("event", [None, {}, [], "text", {"Records": [None]}])
def test_an_odd_event_and_no_context_are_metered_too(aws: Aws, event: Any) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> Any:
        return event

    assert nightly(event, None) == event
    usage = usage_of(aws)
    assert usage["event_source"] in {"Direct", "Unknown"}
    assert usage["request_id"] is None


@pytest.mark.parametrize("table", [None, "no-such-table"])
def test_trouble_with_the_table_never_reaches_the_handler(caplog: pytest.LogCaptureFixture, table: str | None) -> None:
    @track_execution
    def nightly(_event: Any, _context: Any) -> str:
        return "done"

    with fresh_execution_environment({USAGE: table}):
        assert nightly(SQS_EVENT, LambdaContext()) == "done"
    assert "USAGE_NOT_RECORDED" in caplog.text


def test_below_required_env_vars_the_table_may_stand_in_parameter_store(aws: Aws, cold_start: dict[str, str]) -> None:
    @required_env_vars(USAGE)
    @track_execution
    def nightly(event: Any, context: Any) -> None: ...

    aws.put_parameter(USAGE, cold_start[USAGE])
    with fresh_execution_environment({USAGE: None}):
        nightly(SQS_EVENT, LambdaContext())
    assert usage_of(aws)["operation"] == "nightly"
