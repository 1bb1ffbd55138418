"""The close of the day: rows of costs whose day is over are brought to today, also where nobody spends any more.

Nothing depends on the minute: a limit takes a row of an earlier day for one on which nothing was spent today, and usage
of a newer day closes its row itself. Closed rows are what reports and other readers of the table understand.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from costs.stored_row import MalformedRowError, StoredRow
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
# One page of the scan and one row that meet every delay take about so long.
_TIME_FOR_ONE_PAGE_MS = 20_000

logger = getLogger("costs.close")


@dataclass(slots=True)
class Closing:
    """What became of the rows whose day is over.

    Attributes:
        closed: rows that are of today now, closed here or by usage that came meanwhile.
        malformed: rows that cannot be read, or summed exactly; they stay as they are, and each stands in the log.
        contended: rows that others moved all the time; the next run meets them again.
        finished: whether every row was seen; otherwise time was short, and the next run goes on.
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

    The event's `time` is not looked at: whoever may invoke the function could name a day to come, and with it end
    everybody's day and month.

    Args:
        event: of a schedule; nothing of it is used.
        context: Lambda's context object.

    Returns:
        How many rows were closed, malformed and contended, and whether all were seen.

    Raises:
        botocore.exceptions.ClientError, BotoCoreError: the table cannot be read or written. What is closed by then
            stays closed; Lambda runs a scheduled function twice more, and the next day does the rest.
    """
    closing = close_rows(
        os.environ["COST_CALCULATIONS_DYNAMO_TABLE"], datetime.now(UTC).date(), context.get_remaining_time_in_millis
    )
    logger.info(
        "%d rows closed, %d malformed, %d contended%s",
        closing.closed,
        closing.malformed,
        closing.contended,
        "" if closing.finished else "; time was short, the next run goes on",
    )
    return {
        "success": closing.malformed == 0,
        "closed": closing.closed,
        "malformed": closing.malformed,
        "contended": closing.contended,
        "finished": closing.finished,
    }


def close_rows(table: str, today: date, time_left_ms: Callable[[], float] = lambda: float("inf")) -> Closing:
    """Close the rows of days before `today`. Rows of today, of later days and without a `costDate` are not touched.

    Args:
        table: name of the costs table.
        today: the UTC day.
        time_left_ms: tells how many milliseconds there are until the end of the invocation.
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
            FilterExpression="costDate < :today",  # days as YYYY-MM-DD sort as text
            ExpressionAttributeValues=to_item({":today": today.isoformat()}),
        )
    )
    for page in pages:
        yield page["Items"]


def _close(table: str, item: Mapping[str, Any], today: date, closing: Closing) -> None:
    for _ in range(_ATTEMPTS):
        stored = StoredRow.of(item)
        try:
            with stored.summing():
                row = stored.row(today, today)
                closed = row.close(today)
            if closed is row:  # usage of today was quicker
                closing.closed += 1
                return
            client("dynamodb").update_item(
                TableName=table, **stored.update(closed), ReturnValuesOnConditionCheckFailure="ALL_OLD"
            )
        except MalformedRowError as error:
            logger.error("A row stays unclosed: %s", error)
            closing.malformed += 1
            return
        except Exception as error:
            if error_code(error) != _MOVED:
                raise
            item = getattr(error, "response", {}).get("Item", {})
            if not item:  # it was deleted
                return
        else:
            closing.closed += 1
            return
    closing.contended += 1
