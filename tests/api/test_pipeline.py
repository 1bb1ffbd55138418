"""Test `call_operation`, which routers, workflows and tools use."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.api.operation_pipeline import CallContext, OutputError, call_operation
from pycommon.api.ops import api_tool, registry
from pycommon.exceptions import HTTPBadRequest, HTTPForbidden, HTTPServiceUnavailable, HTTPTooManyRequests
from pycommon.testing import LambdaContext, fresh_execution_environment

if TYPE_CHECKING:
    from conftest import Aws

    from pycommon.api.api_operation import Operation

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
DAY = {"type": "object", "properties": {"dayName": {"type": "string"}}, "required": ["dayName"]}


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_by_path", {})
    monkeypatch.setattr(registry, "_permissions", None)


@pytest.fixture
def caller() -> CallContext:
    return CallContext(
        user="jane",
        name="Jane",
        account_id="acc-1",
        access_token="eyJ",
        lambda_context=LambdaContext(aws_request_id="request-1"),
    )


def close_day_operation(**described: Any) -> Operation:
    calls: list[str] = []

    @api_tool("/agent/close-day", "closeDay", "Close a day.", DAY, **described)
    def close_day(current_user: str, day_name: str, step: str | None = None) -> Any:
        calls.append(day_name)
        return {"closed": day_name, "by": current_user, "step": step, "calls": len(calls)}

    operation = registry.named("closeDay")
    assert operation is not None
    return operation


def limited(caller: CallContext, rate: str) -> CallContext:
    return CallContext(
        user=caller.user,
        name=caller.name,
        account_id=caller.account_id,
        access_token=caller.access_token,
        rate_limit={"period": "Monthly", "rate": Decimal(rate)},
    )


def test_the_arguments_of_the_service_come_beside_those_of_the_client(
    cold_start: dict[str, str], caller: CallContext
) -> None:
    operation = close_day_operation()
    result = call_operation(operation, {"dayName": "monday", "step": "forged"}, caller, step="third")
    assert result == {"closed": "monday", "by": "jane", "step": "third", "calls": 1}


def test_each_call_has_its_item(aws: Aws, cold_start: dict[str, str], caller: CallContext) -> None:
    call_operation(close_day_operation(), {"dayName": "monday"}, caller)
    (item,) = aws.items(USAGE)
    assert (item["account"], item["user"], item["operation"]) == ("acc-1", "jane", "close_day")
    assert (item["endpoint"], item["request_id"], item["success"]) == ("agent_operation", "request-1", True)


@pytest.mark.parametrize(
    ("instance", "error", "status"),
    [({}, HTTPBadRequest, 400), ([], HTTPBadRequest, 400), (None, HTTPBadRequest, 400)],
)
def test_a_refusal_never_reaches_the_handler(
    aws: Aws, cold_start: dict[str, str], caller: CallContext, instance: Any, error: type[Exception], status: int
) -> None:
    operation = close_day_operation()
    with pytest.raises(error):
        call_operation(operation, instance, caller)
    assert call_operation(operation, {"dayName": "monday"}, caller)["calls"] == 1
    items = sorted(aws.items(USAGE), key=lambda item: item["timestamp"])
    assert [(item["status_code"], item["error_type"]) for item in items] == [(status, error.__name__), (200, None)]


def test_the_limit_comes_first(aws: Aws, cold_start: dict[str, str], caller: CallContext) -> None:
    operation = close_day_operation(permissions=lambda _user, _data: False)
    aws.put("COST_CALCULATIONS_DYNAMO_TABLE", {"id": "jane", "accountInfo": "acc-1", "monthlyCost": Decimal(2)})
    with pytest.raises(HTTPTooManyRequests):
        call_operation(operation, "no instance at all", limited(caller, "1"))
    with pytest.raises(HTTPBadRequest):
        call_operation(operation, "no instance at all", limited(caller, "3"))
    with pytest.raises(HTTPForbidden):
        call_operation(operation, {"dayName": "monday"}, limited(caller, "3"))
    assert sorted(item["status_code"] for item in aws.items(USAGE)) == [400, 403, 429]


def test_a_limit_without_readable_costs_is_503(aws: Aws, cold_start: dict[str, str], caller: CallContext) -> None:
    operation = close_day_operation()
    with (
        fresh_execution_environment({**cold_start, "COST_CALCULATIONS_DYNAMO_TABLE": "no-such-table"}),
        pytest.raises(HTTPServiceUnavailable),
    ):
        call_operation(operation, {"dayName": "monday"}, limited(caller, "1"))


@pytest.mark.parametrize(("stage", "refused"), [("local", True), ("dev", True), ("prod", False)])
def test_the_output_in_development(
    cold_start: dict[str, str],
    caller: CallContext,
    stage: str,
    refused: bool,  # noqa: FBT001 - a case
) -> None:
    operation = close_day_operation(output={"type": "object", "required": ["closedAt"]})
    with fresh_execution_environment({**cold_start, "STAGE": stage}):
        if refused:
            with pytest.raises(OutputError, match=r"/ lacks the required property"):
                call_operation(operation, {"dayName": "monday"}, caller)
        else:
            assert call_operation(operation, {"dayName": "monday"}, caller)["closed"] == "monday"


def test_an_operation_that_takes_an_event_is_not_called(cold_start: dict[str, str], caller: CallContext) -> None:
    @api_tool("/agent/endpoint", "endpoint", "An endpoint of its own.")
    def endpoint(event: Any, context: Any) -> None: ...

    operation = registry.at("/agent/endpoint")
    assert operation is not None
    with pytest.raises(TypeError, match="takes a Lambda event"):
        call_operation(operation, {}, caller)


def test_nothing_of_the_token_is_in_the_context_as_text(caller: CallContext) -> None:
    assert "eyJ" not in repr(caller)
