"""Check the properties of a new API key, and convert the properties to the form in which the table stores them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pycommon.authz.accounts import PERIODS, UNLIMITED
from pycommon.authz.api_keys import USER_FIELDS
from pycommon.const import ACCESS_TYPE_FULL
from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.exceptions import PyCommonError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from pycommon.authz.accounts import RateLimit

__all__ = [
    "ID_BYTES",
    "InvalidApiKeyError",
    "checked_name",
    "expiration_date",
    "new_api_owner_id",
    "stored_access_types",
    "stored_rate_limit",
    "user_field",
]

ID_BYTES = 2048  # DynamoDB's limit for a partition key


class InvalidApiKeyError(PyCommonError, ValueError):
    """The arguments do not make a usable API key. The library wrote nothing to the table."""


def user_field(delegate: str | None, system_id: str | None) -> str:
    """Return the name of the item's field that names the user of the key: `owner`, `delegate` or `systemId`.

    Raises:
        InvalidApiKeyError: both a delegate and a system id are given.
    """
    if delegate is not None and system_id is not None:
        raise InvalidApiKeyError("A key has one user: pass a delegate or a system id, not both.")
    if delegate is not None:
        return "delegate"
    return "owner" if system_id is None else "systemId"


def new_api_owner_id(owner: str, mark: str, last: str) -> str:
    """Return the `api_owner_id` of a new key, which ends in `last`.

    Raises:
        InvalidApiKeyError: the id is too long, or the owner contains a mark such as `/ownerKey/`. The id must have
            exactly one mark, because the lookup of a key finds the user by the mark.
    """
    api_owner_id = f"{checked_name('owner', owner)}{mark}{last}"
    if sum(each in api_owner_id for each in USER_FIELDS) != 1:
        raise InvalidApiKeyError(f"The owner {owner!r} must not contain {' or '.join(USER_FIELDS)}.")
    if len(api_owner_id.encode()) > ID_BYTES:
        raise InvalidApiKeyError(
            f"The owner is too long: the id would exceed {ID_BYTES} bytes, the limit of a DynamoDB key."
        )
    return api_owner_id


def checked_name(what: str, given: str) -> str:
    """Return `given` if it can be the name of a user, an account or an access type.

    Raises:
        InvalidApiKeyError: the name is empty, begins or ends with a blank, or has control characters.
    """
    if not given or not given.isprintable() or given != given.strip():
        raise InvalidApiKeyError(
            f"The {what} {given!r} is not a valid name: it must not be empty, begin or end with a blank, or contain "
            "control characters."
        )
    return given


def stored_access_types(given: Iterable[str]) -> list[str]:
    """Return the access types as the table stores them.

    Raises:
        InvalidApiKeyError: there is no access type, or an access type is not a valid name.
    """
    if isinstance(given, str):
        raise InvalidApiKeyError(f'The access types must be a list: pass ["{given}"], not a text.')
    types = list(dict.fromkeys(checked_name("access type", str(each)) for each in given))
    if not types:
        raise InvalidApiKeyError(
            f"A key without access types cannot be used: pass at least one, e.g. {ACCESS_TYPE_FULL}."
        )
    return types


def stored_rate_limit(limit: RateLimit | None) -> dict[str, Any]:
    """Return the rate limit as the table stores it.

    Raises:
        InvalidApiKeyError: the period is unknown, or the rate is negative or not a number that DynamoDB can store.
    """
    if limit is None or limit.period == UNLIMITED:
        return {"period": UNLIMITED, "rate": None}
    if limit.period not in PERIODS:
        known = ", ".join([UNLIMITED, *sorted(PERIODS)])
        raise InvalidApiKeyError(f"The period {limit.period!r} of the rate limit is unknown: expected one of {known}.")
    try:
        rate = Decimal(str(limit.rate))
        written = {"period": limit.period, "rate": rate}
        to_item(written)  # raises an error for a number that DynamoDB cannot store
    except (ArithmeticError, ValueError):
        raise InvalidApiKeyError(f"The rate {limit.rate} is not a number that DynamoDB can store exactly.") from None
    if rate < 0:
        raise InvalidApiKeyError(f"The rate {rate} is negative: pass the USD that may be spent in a period.")
    return written


def expiration_date(expiration: date | None, today: date) -> str | None:
    """Return the expiration as the table stores it.

    Raises:
        InvalidApiKeyError: the expiration is a datetime, or the expiration is not in the future.
    """
    if expiration is None:
        return None
    if isinstance(expiration, datetime):
        raise InvalidApiKeyError("The expiration is a datetime: pass a date without a time.")
    if expiration <= today:
        raise InvalidApiKeyError(
            f"The expiration {expiration.isoformat()} is not in the future (today is {today.isoformat()} "
            "in UTC): the key would be refused at once."
        )
    return expiration.isoformat()
