"""Encode the position of a list's next page as an opaque token, which is valid for one caller and one list.

A token contains the id after which the page begins, and a checksum of the owner, the list and that id. The checksum
detects a damaged token, and a token of another caller or list. The token is not signed, because it grants no access.
Every query uses the caller's own key. A forged token can only change where a page of the caller's own list begins.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from pycommon.exceptions import HTTPBadRequest

__all__ = ["page_token", "position_in"]

_SUM_BYTES = 12


def page_token(position: str, owner: str, list_of: str) -> str:
    """Return the token for the page after `position`.

    Example:
        >>> position_in(page_token("7", "jane", "notes"), "jane", "notes")
        '7'
    """
    return base64.urlsafe_b64encode(_sum(position, owner, list_of) + position.encode()).decode().rstrip("=")


def position_in(token: str, owner: str, list_of: str) -> str:
    """Return the position in a token.

    Raises:
        HTTPBadRequest: the token does not belong to this owner and this list.
    """
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        position = raw[_SUM_BYTES:].decode()
    except (binascii.Error, ValueError):
        raw, position = b"", ""
    if not position or raw[:_SUM_BYTES] != _sum(position, owner, list_of):
        raise HTTPBadRequest("nextToken does not belong to this list and caller; begin again without it")
    return position


def _sum(*parts: str) -> bytes:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=_SUM_BYTES).digest()
