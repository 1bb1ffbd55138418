"""A row of `COST_CALCULATIONS_DYNAMO_TABLE` as it is stored: read into a `CostRow`, and written back if untouched."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, Any

from costs.row import HOURS, NOTHING, CostRow
from pycommon.dal.providers.aws.attribute_values import from_attribute, from_item, to_item
from pycommon.dal.providers.aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["MalformedRowError", "StoredRow"]

_DAY = timedelta(days=1)
_ATTRIBUTES = (
    "costDate",
    "dailyCost",
    "hourlyCost",
    "monthlyCost",
    "previousMonth",
    "previousMonthCost",
    "version",
)


class MalformedRowError(ValueError):
    """A row has a value that cannot be. What it should stand for is not guessed; the row must be mended first."""

    def __init__(self, stored: StoredRow, fault: str) -> None:
        super().__init__(f"the row of user {stored.user!r} and account {stored.account!r} in the costs table: {fault}")


@dataclass(frozen=True, slots=True)
class StoredRow:
    """What was stored for a user and an account when it was read.

    Attributes:
        user: the row's `id`.
        account: the row's `accountInfo`.
        attributes: the stored attributes as DynamoDB gave them; empty where there is no row.
    """

    user: str
    account: str
    attributes: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, table: str, user: str, account: str) -> StoredRow:
        """Look the row up, as it is at this moment."""
        key = to_item({"id": user, "accountInfo": account})
        answer = client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
        return cls(user, account, answer.get("Item", {}))

    @classmethod
    def of(cls, item: Mapping[str, Mapping[str, Any]]) -> StoredRow:
        """The row of an item that a scan brought."""
        key = from_item({name: item[name] for name in ("id", "accountInfo")})
        return cls(key["id"], key["accountInfo"], item)

    def row(self, day: date, today: date) -> CostRow:
        """The stored costs.

        Args:
            day: what the daily cost of a row without `costDate` belongs to: other writers of the table do not know it.
            today: the UTC day. A row of a later day than tomorrow (clocks differ a little) would take nothing up.

        Raises:
            MalformedRowError: a value is not of its kind, or cannot be.
        """
        row = CostRow(
            self._day() or day,
            self._number("dailyCost"),
            self._hourly(),
            self._number("monthlyCost"),
            self._number("previousMonthCost"),
        )
        if self._value("previousMonth") not in (None, row.previous_month_name):
            raise MalformedRowError(self, "`previousMonth` is not the month before that of `costDate`")
        if row.day > today + _DAY:
            raise MalformedRowError(self, "`costDate` lies in the future")
        return row

    @contextmanager
    def summing(self) -> Iterator[None]:
        """Within, a sum that cannot be exact is a fault of this row.

        Raises:
            MalformedRowError: a sum would have more digits than a number in DynamoDB holds.
        """
        try:
            yield
        except DecimalException as error:
            raise MalformedRowError(self, "a sum would have more digits than a number in DynamoDB holds") from error

    def update(self, row: CostRow) -> dict[str, Any]:
        """The parameters of an UpdateItem that stores `row`, on the condition that nothing has changed since.

        Other writers do not know the lock: beside `version` all costs are compared, so that what they have added
        meanwhile is not overwritten. Their further attributes stay.

        Raises:
            MalformedRowError: `version` is no number.
        """
        values = {
            "costDate": row.day.isoformat(),
            "dailyCost": row.daily,
            "hourlyCost": row.hourly,
            "monthlyCost": row.closed_days,
            "previousMonth": row.previous_month_name,
            "previousMonthCost": row.previous_month,
            "version": self._number("version") + 1,
        }
        known = {name: self.attributes[name] for name in _ATTRIBUTES if name in self.attributes}
        same = [f"#{name} = :was_{name}" if name in known else f"attribute_not_exists(#{name})" for name in _ATTRIBUTES]
        return {
            "Key": to_item({"id": self.user, "accountInfo": self.account}),
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in values),
            "ConditionExpression": " AND ".join(same),
            "ExpressionAttributeNames": {f"#{name}": name for name in _ATTRIBUTES},
            "ExpressionAttributeValues": {
                **to_item({f":{name}": value for name, value in values.items()}),
                **{f":was_{name}": attribute for name, attribute in known.items()},
            },
        }

    def _value(self, name: str) -> Any:
        attribute = self.attributes.get(name)
        return None if attribute is None else from_attribute(attribute)

    def _number(self, name: str) -> Decimal:
        value = self._value(name)
        if value is None:
            return NOTHING
        if not isinstance(value, Decimal):
            raise MalformedRowError(self, f"`{name}` is not a number")
        return value

    def _hourly(self) -> tuple[Decimal, ...]:
        value = self._value("hourlyCost")
        if value is None:
            return (NOTHING,) * HOURS
        if not isinstance(value, list) or len(value) != HOURS or not all(isinstance(each, Decimal) for each in value):
            raise MalformedRowError(self, f"`hourlyCost` is not a list of {HOURS} numbers")
        return tuple(value)

    def _day(self) -> date | None:
        text = self._value("costDate")
        if text is None:
            return None
        try:
            day = date.fromisoformat(text)
        except (TypeError, ValueError):
            day = None
        if day is None or day.isoformat() != text:  # Python reads further forms of ISO 8601
            raise MalformedRowError(self, "`costDate` is not a day such as 2030-05-17")
        return day
