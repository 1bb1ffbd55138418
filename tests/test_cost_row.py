"""A row of costs: missing costs are 0, malformed costs are errors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pycommon.cost_row import HOURS, NOTHING, CostRow, MalformedCostsError, number_in

BY_HOUR = [Decimal(hour) for hour in range(HOURS)]


def test_an_empty_row_has_no_costs_and_no_day() -> None:
    assert CostRow.of({}) == CostRow(None, NOTHING, NOTHING, (NOTHING,) * HOURS)
    assert CostRow.of(dict.fromkeys(("costDate", "dailyCost", "monthlyCost", "hourlyCost"))) == CostRow.of({})


def test_a_row_has_its_costs() -> None:
    row = CostRow.of(
        {"costDate": "2030-05-17", "dailyCost": Decimal("4.5"), "monthlyCost": Decimal(100), "hourlyCost": BY_HOUR}
    )
    assert (row.day, row.daily, row.closed_days) == (date(2030, 5, 17), Decimal("4.5"), Decimal(100))
    assert row.in_hour(23) == 23
    assert row.by_hour() == tuple(BY_HOUR)


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"dailyCost": "5"}, "`dailyCost` is not a number"),
        ({"dailyCost": True}, "`dailyCost` is not a number"),
        ({"monthlyCost": {"usd": 5}}, "`monthlyCost` is not a number"),
        ({"hourlyCost": BY_HOUR[1:]}, "`hourlyCost` is not a list of 24 numbers"),
        ({"hourlyCost": {"12": 5}}, "`hourlyCost` is not a list of 24 numbers"),
        ({"costDate": "20300517"}, "`costDate` is not a day such as 2030-05-17"),
        ({"costDate": 20300517}, "`costDate` is not a day such as 2030-05-17"),
    ],
)
def test_a_malformed_value_is_an_error(values: dict[str, Any], fault: str) -> None:
    with pytest.raises(MalformedCostsError) as caught:
        CostRow.of(values)
    assert str(caught.value) == fault


def test_only_the_hours_that_are_read_must_be_numbers() -> None:
    row = CostRow.of({"hourlyCost": [*BY_HOUR[:-1], "5"]})
    assert row.in_hour(12) == 12
    for read in (lambda: row.in_hour(23), row.by_hour):
        with pytest.raises(MalformedCostsError, match="`hourlyCost` is not a list of 24 numbers"):
            read()


def test_another_number_of_a_row() -> None:
    assert number_in({"version": Decimal(7)}, "version") == 7
    assert number_in({}, "version") == 0
    with pytest.raises(MalformedCostsError, match="`version` is not a number"):
        number_in({"version": "7"}, "version")
