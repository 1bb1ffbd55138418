"""Simulate failures of DynamoDB with an HTTP proxy in front of the local DynamoDB."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

LATE_BY_S = 1.5
_FAULTS = "com.amazonaws.dynamodb.v20120810#"
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class Fault(Enum):
    """The fault of one call."""

    NONE = "forwarded"
    THROTTLED = "ProvisionedThroughputExceededException, not applied"
    ERROR_AFTERWARDS = "InternalServerError, applied"
    DROPPED_AFTERWARDS = "connection closed without an answer, applied"
    LATE = "applied and answered after LATE_BY_S"


def always(fault: Fault) -> Callable[[], Fault]:
    """Return a plan with the same fault for every call."""
    return lambda: fault


def at_random(seed: int, *, throttled: float, lost: float) -> Callable[[], Fault]:
    """Return a plan with a share of throttled calls, and a share of applied calls whose response is lost.

    The sequence of faults depends on the seed alone. Of the lost answers every other one is a closed connection.
    """
    numbers, lock = random.Random(seed), threading.Lock()  # noqa: S311 - faults that repeat, not secrets
    kinds = [Fault.ERROR_AFTERWARDS, Fault.DROPPED_AFTERWARDS]

    def next_fault() -> Fault:
        with lock:
            number = numbers.random()
            if number < throttled:
                return Fault.THROTTLED
            if number < throttled + lost:
                kinds.reverse()
                return kinds[0]
            return Fault.NONE

    return next_fault


class FaultyDynamoDB:
    """Forward every call to `target`. Calls of `operation` get the faults of `plan` in the order of arrival.

    Attributes:
        endpoint: the address, from construction on; it is served within `with` only.
        met: how many calls of `operation` met which fault.

    Example:
        >>> with FaultyDynamoDB(stack.endpoint, "PutItem", at_random(1, throttled=0.05, lost=0.01)) as dynamodb:
        ...     client = boto3.client("dynamodb", endpoint_url=dynamodb.endpoint)
    """

    def __init__(self, target: str, operation: str, plan: Callable[[], Fault]) -> None:
        self.met: Counter[Fault] = Counter()
        self._target = urlsplit(target)
        self._operation = operation
        self._plan = plan
        self._lock = threading.Lock()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fault_for(self, operation: str) -> Fault:
        """Return the fault of the next call of `operation`."""
        if operation != self._operation:
            return Fault.NONE
        fault = self._plan()
        with self._lock:
            self.met[fault] += 1
        return fault

    def connect(self) -> http.client.HTTPConnection:
        """Return a connection to the local DynamoDB."""
        return http.client.HTTPConnection(str(self._target.hostname), self._target.port, timeout=30)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # do not wait for the open connections of clients at the end
    request_queue_size = 64

    def __init__(self, dynamodb: FaultyDynamoDB) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.dynamodb = dynamodb

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing: the tests kill clients in the middle of a call."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept: thousands of calls come through one
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.behind = self.server.dynamodb.connect()

    def finish(self) -> None:
        self.behind.close()
        super().finish()

    def do_POST(self) -> None:
        """Handle one call of DynamoDB's API."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.dynamodb.fault_for(self.headers.get("X-Amz-Target", "").rpartition(".")[2])
        if fault is Fault.THROTTLED:
            self._fail(400, "ProvisionedThroughputExceededException")
            return
        if fault is Fault.LATE:
            time.sleep(LATE_BY_S)
        answer, content = self._forward(body)
        if fault is Fault.ERROR_AFTERWARDS:
            self._fail(500, "InternalServerError")
        elif fault is Fault.DROPPED_AFTERWARDS:
            self.close_connection = True
        else:
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
            self._answer(answer.status, content, headers)

    def _forward(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        try:
            return self._ask(body)
        except ConnectionError:  # closed by the local DynamoDB between two calls
            self.behind.close()
            return self._ask(body)

    def _ask(self, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        self.behind.request("POST", self.path, body, dict(self.headers.items()))
        answer = self.behind.getresponse()
        return answer, answer.read()

    def _fail(self, status: int, code: str) -> None:
        self._answer(status, json.dumps({"__type": _FAULTS + code, "message": "injected by a test"}).encode(), {})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/x-amz-json-1.0", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Quiet."""
