"""Count the roll-up's own usage in the same transaction that writes the roll-up's usage item.

If the roll-up wrote its usage item like every other function, the stream would deliver this item to the roll-up. Each
count would create another item, without end. Therefore one transaction puts the item and updates the row of costs. The
item has `counted_at` from the start, and the stream's event filter removes items with `counted_at`.

If the transaction fails, the log has the item, as for every other function. `pycommon usage recover` puts the item
without `counted_at`. The stream delivers this item once to the roll-up, which counts it. This module then counts that
invocation of the roll-up.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from costs.row_charging import ContendedRowError, RowCharge, charge
from costs.usage_item import UsageItem
from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.execution_environment import per_execution_environment
from pycommon.metrics import record_usage_with
from pycommon.metrics.usage_store import UsageTable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["count_own_usage_at_once", "put_counted"]


@per_execution_environment
def count_own_usage_at_once() -> None:
    """From now on, count every usage item of this execution environment when the item is written."""
    record_usage_with(UsageTable(put_item=put_counted))


def put_counted(**request: Any) -> None:
    """Put a usage item, and add its cost to the row of costs. This function replaces `put_item` of a DynamoDB client.

    Args:
        request: `TableName`, `Item`, `ConditionExpression`, and other parameters of a conditional PutItem.

    Raises:
        botocore.exceptions.ClientError: ConditionalCheckFailedException if the item exists; `Item` has the stored item
            if the request asked for the item. TransactionConflictException if other writers changed the row in every
            attempt.
        MalformedUsageError, MalformedRowError: the item or the row is malformed.
    """
    now = datetime.now(UTC)
    own = UsageItem.of(request["Item"], now)
    item = {**request["Item"], **to_item({"counted_at": now.isoformat(timespec="milliseconds")})}
    put = RowCharge(own, {"Put": {**request, "Item": item}})
    try:
        refusals = charge(os.environ["COST_CALCULATIONS_DYNAMO_TABLE"], [put], now.date()).refusals
    except ContendedRowError as error:
        raise _client_error("TransactionConflictException", str(error)) from error
    if refusals:
        found = {"Item": refusals[0].found}
        raise _client_error("ConditionalCheckFailedException", "The conditional request failed", found)


def _client_error(code: str, message: str, members: Mapping[str, Any] | None = None) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}, **(members or {})}, "PutItem")
