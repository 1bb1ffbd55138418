"""The value that says who calls and who pays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pycommon.const import ACCESS_TYPE_FULL

if TYPE_CHECKING:
    from pycommon.authz.accounts import Account

__all__ = ["Caller"]


class Caller(NamedTuple):
    """A user with a token, or the holder of an API key. What the handler is told about it is `claims()`."""

    user: str
    name: str
    account: Account
    token: str
    api_key_id: str | None = None
    allowed_access: tuple[str, ...] = (ACCESS_TYPE_FULL,)
    purpose: str | None = None

    def __repr__(self) -> str:
        """The caller without the token."""
        return f"Caller(user={self.user!r}, account={self.account!r}, api_key_id={self.api_key_id!r})"

    def claims(self) -> dict[str, Any]:
        """What is added to the body that the handler is given."""
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
