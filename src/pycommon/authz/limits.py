"""Check a caller's rate limit: compare the costs in `COST_CALCULATIONS_DYNAMO_TABLE` with the limit."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from pycommon.cost_row import NOTHING, CostRow, MalformedCostsError
from pycommon.dal.providers.aws.attribute_values import from_item, to_item
from pycommon.dal.providers.aws.clients import client, describe_error
from pycommon.exceptions import HTTPServiceUnavailable, HTTPTooManyRequests
from pycommon.expiring_cache import ExpiringCache
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal

    from pycommon.authz.accounts import RateLimit
    from pycommon.env.variable_resolver import VariableResolver

__all__ = ["Budget", "Spent"]

_DECEMBER = 12

_logger = getLogger(__name__)


class Spent(NamedTuple):
    """The costs of a user in USD, over all rows of the user."""

    this_hour: Decimal
    today: Decimal
    this_month: Decimal

    def plus(self, other: Spent) -> Spent:
        """Return the sum of these costs and the costs of `other`."""
        return Spent(self.this_hour + other.this_hour, self.today + other.today, self.this_month + other.this_month)

    def within(self, period: str) -> Decimal:
        """Return the costs in the period: Hourly, Daily or Monthly."""
        return {"Hourly": self.this_hour, "Daily": self.today, "Monthly": self.this_month}[period]


class Budget:
    """The check of a user's costs against a limit.

    The check caches costs. A limit takes effect after at most `cache_for_s` seconds.
    """

    def __init__(
        self,
        variables: VariableResolver,
        cache_for_s: float,
        *,
        allow_when_unreadable: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._variables = variables
        self._cache_for_s = cache_for_s
        self._allow_when_unreadable = allow_when_unreadable
        self._now = now
        self._cache: ExpiringCache[Spent] = ExpiringCache()

    def check(self, user: str, limit: RateLimit | None) -> None:
        """Return if there is no limit, or if `user` has spent less than the limit. Otherwise raise an error.

        Raises:
            EnvVarError: there is a limit, and COST_CALCULATIONS_DYNAMO_TABLE is not set.
            HTTPTooManyRequests: the limit is reached. `Retry-After` has the seconds until the period ends.
            HTTPServiceUnavailable: there is a limit, and the costs cannot be read.
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
        spent = self._cache.get(key)
        if spent is None:
            spent = self._read(user, now)
            if spent is None:
                return None
            self._cache.keep(key, spent, for_s=self._cache_for_s)
        return spent

    def _read(self, user: str, now: datetime) -> Spent | None:
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
            return _sum((from_item(item) for page in pages for item in page["Items"]), now)
        except Exception as error:
            reason = str(error) if isinstance(error, MalformedCostsError) else describe_error(error)
            _logger.error("The costs table %s cannot be read: %s", table, reason)
            if self._allow_when_unreadable:
                return None
            raise HTTPServiceUnavailable("The costs cannot be looked up at the moment") from error


def _sum(rows: Iterable[dict[str, Any]], now: datetime) -> Spent:
    spent = Spent(NOTHING, NOTHING, NOTHING)
    for row in rows:
        spent = spent.plus(_spent_by(CostRow.of(row), now))
    return spent


def _spent_by(row: CostRow, now: datetime) -> Spent:
    """Return the costs of one row in this hour, day and month.

    The first usage of a new day, or a schedule, sets `costDate` of the row to that day. Before this change, the user
    has spent nothing through this row today. Another program writes rows without `costDate`, and resets the costs
    itself.
    """
    this_hour, this_month = row.in_hour(now.hour), row.closed_days + row.daily
    if row.day is None or row.day >= now.date():  # a later day means that the writer's clock is fast
        return Spent(this_hour, row.daily, this_month)
    same_month = (row.day.year, row.day.month) == (now.year, now.month)
    return Spent(NOTHING, NOTHING, this_month if same_month else NOTHING)


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
    return math.ceil((end - now).total_seconds())  # round up: callers must not return too early
