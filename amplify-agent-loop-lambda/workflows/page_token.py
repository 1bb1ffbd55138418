"""Where the next page of a list begins, as an opaque text that is good for one caller and one list only.

A token holds nothing but the id after which to go on, and a check sum over the owner, the list and that id. It is not
signed, for it opens nothing: a list is always asked for under the caller's own key, and a made-up token can only begin
the caller's own list elsewhere. What the check sum finds out is a token of another caller, of another list, or a
damaged one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from pycommon.exceptions import HTTPBadRequest

__all__ = ["page_token", "position_in"]

_SUM_BYTES = 12


def page_token(position: str, owner: str, list_of: str) -> str:
    """The token for the page after `position`.

    Example:
        >>> position_in(page_token("7", "jane", "notes"), "jane", "notes")
        '7'
    """
    return base64.urlsafe_b64encode(_sum(position, owner, list_of) + position.encode()).decode().rstrip("=")


def position_in(token: str, owner: str, list_of: str) -> str:
    """What `page_token` was given.

    Raises:
        HTTPBadRequest: the token is not of this owner and this list.
    """
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        position = raw[_SUM_BYTES:].decode()
    except (binascii.Error, ValueError):
        raw, position = b"", ""
    if not position or raw[:_SUM_BYTES] != _sum(position, owner, list_of):
        raise HTTPBadRequest("nextToken is not one that this list has given to you; begin again without it")
    return position


def _sum(*parts: str) -> bytes:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=_SUM_BYTES).digest()
