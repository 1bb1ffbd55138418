"""A proxy over HTTP in front of the local AWS that notes every call, in the order of arrival."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


class CountingAws:
    """Forwards every call to `target` and remembers its `X-Amz-Target`.

    Attributes:
        endpoint: the address, from construction on; it is served within `with` only.

    Example:
        >>> with CountingAws("http://127.0.0.1:14566") as aws:
        ...     client = boto3.client("dynamodb", endpoint_url=aws.endpoint)
    """

    def __init__(self, target: str) -> None:
        self._calls: list[str] = []
        self._lock = threading.Lock()
        self._target = urlsplit(target)
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

    def taken(self) -> list[str]:
        """The targets of the calls since this was asked last, e.g. "DynamoDB_20120810.PutItem"."""
        with self._lock:
            calls, self._calls = self._calls, []
        return calls

    def note(self, target: str) -> None:
        """One call has come."""
        with self._lock:
            self._calls.append(target)

    def connect(self) -> http.client.HTTPConnection:
        """A connection to the AWS behind."""
        return http.client.HTTPConnection(str(self._target.hostname), self._target.port, timeout=30)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # clients keep connections open; nobody waits for them at the end

    def __init__(self, aws: CountingAws) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.aws = aws


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept, as AWS keeps them
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.behind = self.server.aws.connect()

    def finish(self) -> None:
        self.behind.close()
        super().finish()

    def do_POST(self) -> None:
        """One call."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.aws.note(self.headers.get("X-Amz-Target", f"POST {self.path}"))
        self.behind.request("POST", self.path, body, dict(self.headers.items()))
        answer = self.behind.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Quiet."""
