"""Count AWS calls with a proxy in front of the local AWS, for the benchmarks and the speed tests."""

from __future__ import annotations

import http.client
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CountingProxy", "counting_proxy"]

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


class CountingProxy(ThreadingHTTPServer):
    """A proxy that forwards requests unchanged, and records each call in the order of arrival."""

    daemon_threads = True
    block_on_close = False  # do not wait for the open connections of clients at the end

    def __init__(self, endpoint: str) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.target = str(urlsplit(endpoint).netloc)
        self._lock = threading.Lock()
        self._calls: list[str] = []

    @property
    def url(self) -> str:
        """The URL of the proxy."""
        return f"http://127.0.0.1:{self.server_port}"

    def note(self, call: str) -> None:
        """Record one call."""
        with self._lock:
            self._calls.append(call)

    def taken(self) -> list[str]:
        """Return the recorded calls, and delete the records.

        A call is a text such as "DynamoDB_20120810.PutItem", or the method and the last part of the path.
        """
        with self._lock:
            calls, self._calls = self._calls, []
        return calls

    def take(self) -> dict[str, int]:
        """Return the number of calls of each operation since the last call of this method."""
        return dict(sorted(Counter(map(_operation, self.taken())).items()))


def _operation(call: str) -> str:
    return call if " " in call else call.rpartition(".")[2]


class _Passing(BaseHTTPRequestHandler):
    """One connection of a client, with its own connection to the local AWS."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # send headers and body of a response together
    disable_nagle_algorithm = True
    server: CountingProxy

    def setup(self) -> None:
        super().setup()
        self._to = http.client.HTTPConnection(self.server.target, timeout=30)

    def finish(self) -> None:
        self._to.close()
        super().finish()

    def _pass(self) -> None:
        self.server.note(self._call())
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        # The Host header must stay unchanged, because the client has signed it.
        self._to.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            self._to.putheader(name, value)
        self._to.endheaders(body)
        answer = self._to.getresponse()
        text = answer.read()
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = _pass  # noqa: N815 - the base class's names

    def _call(self) -> str:
        """Return the target of the AWS JSON protocol, or method and last part of the path."""
        return self.headers.get("X-Amz-Target") or f"{self.command} {self.path.rpartition('/')[2]}"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Do not log requests."""


@contextmanager
def counting_proxy(endpoint: str) -> Iterator[CountingProxy]:
    """Provide a proxy in front of `endpoint`."""
    with CountingProxy(endpoint) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, name="counting-proxy", daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
