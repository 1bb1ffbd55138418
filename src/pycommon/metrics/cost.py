"""What an execution costs. Source: https://aws.amazon.com/lambda/pricing/ (first tier, most regions)."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

__all__ = ["PRICE_PER_GB_SECOND", "billed_milliseconds", "compute_cost"]

PRICE_PER_GB_SECOND = {"x86_64": Decimal("0.0000166667"), "arm64": Decimal("0.0000133334")}
"""USD for one GB of memory during one second, by architecture."""

_MB_PER_GB = 1024
_MS_PER_SECOND = 1000


def billed_milliseconds(duration_ms: Decimal) -> int:
    """The milliseconds that AWS bills for `duration_ms`: rounded up to the next whole one, and at least 1."""
    return max(1, int(duration_ms.to_integral_value(ROUND_CEILING)))


def compute_cost(memory_mb: int, billed_ms: int, architecture: str = "x86_64") -> Decimal:
    """USD for the compute of one execution, exact: memory in GB x seconds x price.

    Example:
        >>> compute_cost(1024, 500)
        Decimal('0.00000833335')
    """
    price = PRICE_PER_GB_SECOND[architecture]
    cost = price * memory_mb * billed_ms / (_MB_PER_GB * _MS_PER_SECOND)
    return cost.normalize()
