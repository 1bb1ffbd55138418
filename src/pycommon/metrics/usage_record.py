"""Define the values of metering: the start of an execution, and its finished record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from decimal import Decimal

    from pycommon.metrics.payers import Shares

__all__ = ["TrackingContext", "UsageMetrics", "timestamp_text"]

_ONLY_WHERE_KNOWN = ("api_key_id", "init_duration_ms", "records", "batch_records", "failed_records", "started_at")


class TrackingContext(NamedTuple):
    """The start of an execution. `UsageTracker.start_tracking` returns it, and `end_tracking` takes it.

    `timestamp` is the time in the key of the record: `started_at`, or the event's own time (see `event_time`).
    `ends_at` is the end of the Lambda invocation in seconds of `time.monotonic()`, or None outside Lambda.
    """

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
    init_duration_ms: Decimal | None
    timestamp: datetime
    started_at: datetime
    started_ns: int
    ends_at: float | None


class UsageMetrics(NamedTuple):
    """The usage record of one execution. `account` pays, and `user` caused the execution. Costs are in USD.

    The specification ("Metrics Storage") defines the fields up to `error_type`. The other fields identify the
    execution. If a batch has several payers, each payer has a record. `batch_records` is the number of records of the
    batch, and `records` is the number of records of this payer. The two costs are this payer's part. All other fields
    describe the whole execution. `started_at` is set if `timestamp` is the event's own time. The item does not store
    `ends_at` (see `TrackingContext`).
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
    request_cost: Decimal
    init_duration_ms: Decimal | None = None
    records: int | None = None
    batch_records: int | None = None
    failed_records: int | None = None
    started_at: datetime | None = None
    ends_at: float | None = None

    def item(self, timestamp: datetime, ttl: int) -> dict[str, Any]:
        """Return the item of `USAGE_METRICS_DYNAMO_TABLE`. `ttl` is in seconds since the epoch."""
        values = self._asdict()
        del values["ends_at"]
        values["timestamp"] = timestamp_text(timestamp)
        values["started_at"] = timestamp_text(self.started_at) if self.started_at else None
        values["ttl"] = ttl
        for name in _ONLY_WHERE_KNOWN:
            if values[name] is None:
                del values[name]
        return values

    def shared_by(self, shares: Shares, batch_records: int | None) -> tuple[UsageMetrics, ...]:
        """Return a record for each payer. The sum of the costs of these records is the cost of the whole execution.

        Account and timestamp are the key of an item. Therefore the timestamps of the records of one account differ by a
        microsecond.

        Args:
            shares: the number of records of each payer, for at least one payer.
            batch_records: the number of records of the event, or None if the event is not a batch.
        """
        from datetime import timedelta

        from pycommon.metrics.execution_cost import split

        weights = list(shares.values())
        computes, requests = split(self.lambda_cost, weights), split(self.request_cost, weights)
        return tuple(
            self._replace(
                account=payer.account,
                timestamp=self.timestamp + timedelta(microseconds=place),
                user=payer.user,
                lambda_cost=compute,
                request_cost=request,
                records=records if batch_records is not None or len(weights) > 1 else None,
                batch_records=batch_records,
            )
            for (payer, records), place, compute, request in zip(
                shares.items(), _places(shares), computes, requests, strict=True
            )
        )


def _places(shares: Shares) -> Iterator[int]:
    """Yield for each payer the number of earlier payers with the same account."""
    before: dict[str, int] = {}
    for payer in shares:
        yield before.setdefault(payer.account, 0)
        before[payer.account] += 1


def timestamp_text(moment: datetime) -> str:
    """Return a UTC time in the form of the items: ISO 8601 with microseconds and `Z`. These texts sort by time.

    Example:
        >>> from datetime import UTC, datetime
        >>> timestamp_text(datetime(2026, 1, 15, 10, 30, tzinfo=UTC))
        '2026-01-15T10:30:00.000000Z'
    """
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
