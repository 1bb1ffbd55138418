"""Test the download of signing keys through a proxy (CONNECT, RFC 9110 section 9.3.6), as in a closed network."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self

import pytest

from pycommon.authz.jwks_download import download_json
from pycommon.execution_environment import renew
from tests.authz.test_jwks import KeyServer, certificate, jwk_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Proxy:
    """A proxy that opens tunnels. `asked` has each target with the credentials of the request."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                proxy.asked.append((self.path, self.headers.get("Proxy-Authorization")))
                host, _, port = self.path.partition(":")
                with socket.create_connection((host, int(port)), timeout=5) as upstream:
                    self.send_response(200)
                    self.end_headers()
                    back = threading.Thread(target=_copy, args=(upstream, self.connection))
                    back.start()
                    _copy(self.connection, upstream)
                    back.join()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of http.server
                """Log nothing."""

        return Handler


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Yield what `source` receives until it is closed."""
    try:
        while block := source.recv(65536):
            target.sendall(block)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other side has closed the connection


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyServer]:
    path = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    renew()  # the trusted certificates are read once
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with KeyServer(tls=tls) as server:
        yield server


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY"])
@pytest.mark.parametrize("prefix", ["http://", ""])
def test_a_proxy_that_is_set_is_used(
    server: KeyServer, monkeypatch: pytest.MonkeyPatch, variable: str, prefix: str
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv(variable, f"{prefix}{proxy.address}")
        assert download_json(server.url, 5) == jwk_set("one")
        assert proxy.asked == [(server.url.split("/")[2], None)]


def test_its_credentials_are_for_the_proxy(server: KeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("https_proxy", f"http://jane:p%40ss@{proxy.address}")
        assert download_json(server.url, 5) == jwk_set("one")
        assert [credentials for _, credentials in proxy.asked] == [f"Basic {base64.b64encode(b'jane:p@ss').decode()}"]


def test_a_host_can_be_excepted(server: KeyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("https_proxy", f"http://{proxy.address}")
        monkeypatch.setenv("no_proxy", "example.com,127.0.0.1")
        assert download_json(server.url, 5) == jwk_set("one")
        assert proxy.asked == []
