"""The keys of a token issuer: fetched, judged, kept, and survived without for a while.

A set that was fetched is used for `refresh_after_s`. Then it is fetched again; while that fails, the old set serves for
up to `keep_for_s`. A key that the set lacks makes it be fetched again at most once in `cooldown_s`; after a failure the
next try is `retry_after_s` away. There is one fetch at a time, and nobody waits for it longer than `timeout_s`.

Source: RFC 7517, RFC 8725 sections 3.1 and 3.5.
"""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["KeySet", "KeyUnknownError", "KeysUnavailableError", "fetch_json", "fits", "usable_keys"]

_MAX_BYTES = 256 * 1024
_MIN_RSA_BITS = 2048
_EC_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}

_logger = getLogger(__name__)


class KeyUnknownError(Exception):
    """The issuer has no such key."""


class KeysUnavailableError(Exception):
    """There are no keys fresh enough to decide with."""


@dataclass(frozen=True, slots=True)
class _Keys:
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
        keys = self._fresh_enough()
        if keys is not None and (found := keys.by_id.get(key_id)) is not None:
            return found
        self._refresh()  # at most once in a cool-down
        keys = self._fresh_enough(refresh=False)
        if keys is None:
            raise KeysUnavailableError
        if (found := keys.by_id.get(key_id)) is not None:
            return found
        if self._failed:
            raise KeysUnavailableError
        raise KeyUnknownError

    def _fresh_enough(self, *, refresh: bool = True) -> _Keys | None:
        keys = self._keys
        if keys is None:
            return None
        age = self._clock() - keys.fetched_at
        if refresh and age >= self._refresh_after_s:
            self._refresh()
            keys = self._keys or keys
            age = self._clock() - keys.fetched_at
        return keys if age < self._keep_for_s else None

    def _refresh(self) -> None:
        """Fetch, unless that was tried a moment ago; wait for the result for at most the time-out."""
        with self._lock:
            under_way = self._under_way
            if under_way is None:
                if self._clock() - self._tried_at < (self._retry_after_s if self._failed else self._cooldown_s):
                    return
                self._tried_at = self._clock()
                under_way = self._under_way = _Fetch()
                threading.Thread(target=self._run, args=(under_way,), name="pycommon-jwks", daemon=True).start()
        if not under_way.done.wait(self._timeout_s):
            self._failed = True

    def _run(self, under_way: _Fetch) -> None:
        try:
            keys = usable_keys(self._fetch(self._url, self._timeout_s), self._algorithms)
        except Exception as error:  # noqa: BLE001 - whatever a remote server does, the old keys stay and the log says why
            _logger.warning("The signing keys at %s could not be fetched: %s", self._url, _reason(error))
            keys = None
        with self._lock:
            if keys:
                self._keys = _Keys(keys, self._clock())
            self._failed = not keys
            self._under_way = None
        under_way.done.set()


class _Fetch:
    def __init__(self) -> None:
        self.done = threading.Event()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Keys come from the configured address and from no other."""


def fetch_json(url: str, timeout_s: float) -> Any:
    """The JSON document at `url`: no redirects, 256 KiB at most, `timeout_s` for each wait on the network.

    Raises:
        OSError: the server cannot be reached, or answers with another status than 200.
        ValueError: the document is too large, or no JSON.
    """
    if not url.startswith(("https://", "http://")):
        raise ValueError("the address of the keys is not an HTTP URL")
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310 - checked above
    with urllib.request.build_opener(_NoRedirect).open(request, timeout=timeout_s) as response:
        document = response.read(_MAX_BYTES + 1)
    if len(document) > _MAX_BYTES:
        raise ValueError(f"the document is larger than {_MAX_BYTES} bytes")
    return json.loads(document)


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
    if key.get("alg") not in {None, algorithm}:
        return False
    match algorithm[:2]:
        case "RS" | "PS":
            return key.get("kty") == "RSA"
        case "ES":
            return key.get("kty") == "EC" and key.get("crv") == _EC_CURVES[algorithm]
        case _:
            return key.get("kty") == "OKP" and key.get("crv") in {"Ed25519", "Ed448"}


def _is_usable(key: Mapping[str, Any], algorithms: frozenset[str]) -> bool:
    operations = key.get("key_ops")
    return (
        key.get("use") in {None, "sig"}
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
        and "d" not in key
        and any(fits(key, algorithm) for algorithm in algorithms)
        and _is_strong(key)
    )


def _is_strong(key: Mapping[str, Any]) -> bool:
    if key.get("kty") != "RSA":
        return True
    modulus = key.get("n")
    return isinstance(modulus, str) and len(modulus.rstrip("=")) * 6 >= _MIN_RSA_BITS


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"status {error.code}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return f"{type(error).__name__}: {error}"
