"""What an execution costs, to the last digit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.metrics.cost import PRICE_PER_GB_SECOND, billed_milliseconds, compute_cost


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
    assert compute_cost(memory_mb, billed_ms, architecture) == Decimal(usd)


@given(st.integers(128, 10240), st.integers(1, 900_000), st.sampled_from(sorted(PRICE_PER_GB_SECOND)))
def test_no_digit_is_lost(memory_mb: int, billed_ms: int, architecture: str) -> None:
    cost = compute_cost(memory_mb, billed_ms, architecture)
    assert Fraction(cost) == Fraction(PRICE_PER_GB_SECOND[architecture]) * memory_mb * billed_ms / 1_024_000
    assert len(cost.as_tuple().digits) <= 38  # what a number in DynamoDB holds


def test_an_unknown_architecture_has_no_price() -> None:
    with pytest.raises(KeyError):
        compute_cost(128, 1, "sparc")
