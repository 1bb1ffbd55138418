"""Add usage to one row of costs, and close its day: exact arithmetic on values, without AWS."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import TYPE_CHECKING

from pycommon.cost_row import HOURS, NOTHING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["EXACT", "CostSums"]

EXACT = Context(prec=38, traps=[Inexact, InvalidOperation])
"""Decimal arithmetic with 38 digits, as many as a number in DynamoDB can have.

A sum with more digits is an error, because a rounded sum is wrong."""

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class CostSums:
    """The sums of one user and one account, in USD.

    The sums belong to the newest day that was added. Therefore the sums do not depend on the order of the additions.

    Attributes:
        day: the UTC day of `daily` and `hourly` (`costDate`).
        daily: the cost of that day (`dailyCost`).
        hourly: the cost of that day by UTC hour, as 24 numbers (`hourlyCost`).
        closed_days: the cost of the earlier days in the same month (`monthlyCost`).
        previous_month: the cost of the previous month (`previousMonthCost`).

    Example:
        >>> row = CostSums(date(2030, 5, 31)).add(date(2030, 5, 31), 23, Decimal("0.25"))
        >>> row.close(date(2030, 6, 1)).previous_month
        Decimal('0.25')
    """

    day: date
    daily: Decimal = NOTHING
    hourly: tuple[Decimal, ...] = (NOTHING,) * HOURS
    closed_days: Decimal = NOTHING
    previous_month: Decimal = NOTHING

    def add(self, day: date, hour: int, cost: Decimal) -> CostSums:
        """Return the sums with the cost of an execution that began in `hour` (0-23, UTC) of `day`.

        If `day` is newer than the row, close the row first. The cost of an older day goes to the sum of its month. If
        the row no longer `reaches` the day, the sums stay unchanged.

        Raises:
            decimal.DecimalException: the sum has more digits than DynamoDB stores.
        """
        row = self.close(day)
        months_ago = _month(row.day) - _month(day)
        if day == row.day:
            hourly = tuple(EXACT.add(spent, cost) if each == hour else spent for each, spent in enumerate(row.hourly))
            return replace(row, daily=EXACT.add(row.daily, cost), hourly=hourly)
        if months_ago == 0:
            return replace(row, closed_days=EXACT.add(row.closed_days, cost))
        if months_ago == 1:
            return replace(row, previous_month=EXACT.add(row.previous_month, cost))
        return row

    def close(self, day: date) -> CostSums:
        """Return the sums at the beginning of `day`. Sums of that day or a later day stay unchanged."""
        if day <= self.day:
            return self
        month = EXACT.add(self.closed_days, self.daily)
        months = _month(day) - _month(self.day)
        if months == 0:
            return CostSums(day, closed_days=month, previous_month=self.previous_month)
        return CostSums(day, previous_month=month if months == 1 else NOTHING)

    def reaches(self, day: date) -> bool:
        """Return whether the row has a sum for usage of `day`. The row has sums for its month and the month before."""
        return _month(self.day) - _month(day) <= 1

    @property
    def previous_month_name(self) -> str:
        """The month before the month of `day`, as YYYY-MM (`previousMonth`)."""
        year, month = divmod(_month(self.day) - 1, _MONTHS)
        return f"{year:04}-{month + 1:02}"


def _month(day: date) -> int:
    """Return the months since the year 0."""
    return day.year * _MONTHS + day.month - 1
