"""The usage record is measured, and stored in the table exactly once."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from pycommon.dal.providers.aws.attribute_values import from_item
from pycommon.metrics import TrackingContext, UsageMetrics, UsageTracker, get_usage_tracker, record_usage_with
from pycommon.metrics.usage_store import UsageTable
from pycommon.testing import LambdaContext, fresh_execution_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Aws

pytestmark = pytest.mark.usefixtures("cold_start")

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
AT = datetime(2026, 1, 15, 10, 30, 0, 123456, tzinfo=UTC)
NINETY_DAYS = 90 * 24 * 3600

METRICS = UsageMetrics(
    account="acc-1",
    timestamp=AT,
    user="jane",
    api_key_id=None,
    operation="create_charge",
    endpoint="/state/accounts/charge",
    event_source="HTTP",
    duration_ms=Decimal("245.17"),
    memory_used_mb=128,
    memory_allocated_mb=1024,
    lambda_cost=Decimal("0.0000041000082"),
    success=True,
    error_type=None,
    request_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    service="files",
    function="files-dev-charge",
    version="7",
    stage="dev",
    status_code=200,
    cold_start=True,
    architecture="arm64",
    billed_duration_ms=246,
    request_cost=Decimal("0.0000002"),
)


class Shelf:
    """A sink that keeps all records."""

    def __init__(self) -> None:
        self.taken: list[UsageMetrics] = []

    def put(self, metrics: UsageMetrics) -> None:
        self.taken.append(metrics)


def unrecorded(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the only log line of a record that could not be written."""
    (line,) = capsys.readouterr().out.splitlines()
    return dict(json.loads(line))


def tracked(begun: TrackingContext, result: Any = None, error_type: str | None = None, **claims: Any) -> UsageMetrics:
    return get_usage_tracker().end_tracking(
        begun, result, {"account": "acc-1", "username": "jane", **claims}, error_type
    )


def begin(context: Any = None, **changes: Any) -> TrackingContext:
    arguments = {"user": "jane", "operation": "op", "endpoint": "/op", "api_accessed": False, "context": context}
    return get_usage_tracker().start_tracking(**{**arguments, **changes})


def test_the_item_field_for_field(aws: Aws) -> None:
    UsageTable().put(METRICS)
    assert aws.items(USAGE) == [
        {
            "account": "acc-1",
            "timestamp": "2026-01-15T10:30:00.123456Z",
            "user": "jane",
            "operation": "create_charge",
            "endpoint": "/state/accounts/charge",
            "event_source": "HTTP",
            "duration_ms": Decimal("245.17"),
            "memory_used_mb": 128,
            "memory_allocated_mb": 1024,
            "lambda_cost": Decimal("0.0000041000082"),
            "success": True,
            "error_type": None,
            "ttl": int(AT.timestamp()) + NINETY_DAYS,
            "request_id": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "service": "files",
            "function": "files-dev-charge",
            "version": "7",
            "stage": "dev",
            "status_code": 200,
            "cold_start": True,
            "architecture": "arm64",
            "billed_duration_ms": 246,
            "request_cost": Decimal("0.0000002"),
        }
    ]


def test_an_execution_by_api_key_names_the_key(aws: Aws) -> None:
    UsageTable().put(METRICS._replace(api_key_id="jane/ownerKey/1"))
    assert aws.items(USAGE)[0]["api_key_id"] == "jane/ownerKey/1"


@pytest.mark.parametrize(
    ("days", "ttl_days"), [("1", 1), ("365", 365), ("0.5", 90), ("-3", 90), ("soon", 90), ("nan", 90), ("", 90)]
)
def test_how_long_a_record_is_kept(aws: Aws, days: str, ttl_days: int) -> None:
    with fresh_execution_environment({"USAGE_METRICS_TTL_DAYS": days}):
        UsageTable().put(METRICS)
    assert aws.items(USAGE)[0]["ttl"] == int((AT + timedelta(days=ttl_days)).timestamp())


def test_the_same_execution_written_twice_stays_one(aws: Aws) -> None:
    UsageTable().put(METRICS)
    UsageTable().put(METRICS)
    assert len(aws.items(USAGE)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"request_id": "another"},
        {"request_id": None},
        {"operation": "another"},  # a router meters several operations within one request
    ],
)
def test_another_execution_at_the_same_instant_takes_the_next_free_one(aws: Aws, other: dict[str, Any]) -> None:
    UsageTable().put(METRICS)
    UsageTable().put(METRICS._replace(timestamp=AT + timedelta(microseconds=1), request_id="the-next-microsecond"))
    UsageTable().put(METRICS._replace(**other))
    assert sorted(item["timestamp"] for item in aws.items(USAGE)) == [
        "2026-01-15T10:30:00.123456Z",
        "2026-01-15T10:30:00.123457Z",
        "2026-01-15T10:30:00.123458Z",
    ]


def test_other_accounts_do_not_meet(aws: Aws) -> None:
    UsageTable().put(METRICS)
    UsageTable().put(METRICS._replace(account="acc-2", request_id="another"))
    assert {item["timestamp"] for item in aws.items(USAGE)} == {"2026-01-15T10:30:00.123456Z"}


@pytest.mark.parametrize(
    "other",
    [
        {"request_id": "another"},
        {"request_id": None},
        {"operation": "another"},
        {"user": "joe"},  # of the same account: each has a part of one batch
        {"duration_ms": Decimal("7.5")},
    ],
)
def test_what_is_there_is_untouched_by_whoever_comes_later(aws: Aws, other: dict[str, Any]) -> None:
    failed = METRICS._replace(success=False)
    UsageTable().put(failed)
    aws.client("dynamodb").update_item(
        TableName=aws.variables[USAGE],
        Key={"account": {"S": "acc-1"}, "timestamp": {"S": "2026-01-15T10:30:00.123456Z"}},
        UpdateExpression="SET counted_at = :now",
        ExpressionAttributeValues={":now": {"S": "today"}},
    )
    UsageTable().put(failed)
    UsageTable().put(METRICS._replace(**other))
    first, second = sorted(aws.items(USAGE), key=lambda item: item["timestamp"])
    assert first["counted_at"] == "today"
    assert second["timestamp"] == "2026-01-15T10:30:00.123457Z"


def test_an_event_delivered_again_after_it_had_succeeded_stays_one(aws: Aws) -> None:
    UsageTable().put(METRICS)
    UsageTable().put(METRICS._replace(duration_ms=Decimal("7.5")))
    assert [item["duration_ms"] for item in aws.items(USAGE)] == [Decimal("245.17")]


@pytest.mark.parametrize(
    ("table", "reason"),
    [("no-such-table", "ResourceNotFoundException"), (None, "EnvVarError")],
)
def test_what_the_table_does_not_take_stands_in_the_log_whole(
    capsys: pytest.CaptureFixture[str], table: str | None, reason: str
) -> None:
    with fresh_execution_environment({USAGE: table}):
        UsageTable().put(METRICS)
    line = unrecorded(capsys)
    assert from_item(line["item"]) == METRICS.item(AT, int(AT.timestamp()) + NINETY_DAYS)
    assert (line["message"], line["reason"], line["table"]) == ("USAGE_NOT_RECORDED", reason, table)


def test_the_line_is_a_metric_that_counts(capsys: pytest.CaptureFixture[str]) -> None:
    with fresh_execution_environment({USAGE: "no-such-table"}):
        UsageTable().put(METRICS)
    line = unrecorded(capsys)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    (metric,), (dimensions,) = directive["Metrics"], directive["Dimensions"]
    assert (line[metric["Name"]], metric["Unit"], directive["Namespace"]) == (1, "Count", "PyCommon")
    assert {name: line[name] for name in dimensions} == {"Service": "files", "Stage": "dev"}
    assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 60


def test_a_denied_write_names_the_action(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    with fresh_execution_environment(aws.role_variables()):
        UsageTable().put(METRICS)
    assert "dynamodb:PutItem" in unrecorded(capsys)["reason"]
    assert aws.items(USAGE) == []


class FaultyPut:
    """Return a `put_item` that fails several times like DynamoDB, before or after the write is applied."""

    def __init__(self, put_item: Callable[..., Any], code: str, status: int, times: int, *, applied: bool) -> None:
        self._put_item = put_item
        self._fault = ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PutItem")
        self._left = times
        self._applied = applied

    def __call__(self, **request: Any) -> Any:
        if self._left == 0:
            return self._put_item(**request)
        self._left -= 1
        if self._applied:
            self._put_item(**request)
        raise self._fault


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize(
    ("code", "status"),
    [("ProvisionedThroughputExceededException", 400), ("ThrottlingException", 400), ("InternalServerError", 500)],
)
def test_what_fails_in_passing_is_tried_again(
    aws: Aws, capsys: pytest.CaptureFixture[str], code: str, status: int, *, applied: bool
) -> None:
    UsageTable(FaultyPut(aws.client("dynamodb").put_item, code, status, 2, applied=applied)).put(METRICS)
    assert len(aws.items(USAGE)) == 1
    assert capsys.readouterr().out == ""


def test_what_will_not_pass_is_not_tried_again(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    UsageTable(FaultyPut(aws.client("dynamodb").put_item, "ValidationException", 400, 1, applied=False)).put(METRICS)
    assert aws.items(USAGE) == []
    assert unrecorded(capsys)["reason"] == "ValidationException"


def test_trying_again_ends(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    UsageTable(FaultyPut(lambda **_: None, "ThrottlingException", 400, 10_000, applied=False)).put(METRICS)
    assert time.monotonic() - began < 2.5
    assert unrecorded(capsys)["reason"] == "ThrottlingException"


@pytest.mark.parametrize("seconds_left", [-1.0, 0.1, 0.5, 1.0])
def test_a_table_that_hangs_does_not_take_the_time_that_the_answer_needs(
    capsys: pytest.CaptureFixture[str], seconds_left: float
) -> None:
    answered = threading.Event()
    began = time.monotonic()
    UsageTable(lambda **_: answered.wait(10)).put(METRICS._replace(ends_at=began + seconds_left))
    took = time.monotonic() - began
    answered.set()
    assert took < max(seconds_left, 0) + 0.1
    assert unrecorded(capsys)["reason"] == "no time left"


def test_with_little_time_left_a_record_is_written_all_the_same(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    UsageTable().put(METRICS._replace(ends_at=time.monotonic() + 3))
    assert len(aws.items(USAGE)) == 1
    assert capsys.readouterr().out == ""


def test_a_crowded_instant_is_said(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    for step in range(50):
        UsageTable().put(METRICS._replace(timestamp=AT + timedelta(microseconds=step), request_id=str(step)))
    UsageTable().put(METRICS)
    assert len(aws.items(USAGE)) == 50
    assert unrecorded(capsys)["reason"] == "NoFreeInstantError"


def test_an_execution_is_measured(cold_start: dict[str, str]) -> None:
    context = LambdaContext(function_name="files-dev-charge", function_version="7", memory_limit_in_mb=1024)
    before = datetime.now(UTC)
    metrics = tracked(begin(context), {"statusCode": 201})
    after = datetime.now(UTC)
    assert before <= metrics.timestamp <= after
    assert 0 <= metrics.duration_ms <= Decimal((after - before) / timedelta(milliseconds=1)) + Decimal("0.01")
    assert (metrics.function, metrics.version, metrics.request_id) == ("files-dev-charge", "7", context.aws_request_id)
    assert (metrics.service, metrics.stage) == (cold_start["SERVICE_NAME"], cold_start["STAGE"])
    assert (metrics.memory_allocated_mb, metrics.status_code, metrics.success) == (1024, 201, True)
    assert 10 < metrics.memory_used_mb < 100_000
    assert metrics.architecture == {"aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)


def test_only_the_first_execution_is_a_cold_start() -> None:
    assert [begin().cold_start for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("context", "variables", "memory_mb"),
    [
        (LambdaContext(memory_limit_in_mb=2048), {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512"}, 2048),
        (None, {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512"}, 512),
        (None, {}, 128),
        (object(), {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "much"}, 128),
    ],
)
def test_memory_comes_from_the_context_or_the_environment(
    context: Any, variables: dict[str, str], memory_mb: int
) -> None:
    with fresh_execution_environment(variables):
        assert begin(context).memory_allocated_mb == memory_mb


@pytest.mark.parametrize(
    ("result", "success", "status"),
    [
        (None, True, None),
        ("text", True, None),
        ([], True, None),
        ({}, True, None),
        ({"success": False}, False, None),
        ({"success": None}, True, None),
        ({"statusCode": 200}, True, 200),
        ({"statusCode": 399}, True, 399),
        ({"statusCode": 400}, False, 400),
        ({"statusCode": 500}, False, 500),
        ({"statusCode": 200, "success": False}, False, 200),
        ({"statusCode": True}, True, None),
        ({"statusCode": "500"}, True, None),
        ({"batchItemFailures": []}, True, None),
        ({"batchItemFailures": [{"itemIdentifier": "1"}]}, False, None),
        ({"batchItemFailures": "none"}, True, None),
    ],
)
def test_a_result_stands_for_success_or_failure(result: Any, status: int | None, *, success: bool) -> None:
    metrics = tracked(begin(), result)
    assert (metrics.success, metrics.status_code) == (success, status)


def test_an_error_is_a_failure_whatever_the_result() -> None:
    metrics = tracked(begin(), {"statusCode": 200}, "OperationFailure")
    assert (metrics.success, metrics.error_type) == (False, "OperationFailure")


@pytest.mark.parametrize(
    ("claims", "payer", "user"),
    [
        ({}, "acc-1", "jane"),
        ({"account": None}, "general_account", "jane"),
        ({"account": ""}, "general_account", "jane"),
        ({"username": None}, "acc-1", "jane"),
        ({"username": "joe"}, "acc-1", "joe"),
    ],
)
def test_there_is_always_a_payer_and_a_user(claims: dict[str, Any], payer: str, user: str) -> None:
    metrics = tracked(begin(), None, **claims)
    assert (metrics.account, metrics.user) == (payer, user)


def test_the_tracker_lasts_as_long_as_the_execution_environment() -> None:
    first = get_usage_tracker()
    assert get_usage_tracker() is first
    with fresh_execution_environment({}):
        assert get_usage_tracker() is not first


def test_a_sink_of_ones_own_gets_the_record() -> None:
    shelf = Shelf()
    UsageTracker(shelf).record_metrics(METRICS)
    record_usage_with(shelf)
    get_usage_tracker().record_metrics(METRICS)
    assert shelf.taken == [METRICS, METRICS]


def test_the_context_manager_records_what_ran_within(aws: Aws) -> None:
    with get_usage_tracker().tracking(
        user="jane", operation="list_tasks", endpoint="agent_operation", account="acc-1", context=LambdaContext()
    ) as execution:
        execution.result = {"statusCode": 201}
        execution.api_key_id = "jane/ownerKey/1"
    (item,) = aws.items(USAGE)
    wanted = {"account": "acc-1", "user": "jane", "operation": "list_tasks", "endpoint": "agent_operation"}
    assert {name: item[name] for name in wanted} == wanted
    assert (item["success"], item["status_code"], item["api_key_id"]) == (True, 201, "jane/ownerKey/1")


def test_the_context_manager_records_and_raises_what_went_wrong(aws: Aws) -> None:
    error = LookupError("secret detail")
    with (
        pytest.raises(LookupError) as caught,
        get_usage_tracker().tracking(user="jane", operation="op", endpoint="/op"),
    ):
        raise error
    assert caught.value is error
    (item,) = aws.items(USAGE)
    assert (item["account"], item["success"], item["error_type"]) == ("general_account", False, "LookupError")


def test_a_sink_that_raises_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def put(self, metrics: UsageMetrics) -> None:
            raise RuntimeError(metrics.operation)

    record_usage_with(Broken())
    with get_usage_tracker().tracking(user="jane", operation="op", endpoint="/op"):
        pass
    assert "The usage of op" in caplog.text


def test_a_cold_start_is_billed_with_its_init_phase() -> None:
    with fresh_execution_environment({"AWS_LAMBDA_FUNCTION_NAME": "files-dev-charge"}):
        cold, warm = tracked(begin(LambdaContext())), tracked(begin(LambdaContext()))
    assert cold.init_duration_ms is not None
    assert cold.billed_duration_ms == math.ceil(cold.init_duration_ms + cold.duration_ms)
    assert (warm.init_duration_ms, warm.billed_duration_ms) == (None, max(1, math.ceil(warm.duration_ms)))


def test_prices_are_settable() -> None:
    prices = {"eu-south-1": {"x86_64": "1024", "arm64": "1024", "request": "0.5"}}
    with fresh_execution_environment({"AWS_REGION": "eu-south-1", "LAMBDA_PRICES": json.dumps(prices)}):
        metrics = tracked(begin(LambdaContext(memory_limit_in_mb=1)))
    assert metrics.lambda_cost == Decimal(metrics.billed_duration_ms) / 1000
    assert metrics.request_cost == Decimal("0.5")
