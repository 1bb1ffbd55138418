"""Measuring an execution from its beginning to its end, and recording what it used."""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pycommon.const import GENERAL_ACCOUNT, SYSTEM_USER
from pycommon.env import environment
from pycommon.execution_environment import per_execution_environment
from pycommon.metrics.cost import PRICE_PER_GB_SECOND, billed_milliseconds, compute_cost
from pycommon.metrics.event_source import HTTP
from pycommon.metrics.usage import TrackingContext, UsageMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["UsageTracker", "get_usage_tracker", "outcome"]

_NS_PER_MS = 1_000_000
_HUNDREDTH = Decimal("0.01")
_DEFAULT_MEMORY_MB = 128
_ERROR_FROM = 400


class UsageTracker:
    """Measures executions. One for each execution environment; holds no state of a single one, so threads may share it.

    Example, as the specification's router does it:
        >>> tracker = get_usage_tracker()
        >>> begun = tracker.start_tracking(user="jane", operation="list_tasks", endpoint="agent_operation",
        ...                                api_accessed=False, context=context)
        >>> metrics = tracker.end_tracking(tracking_context=begun, result={"statusCode": 200},
        ...                                claims={"account": "general_account", "username": "jane"}, error_type=None)
        >>> tracker.record_metrics(metrics)
    """

    def __init__(self, sink: Callable[[UsageMetrics], None]) -> None:
        self._sink = sink
        self._lock = threading.Lock()
        self._cold = True
        self._architecture = _architecture()

    def start_tracking(  # noqa: PLR0913, PLR0917 - the specification's signature
        self,
        user: str,
        operation: str,
        endpoint: str,
        api_accessed: bool = False,  # noqa: FBT001, FBT002 - as above
        context: Any = None,
        event_source: str = HTTP,
    ) -> TrackingContext:
        """Note the beginning of an execution. `context` is Lambda's context object, or None outside Lambda."""
        return TrackingContext(
            user=user,
            operation=operation,
            endpoint=endpoint,
            event_source=event_source,
            api_accessed=api_accessed,
            request_id=_text(context, "aws_request_id"),
            function=_text(context, "function_name") or environment.get("AWS_LAMBDA_FUNCTION_NAME"),
            version=_text(context, "function_version"),
            memory_allocated_mb=_memory_allocated_mb(context),
            cold_start=self._first_one(),
            started_at=datetime.now(UTC),
            started_ns=time.perf_counter_ns(),
        )

    def end_tracking(
        self,
        tracking_context: TrackingContext,
        result: Any,
        claims: Mapping[str, Any],
        error_type: str | None = None,
    ) -> UsageMetrics:
        """The finished record of an execution.

        Args:
            tracking_context: what `start_tracking` gave.
            result: the handler's result; a mapping with `statusCode` of 400 or more, or `success` false, is a failure.
            claims: `account` (who pays), `username`, and `api_key_id` where one was used.
            error_type: the name of the error, for a failure.
        """
        begun = tracking_context
        elapsed_ns = time.perf_counter_ns() - begun.started_ns
        duration_ms = (Decimal(elapsed_ns) / _NS_PER_MS).quantize(_HUNDREDTH)
        billed_ms = billed_milliseconds(duration_ms)
        success, status_code = outcome(result)
        return UsageMetrics(
            account=str(claims.get("account") or GENERAL_ACCOUNT),
            timestamp=begun.started_at,
            user=str(claims.get("username") or begun.user or SYSTEM_USER),
            api_key_id=claims.get("api_key_id"),
            operation=begun.operation,
            endpoint=begun.endpoint,
            event_source=begun.event_source,
            duration_ms=duration_ms,
            memory_used_mb=_memory_used_mb(),
            memory_allocated_mb=begun.memory_allocated_mb,
            lambda_cost=compute_cost(begun.memory_allocated_mb, billed_ms, self._architecture),
            success=success and error_type is None,
            error_type=error_type,
            request_id=begun.request_id,
            service=environment.get("SERVICE_NAME"),
            function=begun.function,
            version=begun.version,
            stage=environment.get("STAGE"),
            status_code=status_code,
            cold_start=begun.cold_start,
            architecture=self._architecture,
            billed_duration_ms=billed_ms,
        )

    def record_metrics(self, metrics: UsageMetrics) -> None:
        """Write the record. Never raises: what could not be written stands in the log, whole."""
        self._sink(metrics)

    def _first_one(self) -> bool:
        if not self._cold:
            return False
        with self._lock:
            first, self._cold = self._cold, False
            return first


@per_execution_environment
def get_usage_tracker() -> UsageTracker:
    """The tracker of this execution environment, which writes to `USAGE_METRICS_DYNAMO_TABLE`."""
    from pycommon.metrics.store import UsageTable

    return UsageTracker(UsageTable().put)


def outcome(result: Any) -> tuple[bool, int | None]:
    """Whether a handler's result stands for success, and its status code where it has one."""
    if not isinstance(result, dict):
        return True, None
    success = result.get("success", True) is not False
    status = result.get("statusCode")
    if isinstance(status, int) and not isinstance(status, bool):
        return success and status < _ERROR_FROM, status
    return success, None


def _text(context: Any, name: str) -> str | None:
    value = getattr(context, name, None)
    return value if isinstance(value, str) and value else None


def _memory_allocated_mb(context: Any) -> int:
    for value in (
        getattr(context, "memory_limit_in_mb", None),
        environment.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"),
    ):
        try:
            return int(str(value))
        except ValueError:
            continue
    return _DEFAULT_MEMORY_MB


def _memory_used_mb() -> int:
    """The process's peak resident memory, rounded up. `ru_maxrss` is in KiB on Linux and in bytes on macOS."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return -(-peak // unit)


def _architecture() -> str:
    machine = os.uname().machine
    return {"aarch64": "arm64"}.get(machine, machine) if machine in {"aarch64", *PRICE_PER_GB_SECOND} else "x86_64"
