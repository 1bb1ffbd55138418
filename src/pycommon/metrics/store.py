"""Where usage records go: `USAGE_METRICS_DYNAMO_TABLE`, and the log when the table cannot be written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.dal.providers.aws.clients import client, describe_error, error_code
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.encoders import dumps
from pycommon.env import environment
from pycommon.env.declaration import declare_for_library
from pycommon.env.resolver import resolver
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from datetime import datetime

    from pycommon.metrics.usage import UsageMetrics

__all__ = ["NOT_RECORDED", "UsageTable"]

NOT_RECORDED = "USAGE_NOT_RECORDED"
"""Begins the log line of a record that the table did not take; then comes the item as JSON, then the reason."""

_TABLE_VARIABLE = "USAGE_METRICS_DYNAMO_TABLE"
_DEFAULT_TTL_DAYS = 90
_INSTANTS = 50
_NEXT_INSTANT = timedelta(microseconds=1)
_TAKEN = "ConditionalCheckFailedException"

_logger = getLogger(__name__)

declare_for_library(__name__, {_TABLE_VARIABLE: (DynamoDBOperation.PUT_ITEM,)})


class UsageTable:
    """Puts records into the table, each exactly once.

    Account and timestamp are the key. Where another execution of the account began at the very same microsecond, the
    next free one is taken; where the item there is this very execution's (a write that was applied although its answer
    got lost, and was sent again), it stays as it is.
    """

    def put(self, metrics: UsageMetrics) -> None:
        """Write one record. Never raises."""
        try:
            self._put(metrics)
        except Exception as error:  # noqa: BLE001 - metering never changes a handler's answer
            item = metrics.item(metrics.timestamp, _ttl(metrics.timestamp))
            _logger.error("%s %s (%s)", NOT_RECORDED, dumps(item), describe_error(error))

    def _put(self, metrics: UsageMetrics) -> None:
        table = resolver().require(_TABLE_VARIABLE)
        timestamp = metrics.timestamp
        for _ in range(_INSTANTS):
            try:
                client("dynamodb").put_item(**_request(table, metrics, timestamp))
            except Exception as error:
                if error_code(error) != _TAKEN:
                    raise
                timestamp += _NEXT_INSTANT
            else:
                return
        raise RuntimeError(f"{_INSTANTS} instants from {metrics.timestamp} on are taken")


def _request(table: str, metrics: UsageMetrics, timestamp: datetime) -> dict[str, Any]:
    request: dict[str, Any] = {
        "TableName": table,
        "Item": to_item(metrics.item(timestamp, _ttl(timestamp))),
        "ConditionExpression": "attribute_not_exists(account)",
    }
    if metrics.request_id is not None:
        request["ConditionExpression"] += " OR (request_id = :request AND #operation = :operation)"
        request["ExpressionAttributeNames"] = {"#operation": "operation"}
        request["ExpressionAttributeValues"] = to_item(
            {":request": metrics.request_id, ":operation": metrics.operation}
        )
    return request


def _ttl(timestamp: datetime) -> int:
    days = environment.number("USAGE_METRICS_TTL_DAYS", _DEFAULT_TTL_DAYS, at_least=1, at_most=36500)
    return int((timestamp + timedelta(days=days)).timestamp())
