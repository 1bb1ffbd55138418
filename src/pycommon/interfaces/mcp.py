"""Offer the operations as MCP tools: a stateless Streamable HTTP endpoint in a Lambda function.

from pycommon.interfaces.mcp import mcp_endpoint      # the Lambda handler of POST, GET and DELETE /mcp

The official SDK (extra `mcp`) implements the protocol. The SDK supports the revisions 2024-11-05 to 2025-11-25 with a
handshake, and the revision 2026-07-28 without a handshake. The endpoint has no sessions: each request has its own
response in JSON. Every call of a tool passes through `call_operation`, like a call through the router.

Source: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from pycommon.api.operation_pipeline import CallContext, call_operation
from pycommon.api.ops import registry
from pycommon.authz.guard import validated
from pycommon.authz.http_request import recognise
from pycommon.authz.responses import error_response, response_for_exception
from pycommon.critical_errors import report_unhandled_error
from pycommon.encoders import dumps
from pycommon.env import process_environment
from pycommon.exceptions import HTTPException, HTTPMethodNotAllowed
from pycommon.interfaces.asgi import ask
from pycommon.interfaces.tools import mcp_tools
from pycommon.interfaces.visibility import is_shown
from pycommon.logger import getLogger
from pycommon.proxy_response import is_proxy_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    import mcp_types
    from mcp.server.lowlevel import Server

    from pycommon.api.api_operation import Operation
    from pycommon.authz.http_request import Request
    from pycommon.interfaces.asgi import AsgiResponse
    from pycommon.interfaces.tools import Tools

__all__ = ["mcp_endpoint"]

_OPERATION = "mcp"
_INTERNAL_ERROR = "Internal server error"
_FIRST_ERROR = 400
_KEPT_HEADERS = ("content-type", "allow", "mcp-protocol-version")

_logger = getLogger(__name__)


@validated(_OPERATION, False)  # noqa: FBT003 - the specification's call
def mcp_endpoint(event: Any, context: Any, current_user: str, name: str, data: dict[str, Any]) -> Any:
    """Respond to one MCP message. This is the Lambda handler of POST, GET and DELETE on one path, e.g. `/mcp`.

    Some responses are not MCP messages: the responses 401, 403, 429 and 503 of `@validated`, and the response 405 to
    GET and DELETE. GET and DELETE are refused because the endpoint has no streams and no sessions. If a tool refuses a
    call, the result has `isError`, and its text is the error body.

    A call of a tool writes a usage record of the tool's operation. Every other message writes a usage record of the
    operation `mcp`.
    """
    request = recognise(event)
    exchange = _Exchange(CallContext.of(current_user, name, data, context))
    with exchange.metered(request.path) as execution:
        if request.method != "POST":
            raise HTTPMethodNotAllowed(
                "This MCP endpoint accepts POST only, without sessions", headers={"Allow": "POST"}
            )
        answer = exchange.answer(request)
        execution["status"], execution["success"] = answer.status, _succeeded(answer)
    headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    return {"statusCode": answer.status, "headers": headers, "body": answer.body.decode()}


class _Exchange:
    """One message of one caller, and its response."""

    _tools: Tools

    def __init__(self, caller: CallContext) -> None:
        self._caller = caller
        self._called = False

    def answer(self, request: Request) -> AsgiResponse:
        """Return the response of the SDK. Each message has its own event loop, which takes less than a millisecond."""
        import asyncio

        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        self._tools = _described(registry.operations())  # the SDK would show an error in a later call to the client
        logging.getLogger("mcp").setLevel(logging.CRITICAL)  # the SDK logs the content of malformed messages
        server = self._server()

        async def exchange() -> AsgiResponse:
            manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
            async with manager.run():
                return await ask(manager.handle_request, request)

        return asyncio.run(exchange())

    @contextmanager
    def metered(self, endpoint: str) -> Iterator[dict[str, Any]]:
        """Record the usage of the code in the `with` block.

        If the code calls an operation, do nothing, because the operation records its own usage.
        """
        execution: dict[str, Any] = {"status": 500, "success": False}
        error_type: str | None = None
        try:
            yield execution
        except Exception as error:
            error_type = type(error).__name__
            execution["status"] = error.status if isinstance(error, HTTPException) else 500
            raise
        finally:
            if not self._called:
                self._record(endpoint, execution, error_type)

    def _record(self, endpoint: str, execution: dict[str, Any], error_type: str | None) -> None:
        with self._caller.tracking(_OPERATION, endpoint) as recorded:
            recorded.result = {"statusCode": execution["status"], "success": execution["success"]}
            recorded.error_type = error_type or (None if execution["success"] else "ProtocolError")

    def _server(self) -> Server[Any]:
        from mcp.server.lowlevel import Server

        return Server(
            process_environment.get("SERVICE_NAME") or "pycommon",
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            get_tool_input_schema=self._input_schema,
        )

    async def _list_tools(self, _context: Any, _params: Any) -> mcp_types.ListToolsResult:
        import mcp_types

        operations = self._tools.operations
        shown = [each for each in self._tools.tools if is_shown(operations[each["name"]], self._caller)]
        return mcp_types.ListToolsResult(tools=[mcp_types.Tool.model_validate(each) for each in shown])

    async def _call_tool(self, _context: Any, params: mcp_types.CallToolRequestParams) -> mcp_types.CallToolResult:
        import asyncio

        import mcp_types
        from mcp.shared.exceptions import MCPError

        operation = self._tools.operations.get(params.name)
        if operation is None:
            raise MCPError(code=mcp_types.INVALID_PARAMS, message="There is no such tool")
        self._called = True
        # A thread with this context calls the operation, because a handler may run its own event loop, and cannot do
        # this inside the loop of this function.
        return await asyncio.to_thread(self._call, operation, params.arguments or {})

    def _input_schema(self, name: str) -> dict[str, Any] | None:
        return next((each["inputSchema"] for each in self._tools.tools if each["name"] == name), None)

    def _call(self, operation: Operation, arguments: dict[str, Any]) -> mcp_types.CallToolResult:
        request_id = getattr(self._caller.lambda_context, "aws_request_id", None)
        try:
            text = dumps(call_operation(operation, arguments, self._caller))
        except HTTPException as error:
            return _tool_error(response_for_exception(error, None, request_id))
        except Exception as error:  # noqa: BLE001 - the caller gets the error body, and the log gets the cause
            report_unhandled_error(operation.name, error, self._caller.user, request_id)
            return _tool_error(error_response(500, _INTERNAL_ERROR, None, request_id))
        return _tool_result(text)


def _tool_result(text: str) -> mcp_types.CallToolResult:
    import mcp_types

    result = orjson.loads(text)
    if is_proxy_response(result):
        return _proxy_result(result)
    content: list[mcp_types.ContentBlock] = [mcp_types.TextContent(text=text)]
    if not isinstance(result, dict):
        return mcp_types.CallToolResult(content=content)
    failed = result.get("success", True) is False
    return mcp_types.CallToolResult(content=content, structured_content=result, is_error=failed)


def _proxy_result(answer: dict[str, Any]) -> mcp_types.CallToolResult:
    """Return the tool result for a proxy response of an operation. The result is the body of the proxy response."""
    import mcp_types

    body = answer.get("body") or ""
    content: list[mcp_types.ContentBlock] = [mcp_types.TextContent(text=body if isinstance(body, str) else dumps(body))]
    return mcp_types.CallToolResult(content=content, is_error=answer["statusCode"] >= _FIRST_ERROR)


def _tool_error(answer: dict[str, Any]) -> mcp_types.CallToolResult:
    """Return the error body as text. Clients would validate structured content by the output schema."""
    import mcp_types

    return mcp_types.CallToolResult(content=[mcp_types.TextContent(text=answer["body"])], is_error=True)


@lru_cache(maxsize=1)
def _described(operations: tuple[Operation, ...]) -> Tools:
    """Return the tools, and log their notes. Cache the tools, because the operations of a service do not change."""
    tools = mcp_tools(operations)
    for note in tools.notes:
        _logger.warning("MCP: %s", note)
    return tools


def _succeeded(answer: AsgiResponse) -> bool:
    """Return whether the response is neither an HTTP error nor a JSON-RPC error."""
    if answer.status >= _FIRST_ERROR:
        return False
    return not answer.body or "error" not in orjson.loads(answer.body)
