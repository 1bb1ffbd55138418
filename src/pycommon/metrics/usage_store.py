"""Write usage records to `USAGE_METRICS_DYNAMO_TABLE`, or to the log if the table cannot be written."""

from __future__ import annotations

import contextvars
import random
import threading
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.attribute_values import from_item, to_item
from pycommon.dal.providers.aws.clients import client, describe_error, error_code, is_transient
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.env import process_environment
from pycommon.env.declaration import declare_for_library
from pycommon.env.variable_resolver import resolver
from pycommon.logger import getLogger
from pycommon.metrics.unrecorded_usage import log_unrecorded
from pycommon.metrics.usage_record import timestamp_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pycommon.metrics.usage_record import UsageMetrics

__all__ = ["NoFreeInstantError", "UsageTable", "write_once"]

_TABLE_VARIABLE = "USAGE_METRICS_DYNAMO_TABLE"
_DEFAULT_TTL_DAYS = 90
_INSTANTS = 50
_NEXT_INSTANT = timedelta(microseconds=1)
_TAKEN = "ConditionalCheckFailedException"
_IDENTITY = ("request_id", "operation", "user")
_RUN = ("started_at", "duration_ms", "memory_used_mb")

_TRY_FOR_S = 2.0
_LEFT_FOR_THE_ANSWER_S = 0.2
_LONGEST_CALL_S = 12.0  # three attempts of the client with timeouts, and the pauses between the attempts
_LONGEST_PAUSE_S = 0.8
_FIRST_PAUSE_S = 0.05

_logger = getLogger(__name__)

declare_for_library(__name__, {_TABLE_VARIABLE: (DynamoDBOperation.PUT_ITEM,)})


class NoFreeInstantError(Exception):
    """No free timestamp: other executions of the account have this timestamp and the following microseconds."""


class UsageTable:
    """The writer that puts each usage record into the table exactly once, within the remaining time of the invocation.

    After a transient failure (throttling, no connection, a failure of the service) the class retries the write for up
    to 2 s. The class does not retry in the last 0.2 s of the invocation. If a record cannot be written, the class logs
    the whole record.

    Args:
        put_item: a function in place of `put_item` of a DynamoDB client, e.g. a function that writes the item in a
            transaction.
    """

    def __init__(self, put_item: Callable[..., Any] | None = None) -> None:
        self._put_item = put_item

    def put(self, metrics: UsageMetrics) -> None:
        """Write one record. Never raise an error."""
        attempt = _Attempt(metrics.item(metrics.timestamp, _ttl(metrics.timestamp)), self._put_item)
        time_left = _TRY_FOR_S + _LONGEST_CALL_S
        if metrics.ends_at is not None:
            time_left = metrics.ends_at - _LEFT_FOR_THE_ANSWER_S - time.monotonic()
        if time_left > _LONGEST_CALL_S:
            attempt.run(min(_TRY_FOR_S, time_left - _LONGEST_CALL_S))
        else:
            attempt.run_beside(time_left)


class _Attempt:
    """The attempt to write one record. The attempt ends with an item in the table, or with one log line."""

    def __init__(self, item: Mapping[str, Any], put_item: Callable[..., Any] | None) -> None:
        self._item = item
        self._put_item = put_item
        self._table: str | None = None
        self._given_up = threading.Lock()

    def run(self, try_for_s: float) -> None:
        """Write the record. After `try_for_s` seconds, do not begin another attempt."""
        until = time.monotonic() + try_for_s
        pause = _FIRST_PAUSE_S
        while True:
            try:
                self._write()
            except Exception as error:  # noqa: BLE001 - metering never changes a handler's answer
                wait = random.uniform(pause / 2, pause)  # noqa: S311 - the random number only spreads retries
                if not is_transient(error) or time.monotonic() + wait >= until:
                    self._give_up(describe_error(error))
                    return
                time.sleep(wait)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
            else:
                return

    def run_beside(self, wait_s: float) -> None:
        """Write the record in a separate thread, and wait at most `wait_s` seconds.

        A call of AWS cannot be interrupted. Without the thread, Lambda could stop the invocation during the call, and
        the handler's response would be lost. After the wait, the write may still be running, and may succeed. The
        record is then in the table and in the log, which does no harm.
        """
        if wait_s <= 0:
            self._give_up("no time left")
            return
        here = contextvars.copy_context()
        thread = threading.Thread(target=here.run, args=(self.run, wait_s), name="pycommon-usage", daemon=True)
        thread.start()
        thread.join(wait_s)
        if thread.is_alive():
            self._give_up("no time left")

    def _write(self) -> None:
        self._table = resolver().require(_TABLE_VARIABLE)
        write_once(self._put_item or client("dynamodb").put_item, self._table, self._item)

    def _give_up(self, reason: str) -> None:
        if not self._given_up.acquire(blocking=False):
            return  # the record is already logged
        try:
            log_unrecorded(self._item, self._table, reason)
        except Exception:
            _logger.exception("The usage of request %s is lost: logging it failed", self._item.get("request_id"))


def write_once(put_item: Callable[..., Any], table: str, item: Mapping[str, Any]) -> bool:
    """Put a usage item into the table unless the item exists. Return whether this call has put the item.

    Account and timestamp are the key of an item. If another execution has this key, use the next free microsecond. If
    the existing item belongs to the same execution, leave the item unchanged. The item exists if the response of an
    earlier write was lost, or if Lambda delivered an event again after a success.

    Args:
        put_item: `put_item` of a DynamoDB client.
        table: the name of the table.
        item: the values of the item, from `UsageMetrics.item`.

    Raises:
        NoFreeInstantError: other executions have the next 50 microseconds.
        Exception: any other error of the client.
    """
    moment = datetime.fromisoformat(item["timestamp"])
    for step in range(_INSTANTS):
        placed = {**item, "timestamp": timestamp_text(moment + step * _NEXT_INSTANT)}
        try:
            put_item(
                TableName=table,
                Item=to_item(placed),
                ConditionExpression="attribute_not_exists(account)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except Exception as error:
            if error_code(error) != _TAKEN:
                raise
            if _same_execution(item, from_item(getattr(error, "response", {}).get("Item", {}))):
                return False
        else:
            return True
    raise NoFreeInstantError(f"{_INSTANTS} microseconds from {item['timestamp']} on are taken")


def _same_execution(item: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    """Return whether the existing item belongs to this execution.

    A repeated delivery of an event has the same request id. After a failure, the repetition is another execution, and
    AWS bills both executions. After a success, the library does not record the repetition again.
    """
    if any(item.get(name) != there.get(name) for name in _IDENTITY):
        return False
    same_run = all(item.get(name) == there.get(name) for name in _RUN)
    return same_run or (item.get("request_id") is not None and there.get("success") is True)


def _ttl(timestamp: datetime) -> int:
    days = process_environment.number("USAGE_METRICS_TTL_DAYS", _DEFAULT_TTL_DAYS, at_least=1, at_most=36500)
    return int((timestamp + timedelta(days=days)).timestamp())
