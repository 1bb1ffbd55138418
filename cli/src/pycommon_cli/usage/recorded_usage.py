"""Read the usage items of an account from the usage table, newest first, and sum them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import MAX_PREC, Context, Decimal
from typing import Any

from pycommon.dal.providers.aws.attribute_values import from_item

_EXACT = Context(prec=MAX_PREC)  # sums keep every digit


@dataclass(frozen=True, slots=True)
class UsageRange:
    """The choice of the items to read: an account, optionally one user, and the first and the last day (UTC)."""

    account: str
    user: str | None
    first: date
    last: date


class UsageTotals:
    """The exact sum of usage items.

    If several users of the account pay for an execution, the execution has an item for each user. The totals count such
    an execution and its duration once.
    """

    def __init__(self) -> None:
        self.items = 0
        self.duration_ms = Decimal(0)
        self.cost = Decimal(0)
        self._executions: set[tuple[object, ...]] = set()

    @property
    def executions(self) -> int:
        """Return the number of executions that the items belong to."""
        return len(self._executions)

    def add(self, item: Mapping[str, Any]) -> None:
        """Add one item."""
        self.items += 1
        self.cost = _EXACT.add(self.cost, cost(item))
        execution = (item.get("request_id") or self.items, item.get("operation"), item.get("duration_ms"))
        if execution not in self._executions:
            self._executions.add(execution)
            self.duration_ms = _EXACT.add(self.duration_ms, _number(item.get("duration_ms")))


def cost(item: Mapping[str, Any]) -> Decimal:
    """Return the cost of an item in USD: compute and request."""
    return _EXACT.add(_number(item.get("lambda_cost")), _number(item.get("request_cost")))


def _number(value: Any) -> Decimal:
    """Return the number. Return 0 for any other value, because another program may have written the item."""
    return value if isinstance(value, Decimal) else Decimal(0)


def read(dynamodb: Any, table: str, wanted: UsageRange) -> Iterator[dict[str, Any]]:
    """Yield the items, newest first. The query uses the key of the account and reads no other account."""
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "account = :account AND #timestamp BETWEEN :first AND :after",
        "ExpressionAttributeNames": {"#timestamp": "timestamp"},
        "ExpressionAttributeValues": {
            ":account": {"S": wanted.account},
            ":first": {"S": wanted.first.isoformat()},
            ":after": {"S": (wanted.last + timedelta(days=1)).isoformat()},  # greater than any time of the last day
        },
        "ScanIndexForward": False,
    }
    if wanted.user is not None:
        request["FilterExpression"] = "#user = :user"
        request["ExpressionAttributeNames"]["#user"] = "user"
        request["ExpressionAttributeValues"][":user"] = {"S": wanted.user}
    for page in dynamodb.get_paginator("query").paginate(**request):
        yield from map(from_item, page["Items"])
