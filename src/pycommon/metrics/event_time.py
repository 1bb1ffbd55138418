"""When an event happened that Lambda queues itself, and may therefore deliver again under the same request id.

An item's key has the time in it. With the time of the execution's start, a second delivery of one event would lie
beside the first; with the event's own time both have the same key, and the second finds the first.
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
    """The time that an S3, SNS, EventBridge or scheduled event says it happened; None for every other.

    The digits that such a time lacks (S3 and SNS tell milliseconds, EventBridge seconds) are filled from the request
    id: many functions run at one tick of the clock, and shall not all want the same key. A time in the future, or from
    before the six hours for which Lambda keeps an event, is not believed.

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
    """The time as the event has it, and the microseconds that it leaves open."""
    match source:
        case "S3":
            return event["Records"][0]["eventTime"], _MILLISECOND_IN_MICROSECONDS
        case "SNS":
            return event["Records"][0]["Sns"]["Timestamp"], _MILLISECOND_IN_MICROSECONDS
        case "Scheduled" | "EventBridge":
            return event["time"], _SECOND_IN_MICROSECONDS
        case _:
            raise LookupError(source)
