"""What the roll-up needs of an item of `USAGE_METRICS_DYNAMO_TABLE`: whom it charges, when, and how much."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from costs.row import EXACT, NOTHING
from pycommon.dal.providers.aws.attribute_values import from_attribute, to_item

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["MalformedUsageError", "UsageItem"]

# Clocks differ a little. An item from further ahead would begin a new day, and with it everybody's budget of the day.
_AHEAD_AT_MOST = timedelta(minutes=5)
# What DynamoDB takes as a key: the user is the partition key of the costs, the account their sort key.
_PARTITION_KEY_BYTES = 2048
_SORT_KEY_BYTES = 1024
# The longest and largest execution costs less than one USD. Within these bounds 38 digits hold the sum of a row.
_LESS_THAN = Decimal(1_000_000)
_DIGITS_BEHIND_THE_POINT = 28


class MalformedUsageError(ValueError):
    """An item of usage cannot be counted as it is. The text says why and holds no value of the item."""


@dataclass(frozen=True, slots=True)
class UsageItem:
    """One item of usage.

    Attributes:
        account: who pays; with `timestamp` the item's key.
        timestamp: as the item has it.
        user: who caused it.
        moment: when the execution began, in UTC.
        cost: USD, compute and request together.
    """

    account: str
    timestamp: str
    user: str
    moment: datetime
    cost: Decimal

    @classmethod
    def of(cls, image: Mapping[str, Mapping[str, Any]], now: datetime) -> UsageItem:
        """Read an item as the stream brings it, in DynamoDB's JSON.

        Without `request_cost`, as in the specification's items, the execution costs its `lambda_cost`.

        Raises:
            MalformedUsageError: something is missing, is of another kind, or cannot be.
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
    except Exception:  # noqa: BLE001 - whatever is wrong with the attribute, it has no value
        return None


def _text(image: Mapping[str, Mapping[str, Any]], name: str, *, bytes_at_most: int) -> str:
    value = _value(image, name)
    if not isinstance(value, str) or not value:
        raise MalformedUsageError(f"`{name}` is missing, or is no text")
    if len(value.encode("utf-8", "replace")) > bytes_at_most:
        raise MalformedUsageError(f"`{name}` has more than the {bytes_at_most:,} bytes that a key of the costs has")
    return value


def _cost(image: Mapping[str, Mapping[str, Any]], name: str) -> Decimal:
    value = _value(image, name)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise MalformedUsageError(f"`{name}` is missing, or is no number")
    if not 0 <= value < _LESS_THAN:
        raise MalformedUsageError(f"`{name}` is not from 0 to {_LESS_THAN:,} USD")
    try:
        digits_behind_the_point = -int(EXACT.normalize(value).as_tuple().exponent)
    except ArithmeticError:
        digits_behind_the_point = sys.maxsize
    if digits_behind_the_point > _DIGITS_BEHIND_THE_POINT:
        raise MalformedUsageError(f"`{name}` has more than {_DIGITS_BEHIND_THE_POINT} digits behind the point")
    return value


def _moment(timestamp: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(timestamp)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise MalformedUsageError("`timestamp` is no time in ISO 8601 with its offset, such as 2030-05-17T12:30:00Z")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise MalformedUsageError("`timestamp` lies outside the calendar") from None
    if moment > now + _AHEAD_AT_MOST:
        raise MalformedUsageError("`timestamp` lies in the future")
    return moment
