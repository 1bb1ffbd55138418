"""Create, list, rotate and revoke API keys. The module `pycommon.authz.api_keys` looks keys up.

Only the return values of `create` and `rotate` hold a key in plain text. The table holds the digest of the key. Views
(`ApiKey`) and errors hold neither the key nor the digest.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from pycommon.authz.api_key_properties import (
    ID_BYTES,
    InvalidApiKeyError,
    checked_name,
    expiration_date,
    new_api_owner_id,
    stored_access_types,
    stored_rate_limit,
    user_field,
)
from pycommon.authz.api_key_view import ID_FIELD, ApiKey, projection, view_of
from pycommon.authz.api_keys import API_KEY_PREFIX, USER_FIELDS, ApiKeyState, is_api_key, stored_form
from pycommon.const import ACCESS_TYPE_FULL, GENERAL_ACCOUNT
from pycommon.dal.providers.aws.attribute_values import from_item, to_item
from pycommon.exceptions import PyCommonError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pycommon.authz.accounts import RateLimit

__all__ = [
    "ApiKey",
    "ApiKeyState",
    "ApiKeyStore",
    "InvalidApiKeyError",
    "IssuedApiKey",
    "UnknownApiKeyError",
    "UnusableApiKeyError",
]

_RANDOM_BYTES = 32
_MARKS = {field: mark for mark, field in USER_FIELDS.items()}


class UnknownApiKeyError(PyCommonError, LookupError):
    """The table has no API key with this id."""


class UnusableApiKeyError(PyCommonError):
    """The API key cannot be rotated, because the key is revoked or expired."""


@dataclass(frozen=True, slots=True)
class IssuedApiKey:
    """A new API key in plain text. Give the key to its holder now: nobody can read the key again."""

    key: str = field(repr=False)
    view: ApiKey


class ApiKeyStore:
    """The API keys in one table.

    Args:
        table: the name of the table. In a service, this is the value of API_KEYS_DYNAMODB_TABLE.
        dynamodb: a botocore or boto3 client for DynamoDB. `create` needs dynamodb:PutItem, `list` needs Scan, `rotate`
            needs GetItem and UpdateItem, and `revoke` needs UpdateItem. The store does not catch errors of the client.
        today: a function that returns the current day in UTC.
        new_id: a function that returns the last part of a new `api_owner_id`.

    Example:
        >>> store = ApiKeyStore("api-keys", client("dynamodb"))
        >>> issued = store.create("jane", account_id="acme", expiration=date(2030, 1, 1))
        >>> store.revoke(issued.view.id).state
        <ApiKeyState.REVOKED: 'revoked'>
    """

    def __init__(
        self,
        table: str,
        dynamodb: Any,
        *,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._table = table
        self._dynamodb = dynamodb
        self._today = today
        self._new_id = new_id

    def create(  # noqa: PLR0913 - the properties of a key
        self,
        owner: str,
        *,
        delegate: str | None = None,
        system_id: str | None = None,
        account_id: str = GENERAL_ACCOUNT,
        access_types: Iterable[str] = (ACCESS_TYPE_FULL,),
        expiration: date | None = None,
        rate_limit: RateLimit | None = None,
        purpose: str | None = None,
        application_name: str | None = None,
        application_description: str | None = None,
    ) -> IssuedApiKey:
        """Create a key for the owner, for the user `delegate` or for the system `system_id`.

        Args:
            owner: the user who is responsible for the key.
            delegate: the user who calls with the key, instead of the owner.
            system_id: the program that calls with the key, instead of the owner.
            account_id: the account that pays for the calls with the key.
            access_types: the access types of the key: members of `APIAccessType`, or types that services add with
                `add_api_access_types`.
            expiration: the first day (UTC) on which services refuse the key, or None for a key that does not expire.
            rate_limit: the USD that callers may spend with the key. None or the period "Unlimited" means no limit.
            purpose: the purpose of the key. Handlers get this text as `data["purpose"]`.
            application_name: the name of the application that uses the key. Only people read this text.
            application_description: a description of the application. Only people read this text.

        Raises:
            InvalidApiKeyError: the arguments do not make a usable key. The method wrote nothing.
        """
        called_by = user_field(delegate, system_id)
        key = _new_key()
        item = {
            ID_FIELD: new_api_owner_id(owner, _MARKS[called_by], self._new_id()),
            "apiKey": stored_form(key),
            "owner": owner,
            "delegate": None if delegate is None else checked_name("delegate", delegate),
            "systemId": None if system_id is None else checked_name("system id", system_id),
            "active": True,
            "account": {"id": checked_name("account id", account_id)},
            "accessTypes": stored_access_types(access_types),
            "expirationDate": expiration_date(expiration, self._today()),
            "rateLimit": stored_rate_limit(rate_limit),
            "purpose": purpose or None,
            "applicationName": application_name or None,
            "applicationDescription": application_description or None,
            "createdAt": _now(),
        }
        self._put_new({name: value for name, value in item.items() if value is not None})
        return IssuedApiKey(key, self._view_of(item))

    def list(self, owner: str | None = None) -> tuple[ApiKey, ...]:
        """Return all keys, or the keys of `owner`, sorted by owner and age. Include revoked and expired keys.

        The method reads the whole table, because the table has no index on owners.
        """
        views = [self._view_of(item) for item in self._scan(owner)]
        return tuple(sorted(views, key=lambda view: (view.owner or "", view.created_at or "", view.id)))

    def rotate(self, api_owner_id: str) -> IssuedApiKey:
        """Replace the secret of the key. The old secret becomes invalid. The other properties of the key do not change.

        Raises:
            UnknownApiKeyError: the table has no such key.
            UnusableApiKeyError: the key is revoked or expired. The method wrote nothing.
        """
        state = self._view_of(self._get(api_owner_id)).state
        if state is not ApiKeyState.ACTIVE:
            raise _unusable(api_owner_id, state)
        key = _new_key()
        try:
            item = self._update(
                api_owner_id,
                "SET #apiKey = :apiKey, #rotatedAt = :now",
                # Rotation must not restore a key that somebody revoked or deleted after the read above.
                "#active = :true",
                {"apiKey": stored_form(key), "now": _now(), "true": True},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            raise _unusable(api_owner_id, ApiKeyState.REVOKED) from None
        return IssuedApiKey(key, self._view_of(item))

    def revoke(self, api_owner_id: str) -> ApiKey:
        """Revoke the key for ever. If the key is already revoked, change nothing.

        Raises:
            UnknownApiKeyError: the table has no such key.
        """
        self._check_id(api_owner_id)
        try:
            item = self._update(
                api_owner_id,
                "SET #active = :false, #revokedAt = if_not_exists(#revokedAt, :now)",
                f"attribute_exists({ID_FIELD})",
                {"false": False, "now": _now()},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            raise self._unknown(api_owner_id) from None
        return self._view_of(item)

    def _put_new(self, item: Mapping[str, Any]) -> None:
        try:
            self._dynamodb.put_item(
                TableName=self._table, Item=to_item(item), ConditionExpression=f"attribute_not_exists({ID_FIELD})"
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            raise InvalidApiKeyError(
                f"The table {self._table} already has a key {item[ID_FIELD]}, which was not changed. Try again: each "
                "attempt uses a new id."
            ) from None

    def _scan(self, owner: str | None) -> Iterator[dict[str, Any]]:
        request = {"TableName": self._table, "ConsistentRead": True, **projection()}
        if owner is not None:  # the projection already defines the name `#owner`
            request |= {"FilterExpression": "#owner = :owner", "ExpressionAttributeValues": to_item({":owner": owner})}
        for page in self._dynamodb.get_paginator("scan").paginate(**request):
            yield from map(from_item, page["Items"])

    def _get(self, api_owner_id: str) -> dict[str, Any]:
        self._check_id(api_owner_id)
        key = to_item({ID_FIELD: api_owner_id})
        response = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True, **projection())
        if "Item" not in response:
            raise self._unknown(api_owner_id)
        return from_item(response["Item"])

    def _update(self, api_owner_id: str, expression: str, condition: str, values: Mapping[str, Any]) -> dict[str, Any]:
        names = ("apiKey", "rotatedAt", "revokedAt", "active")
        response = self._dynamodb.update_item(
            TableName=self._table,
            Key=to_item({ID_FIELD: api_owner_id}),
            UpdateExpression=expression,
            ConditionExpression=condition,
            # DynamoDB rejects names that the expressions do not use.
            ExpressionAttributeNames={f"#{name}": name for name in names if f"#{name}" in expression + condition},
            ExpressionAttributeValues=to_item({f":{name}": value for name, value in values.items()}),
            ReturnValues="ALL_NEW",
        )
        return from_item(response["Attributes"])

    def _view_of(self, item: Mapping[str, Any]) -> ApiKey:
        return view_of(item, self._today())

    def _check_id(self, api_owner_id: str) -> None:
        """Refuse an id that DynamoDB would not accept, and an API key that the caller passed in place of the key's id.

        The library must not send a key to DynamoDB: CloudTrail logs the requested items, and would store the key. For
        the same reason the error message does not contain the key.
        """
        if is_api_key(api_owner_id) and "/" not in api_owner_id:
            raise UnknownApiKeyError("This is an API key: pass the id of the key, which contains a slash.")
        if not 0 < len(api_owner_id.encode()) <= ID_BYTES:
            raise self._unknown(api_owner_id)

    def _unknown(self, api_owner_id: str) -> UnknownApiKeyError:
        return UnknownApiKeyError(f"The table {self._table} has no API key {api_owner_id!r}.")


def _new_key() -> str:
    return API_KEY_PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _unusable(api_owner_id: str, state: ApiKeyState) -> UnusableApiKeyError:
    how = "is revoked" if state is ApiKeyState.REVOKED else "has expired"
    return UnusableApiKeyError(f"The API key {api_owner_id} {how} and was not rotated: create a new key.")
