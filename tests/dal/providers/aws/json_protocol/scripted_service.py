"""Run an HTTP server that responds by a script: completely, in parts, late, or not at all."""

from __future__ import annotations

import contextlib
import socket
import threading
import zlib
from http.client import responses
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


class Request(NamedTuple):
    """A received request; `connection` counts from 0."""

    connection: int
    headers: dict[str, str]
    body: bytes


Step = "Callable[[ScriptedService, socket.socket], bool]"
"""What is done with one request; whether the connection is kept."""


def answer(body: bytes = b"{}", status: int = 200, *, checksum: int | None = None, **headers: str) -> Step:
    """Return a step that sends a complete response with DynamoDB's checksum."""
    return raw(message(body, status, checksum=checksum, **headers))


def message(body: bytes = b"{}", status: int = 200, *, checksum: int | None = None, **headers: str) -> bytes:
    """Return the bytes of a response."""
    sent = {
        "Content-Type": "application/x-amz-json-1.0",
        "Content-Length": str(len(body)),
        "x-amzn-RequestId": "request-1",
        "x-amz-crc32": str(zlib.crc32(body) if checksum is None else checksum),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"HTTP/1.1 {status} {responses.get(status, 'Odd')}\r\n{lines}\r\n".encode() + body


def error(code: str, status: int = 400, **headers: str) -> Step:
    """Return a step that sends an error of the service."""
    return answer(b'{"__type":"com.amazonaws.x#%s","message":"said so"}' % code.encode(), status, **headers)


def raw(content: bytes, *, keep: bool = True) -> Step:
    """Return a step that sends exactly these bytes."""

    def step(_: ScriptedService, connection: socket.socket) -> bool:
        connection.sendall(content)
        return keep

    return step


def close(_: ScriptedService, __: socket.socket) -> bool:
    """Close the connection without a response."""
    return False


def reset(_: ScriptedService, connection: socket.socket) -> bool:
    """Reset the connection without a response."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    return False


def hang(service: ScriptedService, _: socket.socket) -> bool:
    """Send no response until the client stops waiting."""
    service.over.wait(30)
    return False


class ScriptedService:
    """Handles the first request by the first step, and so on. After the script, every response is `{}`.

    Attributes:
        endpoint: its address.
        requests: in the order of their arrival.
        over: set at the end.
    """

    def __init__(self, *script: Step, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.over = threading.Event()
        self._script = list(script)
        self._tls = tls
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listening.getsockname()[1]
        self.endpoint = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    @property
    def connections(self) -> int:
        """Return the number of opened connections."""
        return len(self._open)

    def __enter__(self) -> Self:
        self._run(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._listening.shutdown(socket.SHUT_RDWR)  # wake up `accept`
        self.close_connections()
        for thread in self._threads:
            thread.join(10)
        self._listening.close()

    def close_connections(self) -> None:
        """Close the idle connections, as servers do."""
        for connection in self._open:
            with contextlib.suppress(OSError):  # it is closed
                connection.shutdown(socket.SHUT_RDWR)

    def _run(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(connection)
            self._run(self._serve, connection, len(self._open) - 1)

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self._tls is not None:
                connection = self._open[number] = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as received:
                while self._one_request(connection, received, number):
                    pass
        except OSError:
            pass  # the client closed the connection, or does not trust this server
        finally:
            connection.close()

    def _one_request(self, connection: socket.socket, received, number: int) -> bool:
        if not received.readline():
            return False
        lines = iter(received.readline, b"\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.decode().partition(":") for line in lines)}
        body = received.read(int(headers["content-length"]))
        with self._lock:
            self.requests.append(Request(number, headers, body))
            step = self._script.pop(0) if self._script else answer()
        return step(self, connection)
