"""Close the day: move rows of earlier days to today, also for users without usage today.

The exact time does not matter. A rate limit reads a row of an earlier day as "nothing spent today". Usage of a newer
day closes its row immediately. Reports and other readers of the table need closed rows.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from costs.cost_row_store import MalformedRowError, StoredCostRow
from pycommon.const import SYSTEM_USER
from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.dal.providers.aws.clients import client, error_code
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["Closing", "close_day", "close_rows"]

_ATTEMPTS = 5
_MOVED = "ConditionalCheckFailedException"
# The time for one page of the scan and one row, if both are as slow as the client's timeouts and retries allow.
_TIME_FOR_ONE_PAGE_MS = 20_000

logger = getLogger("costs.close")


@dataclass(slots=True)
class Closing:
    """The result for the rows of earlier days.

    Attributes:
        closed: the number of rows that belong to today now. This function or new usage closed these rows.
        malformed: the number of rows that are malformed or whose sums would not be exact. These rows stay unchanged.
            The log names each of these rows.
        contended: the number of rows that other writers changed in every attempt. The next invocation tries these rows
            again.
        finished: whether every row was processed. If not, the time was too short, and the next invocation continues.
    """

    closed: int = 0
    malformed: int = 0
    contended: int = 0
    finished: bool = True


@required_env_vars(
    {
        "COST_CALCULATIONS_DYNAMO_TABLE": [DynamoDBOperation.SCAN, DynamoDBOperation.UPDATE_ITEM],
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
    }
)
@track_execution(account=SYSTEM_USER, user=SYSTEM_USER)
def close_day(event: Any, context: Any) -> dict[str, Any]:
    """Close every row of costs whose day is before today, by this machine's clock.

    Ignore the event's `time`, because a caller could name a future day and so end the day and the month of all users.

    Args:
        event: the event of the schedule; not used.
        context: Lambda's context object.

    Returns:
        The numbers of closed, malformed and contended rows, and whether all rows were processed.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: the table cannot be read or written. Closed rows stay closed.
            Lambda retries a scheduled function twice. The next day's invocation closes the remaining rows.
    """
    closing = close_rows(
        os.environ["COST_CALCULATIONS_DYNAMO_TABLE"], datetime.now(UTC).date(), context.get_remaining_time_in_millis
    )
    logger.info(
        "%d rows closed, %d malformed, %d contended%s",
        closing.closed,
        closing.malformed,
        closing.contended,
        "" if closing.finished else "; the time was too short, the next run continues",
    )
    return {
        "success": closing.malformed == 0,
        "closed": closing.closed,
        "malformed": closing.malformed,
        "contended": closing.contended,
        "finished": closing.finished,
    }


def close_rows(table: str, today: date, time_left_ms: Callable[[], float] = lambda: float("inf")) -> Closing:
    """Close the rows of days before `today`. Leave rows of today, of later days and without a `costDate` unchanged.

    Args:
        table: name of the costs table.
        today: the UTC day.
        time_left_ms: returns the milliseconds until the end of the invocation.
    """
    closing = Closing()
    for page in _pages_of_past_days(table, today):
        for item in page:
            _close(table, item, today, closing)
            if time_left_ms() < _TIME_FOR_ONE_PAGE_MS:
                break
        if time_left_ms() < _TIME_FOR_ONE_PAGE_MS:
            closing.finished = False
            break
    return closing


def _pages_of_past_days(table: str, today: date) -> Iterator[list[Mapping[str, Any]]]:
    pages = (
        client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=table,
            FilterExpression="costDate < :today",  # text such as YYYY-MM-DD sorts by time
            ExpressionAttributeValues=to_item({":today": today.isoformat()}),
        )
    )
    for page in pages:
        yield page["Items"]


def _close(table: str, item: Mapping[str, Any], today: date, closing: Closing) -> None:
    for _ in range(_ATTEMPTS):
        stored = StoredCostRow.of(item)
        try:
            with stored.reporting_faults():
                row = stored.sums(today, today)
                closed = row.close(today)
            if closed is row:  # usage of today has closed it
                closing.closed += 1
                return
            client("dynamodb").update_item(
                TableName=table, **stored.update(closed), ReturnValuesOnConditionCheckFailure="ALL_OLD"
            )
        except MalformedRowError as error:
            logger.error("A row was not closed: %s", error)
            closing.malformed += 1
            return
        except Exception as error:
            if error_code(error) != _MOVED:
                raise
            item = getattr(error, "response", {}).get("Item", {})
            if not item:  # the row was deleted
                return
        else:
            closing.closed += 1
            return
    closing.contended += 1
