"""The usage record: measured, and kept in the table exactly once."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.metrics import TrackingContext, UsageMetrics, UsageTracker, get_usage_tracker
from pycommon.metrics.store import NOT_RECORDED, UsageTable
from pycommon.testing import LambdaContext, fresh_execution_environment

if TYPE_CHECKING:
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
)


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
        }
    ]


def test_an_execution_by_api_key_names_the_key(aws: Aws) -> None:
    UsageTable().put(replace(METRICS, api_key_id="jane/ownerKey/1"))
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
    UsageTable().put(replace(METRICS, timestamp=AT + timedelta(microseconds=1), request_id="the-next-microsecond"))
    UsageTable().put(replace(METRICS, **other))
    assert sorted(item["timestamp"] for item in aws.items(USAGE)) == [
        "2026-01-15T10:30:00.123456Z",
        "2026-01-15T10:30:00.123457Z",
        "2026-01-15T10:30:00.123458Z",
    ]


def test_other_accounts_do_not_meet(aws: Aws) -> None:
    UsageTable().put(METRICS)
    UsageTable().put(replace(METRICS, account="acc-2", request_id="another"))
    assert {item["timestamp"] for item in aws.items(USAGE)} == {"2026-01-15T10:30:00.123456Z"}


@pytest.mark.parametrize(
    ("table", "reason"),
    [("no-such-table", "ResourceNotFoundException"), (None, "EnvVarError")],
)
def test_what_the_table_does_not_take_stands_in_the_log_whole(
    caplog: pytest.LogCaptureFixture, table: str | None, reason: str
) -> None:
    with fresh_execution_environment({USAGE: table}), caplog.at_level(logging.ERROR):
        UsageTable().put(METRICS)
    (line,) = [record.getMessage() for record in caplog.records if record.getMessage().startswith(NOT_RECORDED)]
    item, end = json.JSONDecoder(parse_float=Decimal).raw_decode(line.removeprefix(f"{NOT_RECORDED} "))
    assert item == METRICS.item(AT, int(AT.timestamp()) + NINETY_DAYS)
    assert reason in line.removeprefix(f"{NOT_RECORDED} ")[end:]


def test_a_denied_write_names_the_action(aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    with fresh_execution_environment(aws.role_variables()), caplog.at_level(logging.ERROR):
        UsageTable().put(METRICS)
    assert "dynamodb:PutItem" in caplog.text
    assert aws.items(USAGE) == []


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
    taken: list[UsageMetrics] = []
    UsageTracker(taken.append).record_metrics(METRICS)
    assert taken == [METRICS]
