"""Serve Lambda handlers over HTTP on loopback, as API Gateway does."""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pycommon.testing import LambdaContext, rest_api_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Handler = Callable[[Any, Any], dict[str, Any]]

_POLL_S = 0.02


@contextmanager
def served(handlers: Mapping[str, Handler]) -> Iterator[str]:
    """Serve each handler for its route, such as "/files/{id}" or "/a/{proxy+}"; yields the address.

    A request that fits no route is a 403, as API Gateway has it.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _bridge(handlers))
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(template.replace("{proxy+}", ".+").replace("{id}", "[^/]+"))


def _bridge(handlers: Mapping[str, Handler]) -> type[BaseHTTPRequestHandler]:
    class Bridge(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
            template = next((each for each in handlers if _pattern(each).fullmatch(url.path)), None)
            if template is None:
                self._refuse()
                return
            headers = dict(self.headers)
            event = rest_api_event(self.command, url.path, body or None, headers=headers, resource=template)
            query = parse_qs(url.query, keep_blank_values=True)
            event["queryStringParameters"] = {name: values[-1] for name, values in query.items()} or None
            event["multiValueQueryStringParameters"] = query or None
            answer = handlers[template](event, LambdaContext())
            self._send(answer["statusCode"], answer["headers"], answer["body"])

        def _send(self, status: int, headers: Mapping[str, Any], body: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, str(value))
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def _refuse(self) -> None:
            self._send(403, {}, '{"message":"Missing Authentication Token"}')

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the names of http.server
        do_TRACE = do_OPTIONS = do_QUERY = _refuse  # noqa: N815 - the same

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
            """Log nothing."""

    return Bridge
