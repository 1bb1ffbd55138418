"""A batch of the stream of the usage table: which of its records are to be counted, and on which rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from costs.usage_item import MalformedUsageError, UsageItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

__all__ = ["Batch", "Delivery"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An item of usage, and the record of the stream that brought it."""

    item: UsageItem
    record: Any


@dataclass(frozen=True, slots=True)
class Batch:
    """The records of one invocation, sorted out.

    Attributes:
        groups: what is to be counted, by the user and the account of the row. No item is there twice.
        malformed: records that cannot be counted, each with the reason.
    """

    groups: Mapping[tuple[str, str], list[Delivery]]
    malformed: list[tuple[Any, str]]

    @classmethod
    def of(cls, records: Iterable[Any], now: datetime) -> Batch:
        """Sort records out.

        Passed by are records without a new image (an item was deleted) and items that are counted already. The event
        filter of the stream keeps most of those back; what it lets through changes nothing.

        Args:
            records: the records of the event.
            now: the moment, in UTC; items that lie ahead of it are malformed.
        """
        items: dict[tuple[str, str], Delivery] = {}
        malformed: list[tuple[Any, str]] = []
        for record in records:
            try:
                image = _image(record)
                if image is not None and "counted_at" not in image:
                    item = UsageItem.of(image, now)
                    items[item.account, item.timestamp] = Delivery(item, record)
            except MalformedUsageError as error:
                malformed.append((record, str(error)))
        groups: dict[tuple[str, str], list[Delivery]] = {}
        for delivery in items.values():
            groups.setdefault((delivery.item.user, delivery.item.account), []).append(delivery)
        return cls(groups, malformed)


def _image(record: Any) -> Mapping[str, Any] | None:
    try:
        image = record["dynamodb"].get("NewImage")
    except (AttributeError, LookupError, TypeError):
        raise MalformedUsageError("it is no record of a stream of DynamoDB") from None
    if image is not None and not isinstance(image, dict):
        raise MalformedUsageError("its new image is no item of DynamoDB")
    return image
