"""Define the caller of a request, with the account that pays for the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pycommon.const import ACCESS_TYPE_FULL

if TYPE_CHECKING:
    from pycommon.authz.accounts import Account

__all__ = ["Caller"]


class Caller(NamedTuple):
    """The caller of a request: a user with a JWT, or the holder of an API key."""

    user: str
    name: str
    account: Account
    token: str
    api_key_id: str | None = None
    allowed_access: tuple[str, ...] = (ACCESS_TYPE_FULL,)
    purpose: str | None = None

    def __repr__(self) -> str:
        """Show the caller without the token."""
        return f"Caller(user={self.user!r}, account={self.account!r}, api_key_id={self.api_key_id!r})"

    def claims(self) -> dict[str, Any]:
        """Return the values about the caller that the handler gets in its argument `data`."""
        limit = self.account.rate_limit
        return {
            "access_token": self.token,
            "account": self.account.id,
            "api_key_id": self.api_key_id,
            "api_accessed": self.api_key_id is not None,
            "allowed_access": list(self.allowed_access),
            "rate_limit": None if limit is None else {"period": limit.period, "rate": limit.rate},
            "purpose": self.purpose,
        }
