"""Fetch, validate and cache an issuer's signing keys. Keep using the old keys while the issuer is unreachable.

The module fetches a JWK set again after `refresh_after_s` seconds. While fetching fails, the module uses the old set
until the set is `keep_for_s` seconds old. When a token names a key that the set does not have, the module fetches the
set again, at most once in `cooldown_s` seconds. After a failed fetch, the module waits `retry_after_s` seconds before
the next attempt. Only one fetch runs at a time. A fetch takes at most `timeout_s` seconds, and no request waits longer.

Source: RFC 7517, RFC 8725 sections 3.1 and 3.5.
"""

from __future__ import annotations

import base64
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from pycommon.authz.jwks_download import download_json
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "SigningKeySet",
    "SigningKeysUnavailableError",
    "UnknownSigningKeyError",
    "key_matches",
    "usable_signing_keys",
]

_MIN_RSA_BITS = 2048
_MIN_RSA_EXPONENT = 3
_EC_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}

_logger = getLogger(__name__)


class UnknownSigningKeyError(Exception):
    """The issuer has no signing key with this `kid`."""


class SigningKeysUnavailableError(Exception):
    """The library has no signing keys of the issuer, or only keys that are too old."""


class _RunningFetchedKeys(NamedTuple):
    by_id: Mapping[str, Mapping[str, Any]]
    fetched_at: float


class SigningKeySet:
    """The signing keys at one address. Threads can share one set."""

    def __init__(  # noqa: PLR0913 - each time limit is a separate setting
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
        self._fetch = fetch or download_json
        self._clock = clock
        self._refresh_after_s = refresh_after_s
        self._keep_for_s = keep_for_s
        self._cooldown_s = cooldown_s
        self._retry_after_s = retry_after_s
        self._timeout_s = timeout_s
        self._keys: _RunningFetchedKeys | None = None
        self._lock = threading.Lock()
        self._running: _RunningFetch | None = None
        self._last_attempt_at = float("-inf")
        self._failed = False

    def key(self, key_id: str) -> Mapping[str, Any]:
        """Return the JWK whose `kid` equals `key_id`.

        Raises:
            UnknownSigningKeyError: the issuer has no such key.
            SigningKeysUnavailableError: the keys cannot be fetched, so it is unknown whether the issuer has the key.
        """
        self._refresh_if_due()
        seen = self._keys
        keys = self._if_fresh_enough(seen)
        if keys is None or key_id not in keys.by_id:
            self._refresh(seen, pause_s=self._cooldown_s)
            keys = self._if_fresh_enough(self._keys)
        if keys is None:
            raise SigningKeysUnavailableError
        if (found := keys.by_id.get(key_id)) is not None:
            return found
        if self._failed:
            raise SigningKeysUnavailableError
        raise UnknownSigningKeyError

    def _if_fresh_enough(self, keys: _RunningFetchedKeys | None) -> _RunningFetchedKeys | None:
        return keys if keys is not None and self._clock() - keys.fetched_at < self._keep_for_s else None

    def _refresh_if_due(self) -> None:
        keys = self._keys
        age = float("inf") if keys is None else self._clock() - keys.fetched_at
        if age >= min(self._refresh_after_s, self._keep_for_s):
            self._refresh(keys, pause_s=0.0)

    def prefetch(self) -> bool:
        """Start a fetch in the background if there are no keys yet. Return whether a fetch is running."""
        return self._keys is None and self._begin(None, pause_s=0.0) is not None

    def _refresh(self, seen: _RunningFetchedKeys | None, *, pause_s: float) -> None:
        """Fetch the keys, and wait until the fetch ends."""
        fetch = self._begin(seen, pause_s=pause_s)
        if fetch is not None and not fetch.done.wait(max(0.0, fetch.deadline - time.monotonic())):
            self._finish(fetch, None, "timed out")

    def _begin(self, seen: _RunningFetchedKeys | None, *, pause_s: float) -> _RunningFetch | None:
        """Return the running fetch. Start a fetch if no fetch is running.

        Return None without a new fetch in three cases: the last attempt was less than `pause_s` seconds ago; the last
        attempt failed less than `retry_after_s` seconds ago; another thread has fetched newer keys than `seen`.
        """
        with self._lock:
            if self._running is not None:
                return self._running
            pause = self._retry_after_s if self._failed else pause_s
            if self._keys is not seen or self._clock() - self._last_attempt_at < pause:
                return None
            fetch = self._running = _RunningFetch(self._clock(), time.monotonic() + self._timeout_s)
            threading.Thread(target=self._run, args=(fetch,), name="pycommon-jwks", daemon=True).start()
            return fetch

    def _run(self, fetch: _RunningFetch) -> None:
        try:
            keys = usable_signing_keys(self._fetch(self._url, self._timeout_s), self._algorithms)
        except Exception as error:  # noqa: BLE001 - after every error, keep the old keys and log the reason
            self._finish(fetch, None, _reason(error))
        else:
            self._finish(fetch, keys)

    def _finish(self, fetch: _RunningFetch, keys: Mapping[str, Mapping[str, Any]] | None, reason: str = "") -> None:
        """Store the result of a fetch.

        Ignore a fetch that has timed out: its keys may be older than the current keys.
        """
        with self._lock:
            if self._running is not fetch:
                return
            if keys:
                self._keys = _RunningFetchedKeys(keys, fetch.started_at)
            self._failed = not keys
            self._last_attempt_at = self._clock()
            self._running = None
        if not keys:
            _logger.warning("The signing keys at %s could not be fetched: %s", self._url, reason)
        fetch.done.set()


class _RunningFetch:
    """A fetch that is running. `deadline` is a time of the monotonic clock."""

    def __init__(self, started_at: float, deadline: float) -> None:
        self.started_at = started_at
        self.deadline = deadline
        self.done = threading.Event()


def usable_signing_keys(document: Any, algorithms: frozenset[str]) -> dict[str, Mapping[str, Any]]:
    """Return the keys of a JWK set that can verify signatures of `algorithms`, as a dict from `kid` to key.

    Leave out keys without `kid`, keys whose `kid` occurs twice, keys for another use, symmetric keys, private keys and
    weak keys. RFC 7517 section 5 describes JWK sets.

    Raises:
        ValueError: the document is not a JWK set, or has no usable key.
    """
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("the document is not a JWK set")  # noqa: TRY004 - one error for all faults of the document
    keys: dict[str, Mapping[str, Any]] = {}
    seen: set[str] = set()
    for key in document["keys"]:
        key_id = key.get("kid") if isinstance(key, dict) else None
        if not isinstance(key_id, str) or not key_id:
            continue
        if key_id in seen:
            keys.pop(key_id, None)  # nobody knows which of the two keys the issuer means
        elif _is_usable(key, algorithms):
            keys[key_id] = key
        seen.add(key_id)
    if not keys:
        raise ValueError("the JWK set has no usable key")
    return keys


def key_matches(key: Mapping[str, Any], algorithm: str) -> bool:
    """Return whether `key` has the type and the curve of `algorithm`, and its `alg` does not name another algorithm."""
    if key.get("alg") not in (None, algorithm):  # a tuple and not a set: the value may be unhashable
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
        and any(key_matches(key, algorithm) for algorithm in algorithms)
        and _is_strong(key)
    )


def _is_strong(key: Mapping[str, Any]) -> bool:
    """Return whether an RSA key has a valid exponent and enough bits. Leading zeros do not count as bits."""
    if key.get("kty") != "RSA":
        return True
    modulus, exponent = (_number(key.get(name)) for name in ("n", "e"))
    return modulus.bit_length() >= _MIN_RSA_BITS and exponent >= _MIN_RSA_EXPONENT


def _number(value: Any) -> int:
    """Decode a Base64urlUInt (RFC 7518 section 2). Return 0 for an invalid value."""
    try:
        return int.from_bytes(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True))
    except (TypeError, ValueError):
        return 0


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, OSError) and str(error) else f"{type(error).__name__}: {error}"
