"""Convert Python values to DynamoDB attribute values and back.

boto3's `TypeSerializer` does the same, but `import boto3` alone would double the duration of a cold start.
Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

__all__ = ["from_attribute", "from_item", "to_attribute", "to_item"]

_DIGITS = 38  # the significant digits of a DynamoDB number


def to_attribute(value: Any) -> dict[str, Any]:  # noqa: PLR0911 - a table, one row for each type
    """Return `value` as an attribute value.

    `value` may be None, bool, int, Decimal (at most 38 digits), str, bytes, a mapping or sequence of such values, or a
    set of str. The function refuses a float, because a float is not exact.

    Raises:
        TypeError: DynamoDB has no attribute value for the type.
        ValueError: a number has more digits than DynamoDB stores, or is not finite.

    Example:
        >>> to_attribute({"n": 1, "s": "x"})
        {'M': {'n': {'N': '1'}, 's': {'S': 'x'}}}
    """
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": str(value)}
        case int() | Decimal():
            return {"N": _number(value)}
        case bytes():
            return {"B": value}
        case set() | frozenset() if value and all(isinstance(member, str) for member in value):
            return {"SS": sorted(value)}
        case Mapping():
            return {"M": {str(key): to_attribute(inner) for key, inner in value.items()}}
        case Sequence():
            return {"L": [to_attribute(inner) for inner in value]}
        case _:
            raise TypeError(f"DynamoDB has no attribute value for {type(value).__qualname__}; use Decimal for numbers")


def to_item(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return all values of an item as attribute values."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_attribute(attribute: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - as above
    """Return the Python value of an attribute value. A number becomes a Decimal, and a set becomes a frozenset."""
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return Decimal(value)
        case "M":
            return from_item(value)
        case "L":
            return [from_attribute(inner) for inner in value]
        case "NULL":
            return None
        case "NS":
            return frozenset(Decimal(member) for member in value)
        case "SS" | "BS":
            return frozenset(value)
        case _:  # S, B, BOOL: the value itself
            return value


def from_item(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the Python values of an item."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}


def _number(value: int | Decimal) -> str:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("a DynamoDB number must be finite")
    significant = "".join(map(str, number.as_tuple().digits)).strip("0")  # zeros at either end do not count
    if len(significant) > _DIGITS:
        raise ValueError(f"a DynamoDB number has at most {_DIGITS} significant digits")
    return str(number)
