"""What an execution costs, exact. Source: https://aws.amazon.com/lambda/pricing/ (first tier, most regions)."""

from __future__ import annotations

from decimal import ROUND_CEILING, Context, Decimal, localcontext
from typing import TYPE_CHECKING, Any, NamedTuple

from pycommon.env import process_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PRICE_PER_GB_SECOND", "PRICE_PER_REQUEST", "Prices", "billed_milliseconds", "compute_cost", "split"]

PRICE_PER_GB_SECOND = {"x86_64": Decimal("0.0000166667"), "arm64": Decimal("0.0000133334")}
"""USD for one GB of memory during one second, by architecture."""

PRICE_PER_REQUEST = Decimal("0.0000002")
"""USD for one invocation: 0.20 for a million."""

_PRICES_VARIABLE = "LAMBDA_PRICES"
_EVERY_REGION = "*"
_MB_PER_GB = 1024
_MS_PER_SECOND = 1000
_EXACT = Context(prec=38)  # as many digits as a number in DynamoDB holds
_FINEST = -24  # the power of ten down to which a cost is split, unless it has finer digits itself

_logger = getLogger(__name__)


class Prices(NamedTuple):
    """What Lambda charges, in USD: for one GB-second of compute, and for one request."""

    gb_second: Decimal
    request: Decimal

    @classmethod
    def of(cls, architecture: str, region: str | None) -> Prices:
        """The prices of `architecture` (x86_64 or arm64) in `region`.

        Those of most regions, unless `LAMBDA_PRICES` names others: a JSON object of regions, or `*` for every region,
        each with any of `x86_64`, `arm64` (a GB-second) and `request`. A setting that cannot be read is said in the
        log, and does not stop the metering.

        Example:
            >>> Prices.of("arm64", "us-east-1")
            Prices(gb_second=Decimal('0.0000133334'), request=Decimal('0.0000002'))
        """
        prices = cls(PRICE_PER_GB_SECOND[architecture], PRICE_PER_REQUEST)
        text = process_environment.get(_PRICES_VARIABLE)
        if text is None:
            return prices
        import json  # 8 ms that only this setting pays

        try:
            return _adjusted(prices, json.loads(text, parse_float=Decimal, parse_int=Decimal), architecture, region)
        except (ValueError, ArithmeticError, TypeError, AttributeError):
            _logger.warning(
                "%s cannot be read; the usual prices are used. Expected JSON such as "
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
        raise TypeError("a price is a number, or a number as text")
    price = Decimal(value)
    if not price.is_finite() or price < 0:
        raise ValueError("a price is finite, and 0 or more")
    return price


def billed_milliseconds(duration_ms: Decimal, init_ms: Decimal | None = None) -> int:
    """The milliseconds that AWS bills: initialisation and invocation together, rounded up, and at least 1.

    Since August 2025 the init phase of a cold start is billed for every on-demand function.
    Source: https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/

    Example:
        >>> billed_milliseconds(Decimal("1049.63"), Decimal("1293.83"))
        2344
    """
    return max(1, int((duration_ms + (init_ms or 0)).to_integral_value(ROUND_CEILING)))


def compute_cost(memory_mb: int, billed_ms: int, gb_second: Decimal = PRICE_PER_GB_SECOND["x86_64"]) -> Decimal:
    """USD for the compute of one execution: memory in GB x seconds x `gb_second`, the price of one GB-second.

    Source: "Cost Calculation" in the specification.

    Example:
        >>> compute_cost(1024, 500)
        Decimal('0.00000833335')
    """
    with localcontext(_EXACT):
        return (gb_second * memory_mb * billed_ms / (_MB_PER_GB * _MS_PER_SECOND)).normalize()


def split(total: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """`total` in proportion to `weights`, so that the parts sum to it exactly.

    What division leaves over goes, one unit of the last digit each, to the parts that lost most by rounding down.

    Args:
        total: 0 or more.
        weights: one for each part, each 0 or more, not all 0.

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
