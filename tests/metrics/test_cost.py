"""The exact cost of an execution."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.metrics.execution_cost import PRICE_PER_GB_SECOND, Prices, billed_milliseconds, compute_cost, split
from pycommon.testing import fresh_execution_environment


@pytest.mark.parametrize(
    ("duration_ms", "billed"),
    [
        ("0", 1),
        ("0.01", 1),
        ("1", 1),
        ("1.01", 2),
        ("499.99", 500),
        ("500", 500),
        # Init and invocation together, as AWS bills them since August 2025.
        (Decimal("1293.83") + Decimal("1049.63"), 2344),
        (Decimal("1307.68") + Decimal("1058.15"), 2366),
        (Decimal("1258.24") + Decimal("1002.25"), 2261),
    ],
)
def test_aws_bills_whole_milliseconds_rounded_up(duration_ms: Decimal | str, billed: int) -> None:
    assert billed_milliseconds(Decimal(duration_ms)) == billed


@pytest.mark.parametrize(
    ("memory_mb", "billed_ms", "architecture", "usd"),
    [
        (1024, 500, "x86_64", "0.00000833335"),  # the specification's example, before it is rounded
        (1024, 1000, "x86_64", "0.0000166667"),
        (1024, 1000, "arm64", "0.0000133334"),
        (128, 1, "x86_64", "0.0000000020833375"),
        (128, 1, "arm64", "0.000000001666675"),
        (10240, 900_000, "x86_64", "0.1500003"),
        (1769, 245, "x86_64", "0.00000705413194677734375"),
    ],
)
def test_cost_is_memory_times_time_times_price(memory_mb: int, billed_ms: int, architecture: str, usd: str) -> None:
    assert compute_cost(memory_mb, billed_ms, PRICE_PER_GB_SECOND[architecture]) == Decimal(usd)


@given(st.integers(128, 10240), st.integers(1, 900_000), st.sampled_from(sorted(PRICE_PER_GB_SECOND)))
def test_no_digit_is_lost(memory_mb: int, billed_ms: int, architecture: str) -> None:
    cost = compute_cost(memory_mb, billed_ms, PRICE_PER_GB_SECOND[architecture])
    assert Fraction(cost) == Fraction(PRICE_PER_GB_SECOND[architecture]) * memory_mb * billed_ms / 1_024_000
    assert len(cost.as_tuple().digits) <= 38  # what a number in DynamoDB holds


def prices(setting: str | None, region: str | None = "eu-south-1", architecture: str = "arm64") -> Prices:
    with fresh_execution_environment({"LAMBDA_PRICES": setting}):
        return Prices.of(architecture, region)


USUAL = Prices(Decimal("0.0000133334"), Decimal("0.0000002"))


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (None, USUAL),
        ("{}", USUAL),
        ('{"us-west-2": {"arm64": "9"}}', USUAL),
        ('{"eu-south-1": {"arm64": "0.0000156138"}}', Prices(Decimal("0.0000156138"), USUAL.request)),
        ('{"eu-south-1": {"arm64": 0.0000156138, "request": 1}}', Prices(Decimal("0.0000156138"), Decimal(1))),
        ('{"eu-south-1": {"x86_64": "9"}}', USUAL),
        ('{"*": {"arm64": "2", "request": "3"}, "eu-south-1": {"arm64": "4"}}', Prices(Decimal(4), Decimal(3))),
        ('{"*": {"arm64": 0}}', Prices(Decimal(0), USUAL.request)),
    ],
)
def test_a_region_may_have_prices_of_its_own(setting: str | None, expected: Prices) -> None:
    assert prices(setting) == expected


def test_outside_every_region_the_prices_for_all_hold() -> None:
    assert prices('{"*": {"arm64": "2"}}', region=None).gb_second == 2


@pytest.mark.parametrize(
    "setting",
    [
        *("{", "[]", "7", "null", '"text"', '{"*": 7}', '{"*": null}', '{"*": {"arm64": "much"}}'),
        *('{"*": {"arm64": "NaN"}}', '{"*": {"arm64": "-1"}}', '{"*": {"arm64": true}}', '{"*": {"request": []}}'),
    ],
)
def test_prices_that_cannot_be_read_are_said_and_not_used(setting: str, caplog: pytest.LogCaptureFixture) -> None:
    assert prices(setting) == USUAL
    assert "LAMBDA_PRICES is not valid" in caplog.text


COSTS = st.decimals(min_value=0, max_value=1000, allow_nan=False, allow_infinity=False, places=22)


@given(COSTS, st.lists(st.integers(0, 10_000), min_size=1, max_size=200).filter(any))
def test_parts_sum_to_the_whole_and_keep_to_the_proportion(total: Decimal, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(map(Fraction, parts)) == Fraction(total)
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(total) * weight / sum(weights)
        assert abs(Fraction(part) - exact) < Fraction(1, 10**24)
        assert part >= 0
        assert weight or not part
        assert len(part.as_tuple().digits) <= 38
