"""Whether a caller has budget left: what was spent (`COST_CALCULATIONS_DYNAMO_TABLE`) against the caller's limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.attribute_values import from_item, to_item
from pycommon.dal.providers.aws.clients import client, describe_error
from pycommon.exceptions import HTTPServiceUnavailable, HTTPTooManyRequests
from pycommon.expiring_cache import ExpiringCache
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pycommon.authz.accounts import RateLimit
    from pycommon.env.resolver import Resolver

__all__ = ["Budget", "Spent"]

_DECEMBER = 12
_HOURS = 24

_logger = getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a user has spent, in USD, over all rows of the user."""

    this_hour: Decimal
    today: Decimal
    this_month: Decimal

    def within(self, period: str) -> Decimal:
        """The sum for Hourly, Daily or Monthly."""
        return {"Hourly": self.this_hour, "Daily": self.today, "Monthly": self.this_month}[period]


class Budget:
    """Compares what was spent with a limit. What was read is kept for `kept_for_s`: so soon bites a limit."""

    def __init__(
        self,
        variables: Resolver,
        kept_for_s: float,
        *,
        allow_when_unreadable: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._variables = variables
        self._kept_for_s = kept_for_s
        self._allow_when_unreadable = allow_when_unreadable
        self._now = now
        self._kept: ExpiringCache[Spent] = ExpiringCache()

    def check(self, user: str, limit: RateLimit | None) -> None:
        """Let `user` pass who has no limit, or has spent less than it.

        Raises:
            EnvVarError: COST_CALCULATIONS_DYNAMO_TABLE is nowhere to be found, and there is a limit.
            HTTPTooManyRequests: the limit is reached; `Retry-After` says when the period ends.
            HTTPServiceUnavailable: there is a limit, and what was spent cannot be read.
        """
        if limit is None:
            return
        now = self._now()
        spent = self._spent(user, now)
        if spent is not None and spent.within(limit.period) >= limit.rate:
            raise HTTPTooManyRequests(
                f"The {limit.period.lower()} limit of {limit.rate:f} USD is reached",
                headers={"Retry-After": str(_seconds_left(limit.period, now))},
            )

    def _spent(self, user: str, now: datetime) -> Spent | None:
        key = (user, now.hour)
        spent = self._kept.get(key)
        if spent is None:
            rows = self._rows(user)
            if rows is None:
                return None
            spent = _sum(rows, now.hour)
            self._kept.put(key, spent, until=self._kept.clock() + self._kept_for_s)
        return spent

    def _rows(self, user: str) -> list[dict[str, Any]] | None:
        table = self._variables.require("COST_CALCULATIONS_DYNAMO_TABLE")
        try:
            pages = (
                client("dynamodb")
                .get_paginator("query")
                .paginate(
                    TableName=table,
                    KeyConditionExpression="#id = :user",
                    ExpressionAttributeNames={"#id": "id"},
                    ExpressionAttributeValues=to_item({":user": user}),
                )
            )
            return [from_item(item) for page in pages for item in page["Items"]]
        except Exception as error:
            _logger.error("The costs table %s cannot be read: %s", table, describe_error(error))
            if self._allow_when_unreadable:
                return None
            raise HTTPServiceUnavailable("What was spent cannot be looked up at the moment") from error


def _sum(rows: Iterable[dict[str, Any]], hour: int) -> Spent:
    this_hour = today = closed_days = Decimal(0)
    for row in rows:
        today += _decimal(row.get("dailyCost"))
        closed_days += _decimal(row.get("monthlyCost"))
        hourly = row.get("hourlyCost")
        if isinstance(hourly, list) and len(hourly) == _HOURS:
            this_hour += _decimal(hourly[hour])
    return Spent(this_hour, today, closed_days + today)


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)


def _seconds_left(period: str, now: datetime) -> int:
    start_of_day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case "Hourly":
            end = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        case "Daily":
            end = start_of_day + timedelta(days=1)
        case _:
            year, month = (now.year + 1, 1) if now.month == _DECEMBER else (now.year, now.month + 1)
            end = start_of_day.replace(year=year, month=month, day=1)
    return max(1, int((end - now).total_seconds()))
