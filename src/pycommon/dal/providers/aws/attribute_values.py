"""Python values as DynamoDB attribute values and back.

boto3's `TypeSerializer` does the same, but lies behind `import boto3`, which alone would double the cold start.
Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

__all__ = ["from_attribute", "from_item", "to_attribute", "to_item"]

_DIGITS = 38  # a DynamoDB number holds at most so many significant digits


def to_attribute(value: Any) -> dict[str, Any]:  # noqa: PLR0911 - a table, one row for each type
    """`value` as an attribute value.

    Takes None, bool, int, Decimal (38 digits at most), str, bytes, mappings and sequences of these, and sets of str. A
    float is refused, because it is not exact.

    Raises:
        TypeError: the type has no attribute value.
        ValueError: a number has more digits than DynamoDB keeps, or is not finite.

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
    """A whole item."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_attribute(attribute: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - as above
    """The Python value of an attribute value: numbers as Decimal, sets as frozenset, maps as dict, lists as list."""
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
    """The values of a whole item."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}


def _number(value: int | Decimal) -> str:
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError("DynamoDB has no number that is not finite")
    significant = "".join(map(str, number.as_tuple().digits)).strip("0")  # zeros at either end do not count
    if len(significant) > _DIGITS:
        raise ValueError(f"a DynamoDB number has at most {_DIGITS} significant digits")
    return str(number)
