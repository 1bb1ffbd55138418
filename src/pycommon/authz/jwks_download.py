"""Download a JSON document, for example the signing keys of an issuer, over HTTP within a fixed time."""

from __future__ import annotations

import base64
import http.client
import io
import json
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pycommon.env import process_environment
from pycommon.tls import trust

if TYPE_CHECKING:
    import socket
    from urllib.parse import SplitResult

__all__ = ["download_json"]

_MAX_BYTES = 256 * 1024


def download_json(url: str, timeout_s: float) -> Any:
    """Return the JSON document at `url`. The download ends after `timeout_s` seconds, even if the server sends slowly.

    The download does not follow redirects. The document may have at most 256 KiB. The download of an https address uses
    the proxy in `https_proxy`, unless `no_proxy` lists the host.

    Raises:
        OSError: the server cannot be reached, or its status is not 200.
        http.client.HTTPException: the response is not valid HTTP.
        ValueError: the document is too large or not valid JSON.
    """
    address = urlsplit(url)
    if address.scheme not in {"https", "http"} or not address.hostname:
        raise ValueError("the address is not an HTTP URL")
    with closing(_connection(address, timeout_s)) as connection:
        target = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
        connection.request("GET", target, headers={"Accept": "application/json", "Connection": "close"})
        response = connection.getresponse()
        if response.status != http.client.OK:
            raise OSError(f"status {response.status}")
        document = response.read(_MAX_BYTES + 1)
    if len(document) > _MAX_BYTES:
        raise ValueError(f"the document is larger than {_MAX_BYTES} bytes")
    return json.loads(document)


def _connection(address: SplitResult, timeout_s: float) -> http.client.HTTPConnection:
    """Return a connection that stops reading the response at the deadline.

    This function does not use `urllib.request`, which imports `tempfile` and archive formats. The first token would
    take 5 ms more.
    """
    host, port = address.hostname or "", address.port
    connection: http.client.HTTPConnection
    proxy = _proxy_for(host) if address.scheme == "https" else None
    if address.scheme == "http":
        connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    elif proxy is None:
        connection = http.client.HTTPSConnection(host, port, timeout=timeout_s, context=trust())
    else:
        connection = http.client.HTTPSConnection(proxy.hostname or "", proxy.port, timeout=timeout_s, context=trust())
        connection.set_tunnel(host, port, _credentials(proxy))
    connection.response_class = _response_until(time.monotonic() + timeout_s)
    return connection


def _response_until(deadline: float) -> type[http.client.HTTPResponse]:
    """Return a response class with one deadline for the whole response.

    A socket's timeout limits only each single read.
    """

    class ResponseWithDeadline(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp = io.BufferedReader(_UntilDeadline(self.fp.detach(), sock, deadline))

    return ResponseWithDeadline


def _proxy_for(host: str) -> SplitResult | None:
    if not any(name.lower() == "https_proxy" for name in process_environment.snapshot()):
        return None
    from urllib.request import getproxies, proxy_bypass

    proxy = getproxies().get("https")
    if not proxy or proxy_bypass(host):
        return None
    return urlsplit(proxy if "//" in proxy else f"//{proxy}")


def _credentials(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


class _UntilDeadline(io.RawIOBase):
    """The bytes that a socket receives before `deadline`."""

    def __init__(self, received: io.RawIOBase, sock: socket.socket, deadline: float) -> None:
        self._received = received
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self._sock.settimeout(left)
        return self._received.readinto(buffer)

    def close(self) -> None:
        self._received.close()
        super().close()
