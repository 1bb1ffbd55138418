"""Provide `@track_execution`, which records the usage of event-driven functions, and `bill_to`, which names a payer."""

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

    The decorator does not change the result or the exception of the handler. An exception counts as a failure.
    `ExecutionOutcome.of` describes the results that count as a failure too. The first known payer of this list pays:
    the payer that the handler names with `bill_to`; `account` and `user` of the decorator; the payer in the event (see
    `payers_of`); the system. If a batch has several payers, each payer has a usage record, with costs in proportion to
    the payer's records.

    Args:
        function: the handler, if the decorator is used without arguments.
        operation_name: the name of the operation in the usage record. The default is the function's name.
        account: the account that pays. The decorator then ignores the account in the event.
        user: the user who caused the execution. The decorator then ignores the user in the event.
        extract_from_event: False makes the decorator ignore the payer in the event. A function returns a `Payer` for
            each record, in place of the library's rules.

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

    A handler may call this function several times. The library adds up the records of all calls, and splits the costs
    in proportion to the records. The library then ignores the payers in the event. Outside a function under
    `@track_execution`, the call only logs a warning.

    Args:
        account: the account that pays. The default is `user`.
        user: the user who caused the execution. The default is the system.
        records: the number of records, or of pieces of work, that this payer pays for. The number is 1 or more.

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
    if not extract_from_event:  # do not read the records: they may be large
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
