"""Sort a batch of the usage table's stream. Decide which records to count, and to which row each record belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from costs.usage_item import MalformedUsageError, UsageItem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

__all__ = ["Delivery", "StreamBatch"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An item of usage, and the stream record that contains the item."""

    item: UsageItem
    record: Any


@dataclass(frozen=True, slots=True)
class StreamBatch:
    """The records of one invocation, sorted by row.

    Attributes:
        groups: the items to count, by user and account. No item appears twice.
        malformed: the records that cannot be counted, each with the reason.
    """

    groups: Mapping[tuple[str, str], list[Delivery]]
    malformed: list[tuple[Any, str]]

    @classmethod
    def of(cls, records: Iterable[Any], now: datetime) -> StreamBatch:
        """Sort the records of an event.

        Skip records without a new image (deleted items), and items that were counted before. The stream's event filter
        has already removed most of these records.

        Args:
            records: the records of the event.
            now: the current time in UTC. An item is malformed if its time is more than five minutes later.
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
        raise MalformedUsageError("the record is not a record of a DynamoDB stream") from None
    if image is not None and not isinstance(image, dict):
        raise MalformedUsageError("the new image of the record is not a DynamoDB item")
    return image
