"""The roll-up's own usage: its item is counted in the moment in which it is written.

An item that the roll-up writes as everybody else does would come back to it through the stream, and the execution that
counts it would write the next one, for ever. So its item is put in one transaction with the row that it belongs to, has
`counted_at` from the start, and is kept out of the roll-up's stream by the event filter.

Where that transaction fails, the item stands in the log as every other does. `pycommon usage recover` puts it without
`counted_at`: the stream brings it, it is counted, and the execution that counts it is counted here. No loop.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from costs.charging import Charge, ContendedRowError, charge
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
    """From now on, count every usage item of this execution environment when it is written."""
    record_usage_with(UsageTable(put_item=put_counted))


def put_counted(**request: Any) -> None:
    """Put a usage item and add it to its row of costs; takes and raises what a DynamoDB client's `put_item` does.

    Args:
        request: `TableName`, `Item`, `ConditionExpression`, and further parameters of a conditional PutItem.

    Raises:
        botocore.exceptions.ClientError: ConditionalCheckFailedException with the item that is there, in `Item`, where
            the request asked for it; TransactionConflictException where others held the row all the time.
        MalformedUsageError, MalformedRowError: item or row cannot be read.
    """
    now = datetime.now(UTC)
    own = UsageItem.of(request["Item"], now)
    item = {**request["Item"], **to_item({"counted_at": now.isoformat(timespec="milliseconds")})}
    put = Charge(own, {"Put": {**request, "Item": item}})
    try:
        refusals = charge(os.environ["COST_CALCULATIONS_DYNAMO_TABLE"], [put], now.date()).refusals
    except ContendedRowError as error:
        raise _client_error("TransactionConflictException", str(error)) from error
    if refusals:
        found = {"Item": refusals[0].found}
        raise _client_error("ConditionalCheckFailedException", "The conditional request failed", found)


def _client_error(code: str, message: str, told: Mapping[str, Any] | None = None) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}, **(told or {})}, "PutItem")
