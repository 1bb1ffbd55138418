"""Provide `@track_execution`, which meters functions that no HTTP request triggers, and `bill_to`."""

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

    The result or exception of the handler stays unchanged. An exception counts as a failure, and so do the results that
    `ExecutionOutcome.of` describes. The payer is the first of these that is known: the payer that the handler names
    with `bill_to`; `account` and `user` of the decorator; the payer in the event (see `payers_of`); the system. If a
    batch has several payers, each has a record, with costs in proportion to the payer's records.

    Args:
        function: the handler, if the decorator is used without arguments.
        operation_name: the operation in the record; default: the function's name.
        account: who pays, independently of the event.
        user: who caused the execution, independently of the event.
        extract_from_event: False to ignore the event; or a function that returns a `Payer` for each record.

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
    """Name a payer of the running execution, if the handler knows the payer better than the event.

    A handler may call this function several times. The calls add up, and the costs are split in proportion to the
    records. The payers in the event are then ignored. Outside a function under `@track_execution` the call only logs a
    warning.

    Args:
        account: who pays; default: `user`.
        user: who caused the execution; default: the system.
        records: the number of records of the batch, or pieces of work, for this payer; 1 or more.

    Raises:
        ValueError: neither an account nor a user is given, or `records` is less than 1.

    Example:
        >>> for task in due_tasks():
        ...     bill_to(account=task["account"], user=task["owner"])
        ...     run(task)
    """
    if not (account or user) or records < 1:
        raise ValueError("bill_to: expected an account or a user, and 1 record or more")
    billed = _billed.get()
    if billed is None:
        _logger.warning("bill_to was called outside a function with @track_execution; the call has no effect")
        return
    billed.add(Payer(account or user or SYSTEM_USER, user or SYSTEM_USER), records)


def _tracking(  # noqa: PLR0913, PLR0917 - the known parts of an execution
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
    """Return the payers in the event, and the number of records. If reading the event fails, the system pays."""
    try:
        return _named_in(event, source, extract_from_event)
    except Exception:
        _logger.exception("The event's payers could not be read; the system pays for this execution")
        return Shares.of([SYSTEM]), None


def _named_in(event: Any, source: str, extract_from_event: ExtractFromEvent) -> tuple[Shares, int | None]:
    if not extract_from_event:  # do not read the records, which may be large
        records = batch_size(event, source)
        return Shares({SYSTEM: records or 1}), records
    shares, records = payers_of(event, source)
    if callable(extract_from_event):
        shares = Shares.of(Payer(*payer) for payer in extract_from_event(event)) or shares
    return shares, records


def _instead(shares: Shares, account: str | None, user: str | None) -> Shares:
    """Return `shares` with the decorator's account or user in place of the event's."""
    if account is None and user is None:
        return shares
    named = Shares()
    for payer, records in shares.items():
        named.add(Payer(account or payer.account, user or payer.user), records)
    return named
