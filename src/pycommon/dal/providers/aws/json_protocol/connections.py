"""Connections that are kept, and one exchange over one of them: the bytes of a request out, the whole answer in."""

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
"""How a connection shows that the other side has closed it."""
_LARGEST_ANSWER = 16 * 1024 * 1024  # DynamoDB, SQS and Parameter Store give 1 MB at most, JSON's escapes aside


class HttpResponse(NamedTuple):
    """A whole answer. The names of its headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class ConnectionPool:
    """Connections to one endpoint. Each is one thread's while it is used, and kept for the next that needs one.

    Args:
        endpoint: where they lead.
        connect_timeout_s: for each of name and address, and for the handshake of TLS.
        read_timeout_s: for each wait while a request is sent or its answer is read.
        kept: at most so many lie idle; others are closed after use.
    """

    def __init__(self, endpoint: AwsEndpoint, *, connect_timeout_s: float, read_timeout_s: float, kept: int) -> None:
        self._endpoint = endpoint
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._kept = kept
        self._idle: list[http.client.HTTPConnection] = []  # shared without a lock: append and pop are atomic
        self._process = os.getpid()
        weakref.finalize(self, _close, self._idle)

    def post(self, headers: Mapping[str, str], body: bytes) -> HttpResponse:
        """Send a request, and read its answer.

        A server closes connections that nobody uses, and the freeze of an environment lets them die. That shows when
        the next request is sent, and costs it nothing but a new connection.

        Raises:
            HTTPClientError: there is no whole answer.
        """
        kept = self._take()
        if kept is not None:
            try:
                return self._exchange(kept, headers, body)
            except ConnectionClosedError as error:
                if not isinstance(error.__cause__, _ENDED):
                    raise
        return self._exchange(self._connect(), headers, body)

    def _exchange(
        self, connection: http.client.HTTPConnection, headers: Mapping[str, str], body: bytes
    ) -> HttpResponse:
        """One request and its answer. Afterwards the connection is kept or closed."""
        try:
            connection.request("POST", "/", body, headers)
            with connection.getresponse() as response:
                content = _read(response)
        except BaseException as error:
            connection.close()
            _close(self._idle)  # those are as old, and the next attempt deserves a new one
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
            connection.connect()  # which sets TCP_NODELAY
        except OSError as error:
            connection.close()
            raise self._not_connected(error) from error
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.sock.settimeout(self._read_timeout_s)
        return connection

    def _take(self) -> http.client.HTTPConnection | None:
        """A kept connection, the one used last; None where there is none."""
        if os.getpid() != self._process:  # after a fork: what is there is the parent's, and is only let go
            _close(self._idle)
            self._process = os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _give_back(self, connection: http.client.HTTPConnection) -> None:
        self._idle.append(connection)
        if len(self._idle) > self._kept:
            _close(self._idle, leave=self._kept)

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
                return connection_error(ReadTimeoutError, f"No answer from {url} within {self._read_timeout_s:g} s")
            case http.client.IncompleteRead() | OSError():
                kind = type(error).__name__
                return connection_error(ConnectionClosedError, f"The connection to {url} broke off ({kind})")
            case _:
                return connection_error(
                    UnusableResponseError, f"What {url} answered cannot be read ({type(error).__name__})"
                )


def _read(response: http.client.HTTPResponse) -> bytes:
    """The whole content. It must have said how long it is, or come in chunks: else half of it would look whole."""
    if response.length is not None:
        if response.length > _LARGEST_ANSWER:
            raise http.client.HTTPException("too large")
        return response.read()
    if not response.chunked:
        raise http.client.HTTPException("no length")
    content = response.read(_LARGEST_ANSWER + 1)
    if len(content) > _LARGEST_ANSWER:
        raise http.client.HTTPException("too large")
    return content


def _close(connections: list[http.client.HTTPConnection], leave: int = 0) -> None:
    """Close the oldest, and leave so many. Others may take and add meanwhile."""
    while len(connections) > leave:
        try:
            connection = connections.pop(0)
        except IndexError:
            return
        connection.close()
