"""The roll-up: what executions cost, brought by the stream of the usage table, is added to what users have spent."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from costs import dead_letters
from costs.batch import Batch
from costs.charging import CHARGES_AT_MOST, Charge, ContendedRowError, charge, is_permanent
from costs.own_usage import count_own_usage_at_once
from costs.stored_row import MalformedRowError
from pycommon.const import SYSTEM_USER
from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.dal.providers.aws.clients import describe_error
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, SQSOperation
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from costs.batch import Delivery
    from costs.usage_item import UsageItem

__all__ = ["Tally", "roll_up", "roll_up_usage"]

# To read and to move a row is to wait for DynamoDB, and a batch may have hundreds of rows.
_ROWS_AT_ONCE = 8
# A row that meets every delay takes about so long: what is begun later would be cut off by the end of the invocation.
_TIME_FOR_ONE_ROW_MS = 20_000

logger = getLogger("costs.roll_up")


class OutOfTimeError(Exception):
    """The invocation ends before everything is counted. The stream delivers the batch again."""


@dataclass(slots=True)
class Tally:
    """What became of the records of a batch.

    Attributes:
        counted: items that are counted now.
        repeated: items that were counted before, or are gone from the table.
        too_old: of those counted, items for which no sum is kept any more; see `CostRow.reaches`.
        dead_letters: records that cannot be counted, and went to the dead-letter queue.
        failures: errors that may be gone when the stream delivers the batch again.
    """

    counted: int = 0
    repeated: int = 0
    too_old: int = 0
    dead_letters: int = 0
    failures: list[Exception] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in what became of other records."""
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
    """Count the items of usage that the stream brings, each exactly once.

    The system pays for it: an item for each payer of a batch would cost more than the executions that it counts.

    Args:
        event: a batch of the stream of the usage table.
        context: Lambda's context object.

    Returns:
        How many records were counted, repeated, too old for a sum, and sent to the dead-letter queue.

    Raises:
        Exception: the first error that may be gone when the stream delivers the batch again. What could be counted is
            counted by then, and is recognised at the next delivery.
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
    """Count a batch. What `roll_up_usage` does, without what a Lambda function needs around it.

    Args:
        records: records of the stream.
        now: the moment, in UTC.
        time_left_ms: tells how many milliseconds there are until the end of the invocation.
    """
    batch = Batch.of(records, now)
    tally = Tally()
    with ThreadPoolExecutor(_ROWS_AT_ONCE) as rows:
        for row in rows.map(lambda group: _count(group, now, time_left_ms), batch.groups.values()):
            tally.add(row)
    _give_up(batch.malformed, tally)
    return tally


def _count(deliveries: Sequence[Delivery], now: datetime, time_left_ms: Callable[[], float]) -> Tally:
    """Count what belongs to one row, as many items at a time as a transaction takes."""
    tally = Tally()
    for start in range(0, len(deliveries), CHARGES_AT_MOST):
        if time_left_ms() < _TIME_FOR_ONE_ROW_MS:
            tally.failures.append(OutOfTimeError("the invocation ends soon; the rest is left to the next delivery"))
            return tally
        some = deliveries[start : start + CHARGES_AT_MOST]
        try:
            charged = charge(
                os.environ["COST_CALCULATIONS_DYNAMO_TABLE"],
                [Charge(each.item, _mark_as_counted(each.item, now)) for each in some],
                now.date(),
            )
        except Exception as error:
            if is_permanent(error):
                if not _is_foreseen(error):
                    logger.exception("A row could not be moved")
                _give_up([(each.record, _reason(error)) for each in some], tally)
            else:
                logger.warning("A row could not be moved: %s", _reason(error))
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
    """Send records, each with its reason, to where a person looks; where that fails, they are left to the stream."""
    for reason, times in Counter(reason for _, reason in records).items():
        logger.error("Records that cannot be counted, for the dead-letter queue: %d: %s", times, reason)
    for record, reason in records:
        try:
            dead_letters.send(record, reason)
        except Exception as error:  # noqa: BLE001 - the other records are not to wait for the queue
            logger.warning("The dead-letter queue cannot be reached: %s", _reason(error))
            tally.failures.append(error)
            return
        tally.dead_letters += 1


def _is_foreseen(error: Exception) -> bool:
    return isinstance(error, MalformedRowError) or hasattr(error, "response")


def _reason(error: Exception) -> str:
    """Our own sentences; of others the code or the class, as their text may repeat what was sent."""
    return str(error) if isinstance(error, MalformedRowError | ContendedRowError) else describe_error(error)
