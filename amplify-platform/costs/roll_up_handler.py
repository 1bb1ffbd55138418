"""Add the cost of executions to the costs of their users. The usage table's stream delivers the executions."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from costs import dead_letters
from costs.cost_row_store import MalformedRowError
from costs.own_usage import count_own_usage_at_once
from costs.row_charging import CHARGES_AT_MOST, ContendedRowError, RowCharge, charge, is_permanent
from costs.stream_batch import StreamBatch
from pycommon.const import SYSTEM_USER
from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.dal.providers.aws.clients import describe_error
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, SQSOperation
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from costs.stream_batch import Delivery
    from costs.usage_item import UsageItem

__all__ = ["Tally", "roll_up", "roll_up_usage"]

# Reading and updating a row mostly waits for DynamoDB, and a batch may have hundreds of rows.
_ROWS_AT_ONCE = 8
# The time for one row if every call is as slow as possible. If less time is left, no row begins, because the end of the
# invocation could interrupt it.
_TIME_FOR_ONE_ROW_MS = 20_000

logger = getLogger("costs.roll_up")


class OutOfTimeError(Exception):
    """The invocation ends before all items are counted. The stream delivers the batch again."""


@dataclass(slots=True)
class Tally:
    """The result for the records of a batch.

    Attributes:
        counted: the number of items that were counted.
        repeated: the number of items that were counted before, or are no longer in the table.
        too_old: the number of counted items whose row no longer has a sum for their month; see `CostSums.reaches`.
        dead_letters: the number of records that cannot be counted and went to the dead-letter queue.
        failures: the errors that may not occur again when the stream delivers the batch again.
    """

    counted: int = 0
    repeated: int = 0
    too_old: int = 0
    dead_letters: int = 0
    failures: list[Exception] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the result for other records."""
        self.counted += other.counted
        self.repeated += other.repeated
        self.too_old += other.too_old
        self.dead_letters += other.dead_letters
        self.failures += other.failures


@required_env_vars(
    {
        "COSTS_DEAD_LETTER_QUEUE_URL": [SQSOperation.SEND_MESSAGE],
        "COST_CALCULATIONS_DYNAMO_TABLE": [DynamoDBOperation.GET_ITEM, DynamoDBOperation.UPDATE_ITEM],
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM, DynamoDBOperation.UPDATE_ITEM],
    }
)
@track_execution(account=SYSTEM_USER, user=SYSTEM_USER)
def roll_up_usage(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Count the items of usage in a stream batch, each exactly once.

    The system account pays for this function. One usage item for each payer of a batch would cost more than the
    executions.

    Args:
        event: a batch of the usage table's stream.
        context: Lambda's context object.

    Returns:
        The number of records that were counted, counted before, too old for a sum, and sent to the dead-letter queue.

    Raises:
        Exception: the first error that may not occur again when the stream delivers the batch again. All other items
            are counted before the error is raised. The next delivery does not count these items again.
    """
    count_own_usage_at_once()
    tally = roll_up(event["Records"], datetime.now(UTC), context.get_remaining_time_in_millis)
    logger.info(
        "%d counted, %d repeated, %d too old for a sum, %d to the dead-letter queue, %d failed",
        tally.counted,
        tally.repeated,
        tally.too_old,
        tally.dead_letters,
        len(tally.failures),
    )
    if tally.failures:
        raise tally.failures[0]
    return {
        "success": tally.dead_letters == 0,
        "counted": tally.counted,
        "repeated": tally.repeated,
        "tooOld": tally.too_old,
        "deadLetters": tally.dead_letters,
    }


def roll_up(records: Iterable[Any], now: datetime, time_left_ms: Callable[[], float] = lambda: float("inf")) -> Tally:
    """Count a batch, as `roll_up_usage` does, without Lambda.

    Args:
        records: records of the stream.
        now: the current time in UTC.
        time_left_ms: returns the milliseconds until the end of the invocation.
    """
    batch = StreamBatch.of(records, now)
    tally = Tally()
    with ThreadPoolExecutor(_ROWS_AT_ONCE) as rows:
        for row in rows.map(lambda group: _count(group, now, time_left_ms), batch.groups.values()):
            tally.add(row)
    _give_up(batch.malformed, tally)
    return tally


def _count(deliveries: Sequence[Delivery], now: datetime, time_left_ms: Callable[[], float]) -> Tally:
    """Count the items of one row. Each transaction has as many items as DynamoDB accepts."""
    tally = Tally()
    for start in range(0, len(deliveries), CHARGES_AT_MOST):
        if time_left_ms() < _TIME_FOR_ONE_ROW_MS:
            tally.failures.append(OutOfTimeError("the invocation ends soon; the next delivery counts the other items"))
            return tally
        some = deliveries[start : start + CHARGES_AT_MOST]
        try:
            charged = charge(
                os.environ["COST_CALCULATIONS_DYNAMO_TABLE"],
                [RowCharge(each.item, _mark_as_counted(each.item, now)) for each in some],
                now.date(),
            )
        except Exception as error:
            if is_permanent(error):
                if not _is_foreseen(error):
                    logger.exception("A row could not be updated")
                _give_up([(each.record, _reason(error)) for each in some], tally)
            else:
                logger.warning("A row could not be updated: %s", _reason(error))
                tally.failures.append(error)
        else:
            tally.counted += charged.counted
            tally.repeated += len(charged.refusals)
            tally.too_old += charged.too_old
    return tally


def _mark_as_counted(item: UsageItem, now: datetime) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": os.environ["USAGE_METRICS_DYNAMO_TABLE"],
            "Key": item.key,
            "UpdateExpression": "SET counted_at = :now",
            "ConditionExpression": "attribute_exists(account) AND attribute_not_exists(counted_at)",
            "ExpressionAttributeValues": to_item({":now": now.isoformat(timespec="milliseconds")}),
        }
    }


def _give_up(records: Sequence[tuple[Any, str]], tally: Tally) -> None:
    """Send records to the dead-letter queue, each with its reason. If that fails, the stream delivers them again."""
    for reason, times in Counter(reason for _, reason in records).items():
        logger.error("%d records cannot be counted and go to the dead-letter queue: %s", times, reason)
    for record, reason in records:
        try:
            dead_letters.send(record, reason)
        except Exception as error:  # noqa: BLE001 - the stream delivers all remaining records again
            logger.warning("The dead-letter queue cannot be reached: %s", _reason(error))
            tally.failures.append(error)
            return
        tally.dead_letters += 1


def _is_foreseen(error: Exception) -> bool:
    return isinstance(error, MalformedRowError) or hasattr(error, "response")


def _reason(error: Exception) -> str:
    """Return the text of the project's own errors. For other errors, return the error code or the class.

    The text of another error may contain parts of the request.
    """
    return str(error) if isinstance(error, MalformedRowError | ContendedRowError) else describe_error(error)
