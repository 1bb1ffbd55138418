"""API keys: tokens that begin with `amp-`, kept in `API_KEYS_DYNAMODB_TABLE`.

A key of today is `amp-v1-` and 32 random bytes; the table holds its digest, so that who reads the table has no keys. An
older key stands in the table as it is. Whose key it is says its `api_owner_id`: `<user>/ownerKey/<id>`,
`<user>/delegateKey/<id>` or `<user>/systemKey/<id>`.
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

__all__ = ["INDEX", "KEY_PREFIX", "USER_FIELDS", "ApiKeys", "KeyState", "is_api_key", "state_of", "stored_form"]

KEY_PREFIX = "amp-v1-"
INDEX = "ApiKeyIndex"
USER_FIELDS = {"/ownerKey/": "owner", "/delegateKey/": "delegate", "/systemKey/": "systemId"}
"""Which field of the item names the user, by what stands in `api_owner_id`."""

_TABLE_VARIABLE = "API_KEYS_DYNAMODB_TABLE"
_ANY_KEY_PREFIX = "amp-"
_SHAPE = re.compile(r"amp-v1-[A-Za-z0-9_-]{43}|amp-(?!v1-)[A-Za-z0-9_-]{1,250}")
_DIGEST_BYTES = 64
_NOTED_EVERY_S = 60.0

_logger = getLogger(__name__)


def is_api_key(token: str) -> bool:
    """Whether `token` is an API key, and no JWT: those begin with `eyJ`."""
    return token.startswith(_ANY_KEY_PREFIX)


def stored_form(key: str) -> str:
    """How the table holds `key`: the SHAKE256 digest of a key of today, an older key as it stands."""
    if key.startswith(KEY_PREFIX):
        return hashlib.shake_256(key.encode()).hexdigest(_DIGEST_BYTES)
    return key


class KeyState(StrEnum):
    """Whether a key opens anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def state_of(item: Mapping[str, Any], today: date) -> KeyState:
    """The state of the key in `item`: expired from the beginning (UTC) of `expirationDate`, or if that is no date."""
    if item.get("active") is not True:
        return KeyState.REVOKED
    expiration = item.get("expirationDate")
    if expiration is None:
        return KeyState.ACTIVE
    try:
        return KeyState.ACTIVE if date.fromisoformat(expiration) > today else KeyState.EXPIRED
    except (TypeError, ValueError):
        return KeyState.EXPIRED


class ApiKeys:
    """Looks keys up. One for each execution environment.

    Args:
        variables: where the table's name is found.
        today: the day by which keys expire (UTC).
        kept_for_s: how long what the table says of a key stays in use. A key that is revoked opens doors for so long.
    """

    def __init__(
        self,
        variables: VariableResolver,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        kept_for_s: float = 0.0,
    ) -> None:
        self._variables = variables
        self._today = today
        self._kept_for_s = kept_for_s
        self._kept: ExpiringCache[dict[str, Any]] = ExpiringCache()
        self._noted: ExpiringCache[bool] = ExpiringCache()

    def caller_of(self, key: str) -> Caller:
        """Who calls with `key`.

        Raises:
            EnvVarError: API_KEYS_DYNAMODB_TABLE is nowhere to be found.
            HTTPUnauthorized: the key is unknown, inactive or expired; which of these stands in the log.
            HTTPForbidden: the key lacks an access type that this service takes.
            HTTPServiceUnavailable: the table cannot be read.
        """
        if not _SHAPE.fullmatch(key):
            raise _refused("it has not the form of a key")
        table = self._variables.require(_TABLE_VARIABLE)
        item = self._item(table, stored_form(key))
        key_id = item["api_owner_id"]
        state = state_of(item, self._today())
        if state is not KeyState.ACTIVE:
            raise _refused(f"it is {state.value}", key_id)
        caller = _caller(key, key_id, item)
        if not access_types() & set(caller.allowed_access):
            _logger.info("API key %s refused: none of its access types opens this service", key_id)
            raise HTTPForbidden("The API key has no access to this service")
        self._note_access(table, key_id)
        return caller

    def _item(self, table: str, stored: str) -> dict[str, Any]:
        digest = hashlib.sha256(stored.encode()).digest()  # an older key is stored as it stands, and is not kept so
        item = self._kept.get(digest)
        if item is None:
            item = _find(table, stored)
            if self._kept_for_s > 0:
                self._kept.keep(digest, item, for_s=self._kept_for_s)
        return item

    def _note_access(self, table: str, key_id: str) -> None:
        """Write `lastAccessed` beside the request, and not for each of many."""
        if self._noted.get(key_id):
            return
        self._noted.keep(key_id, value=True, for_s=_NOTED_EVERY_S)
        background_writes().submit(_write_access, table, key_id)


def _find(table: str, stored: str) -> dict[str, Any]:
    try:
        answer = client("dynamodb").query(
            TableName=table,
            IndexName=INDEX,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": "apiKey"},
            ExpressionAttributeValues=to_item({":key": stored}),
            Limit=2,
        )
    except Exception as error:
        _logger.error("The API keys table %s cannot be read: %s", table, describe_error(error))
        raise HTTPServiceUnavailable("The API key cannot be looked up at the moment") from error
    items = [from_item(item) for item in answer["Items"]]
    if len(items) != 1:
        raise _refused("it is not known" if not items else "it belongs to more than one item")
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
            # A key that was deleted meanwhile must not come back as a stub.
            ConditionExpression="attribute_exists(api_owner_id)",
            ExpressionAttributeNames={"#accessed": "lastAccessed"},
            ExpressionAttributeValues=to_item({":now": now}),
        )
    except Exception as error:  # noqa: BLE001 - a note that fails must not fail the request that it is about
        _logger.warning("The last access of API key %s could not be noted: %s", key_id, describe_error(error))
