"""What an account used, from the usage table: its items, newest first, and what they sum to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import MAX_PREC, Context, Decimal
from typing import Any

from pycommon.dal.providers.aws.attribute_values import from_item

_EXACT = Context(prec=MAX_PREC)  # sums keep every digit, however many items there are


@dataclass(frozen=True, slots=True)
class Range:
    """Items of `account`, and of `user` where one is named, from the first to the last day (UTC), both included."""

    account: str
    user: str | None
    first: date
    last: date


class Totals:
    """What items sum to, to the last digit.

    Where several of an account's users pay for one execution, each has an item. It counts once, and so does its time.
    """

    def __init__(self) -> None:
        self.items = 0
        self.duration_ms = Decimal(0)
        self.cost = Decimal(0)
        self._executions: set[tuple[object, ...]] = set()

    @property
    def executions(self) -> int:
        """How many executions the items are of."""
        return len(self._executions)

    def add(self, item: Mapping[str, Any]) -> None:
        """Count one item."""
        self.items += 1
        self.cost = _EXACT.add(self.cost, cost(item))
        execution = (item.get("request_id") or self.items, item.get("operation"), item.get("duration_ms"))
        if execution not in self._executions:
            self._executions.add(execution)
            self.duration_ms = _EXACT.add(self.duration_ms, _number(item.get("duration_ms")))


def cost(item: Mapping[str, Any]) -> Decimal:
    """What the item's payer pays, in USD: compute and the request."""
    return _EXACT.add(_number(item.get("lambda_cost")), _number(item.get("request_cost")))


def _number(value: Any) -> Decimal:
    """The number; nothing for what somebody else may have put there."""
    return value if isinstance(value, Decimal) else Decimal(0)


def read(dynamodb: Any, table: str, wanted: Range) -> Iterator[dict[str, Any]]:
    """The items, newest first: by the account's key, so that no other account is read."""
    request: dict[str, Any] = {
        "TableName": table,
        "KeyConditionExpression": "account = :account AND #timestamp BETWEEN :first AND :after",
        "ExpressionAttributeNames": {"#timestamp": "timestamp"},
        "ExpressionAttributeValues": {
            ":account": {"S": wanted.account},
            ":first": {"S": wanted.first.isoformat()},
            ":after": {"S": (wanted.last + timedelta(days=1)).isoformat()},  # no time of a day is its bare date
        },
        "ScanIndexForward": False,
    }
    if wanted.user is not None:
        request["FilterExpression"] = "#user = :user"
        request["ExpressionAttributeNames"]["#user"] = "user"
        request["ExpressionAttributeValues"][":user"] = {"S": wanted.user}
    for page in dynamodb.get_paginator("query").paginate(**request):
        yield from map(from_item, page["Items"])
