"""Describe API keys without the keys themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pycommon.authz.accounts import parse_rate_limit
from pycommon.authz.api_keys import USER_FIELDS, state_of
from pycommon.const import GENERAL_ACCOUNT

if TYPE_CHECKING:
    from datetime import date

    from pycommon.authz.accounts import RateLimit
    from pycommon.authz.api_keys import ApiKeyState

__all__ = ["ID_FIELD", "ApiKey", "projection", "view_of"]

ID_FIELD = "api_owner_id"

_VIEWED = (
    ID_FIELD,
    *USER_FIELDS.values(),
    "account",
    "accessTypes",
    "active",
    "applicationDescription",
    "applicationName",
    "createdAt",
    "expirationDate",
    "lastAccessed",
    "purpose",
    "rateLimit",
    "revokedAt",
    "rotatedAt",
)
"""The fields of the view `ApiKey`. The field `apiKey` is missing, so that a read never fetches the digest of a key."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """All properties of an API key, except the key itself.

    Attributes:
        id: the `api_owner_id` of the key: `<owner>/ownerKey/<uuid>`, `<owner>/delegateKey/<uuid>` or
            `<owner>/systemKey/<uuid>`.
        owner: the user who is responsible for the key.
        user: the caller that the key identifies: the owner, the delegate or the system. None if the item names no user.
        rate_limit: the rate limit of the key, or None when the key has no limit.
        expiration_date: the first day (UTC) on which services refuse the key, as the table stores this day.
        created_at: the time at which the key was created. All times of a view are in ISO 8601 in UTC, or None if the
            item does not have this time.
    """

    id: str
    owner: str | None
    user: str | None
    state: ApiKeyState
    account_id: str
    access_types: tuple[str, ...]
    rate_limit: RateLimit | None
    expiration_date: str | None
    purpose: str | None
    application_name: str | None
    application_description: str | None
    created_at: str | None
    rotated_at: str | None
    revoked_at: str | None
    last_accessed: str | None


def view_of(item: Mapping[str, Any], today: date) -> ApiKey:
    """Return the view of the key in `item`. `today` is the current day in UTC."""
    granted = item.get("accessTypes")
    account = item.get("account")
    users = [field for mark, field in USER_FIELDS.items() if mark in item[ID_FIELD]]
    return ApiKey(
        id=item[ID_FIELD],
        owner=_text(item, "owner"),
        user=_text(item, users[0]) if len(users) == 1 else None,
        state=state_of(item, today),
        account_id=(_text(account, "id") if isinstance(account, Mapping) else None) or GENERAL_ACCOUNT,
        access_types=tuple(map(str, granted)) if isinstance(granted, list | frozenset) else (),
        rate_limit=parse_rate_limit(item.get("rateLimit")),
        expiration_date=_text(item, "expirationDate"),
        purpose=_text(item, "purpose"),
        application_name=_text(item, "applicationName"),
        application_description=_text(item, "applicationDescription"),
        created_at=_text(item, "createdAt"),
        rotated_at=_text(item, "rotatedAt"),
        revoked_at=_text(item, "revokedAt"),
        last_accessed=_text(item, "lastAccessed"),
    )


def projection() -> dict[str, Any]:
    """Return the parameters of a read that fetches only the fields of a view."""
    return {
        "ProjectionExpression": ", ".join(f"#{name}" for name in _VIEWED),
        "ExpressionAttributeNames": {f"#{name}": name for name in _VIEWED},
    }


def _text(item: Mapping[str, Any], name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) and value else None
