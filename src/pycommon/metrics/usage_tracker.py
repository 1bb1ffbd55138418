"""Measure an execution from its start to its end, and record its usage."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from pycommon.const import GENERAL_ACCOUNT, SYSTEM_USER
from pycommon.env import process_environment
from pycommon.execution_environment import per_execution_environment
from pycommon.logger import getLogger
from pycommon.metrics.event_source import HTTP
from pycommon.metrics.execution_cost import PRICE_PER_GB_SECOND, Prices, billed_milliseconds, compute_cost
from pycommon.metrics.execution_outcome import BATCH_ITEM_FAILURES, ExecutionOutcome
from pycommon.metrics.init_phase import init_phase
from pycommon.metrics.memory_use import memory_allocated_mb, memory_used_mb
from pycommon.metrics.usage_record import TrackingContext, UsageMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pycommon.metrics.payers import Shares

__all__ = ["Execution", "UsageSink", "UsageTracker", "get_usage_tracker", "record_usage_with"]

_NS_PER_MS = 1_000_000
_MS_PER_SECOND = 1000
_HUNDREDTH = Decimal("0.01")

_logger = getLogger(__name__)


class UsageSink(Protocol):
    """The destination of finished usage records.

    `put` never raises an error, and returns after the record is stored.
    """

    def put(self, metrics: UsageMetrics) -> None:
        """Store one record."""


class Execution:
    """An execution that is being tracked by `UsageTracker.tracking`.

    Attributes:
        result: the handler's result, which determines the success.
        account: the account that pays, unless there are `shares`.
        shares: the payers of a batch, with the number of their records.
        batch_records: the number of records of the event, or None if the event is not a batch.
        error_type: the name of a failure without an exception.
        nested_ns: the time of other executions inside this execution. The usage records of these executions contain
            this time.
    """

    def __init__(self, account: str | None, user: str) -> None:
        self.result: Any = None
        self.account = account
        self.user = user
        self.api_key_id: str | None = None
        self.shares: Shares | None = None
        self.batch_records: int | None = None
        self.error_type: str | None = None
        self.nested_ns = 0


class _HandedOver:
    """The start of an execution in front of a router. An operation behind the router takes this start."""

    def __init__(self, begun: TrackingContext) -> None:
        self._begun: TrackingContext | None = begun

    def take(self) -> TrackingContext | None:
        """Return the start at the first call, and None at every later call."""
        begun, self._begun = self._begun, None
        return begun


_running: ContextVar[Execution | None] = ContextVar("pycommon_running_execution", default=None)
_handed_over: ContextVar[_HandedOver | None] = ContextVar("pycommon_handed_over", default=None)


class UsageTracker:
    """The tracker that measures executions. Each execution environment has one tracker, and threads can share it.

    Example from the specification's router:
        >>> tracker = get_usage_tracker()
        >>> begun = tracker.start_tracking(user="jane", operation="list_tasks", endpoint="agent_operation",
        ...                                api_accessed=False, context=context)
        >>> metrics = tracker.end_tracking(tracking_context=begun, result={"statusCode": 200},
        ...                                claims={"account": "general_account", "username": "jane"}, error_type=None)
        >>> tracker.record_metrics(metrics)

    New code uses `tracking`, which also records exceptions:
        >>> with tracker.tracking(user="jane", operation="list_tasks", endpoint="agent_operation", context=context,
        ...                       account="general_account") as execution:
        ...     execution.result = list_tasks()
    """

    def __init__(self, sink: UsageSink) -> None:
        self.sink = sink
        self._lock = threading.Lock()
        self._cold = True
        self._architecture = _architecture()
        self._prices = Prices.of(self._architecture, process_environment.get("AWS_REGION"))

    def start_tracking(  # noqa: PLR0913, PLR0917 - the specification's signature
        self,
        user: str,
        operation: str,
        endpoint: str,
        api_accessed: bool = False,  # noqa: FBT001, FBT002 - as above
        context: Any = None,
        event_source: str = HTTP,
        happened_at: datetime | None = None,
    ) -> TrackingContext:
        """Start to measure an execution.

        Args:
            user: the user who caused the execution.
            operation: the name of the operation.
            endpoint: the path of the request, or the event source.
            api_accessed: whether the caller used an API key.
            context: Lambda's context object, or None outside Lambda.
            event_source: the name of the event source, from `detect_event_source`.
            happened_at: the event's own time (UTC), if the key of the record needs this time. See `event_time`.
        """
        clock, now = time.monotonic(), datetime.now(UTC)
        handed_over = _handed_over.get()
        begun = handed_over.take() if handed_over else None
        cold = self._first_one() if begun is None else begun.cold_start
        return TrackingContext(
            user=user,
            operation=operation,
            endpoint=endpoint,
            event_source=event_source,
            api_accessed=api_accessed,
            request_id=_text(context, "aws_request_id"),
            function=_text(context, "function_name") or process_environment.get("AWS_LAMBDA_FUNCTION_NAME"),
            version=_text(context, "function_version"),
            memory_allocated_mb=memory_allocated_mb(context),
            cold_start=cold,
            init_duration_ms=begun.init_duration_ms if begun else init_phase.duration_ms(clock) if cold else None,
            timestamp=happened_at or (begun.started_at if begun else now),
            started_at=begun.started_at if begun else now,
            started_ns=begun.started_ns if begun else time.perf_counter_ns(),
            ends_at=_ends_at(context, clock),
        )

    def end_tracking(
        self,
        tracking_context: TrackingContext,
        result: Any,
        claims: Mapping[str, Any],
        error_type: str | None = None,
    ) -> UsageMetrics:
        """Return the finished record of an execution.

        Args:
            tracking_context: the result of `start_tracking`.
            result: the handler's result. `ExecutionOutcome.of` finds out whether the result is a success.
            claims: a dict with `account` (the payer) and `username`, and with `api_key_id` if the caller used an API
                key.
            error_type: the name of the error, if the execution failed.
        """
        begun = tracking_context
        elapsed_ns = time.perf_counter_ns() - begun.started_ns
        duration_ms = (Decimal(elapsed_ns) / _NS_PER_MS).quantize(_HUNDREDTH)
        billed_ms = billed_milliseconds(duration_ms, begun.init_duration_ms)
        outcome = ExecutionOutcome.of(result)
        return UsageMetrics(
            account=str(claims.get("account") or GENERAL_ACCOUNT),
            timestamp=begun.timestamp,
            user=str(claims.get("username") or begun.user or SYSTEM_USER),
            api_key_id=claims.get("api_key_id"),
            operation=begun.operation,
            endpoint=begun.endpoint,
            event_source=begun.event_source,
            duration_ms=duration_ms,
            memory_used_mb=memory_used_mb(),
            memory_allocated_mb=begun.memory_allocated_mb,
            lambda_cost=compute_cost(begun.memory_allocated_mb, billed_ms, self._prices.gb_second),
            success=outcome.success and error_type is None,
            error_type=error_type or (BATCH_ITEM_FAILURES if outcome.failed_records else None),
            request_id=begun.request_id,
            service=process_environment.get("SERVICE_NAME"),
            function=begun.function,
            version=begun.version,
            stage=process_environment.get("STAGE"),
            status_code=outcome.status_code,
            cold_start=begun.cold_start,
            architecture=self._architecture,
            billed_duration_ms=billed_ms,
            request_cost=self._prices.request,
            init_duration_ms=begun.init_duration_ms,
            failed_records=outcome.failed_records,
            started_at=begun.started_at if begun.timestamp != begun.started_at else None,
            ends_at=begun.ends_at,
        )

    def record_metrics(self, metrics: UsageMetrics) -> None:
        """Store the record. Never raise an error. If the record cannot be written, log the whole record."""
        self.sink.put(metrics)

    @contextmanager
    def tracking(  # noqa: PLR0913 - the parameters of `start_tracking`, and the payer
        self,
        *,
        user: str,
        operation: str,
        endpoint: str,
        account: str | None = None,
        api_accessed: bool = False,
        context: Any = None,
        event_source: str = HTTP,
        happened_at: datetime | None = None,
    ) -> Iterator[Execution]:
        """Track the code in the `with` block, and record its usage at the end.

        Record an exception too, and raise it again. If the record cannot be made, only log the error with its
        traceback. If the block is inside another
        `tracking`, the method subtracts the time and the cost of the block from the outer execution, so that no time
        counts twice. The outer execution keeps the price of the request.
        """
        begun = self.start_tracking(user, operation, endpoint, api_accessed, context, event_source, happened_at)
        execution = Execution(account, user)
        outer = _running.get()
        token = _running.set(execution)
        try:
            yield execution
        except BaseException as error:
            execution.error_type = type(error).__name__
            raise
        finally:
            _running.reset(token)
            if outer is not None:
                outer.nested_ns += time.perf_counter_ns() - begun.started_ns
            self._record(begun, execution, nested=outer is not None)

    @contextmanager
    def handing_over(self, begun: TrackingContext) -> Iterator[None]:
        """Let the next execution in the `with` block continue `begun`, with its start time and its cold start.

        The guard of a router uses this method, because the time before the router belongs to the operation that the
        router calls.
        """
        token = _handed_over.set(_HandedOver(begun))
        try:
            yield
        finally:
            _handed_over.reset(token)

    def _record(self, begun: TrackingContext, execution: Execution, *, nested: bool) -> None:
        try:
            claims = {
                "account": execution.account,
                "username": execution.user,
                "api_key_id": execution.api_key_id,
            }
            own = begun._replace(started_ns=begun.started_ns + execution.nested_ns)
            metrics = self.end_tracking(own, execution.result, claims, execution.error_type)
            if nested:
                metrics = metrics._replace(request_cost=Decimal(0))
            shares = execution.shares
            for each in metrics.shared_by(shares, execution.batch_records) if shares else (metrics,):
                self.record_metrics(each)
        except Exception:
            _logger.exception("The usage of %s (request %s) could not be recorded", begun.operation, begun.request_id)

    def _first_one(self) -> bool:
        if not self._cold:
            return False
        with self._lock:
            first, self._cold = self._cold, False
            return first


@per_execution_environment
def get_usage_tracker() -> UsageTracker:
    """Return the tracker of this execution environment, which writes to `USAGE_METRICS_DYNAMO_TABLE`."""
    from pycommon.metrics.usage_store import UsageTable

    return UsageTracker(UsageTable())


def record_usage_with(sink: UsageSink) -> None:
    """Store every record of this execution environment in `sink` from now on."""
    get_usage_tracker().sink = sink


def _text(context: Any, name: str) -> str | None:
    value = getattr(context, name, None)
    return value if isinstance(value, str) and value else None


def _ends_at(context: Any, now: float) -> float | None:
    try:
        return now + float(context.get_remaining_time_in_millis()) / _MS_PER_SECOND
    except Exception:  # noqa: BLE001 - there is no context, or a test passed one
        return None


def _architecture() -> str:
    machine = os.uname().machine
    return {"aarch64": "arm64"}.get(machine, machine) if machine in {"aarch64", *PRICE_PER_GB_SECOND} else "x86_64"
