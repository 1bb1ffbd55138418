"""Serve a page on the loopback interface. The page shows the OpenAPI documents of services, and sends requests to them.

The page is Swagger UI from `node_modules/` of the checkout. The browser loads nothing from the internet. The page sends
its requests to this server, and this server passes them to the local REST API. The browser therefore needs no CORS, and
MiniStack gets the `Host` header by which it distinguishes APIs.
"""

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pycommon_cli.cli_error import CliError

if TYPE_CHECKING:
    from pycommon_cli.interfaces.described_service import DescribedService
    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.rest_api import RestResponse

HOST = "127.0.0.1"
API = "/api"
MAX_BODY = 10 * 2**20  # the limit of a REST API

_SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js")
_OWN = {"": "index.html", "console.css": "console.css", "console.js": "console.js"}
_TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript"}
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_NOT_PASSED_ON = frozenset({"host", "connection", "content-length", "accept-encoding", "origin", "referer", "cookie"})
_NOT_PASSED_BACK = frozenset({"connection", "content-length", "transfer-encoding", "date", "server"})


class DocsServer(ThreadingHTTPServer):
    """The server of the page. Use `serve_forever`, `shutdown` and `server_close` of `socketserver`."""

    daemon_threads = True

    def __init__(self, stack: "LocalAws", services: Mapping[str, "DescribedService"], port: int = 0) -> None:
        self.stack = stack
        self.services = services
        self.swagger_ui = swagger_ui_of(stack.project.root)
        try:
            super().__init__((HOST, port), _Page)
        except OSError as error:
            raise CliError(
                f"Port {port} cannot be used: {error.strerror}.", "Choose another port with --port."
            ) from None

    @property
    def url(self) -> str:
        """Return the URL of the page."""
        return f"http://{HOST}:{self.server_port}/"


def swagger_ui_of(root: Path) -> Path:
    """Return the folder of Swagger UI in the checkout."""
    folder = root / "node_modules" / "swagger-ui-dist"
    if not (folder / _SWAGGER_UI[1]).is_file():
        raise CliError(f"Swagger UI is not installed in {folder}.", f"Run `npm ci` in {root}.")
    return folder


class _Page(BaseHTTPRequestHandler):
    server: DocsServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Return a file, the list of services, or the document of a service."""
        self._answer({"services": self._services}, self._file)

    def do_POST(self) -> None:
        """Return the token of a user."""
        self._answer({"token": self._token}, self._nothing)

    def _pass_on(self) -> None:
        self._answer({}, self._nothing)

    do_PUT = do_PATCH = do_DELETE = _pass_on  # noqa: N815 - the names of http.server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Do not print requests, because the browser shows them."""

    def _answer(self, own: Mapping[str, Callable[[str], None]], other: Callable[[str], None]) -> None:
        """Answer requests of this page and of local programs. Refuse requests of other sites.

        The header `Host` reveals a site whose name resolves to 127.0.0.1. The header `Origin` reveals a request from
        the page of another site.
        """
        allowed = {f"{name}:{self.server.server_port}" for name in (HOST, "localhost")}
        origin = self.headers.get("Origin")
        if self.headers.get("Host") not in allowed or (origin and origin.removeprefix("http://") not in allowed):
            self._send_json(403, {"error": f"Open {self.server.url} itself."})
            return
        path = urlsplit(self.path).path
        try:
            if path.startswith(f"{API}/"):
                self._call()
                return
            first, _, rest = path.removeprefix("/").partition("/")
            if first in own:
                own[first](unquote(rest))
            else:
                other(path.removeprefix("/"))
        except CliError as error:
            self._send_json(502, {"error": str(error)})

    def _services(self, name: str) -> None:
        if not name:
            self._send_json(200, list(self.server.services))
            return
        service = self.server.services.get(name)
        if service is None:
            self._nothing(name)
            return
        described = service.openapi((API,))
        self._send_json(200, {"document": described.result, "notes": described.notes})

    def _token(self, _rest: str) -> None:
        if self.headers.get_content_type() != "application/json":  # a form of another site cannot send JSON
            self._send_json(400, {"error": "Send JSON."})
            return
        try:
            user = str(json.loads(self._body())["user"])
        except (ValueError, KeyError, TypeError):
            self._send_json(400, {"error": 'Send {"user": ...}.'})
            return
        self._send_json(200, {"token": self.server.stack.token(user)})

    def _call(self) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED_ON}
        body = self._body()
        found: RestResponse = self.server.stack.call(
            self.command, self.path.removeprefix(API), data=body or None, headers=headers
        )
        passed = {name: value for name, value in found.headers.items() if name not in _NOT_PASSED_BACK}
        self._send(found.status, found.body.encode(), passed)

    def _file(self, path: str) -> None:
        if path in _SWAGGER_UI:
            content = (self.server.swagger_ui / path).read_bytes()
        elif path in _OWN:
            content = (files("pycommon_cli.interfaces") / "page" / _OWN[path]).read_bytes()
        else:
            self._nothing(path)
            return
        kind = _TYPES[Path(_OWN.get(path, path)).suffix]
        self._send(200, content, {**_HEADERS, "Content-Type": kind})

    def _nothing(self, path: str) -> None:
        self._send_json(404, {"error": f"There is nothing at /{path}."})

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            raise CliError(f"The body has {length} bytes, but a REST API takes at most {MAX_BODY}.")
        return self.rfile.read(length)

    def _send_json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value).encode(), {**_HEADERS, "Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
