"""Send a request over a kept-alive HTTP connection, and read the whole response."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import weakref
from typing import TYPE_CHECKING, NamedTuple

from pycommon.dal.providers.aws.json_protocol.client_errors import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
    UnusableResponseError,
    connection_error,
)
from pycommon.tls import trust

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon.dal.providers.aws.json_protocol.client_configuration import AwsEndpoint
    from pycommon.dal.providers.aws.json_protocol.client_errors import HTTPClientError

__all__ = ["ConnectionPool", "HttpResponse"]

_ENDED = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""The errors of a connection that the server has closed."""
_LARGEST_RESPONSE = 16 * 1024 * 1024  # the three services send at most 1 MB, and JSON's escapes make the body longer


class HttpResponse(NamedTuple):
    """A complete HTTP response. The names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class ConnectionPool:
    """The connections to one endpoint. One thread at a time uses a connection. An idle connection is kept for later.

    Args:
        endpoint: the endpoint of the connections.
        connect_timeout_s: the time limit for each address of the host, and for the TLS handshake.
        read_timeout_s: the time limit for each wait while a request is sent or its response is read.
        idle_at_most: the number of idle connections that the pool keeps. The pool closes further connections after use.
    """

    def __init__(
        self, endpoint: AwsEndpoint, *, connect_timeout_s: float, read_timeout_s: float, idle_at_most: int
    ) -> None:
        self._endpoint = endpoint
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._idle_at_most = idle_at_most
        self._idle: list[http.client.HTTPConnection] = []  # needs no lock: append and pop are atomic
        self._process = os.getpid()
        weakref.finalize(self, _close, self._idle)

    def post(self, headers: Mapping[str, str], body: bytes) -> HttpResponse:
        """Send a request, and return its response.

        Servers close idle connections, also while the execution environment is frozen. The next request then notices
        the closed connection, and opens a new connection.

        Raises:
            HTTPClientError: there is no complete response.
        """
        idle = self._take()
        if idle is not None:
            try:
                return self._exchange(idle, headers, body)
            except ConnectionClosedError as error:
                if not isinstance(error.__cause__, _ENDED):
                    raise
        return self._exchange(self._connect(), headers, body)

    def _exchange(
        self, connection: http.client.HTTPConnection, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """Send a request, and read its response. Then keep or close the connection."""
        try:
            connection.request("POST", "/", body, headers)
            with connection.getresponse() as response:
                content = _read(response)
        except BaseException as error:
            connection.close()
            _close(self._idle)  # they may be closed too; the next attempt opens a new connection
            if isinstance(error, OSError | http.client.HTTPException):
                raise self._broken(error) from error
            raise
        if response.will_close:
            connection.close()
        else:
            self._give_back(connection)
        return HttpResponse(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def _connect(self) -> http.client.HTTPConnection:
        host, port, timeout = self._endpoint.host, self._endpoint.port, self._connect_timeout_s
        connection = (
            http.client.HTTPSConnection(host, port, timeout=timeout, context=trust())
            if self._endpoint.secure
            else http.client.HTTPConnection(host, port, timeout=timeout)
        )
        try:
            connection.connect()  # `connect` also sets TCP_NODELAY
        except OSError as error:
            connection.close()
            raise self._not_connected(error) from error
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.sock.settimeout(self._read_timeout_s)
        return connection

    def _take(self) -> http.client.HTTPConnection | None:
        """Return the idle connection that was used last, or None."""
        if os.getpid() != self._process:  # after a fork, the connections belong to the parent process
            _close(self._idle)
            self._process = os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _give_back(self, connection: http.client.HTTPConnection) -> None:
        self._idle.append(connection)
        if len(self._idle) > self._idle_at_most:
            _close(self._idle, leave=self._idle_at_most)

    def _not_connected(self, error: OSError) -> HTTPClientError:
        url = self._endpoint.url
        match error:
            case TimeoutError():
                within = f"{self._connect_timeout_s:g} s"
                return connection_error(ConnectTimeoutError, f"No connection to {url} within {within}")
            case ssl.SSLError():
                return connection_error(SSLError, f"No secure connection to {url}: {error.reason or error}")
            case _:
                return connection_error(EndpointConnectionError, f"No connection to {url}: {error.strerror or error}")

    def _broken(self, error: OSError | http.client.HTTPException) -> HTTPClientError:
        url = self._endpoint.url
        match error:
            case TimeoutError():
                return connection_error(ReadTimeoutError, f"No response from {url} within {self._read_timeout_s:g} s")
            case http.client.IncompleteRead() | OSError():
                kind = type(error).__name__
                return connection_error(ConnectionClosedError, f"The connection to {url} broke off ({kind})")
            case _:
                return connection_error(
                    UnusableResponseError, f"The response of {url} cannot be read ({type(error).__name__})"
                )


def _read(response: http.client.HTTPResponse) -> bytes:
    """Return the whole body. Refuse a body without length or chunks, because a part of it would look complete."""
    if response.length is not None:
        if response.length > _LARGEST_RESPONSE:
            raise http.client.HTTPException("too large")
        return response.read()
    if not response.chunked:
        raise http.client.HTTPException("no length")
    content = response.read(_LARGEST_RESPONSE + 1)
    if len(content) > _LARGEST_RESPONSE:
        raise http.client.HTTPException("too large")
    return content


def _close(connections: list[http.client.HTTPConnection], leave: int = 0) -> None:
    """Close the oldest connections, and leave `leave` connections. Other threads may use the list at the same time."""
    while len(connections) > leave:
        try:
            connection = connections.pop(0)
        except IndexError:
            return
        connection.close()
