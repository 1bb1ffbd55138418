"""Compute the exact cost of an execution.

The module has the prices of the first tier in most regions. Source: https://aws.amazon.com/lambda/pricing/
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Context, Decimal, localcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from pycommon.env import process_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PRICE_PER_GB_SECOND", "PRICE_PER_REQUEST", "Prices", "billed_milliseconds", "compute_cost", "split"]

PRICE_PER_GB_SECOND = {"x86_64": Decimal("0.0000166667"), "arm64": Decimal("0.0000133334")}
"""The price of one GB-second in USD, by architecture."""

PRICE_PER_REQUEST = Decimal("0.0000002")
"""The price of one invocation in USD. A million invocations cost 0.20 USD."""

_PRICES_VARIABLE = "LAMBDA_PRICES"
_EVERY_REGION = "*"
_MB_PER_GB = 1024
_MS_PER_SECOND = 1000
_EXACT = Context(prec=38)  # the digits that a number in DynamoDB holds
_FINEST = -24  # `split` uses units of this power of ten, or smaller units if the cost has more digits

_logger = getLogger(__name__)


class Prices(NamedTuple):
    """Lambda's prices in USD: for one GB-second of compute, and for one request."""

    gb_second: Decimal
    request: Decimal

    @classmethod
    def of(cls, architecture: str, region: str | None) -> Prices:
        """Return the prices of `architecture` (x86_64 or arm64) in `region`.

        The default prices are the prices of most regions. `LAMBDA_PRICES` sets other prices. Its value is a JSON object
        with a member for each region, or `*` for all regions. Each member may have `x86_64` and `arm64` (prices of a
        GB-second) and `request`. If the setting is invalid, the library logs this, and uses the default prices.

        Example:
            >>> Prices.of("arm64", "us-east-1")
            Prices(gb_second=Decimal('0.0000133334'), request=Decimal('0.0000002'))
        """
        prices = cls(PRICE_PER_GB_SECOND[architecture], PRICE_PER_REQUEST)
        text = process_environment.get(_PRICES_VARIABLE)
        if text is None:
            return prices
        import json  # the import takes 8 ms, and only this setting needs it

        try:
            return _adjusted(prices, json.loads(text, parse_float=Decimal, parse_int=Decimal), architecture, region)
        except (ValueError, ArithmeticError, TypeError, AttributeError):
            _logger.warning(
                "%s is not valid; the default prices are used. Expected JSON such as "
                '{"eu-south-1": {"arm64": "0.0000156138", "request": "0.00000023"}}, each price 0 or more',
                _PRICES_VARIABLE,
            )
            return prices


def _adjusted(prices: Prices, by_region: Any, architecture: str, region: str | None) -> Prices:
    for name in (_EVERY_REGION, region):
        own = by_region.get(name, {})
        if architecture in own:
            prices = prices._replace(gb_second=_price(own[architecture]))
        if "request" in own:
            prices = prices._replace(request=_price(own["request"]))
    return prices


def _price(value: Any) -> Decimal:
    if not isinstance(value, str | Decimal):
        raise TypeError("a price must be a number, or a number as text")
    price = Decimal(value)
    if not price.is_finite() or price < 0:
        raise ValueError("a price must be finite, and 0 or more")
    return price


def billed_milliseconds(duration_ms: Decimal, init_ms: Decimal | None = None) -> int:
    """Return the milliseconds that AWS bills: the sum of init phase and invocation, rounded up, and at least 1.

    AWS has billed the init phase of every cold start since August 2025.
    Source: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/

    Example:
        >>> billed_milliseconds(Decimal("1049.63"), Decimal("1293.83"))
        2344
    """
    return max(1, int((duration_ms + (init_ms or 0)).to_integral_value(ROUND_CEILING)))


def compute_cost(memory_mb: int, billed_ms: int, gb_second: Decimal = PRICE_PER_GB_SECOND["x86_64"]) -> Decimal:
    """Return the compute cost of one execution in USD. `gb_second` is the price of a GB-second.

    The cost is GB of memory x seconds x `gb_second`. Source: "Cost Calculation" in the specification.

    Example:
        >>> compute_cost(1024, 500)
        Decimal('0.00000833335')
    """
    with localcontext(_EXACT):
        return (gb_second * memory_mb * billed_ms / (_MB_PER_GB * _MS_PER_SECOND)).normalize()


def split(total: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """Split `total` in proportion to `weights`. The sum of the parts is exactly `total`.

    The function rounds the parts down. Then the parts that lost most get the remainder: each of these parts gets one
    unit of the last digit.

    Args:
        total: the cost to split, 0 or more.
        weights: the weight of each part. Each weight is 0 or more, and at least one weight is more than 0.

    Example:
        >>> split(Decimal("0.0000002"), [1, 1, 1])
        [Decimal('6.6666666666666667E-8'), Decimal('6.6666666666666667E-8'), Decimal('6.6666666666666666E-8')]
    """
    exponent = min(int(total.normalize(_EXACT).as_tuple().exponent), _FINEST)
    units = int(total.scaleb(-exponent, _EXACT))
    whole = sum(weights)
    parts = [units * weight // whole for weight in weights]
    lost = [units * weight % whole for weight in weights]
    for index in sorted(range(len(parts)), key=lambda each: -lost[each])[: units - sum(parts)]:
        parts[index] += 1
    return [Decimal(part).scaleb(exponent, _EXACT).normalize(_EXACT) for part in parts]
