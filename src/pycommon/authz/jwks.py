"""The keys of a token issuer: fetched, judged, kept, and survived without for a while.

A set that was fetched is used for `refresh_after_s`. Then it is fetched again; while that fails, the old set serves for
up to `keep_for_s`. A key that the set lacks makes it be fetched again at most once in `cooldown_s`; after a failure the
next try is `retry_after_s` away. There is one fetch at a time. It has `timeout_s` in all, and nobody waits for longer.

Source: RFC 7517, RFC 8725 sections 3.1 and 3.5.
"""

from __future__ import annotations

import base64
import http.client
import io
import json
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote, urlsplit

from pycommon.env import process_environment
from pycommon.logger import getLogger
from pycommon.tls import trust

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from urllib.parse import SplitResult

__all__ = ["KeySet", "KeyUnknownError", "KeysUnavailableError", "fetch_json", "fits", "usable_keys"]

_MAX_BYTES = 256 * 1024
_MIN_RSA_BITS = 2048
_MIN_RSA_EXPONENT = 3
_EC_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}

_logger = getLogger(__name__)


class KeyUnknownError(Exception):
    """The issuer has no such key."""


class KeysUnavailableError(Exception):
    """There are no keys fresh enough to decide with."""


class _Keys(NamedTuple):
    by_id: Mapping[str, Mapping[str, Any]]
    fetched_at: float


class KeySet:
    """The keys at one address. Safe to share between threads."""

    def __init__(  # noqa: PLR0913 - each bound is a setting of its own
        self,
        url: str,
        algorithms: frozenset[str],
        *,
        fetch: Callable[[str, float], Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
        refresh_after_s: float = 3600.0,
        keep_for_s: float = 86400.0,
        cooldown_s: float = 30.0,
        retry_after_s: float = 5.0,
        timeout_s: float = 3.0,
    ) -> None:
        self._url = url
        self._algorithms = algorithms
        self._fetch = fetch or fetch_json
        self._clock = clock
        self._refresh_after_s = refresh_after_s
        self._keep_for_s = keep_for_s
        self._cooldown_s = cooldown_s
        self._retry_after_s = retry_after_s
        self._timeout_s = timeout_s
        self._keys: _Keys | None = None
        self._lock = threading.Lock()
        self._under_way: _Fetch | None = None
        self._tried_at = float("-inf")
        self._failed = False

    def key(self, key_id: str) -> Mapping[str, Any]:
        """The JWK with `kid` equal to `key_id`.

        Raises:
            KeyUnknownError: the issuer has no such key.
            KeysUnavailableError: it cannot be told, for the keys cannot be fetched.
        """
        self._refresh_if_due()
        seen = self._keys
        keys = self._if_fresh_enough(seen)
        if keys is None or key_id not in keys.by_id:
            self._refresh(seen, not_within_s=self._cooldown_s)
            keys = self._if_fresh_enough(self._keys)
        if keys is None:
            raise KeysUnavailableError
        if (found := keys.by_id.get(key_id)) is not None:
            return found
        if self._failed:
            raise KeysUnavailableError
        raise KeyUnknownError

    def _if_fresh_enough(self, keys: _Keys | None) -> _Keys | None:
        return keys if keys is not None and self._clock() - keys.fetched_at < self._keep_for_s else None

    def _refresh_if_due(self) -> None:
        keys = self._keys
        age = float("inf") if keys is None else self._clock() - keys.fetched_at
        if age >= min(self._refresh_after_s, self._keep_for_s):
            self._refresh(keys, not_within_s=0.0)

    def prefetch(self) -> bool:
        """Begin to fetch the keys where there are none yet, and come back at once; whether they are on their way."""
        return self._keys is None and self._begin(None, not_within_s=0.0) is not None

    def _refresh(self, seen: _Keys | None, *, not_within_s: float) -> None:
        """Fetch, and wait for the end of it."""
        fetch = self._begin(seen, not_within_s=not_within_s)
        if fetch is not None and not fetch.done.wait(max(0.0, fetch.deadline - time.monotonic())):
            self._finish(fetch, None, "timed out")

    def _begin(self, seen: _Keys | None, *, not_within_s: float) -> _Fetch | None:
        """The fetch that is under way, now if not before.

        None where that was tried `not_within_s` ago, failed a moment ago, or has brought other keys than those `seen`
        meanwhile.
        """
        with self._lock:
            if self._under_way is not None:
                return self._under_way
            pause = self._retry_after_s if self._failed else not_within_s
            if self._keys is not seen or self._clock() - self._tried_at < pause:
                return None
            fetch = self._under_way = _Fetch(self._clock(), time.monotonic() + self._timeout_s)
            threading.Thread(target=self._run, args=(fetch,), name="pycommon-jwks", daemon=True).start()
            return fetch

    def _run(self, fetch: _Fetch) -> None:
        try:
            keys = usable_keys(self._fetch(self._url, self._timeout_s), self._algorithms)
        except Exception as error:  # noqa: BLE001 - whatever a remote server does, the old keys stay and the log says why
            self._finish(fetch, None, _reason(error))
        else:
            self._finish(fetch, keys)

    def _finish(self, fetch: _Fetch, keys: Mapping[str, Mapping[str, Any]] | None, reason: str = "") -> None:
        """Note how a fetch ended. One that was given up counts no longer, and must not bring back older keys."""
        with self._lock:
            if self._under_way is not fetch:
                return
            if keys:
                self._keys = _Keys(keys, fetch.started_at)
            self._failed = not keys
            self._tried_at = self._clock()
            self._under_way = None
        if not keys:
            _logger.warning("The signing keys at %s could not be fetched: %s", self._url, reason)
        fetch.done.set()


class _Fetch:
    """One fetch; `deadline` is by the monotonic clock."""

    def __init__(self, started_at: float, deadline: float) -> None:
        self.started_at = started_at
        self.deadline = deadline
        self.done = threading.Event()


class _UntilDeadline(io.RawIOBase):
    """What a socket receives, until `deadline` and no longer, however slowly it comes."""

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


def fetch_json(url: str, timeout_s: float) -> Any:
    """The JSON document at `url`: no redirects, 256 KiB at most, all of it within `timeout_s` of the connection.

    A proxy that `https_proxy` names is used for https, unless `no_proxy` excepts the host.

    Raises:
        OSError: the server cannot be reached, or answers with another status than 200.
        http.client.HTTPException: what it answers is no HTTP.
        ValueError: the document is too large, or no JSON.
    """
    address = urlsplit(url)
    if address.scheme not in {"https", "http"} or not address.hostname:
        raise ValueError("the address of the keys is not an HTTP URL")
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
    """A connection that ends the answer at the deadline.

    It is not `urllib.request`'s, which imports `tempfile` and what packs archives: 5 ms before a first token is judged.
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
    """A socket's own time-out bounds each single wait: who sends a byte now and then would hold it for ever."""

    class KeySetResponse(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp = io.BufferedReader(_UntilDeadline(self.fp.detach(), sock, deadline))

    return KeySetResponse


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


def usable_keys(document: Any, algorithms: frozenset[str]) -> dict[str, Mapping[str, Any]]:
    """The keys of a JWK set (RFC 7517 section 5) that may verify a signature by one of `algorithms`, by `kid`.

    Left out: keys without `kid`, with a `kid` that occurs twice, for another use, symmetric, private, or weak.

    Raises:
        ValueError: the document is no JWK set, or has no usable key.
    """
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("the document is no JWK set")  # noqa: TRY004 - a fault of the document, as the next
    keys: dict[str, Mapping[str, Any]] = {}
    seen: set[str] = set()
    for key in document["keys"]:
        key_id = key.get("kid") if isinstance(key, dict) else None
        if not isinstance(key_id, str) or not key_id:
            continue
        if key_id in seen:
            keys.pop(key_id, None)  # which of the two is meant cannot be told
        elif _is_usable(key, algorithms):
            keys[key_id] = key
        seen.add(key_id)
    if not keys:
        raise ValueError("the JWK set has no usable key")
    return keys


def fits(key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether `key` is of the type and curve that `algorithm` needs, and is not bound to another algorithm."""
    if key.get("alg") not in (None, algorithm):  # a tuple: a member of a key may be unhashable
        return False
    match algorithm[:2]:
        case "RS" | "PS":
            return key.get("kty") == "RSA"
        case "ES":
            return key.get("kty") == "EC" and key.get("crv") == _EC_CURVES[algorithm]
        case _:
            return key.get("kty") == "OKP" and key.get("crv") in ("Ed25519", "Ed448")


def _is_usable(key: Mapping[str, Any], algorithms: frozenset[str]) -> bool:
    operations = key.get("key_ops")
    return (
        key.get("use") in (None, "sig")
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
        and "d" not in key
        and any(fits(key, algorithm) for algorithm in algorithms)
        and _is_strong(key)
    )


def _is_strong(key: Mapping[str, Any]) -> bool:
    """Whether an RSA key has numbers, and enough bits; leading zeros do not count."""
    if key.get("kty") != "RSA":
        return True
    modulus, exponent = (_number(key.get(name)) for name in ("n", "e"))
    return modulus.bit_length() >= _MIN_RSA_BITS and exponent >= _MIN_RSA_EXPONENT


def _number(value: Any) -> int:
    """Base64urlUInt (RFC 7518 section 2); 0 for what is none."""
    try:
        return int.from_bytes(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True))
    except (TypeError, ValueError):
        return 0


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, OSError) and str(error) else f"{type(error).__name__}: {error}"
