"""Agents, deployed: the official MCP client over HTTP, through API Gateway, to the function that speaks MCP."""

from __future__ import annotations

import json
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from demo import aws_lookups
from pycommon.authz.api_key_store import ApiKeyStore
from pycommon.dal.providers.aws.attribute_values import to_item
from tests.end_to_end.conftest import CANARY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from pycommon_cli.local.local_aws import LocalAws

FUNCTION = "amplify-agent-loop-lambda:mcp"
STEP = {"operation": "textStatistics", "arguments": {"text": CANARY}}
WORKFLOW = {"workflowName": "daily", "steps": [STEP]}


@asynccontextmanager
async def connected(stack: LocalAws, token: str, mode: str) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}", "Host": stack.api.host}
    address = f"{stack.endpoint}/local/mcp"
    async with (
        httpx2.AsyncClient(headers=headers, trust_env=False, timeout=30) as http_client,
        Client(streamable_http_client(address, http_client=http_client), mode=mode) as client,
    ):
        yield client


def talk(stack: LocalAws, token: str, say: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    """What the server answers to `say`."""

    async def session() -> Any:
        async with connected(stack, token, mode) as client:
            return await say(client)

    return anyio.run(session)


@pytest.fixture
def user() -> str:
    return f"agent-{uuid.uuid4().hex[:12]}"


def usage(stack: LocalAws, user: str) -> list[tuple[str, int | None, bool]]:
    items = sorted(aws_lookups.usage(stack, 0, user), key=lambda item: str(item["timestamp"]))
    return [(item["operation"], item["status_code"], item["success"]) for item in items if item["operation"] != "mcp"]


def error_of(result: Any) -> dict[str, Any]:
    """The one error body in a result that is an error."""
    assert result.is_error
    assert CANARY not in result.content[0].text
    return dict(json.loads(result.content[0].text))


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_tools_are_listed_and_called_and_the_call_is_metered(stack: LocalAws, user: str, mode: str) -> None:
    token = stack.token(user)
    names = {tool.name for tool in talk(stack, token, lambda client: client.list_tools(), mode).tools}
    assert {"createWorkflow", "runWorkflow", "textStatistics"} <= names
    result = talk(stack, token, lambda client: client.call_tool("createWorkflow", WORKFLOW), mode)
    assert not result.is_error
    assert result.structured_content["success"] is True
    assert json.loads(result.content[0].text) == result.structured_content
    assert usage(stack, user) == [("create_workflow_handler", 200, True)]


def test_bad_arguments_are_a_result_with_the_faults(stack: LocalAws, user: str) -> None:
    wrong = {"workflowName": CANARY}
    result = talk(stack, stack.token(user), lambda client: client.call_tool("createWorkflow", wrong))
    assert error_of(result)["details"][0]["rule"] == "required"
    assert usage(stack, user) == [("create_workflow_handler", 400, False)]


def test_without_permission_a_call_is_refused(stack: LocalAws, user: str) -> None:
    keys = ApiKeyStore(aws_lookups.variables(stack, FUNCTION)["API_KEYS_DYNAMODB_TABLE"], stack.client("dynamodb"))
    program = keys.create(user, access_types=["assistants"]).key
    gone = {"workflowId": "0" * 32}
    result = talk(stack, program, lambda client: client.call_tool("deleteWorkflow", gone))
    assert "not permitted" in error_of(result)["error"]
    assert usage(stack, user) == [("delete_workflow_handler", 403, False)]


def test_without_a_token_nobody_speaks_mcp(stack: LocalAws) -> None:
    answer = stack.call("POST", "/mcp", data={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert (answer.status, answer.headers["www-authenticate"][:6]) == (401, "Bearer")


def test_over_the_limit_the_answer_is_429_and_has_its_item(stack: LocalAws, user: str) -> None:
    account = {"id": "acc-0", "isDefault": True, "rateLimit": {"period": "Daily", "rate": 0}}
    table = aws_lookups.variables(stack, FUNCTION)["ACCOUNTS_DYNAMO_TABLE"]
    stack.client("dynamodb").put_item(TableName=table, Item=to_item({"user": user, "accounts": [account]}))
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "listNotes", "arguments": {}}}
    answer = stack.call("POST", "/mcp", data=message, token=stack.token(user))
    assert (answer.status, int(answer.headers["retry-after"]) > 0) == (429, True)
    (item,) = aws_lookups.usage(stack, 0, user)
    assert (item["status_code"], item["account"]) == (429, "acc-0")
