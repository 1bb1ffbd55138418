"""Read a row of `COST_CALCULATIONS_DYNAMO_TABLE`: the costs of one user that one account pays, in USD.

The rate limits (`pycommon.authz.limits`) and the roll-up of usage (`amplify-platform/costs`) read rows through this
module. docs/costs.md describes the attributes.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HOURS", "NOTHING", "CostRow", "MalformedCostsError", "number_in"]

HOURS = 24
NOTHING = Decimal(0)


class MalformedCostsError(ValueError):
    """A value of a row has the wrong type.

    If the library read such a value as 0, a rate limit would not stop the user.
    """


class CostRow(NamedTuple):
    """The costs that a row stores.

    Attributes:
        day: the UTC day that `daily` and `hourly` belong to (`costDate`). None if another program writes the row and
            resets the costs itself.
        daily: the costs of that day (`dailyCost`).
        closed_days: the costs of the earlier days of the same month (`monthlyCost`).
        hourly: the costs of that day by UTC hour, as the row stores them (`hourlyCost`). Read these costs with
            `in_hour` or `by_hour`, which check the type.
    """

    day: date | None
    daily: Decimal
    closed_days: Decimal
    hourly: tuple[Any, ...]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> CostRow:
        """Read the values of a row. If a cost is missing, use 0.

        Raises:
            MalformedCostsError: a cost is not a number, `hourlyCost` is not a list of 24 values, or `costDate` is not a
                day.

        Example:
            >>> CostRow.of({"costDate": "2030-05-17", "dailyCost": Decimal("0.25")}).daily
            Decimal('0.25')
        """
        return cls(_day(values), number_in(values, "dailyCost"), number_in(values, "monthlyCost"), _hourly(values))

    def in_hour(self, hour: int) -> Decimal:
        """Return the cost of one hour.

        Raises:
            MalformedCostsError: the cost of this hour is not a number.
        """
        cost = self.hourly[hour]
        if not isinstance(cost, Decimal):
            raise _malformed_hours()
        return cost

    def by_hour(self) -> tuple[Decimal, ...]:
        """Return the costs of all 24 hours.

        Raises:
            MalformedCostsError: the cost of an hour is not a number.
        """
        return tuple(self.in_hour(hour) for hour in range(HOURS))


def number_in(values: Mapping[str, Any], name: str) -> Decimal:
    """Return the number that the row stores under `name`, or 0 if the row has no value with this name.

    Raises:
        MalformedCostsError: the value is not a number.
    """
    value = values.get(name)
    if value is None:
        return NOTHING
    if not isinstance(value, Decimal):
        raise MalformedCostsError(f"`{name}` is not a number")
    return value


def _hourly(values: Mapping[str, Any]) -> tuple[Any, ...]:
    hourly = values.get("hourlyCost")
    if hourly is None:
        return (NOTHING,) * HOURS
    if not isinstance(hourly, list) or len(hourly) != HOURS:
        raise _malformed_hours()
    return tuple(hourly)


def _day(values: Mapping[str, Any]) -> date | None:
    text = values.get("costDate")
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        day = None
    if day is None or day.isoformat() != text:  # Python also accepts other forms of ISO 8601
        raise MalformedCostsError("`costDate` is not a day such as 2030-05-17")
    return day


def _malformed_hours() -> MalformedCostsError:
    return MalformedCostsError(f"`hourlyCost` is not a list of {HOURS} numbers")
