"""Read a row of `COST_CALCULATIONS_DYNAMO_TABLE`. Write the row back unless another writer has changed it meanwhile."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import DecimalException
from typing import TYPE_CHECKING, Any

from costs.cost_sums import CostSums
from pycommon.cost_row import CostRow, MalformedCostsError, number_in
from pycommon.dal.providers.aws.attribute_values import from_item, to_item
from pycommon.dal.providers.aws.clients import client

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

__all__ = ["MalformedRowError", "StoredCostRow"]

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
    """A row has an impossible value. The roll-up cannot correct the value. A person must correct the row."""

    def __init__(self, stored: StoredCostRow, fault: str) -> None:
        super().__init__(f"the row of user {stored.user!r} and account {stored.account!r} in the costs table: {fault}")


@dataclass(frozen=True, slots=True)
class StoredCostRow:
    """The row of one user and one account, as it was stored when it was read.

    Attributes:
        user: the row's `id`.
        account: the row's `accountInfo`.
        attributes: the stored attributes as DynamoDB returned them; empty if there is no row.
    """

    user: str
    account: str
    attributes: Mapping[str, Mapping[str, Any]]

    @classmethod
    def read(cls, table: str, user: str, account: str) -> StoredCostRow:
        """Read the row with a consistent read."""
        key = to_item({"id": user, "accountInfo": account})
        answer = client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
        return cls(user, account, answer.get("Item", {}))

    @classmethod
    def of(cls, item: Mapping[str, Mapping[str, Any]]) -> StoredCostRow:
        """Return the row of an item that a scan returned."""
        key = from_item({name: item[name] for name in ("id", "accountInfo")})
        return cls(key["id"], key["accountInfo"], item)

    def sums(self, day: date, today: date) -> CostSums:
        """Return the stored costs.

        Args:
            day: the day of the daily cost if the row has no `costDate`. Other writers of the table do not set
                `costDate`.
            today: the UTC day. A row may belong to tomorrow, because clocks differ a little. A row of a later day is
                malformed, because its daily cost would not count new usage.

        Raises:
            MalformedRowError: a value has the wrong type, or is impossible.
        """
        with self.reporting_faults():
            values = self._values()
            row = CostRow.of(values)
            sums = CostSums(
                row.day or day, row.daily, row.by_hour(), row.closed_days, number_in(values, "previousMonthCost")
            )
            if values.get("previousMonth") not in (None, sums.previous_month_name):
                raise MalformedCostsError("`previousMonth` is not the month before that of `costDate`")
            if sums.day > today + _DAY:
                raise MalformedCostsError("`costDate` is in the future")
        return sums

    @contextmanager
    def reporting_faults(self) -> Iterator[None]:
        """Name this row in the errors of the `with` block.

        Raises:
            MalformedRowError: a value of the row is malformed, or a sum needs more digits than a number in DynamoDB
                has.
        """
        try:
            yield
        except MalformedCostsError as error:
            raise MalformedRowError(self, str(error)) from error
        except DecimalException as error:
            raise MalformedRowError(self, "a sum would have more digits than a number in DynamoDB holds") from error

    def update(self, sums: CostSums) -> dict[str, Any]:
        """Return the parameters of an UpdateItem that stores `sums` if the row has not changed since it was read.

        Other writers do not increase `version`. Therefore the condition also compares all costs, so that the update
        never overwrites the addition of another writer. The update keeps all other attributes.

        Raises:
            MalformedRowError: `version` is not a number.
        """
        with self.reporting_faults():
            version = number_in(self._values(), "version")
        values = {
            "costDate": sums.day.isoformat(),
            "dailyCost": sums.daily,
            "hourlyCost": sums.hourly,
            "monthlyCost": sums.closed_days,
            "previousMonth": sums.previous_month_name,
            "previousMonthCost": sums.previous_month,
            "version": version + 1,
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

    def _values(self) -> dict[str, Any]:
        return from_item({name: self.attributes[name] for name in _ATTRIBUTES if name in self.attributes})
