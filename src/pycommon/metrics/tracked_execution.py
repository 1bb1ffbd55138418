"""`@track_execution`: the metering of functions that no HTTP request triggers."""

from __future__ import annotations

import functools
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, overload

from pycommon.const import SYSTEM_USER
from pycommon.init_loading import FOR_METERED, load_in_init_phase
from pycommon.logger import getLogger
from pycommon.metrics.event_source import detect_event_source
from pycommon.metrics.init_phase import init_phase
from pycommon.metrics.payers import SYSTEM, Payer, Shares, batch_size, payers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from pycommon.metrics.usage_tracker import Execution

    ExtractFromEvent = bool | Callable[[Any], Iterable[Payer]]

__all__ = ["bill_to", "track_execution"]

_logger = getLogger(__name__)
_billed: ContextVar[Shares | None] = ContextVar("pycommon_billed", default=None)


@overload
def track_execution(function: Callable[..., Any], /) -> Callable[..., Any]: ...


@overload
def track_execution(
    *,
    operation_name: str | None = None,
    account: str | None = None,
    user: str | None = None,
    extract_from_event: ExtractFromEvent = True,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]: ...


def track_execution(
    function: Callable[..., Any] | None = None,
    /,
    *,
    operation_name: str | None = None,
    account: str | None = None,
    user: str | None = None,
    extract_from_event: ExtractFromEvent = True,
) -> Callable[..., Any]:
    """Record usage and cost of every execution of an event-driven function `handler(event, context)`.

    The event source is told by the event. What the handler returns or raises goes through unchanged; `Outcome.of` says
    which results count as failures, and an exception does. Who pays is, the first of these that is known: whom the
    handler names with `bill_to`; `account` and `user` here; who is named in the event (see `payers_of`); the system.
    Where a batch has several payers, each gets a record, with the costs in proportion to the records.

    Args:
        function: the handler, where the decorator is used bare.
        operation_name: the operation in the record; default the function's name.
        account: who pays, whatever the event says.
        user: who caused it, whatever the event says.
        extract_from_event: False to not look into the event; or a function that gives a `Payer` for each record.

    Source: Pattern 3 of the specification.

    Example:
        >>> @track_execution
        ... def nightly(event, context):
        ...     return {"statusCode": 200}
    """

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        operation = operation_name or handler.__name__
        load_in_init_phase(FOR_METERED)
        init_phase.note_definition()

        @functools.wraps(handler)
        def wrapper(event: Any, context: Any = None, *args: Any, **kwargs: Any) -> Any:
            source = detect_event_source(event)
            billed = Shares()
            token = _billed.set(billed)
            try:
                with _tracking(event, context, source, operation, account, user) as execution:
                    try:
                        execution.result = handler(event, context, *args, **kwargs)
                    finally:
                        look = not billed and extract_from_event
                        shares, execution.batch_records = _payers(event, source, look)
                        execution.shares = billed or _instead(shares, account, user)
                    return execution.result
            finally:
                _billed.reset(token)

        return wrapper

    return decorate if function is None else decorate(function)


def bill_to(*, account: str | None = None, user: str | None = None, records: int = 1) -> None:
    """Say for whom the running execution works, where the handler knows better than the event.

    As often as it likes: what it says adds up, and the costs are split over the payers by records. The event is then
    not asked. Only within a function under `@track_execution`; elsewhere a warning is logged and nothing happens.

    Args:
        account: who pays; default `user`.
        user: who caused it; default the system.
        records: how many records of the batch, or pieces of work, this is; 1 or more.

    Raises:
        ValueError: neither an account nor a user, or no record.

    Example:
        >>> for task in due_tasks():
        ...     bill_to(account=task["account"], user=task["owner"])
        ...     run(task)
    """
    if not (account or user) or records < 1:
        raise ValueError("bill_to: expected an account or a user, and 1 record or more")
    billed = _billed.get()
    if billed is None:
        _logger.warning("bill_to was called outside a function with @track_execution; nobody is billed by it")
        return
    billed.add(Payer(account or user or SYSTEM_USER, user or SYSTEM_USER), records)


def _tracking(  # noqa: PLR0913, PLR0917 - what is known of an execution when it begins
    event: Any, context: Any, source: str, operation: str, account: str | None, user: str | None
) -> AbstractContextManager[Execution]:
    from datetime import UTC, datetime

    from pycommon.metrics.event_time import event_time
    from pycommon.metrics.usage_tracker import get_usage_tracker

    request_id = getattr(context, "aws_request_id", None)
    return get_usage_tracker().tracking(
        user=user or SYSTEM_USER,
        operation=operation,
        endpoint=source,
        account=account or SYSTEM_USER,
        context=context,
        event_source=source,
        happened_at=event_time(event, source, request_id, datetime.now(UTC)),
    )


def _payers(event: Any, source: str, extract_from_event: ExtractFromEvent) -> tuple[Shares, int | None]:
    """Who the event says pays. Metering goes on, at the system's cost, where that cannot be found out."""
    try:
        return _named_in(event, source, extract_from_event)
    except Exception:
        _logger.exception("Who pays for this execution could not be told from the event; the system does")
        return Shares.of([SYSTEM]), None


def _named_in(event: Any, source: str, extract_from_event: ExtractFromEvent) -> tuple[Shares, int | None]:
    if not extract_from_event:  # what a batch holds may be large, and is not read for nothing
        records = batch_size(event, source)
        return Shares({SYSTEM: records or 1}), records
    shares, records = payers_of(event, source)
    if callable(extract_from_event):
        shares = Shares.of(Payer(*payer) for payer in extract_from_event(event)) or shares
    return shares, records


def _instead(shares: Shares, account: str | None, user: str | None) -> Shares:
    """`shares` with the account or user that the decorator names in the place of the event's."""
    if account is None and user is None:
        return shares
    named = Shares()
    for payer, records in shares.items():
        named.add(Payer(account or payer.account, user or payer.user), records)
    return named
