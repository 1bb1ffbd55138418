"""The arithmetic of one row of costs: usage is added to it, days are closed in it. Values only, and exact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["EXACT", "HOURS", "NOTHING", "CostRow"]

EXACT = Context(prec=38, traps=[Inexact, InvalidOperation])
"""As many digits as a number in DynamoDB holds. What needs more is an error: rounded, it would be another sum."""

HOURS = 24
NOTHING = Decimal(0)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class CostRow:
    """What one user has spent through one account, in USD.

    The totals are those of the newest day that was seen, and so the same in whatever order usage is added.

    Attributes:
        day: the UTC day that `daily` and `hourly` belong to (`costDate`).
        daily: spent on that day (`dailyCost`).
        hourly: the same by UTC hour, 24 numbers (`hourlyCost`).
        closed_days: spent on the earlier days of that day's month (`monthlyCost`).
        previous_month: spent in the month before (`previousMonthCost`).

    Example:
        >>> row = CostRow(date(2030, 5, 31)).add(date(2030, 5, 31), 23, Decimal("0.25"))
        >>> row.close(date(2030, 6, 1)).previous_month
        Decimal('0.25')
    """

    day: date
    daily: Decimal = NOTHING
    hourly: tuple[Decimal, ...] = (NOTHING,) * HOURS
    closed_days: Decimal = NOTHING
    previous_month: Decimal = NOTHING

    def add(self, day: date, hour: int, cost: Decimal) -> CostRow:
        """The row with `cost` of an execution that began in `hour` (0-23, UTC) of `day`.

        A newer day closes the row first. An older one adds to the sum that it belongs to; one that the row no longer
        `reaches` to changes nothing.

        Raises:
            decimal.DecimalException: the sum has more digits than DynamoDB keeps.
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

    def close(self, day: date) -> CostRow:
        """The row as it stands when `day` begins; unchanged where it is of that day or a later one."""
        if day <= self.day:
            return self
        month = EXACT.add(self.closed_days, self.daily)
        months = _month(day) - _month(self.day)
        if months == 0:
            return CostRow(day, closed_days=month, previous_month=self.previous_month)
        return CostRow(day, previous_month=month if months == 1 else NOTHING)

    def reaches(self, day: date) -> bool:
        """Whether usage of `day` still has a sum in this row: it is not older than the month before."""
        return _month(self.day) - _month(day) <= 1

    @property
    def previous_month_name(self) -> str:
        """The month before that of `day`, as YYYY-MM (`previousMonth`)."""
        year, month = divmod(_month(self.day) - 1, _MONTHS)
        return f"{year:04}-{month + 1:02}"


def _month(day: date) -> int:
    """Months since the year 0, so that they can be subtracted."""
    return day.year * _MONTHS + day.month - 1
