"""The MCP endpoint: the official client over real HTTP, real tokens, and the usage record of each message."""

from __future__ import annotations

import http.client
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import httpx2
import pytest
from mcp import MCPError
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from pycommon.interfaces.mcp import _tool_result
from tests.interfaces.bridge import served
from tests.interfaces.interface_service import NAMES, mcp_endpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

WORKFLOW = {"workflowName": "daily", "steps": [{"tool": "close.day"}]}
CANARY = "CANARY-51ab"


@pytest.fixture
def url(cold_start: dict[str, str]) -> Iterator[str]:
    """The address of the endpoint."""
    with served({"/mcp": mcp_endpoint}) as address:
        yield f"{address}/mcp"


@pytest.fixture(params=["legacy", "auto"])
def speak(request: pytest.FixtureRequest, url: str) -> Callable[..., Any]:
    """Talk to the endpoint by the handshake of 2025, and by the single exchanges of 2026."""

    def speak(token: str, talk: Callable[[Client], Awaitable[Any]]) -> Any:
        async def session() -> Any:
            async with connected(url, token, request.param) as client:
                return await talk(client)

        return anyio.run(session)

    return speak


@asynccontextmanager
async def connected(url: str, token: str, mode: str) -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, trust_env=False) as http_client,
        Client(streamable_http_client(url, http_client=http_client), mode=mode) as client,
    ):
        yield client


def post(url: str, body: Any, token: str | None, method: str = "POST", **headers: str) -> tuple[int, Any, Any]:
    """Status, headers and body of a plain request."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    sent = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream", **headers}
    if token is not None:
        sent["Authorization"] = f"Bearer {token}"
    try:
        connection.request(method, address.path, body if isinstance(body, str) else json.dumps(body), sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        return answer.status, answer.headers, json.loads(text) if text.startswith("{") else text
    finally:
        connection.close()


def records(aws: Aws) -> list[tuple[str, str, bool]]:
    """Operation, endpoint and success of each usage record, in the order of their beginning."""
    items = sorted(aws.items("USAGE_METRICS_DYNAMO_TABLE"), key=lambda item: item["timestamp"])
    assert all((item["user"], item["account"]) == ("jane", "general_account") for item in items)
    return [(item["operation"], item["endpoint"], item["success"]) for item in items]


def called(name: str, arguments: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}


def test_the_tools_are_listed_as_the_registry_has_them(speak: Callable[..., Any], issuer: TokenIssuer) -> None:
    tools = {each.name: each for each in speak(issuer.token("jane"), lambda client: client.list_tools()).tools}
    assert tools.keys() >= set(NAMES) - {"auditLog"}
    workflow = tools["createWorkflow"]
    assert workflow.description == "Create a new workflow template."
    assert workflow.input_schema["properties"]["steps"]["items"]["required"] == ["tool"]
    assert "$defs" not in workflow.input_schema
    assert workflow.output_schema is not None
    assert workflow.output_schema["type"] == "object"
    assert tools["listNumbers"].output_schema is None
    assert tools["findDays"].annotations is not None
    assert tools["findDays"].annotations.read_only_hint is True


def test_a_tool_that_the_caller_may_never_call_is_not_listed(speak: Callable[..., Any], issuer: TokenIssuer) -> None:
    def names(user: str) -> set[str]:
        return {each.name for each in speak(issuer.token(user), lambda client: client.list_tools()).tools}

    of_jane, of_auditor = names("jane"), names("auditor")
    assert of_auditor - of_jane == {"auditLog"}
    assert {"close.day", "ownDay"} <= of_jane  # their checkers look at the arguments


def test_a_call_gives_structured_content_and_text(speak: Callable[..., Any], issuer: TokenIssuer) -> None:
    result = speak(issuer.token("jane"), lambda client: client.call_tool("createWorkflow", WORKFLOW))
    assert not result.is_error
    assert result.structured_content == {"success": True, "workflowId": "5-1-False", "by": "jane"}
    assert json.loads(result.content[0].text) == result.structured_content


@pytest.mark.parametrize(
    ("tool", "arguments", "error", "details"),
    [
        ("createWorkflow", {"workflowName": CANARY, "steps": [{}]}, "do not fit the schema", "/data/steps/0"),
        ("createWorkflow", {"workflowName": "taken", "steps": []}, "There is such a workflow", "taken"),
        ("close.day", {"day": "sunday"}, "You are not permitted to do this", ""),
        ("auditLog", {}, "You are not permitted to do this", ""),
        ("failing", {}, "Internal server error", ""),
    ],
)
def test_what_an_operation_refuses_is_a_result_with_the_one_error_body(
    speak: Callable[..., Any], issuer: TokenIssuer, tool: str, arguments: Any, error: str, details: str
) -> None:
    result = speak(issuer.token("jane"), lambda client: client.call_tool(tool, arguments))
    body = json.loads(result.content[0].text)
    assert result.is_error
    assert body.keys() == {"success", "error", "requestId", "details"}
    assert error in body["error"]
    assert details in json.dumps(body["details"])
    assert CANARY not in result.content[0].text


def test_a_result_that_is_no_success_is_an_error_too(speak: Callable[..., Any], issuer: TokenIssuer) -> None:
    token = issuer.token("jane")
    failed = speak(token, lambda client: client.call_tool("close.day", {"day": "monday"}))
    closed = speak(token, lambda client: client.call_tool("close.day", {"day": "friday"}))
    numbers = speak(token, lambda client: client.call_tool("listNumbers", {}))
    assert (failed.is_error, failed.structured_content) == (True, {"success": False, "closed": "monday"})
    assert (closed.is_error, closed.structured_content) == (False, {"success": True, "closed": "friday"})
    assert (numbers.structured_content, numbers.content[0].text) == (None, "[1,2,3]")


@pytest.mark.parametrize(
    ("result", "text", "is_error"),
    [
        ({"statusCode": 201, "body": '{"made": 1}'}, '{"made": 1}', False),
        ({"statusCode": 404, "body": {"success": False}}, '{"success":false}', True),
        ({"statusCode": 204}, "", False),
    ],
)
def test_an_answer_of_http_is_told_by_its_body(result: Any, text: str, is_error: bool) -> None:  # noqa: FBT001
    told = _tool_result(json.dumps(result))
    assert [each.text for each in told.content] == [text]
    assert (told.is_error, told.structured_content) == (is_error, None)


def test_an_unknown_tool_is_an_error_of_the_protocol(speak: Callable[..., Any], issuer: TokenIssuer) -> None:
    async def call(client: Client) -> None:
        with pytest.raises(MCPError, match="no such tool"):
            await client.call_tool("nothing", {})

    speak(issuer.token("jane"), call)


def test_each_message_has_one_record(url: str, issuer: TokenIssuer, aws: Aws) -> None:
    async def talk() -> None:
        async with connected(url, issuer.token("jane"), "legacy") as client:
            await client.list_tools()
            await client.call_tool("createWorkflow", WORKFLOW)
            await client.call_tool("createWorkflow", {})

    anyio.run(talk)
    assert post(url, {"jsonrpc": "2.0", "id": 1, "method": "ping"}, issuer.token("jane"))[2]["result"] == {}
    own = ("mcp", "/mcp", True)
    the_stream_that_a_client_may_ask_for = ("mcp", "/mcp", False)
    found = [each for each in records(aws) if each != the_stream_that_a_client_may_ask_for]
    assert sorted(found) == [
        ("create_workflow", "agent_operation", False),
        ("create_workflow", "agent_operation", True),
        *[own] * 4,  # initialize, notifications/initialized, tools/list, ping
    ]


def test_what_was_called_over_http_costs_what_it_costs_through_the_router(
    url: str, issuer: TokenIssuer, aws: Aws
) -> None:
    assert post(url, called("createWorkflow", WORKFLOW), issuer.token("jane"))[0] == 200
    (item,) = aws.items("USAGE_METRICS_DYNAMO_TABLE")
    assert (item["operation"], item["status_code"], item["success"]) == ("create_workflow", 200, True)
    assert item["request_cost"] > 0
    assert item["cold_start"] is True


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_nobody_learns_anything_without_a_token(url: str, aws: Aws, method: str) -> None:
    status, headers, body = post(url, called("createWorkflow", WORKFLOW), None, method)
    assert status == 401
    assert headers["WWW-Authenticate"].startswith("Bearer")
    assert body.keys() == {"success", "error", "requestId", "details"}
    assert aws.items("USAGE_METRICS_DYNAMO_TABLE") == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_there_is_no_stream_and_no_session(url: str, issuer: TokenIssuer, aws: Aws, method: str) -> None:
    status, headers, _ = post(url, "", issuer.token("jane"), method)
    assert (status, headers["Allow"]) == (405, "POST")
    assert records(aws) == [("mcp", "/mcp", False)]


def test_over_the_limit_the_answer_is_429_before_any_mcp(url: str, issuer: TokenIssuer, aws: Aws) -> None:
    limit = {"period": "Daily", "rate": 1}
    aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [{"id": "general_account", "isDefault": True,
                                                                    "rateLimit": limit}]})  # fmt: skip
    aws.put("COST_CALCULATIONS_DYNAMO_TABLE", {"id": "jane", "accountInfo": "general_account#x", "dailyCost": 2})
    status, headers, body = post(url, called("createWorkflow", WORKFLOW), issuer.token("jane"))
    assert status == 429
    assert int(headers["Retry-After"]) > 0
    assert body["success"] is False
    assert records(aws) == [("mcp", "/mcp", False)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (f"{{{CANARY}", 400),
        ([called("createWorkflow", WORKFLOW)], 400),
        ({"jsonrpc": "2.0", "id": CANARY}, 400),
        ({"jsonrpc": "2.0", "id": 1, "method": CANARY}, 200),
        ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": CANARY}}, 200),
        ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": ["x"], "arguments": CANARY}}, 200),
        ({"jsonrpc": "2.0", "method": f"notifications/{CANARY}"}, 202),
        ({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": CANARY}}, 200),
        ({"jsonrpc": "2.0", "id": 1, "result": {"text": CANARY}}, 202),
    ],
)
def test_odd_messages_are_answered_metered_and_kept_out_of_the_log(
    url: str, issuer: TokenIssuer, aws: Aws, caplog: pytest.LogCaptureFixture, body: Any, status: int
) -> None:
    caplog.set_level(0)  # conftest looks for the canary
    found, _, _ = post(url, body, issuer.token("jane"))
    assert found == status
    assert len(records(aws)) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Accept": "text/html"}, 406),
        ({"Content-Type": "text/plain"}, 400),
        ({"MCP-Protocol-Version": "1999-01-01"}, 400),
        ({"MCP-Protocol-Version": "2026-07-28"}, 400),
    ],
)
def test_odd_headers_are_answered_and_metered(
    url: str, issuer: TokenIssuer, aws: Aws, headers: dict[str, str], status: int
) -> None:
    found, _, _ = post(url, called("createWorkflow", WORKFLOW), issuer.token("jane"), **headers)
    assert found == status
    assert records(aws) == [("mcp", "/mcp", False)]


def test_a_failing_operation_is_reported_once(url: str, issuer: TokenIssuer, aws: Aws) -> None:
    assert post(url, called("failing", {}), issuer.token("jane"))[2]["result"]["isError"] is True
    (message,) = map(json.loads, aws.messages())
    assert (message["functionName"], message["errorType"], message["currentUser"]) == ("failing", "ValueError", "jane")
    assert records(aws) == [("failing", "agent_operation", False)]
