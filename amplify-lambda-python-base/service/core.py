"""Define the sample endpoint: POST /sample/visits counts a visit and stores its message."""

from __future__ import annotations

import os
import random
import time
from typing import TYPE_CHECKING, Any

from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.clients import client
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars
from pycommon.exceptions import HTTPConflict
from pycommon.logger import getLogger
from schemata.permissions import get_permission_checker
from schemata.schema_validation_rules import rules

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = getLogger("sample")

setup_validated(rules, get_permission_checker)

ATTEMPTS = 5
PAUSE_SECONDS = 0.02


@required_env_vars({"SAMPLE_DYNAMODB_TABLE": [DynamoDBOperation.GET_ITEM, DynamoDBOperation.PUT_ITEM]})
@validated("record_visit")
def record_visit(
    event: Mapping[str, Any], context: object, user: str, name: str, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Count one more visit, and replace the message of the previous visit.

    Args:
        event: the event from API Gateway.
        context: Lambda's context object.
        user: the caller, identified by the token or the API key.
        name: the user's display name.
        data: the request; `data["data"]` has passed `schemata/sample_schema.py`.

    Returns:
        The number of visits including this visit, and the message of the previous visit (None for the first visit).

    Raises:
        HTTPConflict: other writers changed the visitor's item in every attempt.
    """
    body = data["data"]
    visits, previous_message = _add_visit(body.get("visitor", user), body["message"])
    # Do not log the message, because messages are private.
    logger.info("visit %d recorded", visits)
    return {"success": True, "user": user, "name": name, "visits": visits, "previousMessage": previous_message}


def _add_visit(visitor: str, message: str) -> tuple[int, str | None]:
    """Read the item, and write it back with one more visit. Try again if another writer has changed it meanwhile."""
    for attempt in range(ATTEMPTS):
        visits, previous_message = _read(visitor)
        if _write(visitor, message, seen=visits):
            return visits + 1, previous_message
        time.sleep(PAUSE_SECONDS * 2**attempt * random.random())  # noqa: S311 - spreads writers, not for security
    raise HTTPConflict("Other requests are changing the visitor's record; try again.")


def _read(visitor: str) -> tuple[int, str | None]:
    # Read consistently, because the conditional put would fail with an older item.
    answer = client("dynamodb").get_item(TableName=_table(), Key={"id": {"S": visitor}}, ConsistentRead=True)
    item = answer.get("Item", {})
    return int(item.get("visits", {"N": "0"})["N"]), item.get("message", {"S": None})["S"]


def _write(visitor: str, message: str, *, seen: int) -> bool:
    """Put the item with `seen` + 1 visits. Return False if the count is no longer `seen`."""
    dynamodb = client("dynamodb")
    item = {"id": {"S": visitor}, "visits": {"N": str(seen + 1)}, "message": {"S": message}}
    try:
        if seen:
            dynamodb.put_item(
                TableName=_table(),
                Item=item,
                ConditionExpression="visits = :seen",
                ExpressionAttributeValues={":seen": {"N": str(seen)}},
            )
        else:
            dynamodb.put_item(TableName=_table(), Item=item, ConditionExpression="attribute_not_exists(id)")
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _table() -> str:
    return os.environ["SAMPLE_DYNAMODB_TABLE"]
