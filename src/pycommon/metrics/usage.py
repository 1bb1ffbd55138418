"""The values of metering: what is known when an execution begins, and the finished record of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

__all__ = ["TrackingContext", "UsageMetrics"]


@dataclass(frozen=True, slots=True)
class TrackingContext:
    """An execution that has begun. Made by `UsageTracker.start_tracking`, handed back to `end_tracking`."""

    user: str
    operation: str
    endpoint: str
    event_source: str
    api_accessed: bool
    request_id: str | None
    function: str | None
    version: str | None
    memory_allocated_mb: int
    cold_start: bool
    started_at: datetime
    started_ns: int


@dataclass(frozen=True, slots=True)
class UsageMetrics:
    """One execution: who pays (`account`), who caused it (`user`), how long, how much memory, what it cost in USD.

    The fields down to `error_type` are the specification's ("Metrics Storage"); the rest says which execution it was.
    """

    account: str
    timestamp: datetime
    user: str
    api_key_id: str | None
    operation: str
    endpoint: str
    event_source: str
    duration_ms: Decimal
    memory_used_mb: int
    memory_allocated_mb: int
    lambda_cost: Decimal
    success: bool
    error_type: str | None
    request_id: str | None
    service: str | None
    function: str | None
    version: str | None
    stage: str | None
    status_code: int | None
    cold_start: bool
    architecture: str
    billed_duration_ms: int

    def item(self, timestamp: datetime, ttl: int) -> dict[str, Any]:
        """The item of `USAGE_METRICS_DYNAMO_TABLE`: `timestamp` in ISO 8601 (UTC), `ttl` in seconds since the epoch."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["timestamp"] = timestamp.isoformat(timespec="microseconds").replace("+00:00", "Z")
        values["ttl"] = ttl
        if self.api_key_id is None:
            del values["api_key_id"]  # only an execution by API key has one
        return values
