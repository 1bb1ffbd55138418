"""Test `pycommon mcp`: the official client starts the command, and the endpoint receives the calls of the user."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.stdio import stdio_client
from typer.testing import CliRunner

from pycommon_cli.interfaces.mcp_stdio import StdioProxy
from pycommon_cli.local.rest_api import RestResponse
from pycommon_cli.main import app
from tests.interfaces.bridge import served
from tests.interfaces.interface_service import mcp_endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}


@pytest.fixture
def url(cold_start: dict[str, str]) -> Iterator[str]:
    """Return the URL of an MCP endpoint."""
    with served({"/mcp": mcp_endpoint}) as address:
        yield f"{address}/mcp"


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_official_client_over_stdio(url: str, issuer: TokenIssuer, aws: Aws, mode: str) -> None:
    command = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from pycommon_cli.main import app; app()", "mcp", "--url", url],
        env={"PYCOMMON_MCP_TOKEN": issuer.token("jane")},
    )

    async def talk() -> Any:
        async with Client(stdio_client(command), mode=mode) as client:
            tools = await client.list_tools()
            arguments = {"workflowName": "daily", "steps": []}
            return tools, await client.call_tool("createWorkflow", arguments)

    tools, result = anyio.run(talk)
    assert "createWorkflow" in {each.name for each in tools.tools}
    assert result.structured_content == {"success": True, "workflowId": "5-0-False", "by": "jane"}
    called = [item for item in aws.items("USAGE_METRICS_DYNAMO_TABLE") if item["operation"] == "create_workflow"]
    assert [(item["user"], item["success"]) for item in called] == [("jane", True)]


class Endpoint:
    """Returns the next of `answers` for each POST request, and stores the requests."""

    def __init__(self, *answers: RestResponse | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, Mapping[str, str]]] = []

    def post(self, body: str, headers: Mapping[str, str]) -> RestResponse:
        self.sent.append((body, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def exchanged(endpoint: Endpoint, *messages: Any) -> list[Any]:
    """Return the messages that the client reads."""
    output = io.StringIO()
    proxy = StdioProxy(endpoint.post, output)
    for message in messages:
        proxy.serve([message if isinstance(message, str) else json.dumps(message)])
    return [json.loads(line) for line in output.getvalue().splitlines()]


def test_the_revision_that_was_agreed_upon_is_in_the_headers_from_then_on() -> None:
    result = {"jsonrpc": "2.0", "id": 1, "result": {"protocolVersion": "2025-06-18"}}
    endpoint = Endpoint(RestResponse(200, {}, json.dumps(result, indent=1)), RestResponse(202, {}, ""))
    notification = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    assert exchanged(endpoint, INITIALIZE, notification) == [result]
    assert ["MCP-Protocol-Version" in headers for _, headers in endpoint.sent] == [False, True]


def test_a_message_of_2026_says_its_method_and_name_in_headers() -> None:
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "straße", "_meta": meta}}
    endpoint = Endpoint(RestResponse(200, {}, '{"jsonrpc": "2.0", "id": 1, "result": {}}'))
    exchanged(endpoint, call)
    headers = endpoint.sent[0][1]
    assert (headers["MCP-Protocol-Version"], headers["Mcp-Method"]) == ("2026-07-28", "tools/call")
    assert headers["Mcp-Name"] == "=?base64?c3RyYcOfZQ==?="


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            RestResponse(429, {}, '{"success": false, "error": "The limit is reached"}'),
            "HTTP 429: The limit is reached",
        ),
        (RestResponse(502, {}, "<html>"), "HTTP 502: not a response of MCP"),
        (OSError("connection refused"), "connection refused"),
    ],
)
def test_what_is_not_a_response_of_mcp_is_an_error_of_json_rpc(answer: Any, message: str) -> None:
    (found,) = exchanged(Endpoint(answer), INITIALIZE)
    assert found == {"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": message}}
    assert exchanged(Endpoint(answer), {"jsonrpc": "2.0", "method": "notifications/initialized"}) == []


def test_a_line_that_is_not_json_is_answered() -> None:
    (found,) = exchanged(Endpoint(), "{")
    assert found["error"]["code"] == -32700


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Give either a SERVICE or --url"),
        (["amplify-x", "--url", "http://127.0.0.1:1/mcp"], "Give either a SERVICE or --url"),
        (["--url", "http://127.0.0.1:1/mcp"], "PYCOMMON_MCP_TOKEN is not set"),
        (["amplify-x", "--stage", "dev"], "can sign a user in at the stage local only"),
    ],
)
def test_what_is_missing_is_a_sentence(arguments: list[str], sentence: str) -> None:
    ran = CliRunner(env={"PYCOMMON_MCP_TOKEN": ""}).invoke(app, ["mcp", *arguments])
    assert ran.exit_code == 2
    assert sentence in " ".join(ran.stderr.split())
