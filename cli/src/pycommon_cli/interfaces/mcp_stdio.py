"""Pass MCP messages from standard input to an endpoint: read a line, send a POST request, write the response as a line.

The endpoint (`pycommon.interfaces.mcp`) authenticates, limits, validates and meters each call. This transport works
without the MCP SDK: https://modelcontextprotocol.io/specification/2025-11-25/basic/transports
"""

import base64
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TextIO

from pycommon_cli.local.rest_api import RestResponse

Post = Callable[[str, Mapping[str, str]], RestResponse]
"""`post(body, headers)` sends one request to the endpoint, with the token of the caller."""

_AT_ONCE = 8
_FAILED = -32000  # JSON-RPC reserves -32000 to -32099 for errors of the server implementation
_PARSE_ERROR = -32700
_REVISION = "io.modelcontextprotocol/protocolVersion"
_FIRST_ERROR = 400


class StdioProxy:
    """An object that passes the messages of one client to the endpoint."""

    def __init__(self, post: Post, output: TextIO) -> None:
        self._post = post
        self._output = output
        self._writing = threading.Lock()
        self._agreed: str | None = None

    def serve(self, lines: Iterable[str]) -> None:
        """Answer each message until `lines` end. Process up to 8 messages at the same time."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for line in lines:
                if line.strip():
                    pool.submit(self._pass_on, line)

    def _pass_on(self, line: str) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            self._write({"jsonrpc": "2.0", "id": None, "error": {"code": _PARSE_ERROR, "message": "Parse error"}})
            return
        answer = self._answer(line, message if isinstance(message, dict) else {})
        if answer is not None:
            self._write(answer)

    def _answer(self, line: str, message: Mapping[str, Any]) -> Any:
        try:
            response = self._post(line, self._headers(message))
        except Exception as error:  # noqa: BLE001 - the client waits for a response to every request
            return _error(message, str(error))
        body = _json(response.body)
        if isinstance(body, dict) and body.get("jsonrpc") == "2.0":
            if message.get("method") == "initialize" and "result" in body:
                self._agreed = body["result"].get("protocolVersion")
            return body
        if response.status < _FIRST_ERROR:
            return None
        said = body.get("error") if isinstance(body, dict) else None
        return _error(message, f"HTTP {response.status}: {said or 'not a response of MCP'}")

    def _headers(self, message: Mapping[str, Any]) -> dict[str, str]:
        """Return the headers that repeat the protocol revision of a message.

        Since revision 2026-07-28, the headers also repeat the method and the name of the message.
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
        parameters = message.get("params")
        parameters = parameters if isinstance(parameters, dict) else {}
        meta = parameters.get("_meta")
        revision = meta.get(_REVISION) if isinstance(meta, dict) else None
        if isinstance(revision, str):
            headers |= {"MCP-Protocol-Version": revision, "Mcp-Method": str(message.get("method"))}
            if isinstance(parameters.get("name"), str):
                headers["Mcp-Name"] = _header_value(parameters["name"])
        elif self._agreed is not None:
            headers["MCP-Protocol-Version"] = self._agreed
        return headers

    def _write(self, message: Any) -> None:
        with self._writing:
            self._output.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")) + "\n")
            self._output.flush()


def _error(message: Mapping[str, Any], text: str) -> dict[str, Any] | None:
    if "id" not in message:
        return None  # a notification has no response
    return {"jsonrpc": "2.0", "id": message["id"], "error": {"code": _FAILED, "message": text}}


def _header_value(text: str) -> str:
    """Return the text as the transport encodes it in a header. If a header cannot contain the text, use Base64."""
    if text.isascii() and text.isprintable() and text == text.strip():
        return text
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
