"""Send one request to an ASGI application without a server, and return its response.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from pycommon.authz.http_request import Request

__all__ = ["AsgiResponse", "ask"]

if TYPE_CHECKING:
    Message = MutableMapping[str, Any]
    Application = Callable[
        [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
    ]


@dataclass(slots=True)
class AsgiResponse:
    """The response of the application. Header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(application: Application, request: Request) -> AsgiResponse:
    """Send `request` to `application`. The connection stays open until the response is complete."""
    import asyncio  # the import is slow, and the OpenAPI document does not need it

    response = AsgiResponse(500, {}, b"")
    to_receive: list[Message] = [{"type": "http.request", "body": request.body or b"", "more_body": False}]

    async def receive() -> Message:
        if to_receive:
            return to_receive.pop()
        await asyncio.Event().wait()  # wait for ever, because the client does not disconnect
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status = message["status"]
            response.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        else:
            response.body += message.get("body", b"")

    await application(_scope(request), receive, send)
    return response


def _scope(request: Request) -> Message:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "https",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": b"",
        "headers": [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, values in request.headers.items()
            for value in values
        ],
    }
