"""Verify the structure, the signing key, the signature and the claims of a JSON Web Token, in this order.

The order is that of RFC 7519 section 7.2 and RFC 8725. The verifier also refuses tokens that many libraries accept:
non-canonical base64url, duplicate JSON members, headers that point to keys (`jku`, `x5u`), a key that does not belong
to the algorithm, and claims of the wrong type.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from typing import TYPE_CHECKING, Any

from pycommon.authz.jwks import UnknownSigningKeyError, key_matches
from pycommon.authz.signatures import SignatureError, load_verification, verify_signature
from pycommon.expiring_cache import ExpiringCache

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pycommon.authz.authentication_settings import TokenSettings
    from pycommon.authz.jwks import SigningKeySet

__all__ = ["TokenError", "TokenVerifier"]

_MAX_LENGTH = 16 * 1024
_MAX_KEY_ID_LENGTH = 512
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_REFUSED_HEADERS = ("crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc")
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_CACHED_TOKENS = 1024


class TokenError(Exception):
    """The verifier refuses a token. The message gives the reason for the log, and contains no part of the token."""


class TokenVerifier:
    """The verifier for the tokens of one issuer. Threads can share one verifier.

    The verifier verifies a token once, and then caches the claims until the token expires. The key of the cache is the
    SHA-256 digest of the token. The cache holds the 1,024 tokens that were used last.
    """

    def __init__(
        self, settings: TokenSettings, signing_keys: SigningKeySet, clock: Callable[[], float] = time.time
    ) -> None:
        self.settings = settings
        self._signing_keys = signing_keys
        self._clock = clock
        self._verified: ExpiringCache[Mapping[str, Any]] = ExpiringCache(_CACHED_TOKENS, clock)

    def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims of `token`.

        Raises:
            TokenError: the verifier refuses the token.
            SigningKeysUnavailableError: the issuer's signing keys cannot be fetched, so the token cannot be verified.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        claims = self._verified.get(digest)
        if claims is None:
            claims = self._verify(token)
            self._verified.put(digest, claims, until=_numeric_date(claims, "exp") + self.settings.leeway_s)
        return claims

    def _verify(self, token: str) -> Mapping[str, Any]:
        header, claims, signature = _parse(token)
        algorithm, key_id = self._accept_header(header)
        if self._signing_keys.prefetch():  # the keys arrive during the import of the cryptography
            load_verification(algorithm)
        try:
            key = self._signing_keys.key(key_id)
        except UnknownSigningKeyError:
            raise TokenError("the issuer has no key with the token's kid") from None
        if not key_matches(key, algorithm):
            raise TokenError("the key named by kid does not match the token's algorithm")
        try:
            verify_signature(token.rpartition(".")[0].encode(), signature, key, algorithm)
        except SignatureError as error:
            raise TokenError(str(error)) from None
        self._accept_claims(claims)
        return claims

    def _accept_header(self, header: Mapping[str, Any]) -> tuple[str, str]:
        algorithm, key_id, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
        if not isinstance(algorithm, str) or algorithm not in self.settings.algorithms:
            raise TokenError("alg is not one of the accepted algorithms")
        for name in _REFUSED_HEADERS:
            if name in header:
                raise TokenError(f"the header {name} is not accepted")
        if not isinstance(kind, str) or kind.lower() not in _TYPES:
            raise TokenError("typ is not JWT")
        if not isinstance(key_id, str) or not 0 < len(key_id) <= _MAX_KEY_ID_LENGTH:
            raise TokenError("kid is missing, too long or not a text")
        return algorithm, key_id

    def _accept_claims(self, claims: Mapping[str, Any]) -> None:
        if claims.get("iss") != self.settings.issuer:
            raise TokenError("iss is not the configured issuer")
        self._accept_times(claims)
        self._accept_audience(claims)
        has_use = self.settings.issued_by_cognito or "token_use" in claims
        if has_use and claims.get("token_use") != "access":
            raise TokenError("token_use is not access: send the access token, not the ID token")

    def _accept_times(self, claims: Mapping[str, Any]) -> None:
        now, leeway = self._clock(), self.settings.leeway_s
        if _numeric_date(claims, "exp", required=True) <= now - leeway:
            raise TokenError("the token has expired")
        if _numeric_date(claims, "nbf") > now + leeway:
            raise TokenError("the token is not valid yet (nbf)")
        if _numeric_date(claims, "iat") > now + max(leeway, 60):
            raise TokenError("the token was issued in the future (iat)")

    def _accept_audience(self, claims: Mapping[str, Any]) -> None:
        """Check `aud` (RFC 7519 section 4.1.3), or `client_id` of a Cognito access token, which has no `aud`."""
        if "aud" in claims:
            audience = claims["aud"]
            audiences = [audience] if isinstance(audience, str) else audience
            if not isinstance(audiences, list) or self.settings.audience not in audiences:
                raise TokenError("aud does not contain the configured audience")
        elif claims.get("client_id") != self.settings.audience:
            raise TokenError("aud is missing, and client_id is not the configured audience")


def _parse(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """Return the decoded header, claims and signature."""
    if len(token) > _MAX_LENGTH:
        raise TokenError(f"the token is longer than {_MAX_LENGTH} characters")
    match = _COMPACT.fullmatch(token)
    if match is None:
        raise TokenError("the token is not a JWS in compact form")
    signature = _decode(match[3])
    return _json(_decode(match[1])), _json(_decode(match[2])), signature


def _decode(part: str) -> bytes:
    """Decode base64url without padding (RFC 7515 section 2). Accept only the canonical form."""
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise TokenError("a part is not base64url") from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != part.encode():
        raise TokenError("a part is not canonical base64url")
    return decoded


def _json(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TokenError("a part is not strict JSON") from None
    if not isinstance(value, dict):
        raise TokenError("a part is not a JSON object")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _numeric_date(claims: Mapping[str, Any], name: str, *, required: bool = False) -> float:
    if name not in claims and not required:
        return 0.0
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenError(f"{name} is missing or not a number")
    return float(value) if abs(value) < 2**53 else float("inf") if value > 0 else float("-inf")
