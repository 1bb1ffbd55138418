"""`@track_execution`: the metering of functions that no HTTP request triggers."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, overload

from pycommon.const import SYSTEM_USER
from pycommon.metrics.event_source import detect_event_source
from pycommon.metrics.tracker import get_usage_tracker

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon.metrics.usage import TrackingContext

__all__ = ["track_execution"]

Handler = "Callable[[Any, Any], Any]"


@overload
def track_execution(function: Callable[..., Any], /) -> Callable[..., Any]: ...


@overload
def track_execution(
    *, operation_name: str | None = None, account: str | None = None, user: str | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]: ...


def track_execution(
    function: Callable[..., Any] | None = None,
    /,
    *,
    operation_name: str | None = None,
    account: str | None = None,
    user: str | None = None,
) -> Callable[..., Any]:
    """Record usage and cost of every execution of an event-driven function `handler(event, context)`.

    The event source is told by the event. What the handler returns or raises goes through unchanged; a result with a
    `statusCode` of 400 or more or with `success` false, and an exception, count as failures.

    Args:
        function: the handler, where the decorator is used bare.
        operation_name: the operation in the record; default the function's name.
        account: who pays; default "system".
        user: who caused it; default "system".

    Source: Pattern 3 of the specification.

    Example:
        >>> @track_execution
        ... def nightly(event, context):
        ...     return {"statusCode": 200}
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        operation = operation_name or handler.__name__

        @functools.wraps(handler)
        def wrapper(event: Any, context: Any = None, *args: Any, **kwargs: Any) -> Any:
            source = detect_event_source(event)
            begun = get_usage_tracker().start_tracking(
                user=user or SYSTEM_USER,
                operation=operation,
                endpoint=source,
                context=context,
                event_source=source,
            )
            payer = account or SYSTEM_USER
            try:
                result = handler(event, context, *args, **kwargs)
            except BaseException as error:
                _record(begun, None, payer, type(error).__name__)
                raise
            _record(begun, result, payer, None)
            return result

        return wrapper

    return decorate if function is None else decorate(function)


def _record(begun: TrackingContext, result: Any, account: str, error_type: str | None) -> None:
    tracker = get_usage_tracker()
    claims = {"account": account, "username": begun.user}
    tracker.record_metrics(tracker.end_tracking(begun, result, claims, error_type))
