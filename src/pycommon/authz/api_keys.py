"""Look up API keys in `API_KEYS_DYNAMODB_TABLE`. An API key is a token that begins with `amp-`.

A key in the current form is `amp-v1-` and 32 random bytes. The table holds only the digest of such a key, so that a
reader of the table cannot use the key. Older keys are in the table in plain text. The `api_owner_id` of an item names
the user of the key: `<user>/ownerKey/<id>`, `<user>/delegateKey/<id>` or `<user>/systemKey/<id>`.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pycommon.authz.accounts import Account, parse_rate_limit
from pycommon.authz.bearer_token import invalid_token
from pycommon.authz.caller import Caller
from pycommon.authz.setup import access_types
from pycommon.background import background_writes
from pycommon.const import GENERAL_ACCOUNT
from pycommon.dal.providers.aws.attribute_values import from_item, to_item
from pycommon.dal.providers.aws.clients import client, describe_error
from pycommon.exceptions import HTTPForbidden, HTTPServiceUnavailable
from pycommon.expiring_cache import ExpiringCache
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pycommon.env.variable_resolver import VariableResolver

__all__ = [
    "API_KEY_INDEX",
    "API_KEY_PREFIX",
    "USER_FIELDS",
    "ApiKeyState",
    "ApiKeys",
    "is_api_key",
    "state_of",
    "stored_form",
]

API_KEY_PREFIX = "amp-v1-"
API_KEY_INDEX = "ApiKeyIndex"
USER_FIELDS = {"/ownerKey/": "owner", "/delegateKey/": "delegate", "/systemKey/": "systemId"}
"""A mapping from the mark in `api_owner_id` to the field of the item that names the user."""

_TABLE_VARIABLE = "API_KEYS_DYNAMODB_TABLE"
_ANY_KEY_PREFIX = "amp-"
_SHAPE = re.compile(r"amp-v1-[A-Za-z0-9_-]{43}|amp-(?!v1-)[A-Za-z0-9_-]{1,250}")
_DIGEST_BYTES = 64
_NOTE_EVERY_S = 60.0

_logger = getLogger(__name__)


def is_api_key(token: str) -> bool:
    """Return whether `token` is an API key and not a JWT. A JWT begins with `eyJ`."""
    return token.startswith(_ANY_KEY_PREFIX)


def stored_form(key: str) -> str:
    """Return the text that the table stores for `key`: the SHAKE256 digest of a current key, or an older key itself."""
    if key.startswith(API_KEY_PREFIX):
        return hashlib.shake_256(key.encode()).hexdigest(_DIGEST_BYTES)
    return key


class ApiKeyState(StrEnum):
    """The state of an API key, which decides whether a caller can use the key."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def state_of(item: Mapping[str, Any], today: date) -> ApiKeyState:
    """Return the state of the key in `item`.

    The key expires at the start (UTC) of `expirationDate`. The key is also expired if `expirationDate` is not a date.
    """
    if item.get("active") is not True:
        return ApiKeyState.REVOKED
    expiration = item.get("expirationDate")
    if expiration is None:
        return ApiKeyState.ACTIVE
    try:
        return ApiKeyState.ACTIVE if date.fromisoformat(expiration) > today else ApiKeyState.EXPIRED
    except (TypeError, ValueError):
        return ApiKeyState.EXPIRED


class ApiKeys:
    """The lookup of API keys. Each execution environment has one object of this class.

    Args:
        variables: the resolver of the table's name.
        today: a function that returns the current day in UTC.
        cache_for_s: the seconds for which the lookup caches an item. A revoked key stays usable for this time.
    """

    def __init__(
        self,
        variables: VariableResolver,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        cache_for_s: float = 0.0,
    ) -> None:
        self._variables = variables
        self._today = today
        self._cache_for_s = cache_for_s
        self._cache: ExpiringCache[dict[str, Any]] = ExpiringCache()
        self._recently_noted: ExpiringCache[bool] = ExpiringCache()

    def caller_of(self, key: str) -> Caller:
        """Return the caller that `key` belongs to.

        Raises:
            EnvVarError: API_KEYS_DYNAMODB_TABLE is not set.
            HTTPUnauthorized: the key is unknown, inactive or expired. The log gives the exact reason.
            HTTPForbidden: the key has no access type that this service accepts.
            HTTPServiceUnavailable: the table cannot be read.
        """
        if not _SHAPE.fullmatch(key):
            raise _refused("it does not have the form of a key")
        table = self._variables.require(_TABLE_VARIABLE)
        item = self._item(table, stored_form(key))
        key_id = item["api_owner_id"]
        state = state_of(item, self._today())
        if state is not ApiKeyState.ACTIVE:
            raise _refused(f"it is {state.value}", key_id)
        caller = _caller(key, key_id, item)
        if not access_types() & set(caller.allowed_access):
            _logger.info("API key %s refused: the service accepts none of its access types", key_id)
            raise HTTPForbidden("The API key has no access to this service")
        self._note_access(table, key_id)
        return caller

    def _item(self, table: str, stored: str) -> dict[str, Any]:
        digest = hashlib.sha256(stored.encode()).digest()  # the cache must not hold a key in plain text
        item = self._cache.get(digest)
        if item is None:
            item = _find(table, stored)
            if self._cache_for_s > 0:
                self._cache.keep(digest, item, for_s=self._cache_for_s)
        return item

    def _note_access(self, table: str, key_id: str) -> None:
        """Write `lastAccessed` in the background, at most once a minute."""
        if self._recently_noted.get(key_id):
            return
        self._recently_noted.keep(key_id, value=True, for_s=_NOTE_EVERY_S)
        background_writes().submit(_write_access, table, key_id)


def _find(table: str, stored: str) -> dict[str, Any]:
    try:
        response = client("dynamodb").query(
            TableName=table,
            IndexName=API_KEY_INDEX,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": "apiKey"},
            ExpressionAttributeValues=to_item({":key": stored}),
            Limit=2,
        )
    except Exception as error:
        _logger.error("The API keys table %s cannot be read: %s", table, describe_error(error))
        raise HTTPServiceUnavailable("The API key cannot be looked up at the moment") from error
    items = [from_item(item) for item in response["Items"]]
    if len(items) != 1:
        raise _refused("it is unknown" if not items else "more than one item has it")
    return items[0]


def _caller(key: str, key_id: str, item: Mapping[str, Any]) -> Caller:
    fields = [field for mark, field in USER_FIELDS.items() if mark in key_id]
    user = item.get(fields[0]) if len(fields) == 1 else None
    if not isinstance(user, str) or not user:
        raise _refused("its item names no user", key_id)
    account = item.get("account")
    account_id = account.get("id") if isinstance(account, dict) else None
    granted = item.get("accessTypes")
    purpose = item.get("purpose")
    return Caller(
        user=user,
        name=user,
        account=Account(
            account_id if isinstance(account_id, str) and account_id else GENERAL_ACCOUNT,
            parse_rate_limit(item.get("rateLimit")),
        ),
        token=key,
        api_key_id=key_id,
        allowed_access=tuple(str(each) for each in granted) if isinstance(granted, list | frozenset) else (),
        purpose=purpose if isinstance(purpose, str) else None,
    )


def _refused(reason: str, key_id: str = "(no id)") -> Exception:
    _logger.info("API key %s refused: %s", key_id, reason)
    return invalid_token("The API key is not valid")


def _write_access(table: str, key_id: str) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    try:
        client("dynamodb").update_item(
            TableName=table,
            Key=to_item({"api_owner_id": key_id}),
            UpdateExpression="SET #accessed = :now",
            # The update must not create an item for a key that was deleted.
            ConditionExpression="attribute_exists(api_owner_id)",
            ExpressionAttributeNames={"#accessed": "lastAccessed"},
            ExpressionAttributeValues=to_item({":now": now}),
        )
    except Exception as error:  # noqa: BLE001 - if this write fails, the request must not fail
        _logger.warning("The last access of API key %s could not be written: %s", key_id, describe_error(error))
