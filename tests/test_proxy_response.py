"""One predicate decides what a proxy response is, and all four places that ask it agree."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.api.operation_pipeline import CallContext, OutputError, call_operation
from pycommon.api.ops import api_tool, registry
from pycommon.authz.http_request import Request
from pycommon.authz.responses import response_for_result
from pycommon.interfaces.mcp import _tool_result
from pycommon.metrics import record_usage_with
from pycommon.metrics.execution_outcome import ExecutionOutcome
from pycommon.proxy_response import is_proxy_response, status_of
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon.metrics import UsageMetrics

CASES = [
    ({"statusCode": 100}, 100),
    ({"statusCode": 200}, 200),
    ({"statusCode": 404, "body": {"success": False}}, 404),
    ({"statusCode": 599}, 599),
    ({"statusCode": HTTPStatus.NOT_FOUND}, 404),
    ({"statusCode": "404"}, None),
    ({"statusCode": "404", "success": False}, None),
    ({"statusCode": True}, None),
    ({"statusCode": 404.0}, None),
    ({"statusCode": None}, None),
    ({"statusCode": 0}, None),
    ({"statusCode": 99}, None),
    ({"statusCode": -404}, None),
    ({"statusCode": 600}, None),
    ({"statusCode": 99999}, None),
    ({}, None),
    ({"status": 404}, None),
    ([404], None),
    (404, None),
    ("404", None),
    (None, None),
]
table = pytest.mark.parametrize(("result", "status"), CASES, ids=[str(result) for result, _ in CASES])


class Records:
    """Keeps usage records in a list."""

    def __init__(self) -> None:
        self.status_codes: list[int | None] = []

    def put(self, metrics: UsageMetrics) -> None:
        self.status_codes.append(metrics.status_code)


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    monkeypatch.setattr(registry, "_by_path", {})
    with fresh_execution_environment({"STAGE": "dev", "SERVICE_NAME": "agents"}):
        records = Records()
        record_usage_with(records)
        yield records


@table
def test_the_predicate(result: Any, status: int | None) -> None:
    assert status_of(result) == status
    assert is_proxy_response(result) is (status is not None)


@table
def test_a_guarded_endpoint_passes_a_proxy_response_through(result: Any, status: int | None) -> None:
    response = response_for_result(result, Request("POST", ("/a",), {}, None))
    assert response["statusCode"] == (status or 200)
    if status is None:
        assert json.loads(response["body"]) == result


@table
def test_the_output_schema_is_not_for_proxy_responses(result: Any, status: int | None, records: Records) -> None:
    @api_tool("/agent/result", "result", "Return a result.", output={"type": "object", "required": ["closedAt"]})
    def operation() -> Any:
        return result

    described = registry.named("result")
    assert described is not None
    caller = CallContext(user="jane", name="Jane", account_id="acc-1", access_token="eyJ")
    if status is None:
        with pytest.raises(OutputError):
            call_operation(described, {}, caller)
    else:
        assert call_operation(described, {}, caller) == result
        assert records.status_codes == [status]


@table
def test_the_record_of_an_operation_has_the_status_of_its_response(
    result: Any, status: int | None, records: Records
) -> None:
    @api_tool("/agent/result", "result", "Return a result.")
    def operation() -> Any:
        return result

    described = registry.named("result")
    assert described is not None
    call_operation(described, {}, CallContext(user="jane", name="Jane", account_id="acc-1", access_token="eyJ"))
    assert records.status_codes == [status or 200]


@table
def test_a_tool_result_of_mcp_shows_the_body_of_a_proxy_response(result: Any, status: int | None) -> None:
    pytest.importorskip("mcp")  # an extra, which the lower bounds are tested without
    shown = _tool_result(json.dumps(result))
    if status is None:
        assert json.loads(shown.content[0].text) == result  # type: ignore[union-attr]
        assert shown.structured_content == (result if isinstance(result, dict) else None)
    else:
        assert (shown.is_error, shown.structured_content) == (status >= 400, None)


@table
def test_the_outcome_of_an_execution(result: Any, status: int | None) -> None:
    outcome = ExecutionOutcome.of(result)
    refused = isinstance(result, dict) and result.get("success") is False
    assert (outcome.status_code, outcome.success) == (status, (status or 0) < 400 and not refused)
