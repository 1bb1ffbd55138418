"""Read the time of an asynchronous event. Lambda may deliver such an event again under the same request id.

The key of a usage item contains a time. If this time were the start of the execution, two deliveries of one event would
have two items. With the time of the event, both deliveries have the same key. The second delivery then finds the item
of the first delivery.
Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

__all__ = ["event_time"]

_KEPT_BY_LAMBDA = timedelta(hours=6)
_SECOND_IN_MICROSECONDS = 1_000_000
_MILLISECOND_IN_MICROSECONDS = 1_000


def event_time(event: Any, source: str, request_id: str | None, now: datetime) -> datetime | None:
    """Return the time of an S3, SNS, EventBridge or scheduled event. Return None for every other event.

    The time of S3 and SNS has milliseconds, and the time of EventBridge has seconds. The function computes the missing
    digits from the request id, so that functions that run at the same time have different keys. The function ignores a
    time in the future. The function also ignores a time more than six hours ago, because Lambda keeps an event for six
    hours.

    Example:
        >>> tick = datetime(2026, 1, 15, 10, 30, 2, tzinfo=UTC)
        >>> event_time({"time": "2026-01-15T10:30:00Z"}, "Scheduled", "c6af9ac6", tick)
        datetime.datetime(2026, 1, 15, 10, 30, 0, 152842, tzinfo=datetime.timezone.utc)
    """
    if request_id is None:
        return None
    try:
        text, step = _of(event, source)
        happened = datetime.fromisoformat(text)
    except (LookupError, TypeError, ValueError):
        return None
    if happened.tzinfo is None or not timedelta(0) <= now - happened <= _KEPT_BY_LAMBDA:
        return None
    return happened.astimezone(UTC) + timedelta(microseconds=crc32(request_id.encode("utf-8", "replace")) % step)


def _of(event: Any, source: str) -> tuple[str, int]:
    """Return the time in the event, and the resolution of this time in microseconds."""
    match source:
        case "S3":
            return event["Records"][0]["eventTime"], _MILLISECOND_IN_MICROSECONDS
        case "SNS":
            return event["Records"][0]["Sns"]["Timestamp"], _MILLISECOND_IN_MICROSECONDS
        case "Scheduled" | "EventBridge":
            return event["time"], _SECOND_IN_MICROSECONDS
        case _:
            raise LookupError(source)
