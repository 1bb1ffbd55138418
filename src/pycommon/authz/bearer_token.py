"""Read the bearer token of a request (RFC 6750 section 2.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon.exceptions import HTTPUnauthorized

if TYPE_CHECKING:
    from pycommon.authz.http_request import Request

__all__ = ["bearer_token", "invalid_token"]

_CREDENTIALS = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9\-._~+/]+=*)")
_CHALLENGE = "Bearer"


def bearer_token(request: Request) -> str:
    """Return the bearer token of `request`.

    Raises:
        HTTPUnauthorized: the request has no `Authorization` header, or more than one such header, or the header has
            another scheme than Bearer.
    """
    values = request.headers.get("authorization", ())
    if not values:
        raise HTTPUnauthorized("No bearer token: send `Authorization: Bearer TOKEN`", headers=_challenge())
    match = _CREDENTIALS.fullmatch(values[0].strip()) if len(values) == 1 else None
    if match is None:
        raise HTTPUnauthorized("Expected one header `Authorization: Bearer TOKEN`", headers=_challenge())
    return match[1]


def invalid_token(message: str = "The token is not valid") -> HTTPUnauthorized:
    """Return the 401 error for a refused token. The log has the reason. The response does not have the reason."""
    return HTTPUnauthorized(message, headers=_challenge("invalid_token"))


def _challenge(error: str | None = None) -> dict[str, str]:
    return {"WWW-Authenticate": _CHALLENGE if error is None else f'{_CHALLENGE} error="{error}"'}
