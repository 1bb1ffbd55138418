"""Read an item of `USAGE_METRICS_DYNAMO_TABLE` for the roll-up: the payer, the time and the cost of an execution."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from costs.cost_sums import EXACT
from pycommon.cost_row import NOTHING
from pycommon.dal.providers.aws.attribute_values import from_attribute, to_item

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["MalformedUsageError", "UsageItem"]

# Clocks differ a little. An item with a time in the future could begin a new day, and reset the user's daily budget.
_AHEAD_AT_MOST = timedelta(minutes=5)
# DynamoDB's limits for keys. The user is the partition key of the costs table, the account its sort key.
_PARTITION_KEY_BYTES = 2048
_SORT_KEY_BYTES = 1024
# The longest and largest execution costs less than one USD. Within these limits the sum of a row fits into 38 digits.
_LESS_THAN = Decimal(1_000_000)
_DECIMAL_PLACES = 28


class MalformedUsageError(ValueError):
    """An item of usage cannot be counted. The text gives the reason and contains no value of the item."""


@dataclass(frozen=True, slots=True)
class UsageItem:
    """One item of usage.

    Attributes:
        account: the account that pays. `account` and `timestamp` together are the item's key.
        timestamp: the text of the item's `timestamp`.
        user: the user who caused the execution.
        moment: the time when the execution began, in UTC.
        cost: the cost of compute and request together, in USD.
    """

    account: str
    timestamp: str
    user: str
    moment: datetime
    cost: Decimal

    @classmethod
    def of(cls, image: Mapping[str, Mapping[str, Any]], now: datetime) -> UsageItem:
        """Read an item from the stream, in DynamoDB's JSON.

        The items of the specification have no `request_cost`. The cost of such an item is its `lambda_cost`.

        Raises:
            MalformedUsageError: a value is missing, has the wrong type, or is impossible.
        """
        timestamp = _text(image, "timestamp", bytes_at_most=_SORT_KEY_BYTES)
        lambda_cost = _cost(image, "lambda_cost")
        request_cost = _cost(image, "request_cost") if "request_cost" in image else NOTHING
        return cls(
            account=_text(image, "account", bytes_at_most=_SORT_KEY_BYTES),
            timestamp=timestamp,
            user=_text(image, "user", bytes_at_most=_PARTITION_KEY_BYTES),
            moment=_moment(timestamp, now),
            cost=EXACT.add(lambda_cost, request_cost),
        )

    @property
    def day(self) -> date:
        """The UTC day of the execution."""
        return self.moment.date()

    @property
    def key(self) -> dict[str, dict[str, Any]]:
        """The item's key, in DynamoDB's JSON."""
        return to_item({"account": self.account, "timestamp": self.timestamp})


def _value(image: Mapping[str, Mapping[str, Any]], name: str) -> Any:
    try:
        return from_attribute(image[name])
    except Exception:  # noqa: BLE001 - a malformed attribute has no value
        return None


def _text(image: Mapping[str, Mapping[str, Any]], name: str, *, bytes_at_most: int) -> str:
    value = _value(image, name)
    if not isinstance(value, str) or not value:
        raise MalformedUsageError(f"`{name}` is missing, or is not a text")
    if len(value.encode("utf-8", "replace")) > bytes_at_most:
        raise MalformedUsageError(f"`{name}` has more than {bytes_at_most:,} bytes, the limit for a key of the costs")
    return value


def _cost(image: Mapping[str, Mapping[str, Any]], name: str) -> Decimal:
    value = _value(image, name)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise MalformedUsageError(f"`{name}` is missing, or is not a number")
    if not 0 <= value < _LESS_THAN:
        raise MalformedUsageError(f"`{name}` is not from 0 to {_LESS_THAN:,} USD")
    try:
        decimal_places = -int(EXACT.normalize(value).as_tuple().exponent)
    except ArithmeticError:
        decimal_places = sys.maxsize
    if decimal_places > _DECIMAL_PLACES:
        raise MalformedUsageError(f"`{name}` has more than {_DECIMAL_PLACES} decimal places")
    return value


def _moment(timestamp: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MalformedUsageError("`timestamp` is not a time in ISO 8601 with its offset, such as 2030-05-17T12:30:00Z")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise MalformedUsageError("`timestamp` is outside the calendar") from None
    if moment > now + _AHEAD_AT_MOST:
        raise MalformedUsageError("`timestamp` is in the future")
    return moment
