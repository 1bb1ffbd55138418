"""Implement token, API key, schema and usage record by hand, without PyCommon.

The peers on Powertools and Chalice share this module. The module is written for speed: it creates client, schema and
key set once at import, and caches the issuer's keys. It does not check rate limits or permissions, and does not record
variables. It looks up the payer for each request. The variant without an account never looks up a payer.
"""

from __future__ import annotations

import hashlib
import math
import os
import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
import fastjsonschema
import jwt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    AccountOf = Callable[[str], str]

ISSUER = os.environ["OAUTH_ISSUER_BASE_URL"]
CLIENT_ID = os.environ["OAUTH_AUDIENCE"]
ACCOUNTS_TABLE = os.environ["ACCOUNTS_DYNAMO_TABLE"]
KEYS_TABLE = os.environ["API_KEYS_DYNAMODB_TABLE"]
USAGE_TABLE = os.environ["USAGE_METRICS_DYNAMO_TABLE"]
NO_ACCOUNT = "general_account"
USD_PER_GB_SECOND = 0.0000166667
TTL_S = 90 * 86_400

dynamodb = boto3.client("dynamodb")
signing_keys = jwt.PyJWKClient(os.environ["OAUTH_JWKS_URL"], cache_keys=True, lifespan=3600)
check_data = fastjsonschema.compile(
    {
        "type": "object",
        "properties": {
            "visitor": {"type": "string", "minLength": 1, "maxLength": 128},
            "message": {"type": "string", "minLength": 1, "maxLength": 200},
        },
        "required": ["message"],
        "additionalProperties": False,
    }
)


class RefusedError(Exception):
    """The token or the API key is not valid."""


@dataclass(frozen=True, slots=True)
class RequestCaller:
    """The caller and the payer of a request."""

    user: str
    account: str
    api_key_id: str | None = None


def default_account(user: str) -> str:
    """Return the payer of `user`: the user's default account."""
    item = dynamodb.get_item(TableName=ACCOUNTS_TABLE, Key={"user": {"S": user}}).get("Item", {})
    for account in item.get("accounts", {}).get("L", ()):
        if account["M"].get("isDefault", {}).get("BOOL"):
            return str(account["M"]["id"]["S"])
    return NO_ACCOUNT


def no_account(_user: str) -> str:
    """Return the same account for every user, without a look-up."""
    return NO_ACCOUNT


def identify(authorization: str | None, account_of: AccountOf = default_account) -> RequestCaller:
    """Return the caller and the payer for the header `Authorization: Bearer <JWT or API key>`."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise RefusedError("no bearer token")
    return _holder(token) if token.startswith("amp-") else _user(token, account_of)


def _user(token: str, account_of: AccountOf) -> RequestCaller:
    try:
        key = signing_keys.get_signing_key_from_jwt(token)
        claims = jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=ISSUER,
            options={"require": ["exp", "iat", "iss"], "verify_aud": False},  # Cognito's access tokens have no `aud`
        )
    except jwt.PyJWTError as error:
        raise RefusedError(str(error)) from error
    if claims.get("client_id") != CLIENT_ID or claims.get("token_use") != "access":
        raise RefusedError("not an access token of ours")
    return RequestCaller(claims["username"], account_of(claims["username"]))


def _holder(key: str) -> RequestCaller:
    found = dynamodb.query(
        TableName=KEYS_TABLE,
        IndexName="ApiKeyIndex",
        KeyConditionExpression="apiKey = :key",
        ExpressionAttributeValues={":key": {"S": hashlib.shake_256(key.encode()).hexdigest(64)}},
    )["Items"]
    if len(found) != 1 or not found[0]["active"]["BOOL"]:
        raise RefusedError("no such key")
    item = found[0]
    expires = item.get("expirationDate", {}).get("S")
    if expires is not None and expires <= datetime.now(UTC).date().isoformat():
        raise RefusedError("the key has expired")
    return RequestCaller(item["owner"]["S"], item["account"]["M"]["id"]["S"], item["api_owner_id"]["S"])


@contextmanager
def metered(caller: RequestCaller, operation: str, endpoint: str, context: Any) -> Iterator[None]:
    """Write the usage record after the `with` block."""
    started, success = time.perf_counter(), False
    try:
        yield
        success = True
    finally:
        _write_usage(caller, operation, endpoint, context, started, success=success)


def _write_usage(  # noqa: PLR0913 - the parts of a record
    caller: RequestCaller, operation: str, endpoint: str, context: Any, started: float, *, success: bool
) -> None:
    duration_ms = (time.perf_counter() - started) * 1000
    memory_mb = int(context.memory_limit_in_mb)
    now = datetime.now(UTC)
    item = {
        "account": {"S": caller.account},
        "timestamp": {"S": f"{now.isoformat()}#{context.aws_request_id}"},
        "user": {"S": caller.user},
        "operation": {"S": operation},
        "endpoint": {"S": endpoint},
        "duration_ms": {"N": f"{duration_ms:.2f}"},
        "memory_allocated_mb": {"N": str(memory_mb)},
        "memory_used_mb": {"N": str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)},
        "lambda_cost": {"N": f"{memory_mb / 1024 * math.ceil(duration_ms) / 1000 * USD_PER_GB_SECOND:.12f}"},
        "success": {"BOOL": success},
        "request_id": {"S": context.aws_request_id},
        "ttl": {"N": str(int(now.timestamp()) + TTL_S)},
    }
    if caller.api_key_id is not None:
        item["api_key_id"] = {"S": caller.api_key_id}
    dynamodb.put_item(TableName=USAGE_TABLE, Item=item)
