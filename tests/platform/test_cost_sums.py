"""The sums of a row are exact, and do not depend on the order of usage."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, DecimalException, localcontext
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.cost_sums import CostSums
from pycommon.cost_row import NOTHING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAY_17 = date(2030, 5, 17)


class Spent(NamedTuple):
    day: date
    hour: int
    cost: Decimal


COSTS = st.integers(0, 10**30).map(lambda digits: Decimal(digits).scaleb(-28))
DAYS = st.dates(date(2029, 11, 1), date(2030, 3, 31))
USAGE = st.lists(st.builds(Spent, DAYS, st.integers(0, 23), COSTS), min_size=1, max_size=30)


def row_of(usage: Sequence[Spent]) -> CostSums:
    row = CostSums(usage[0].day)
    for spent in usage:
        row = row.add(*spent)
    return row


def total(usage: Sequence[Spent]) -> Decimal:
    with localcontext(prec=100):
        return sum((spent.cost for spent in usage), NOTHING)


def months_before(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


@given(USAGE, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_row(usage: list[Spent], random: object) -> None:
    shuffled = list(usage)
    random.shuffle(shuffled)
    assert row_of(shuffled) == row_of(usage)


@given(USAGE)
def test_each_sum_is_that_of_its_days(usage: list[Spent]) -> None:
    row = row_of(usage)
    newest = max(spent.day for spent in usage)
    today = [spent for spent in usage if spent.day == newest]
    this_month = [spent for spent in usage if spent.day < newest and months_before(spent.day, newest) == 0]
    assert row.day == newest
    assert row.daily == total(today)
    assert row.hourly == tuple(total([spent for spent in today if spent.hour == hour]) for hour in range(24))
    assert row.closed_days == total(this_month)
    assert row.previous_month == total([spent for spent in usage if months_before(spent.day, newest) == 1])


@given(USAGE, DAYS)
def test_to_close_a_day_loses_nothing(usage: list[Spent], day: date) -> None:
    row = row_of(usage)
    closed = row.close(day)
    assert closed.close(day) == closed
    assert closed.day == max(row.day, day)
    if months_before(row.day, closed.day) == 0:
        month = (closed.daily, closed.closed_days, closed.previous_month)
        assert total([Spent(day, 0, each) for each in month]) == total(
            [Spent(day, 0, each) for each in (row.daily, row.closed_days, row.previous_month)]
        )


@given(USAGE, st.lists(DAYS, max_size=5))
def test_closes_in_between_change_nothing(usage: list[Spent], days: list[date]) -> None:
    newest = max(spent.day for spent in usage)
    row = CostSums(usage[0].day)
    for index, spent in enumerate(usage):
        for day in days[index::3]:
            row = row.close(min(day, newest))
        row = row.add(*spent)
    assert row == row_of(usage)


TURNS = [
    # the new day, then: closed days, previous month, its name
    ("2030-05-17", "2", "40", "2030-04"),  # the row's own day: nothing is closed
    ("2030-05-18", "3", "40", "2030-04"),
    ("2030-05-31", "3", "40", "2030-04"),
    ("2030-06-01", "0", "3", "2030-05"),
    ("2030-06-30", "0", "3", "2030-05"),
    ("2030-07-01", "0", "0", "2030-06"),
    ("2031-05-17", "0", "0", "2031-04"),
    ("2031-01-01", "0", "0", "2030-12"),
]


@pytest.mark.parametrize(("day", "closed_days", "previous_month", "name"), TURNS)
def test_the_turn_of_day_and_month(day: str, closed_days: str, previous_month: str, name: str) -> None:
    row = CostSums(MAY_17, Decimal(1), (Decimal(1), *[NOTHING] * 23), Decimal(2), Decimal(40))
    closed = row.close(date.fromisoformat(day))
    assert (closed.closed_days, closed.previous_month) == (Decimal(closed_days), Decimal(previous_month))
    assert closed.previous_month_name == name
    assert (closed is row) == (day == "2030-05-17")


def test_a_row_is_never_closed_backwards() -> None:
    row = CostSums(MAY_17).add(MAY_17, 3, Decimal(1))
    assert row.close(MAY_17 - timedelta(days=1)) is row


def test_usage_from_before_the_month_before_has_no_sum() -> None:
    row = CostSums(MAY_17).add(MAY_17, 3, Decimal(1))
    assert row.reaches(date(2030, 4, 1))
    assert not row.reaches(date(2030, 3, 31))
    assert row.add(date(2030, 3, 31), 3, Decimal(5)) == row


def test_a_sum_that_dynamodb_could_not_keep_is_refused() -> None:
    row = CostSums(MAY_17).add(MAY_17, 3, Decimal("1e-30"))
    with pytest.raises(DecimalException):
        row.add(MAY_17, 3, Decimal(10) ** 8)


def test_the_name_of_the_month_before_january_is_december() -> None:
    assert CostSums(date(2030, 1, 1)).previous_month_name == "2029-12"
