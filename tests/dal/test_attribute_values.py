"""Test DynamoDB attribute values against boto3's serializer."""

from __future__ import annotations

from collections import UserDict, deque
from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from pycommon.dal.providers.aws.attribute_values import from_attribute, from_item, to_attribute, to_item

DIGITS = 38
NUMBERS = st.integers(-(10**DIGITS) + 1, 10**DIGITS - 1) | st.builds(
    lambda digits, exponent: Decimal(digits).scaleb(exponent),
    st.integers(-(10**DIGITS) + 1, 10**DIGITS - 1),
    st.integers(-80, 80),
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text() | st.binary() | st.frozensets(st.text(), min_size=1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


def comparable(value: Any) -> Any:
    """Return boto3's result in our types: boto3 wraps bytes, and has numbers as text."""
    if isinstance(value, Binary):
        return value.value
    if isinstance(value, dict):
        return {name: comparable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [comparable(inner) for inner in value]
    return frozenset(value) if isinstance(value, set) else value


def normal(attribute: Any) -> Any:
    """Return an attribute value with sorted sets, and with numbers as Decimal."""
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return kind, Decimal(value)
        case "M":
            return kind, {name: normal(inner) for name, inner in value.items()}
        case "L":
            return kind, [normal(inner) for inner in value]
        case "SS":
            return kind, sorted(value)
        case "B":
            return kind, comparable(value)
        case _:
            return kind, value


@given(VALUES)
def test_a_value_becomes_what_boto3_makes_of_it(value: Any) -> None:
    assert normal(to_attribute(value)) == normal(TypeSerializer().serialize(value))


@given(VALUES)
def test_a_value_comes_back_as_boto3_brings_it_back(value: Any) -> None:
    attribute = to_attribute(value)
    assert from_attribute(attribute) == value
    assert comparable(TypeDeserializer().deserialize(attribute)) == from_attribute(attribute)


def test_a_value_survives_the_table(aws: Any) -> None:
    """Check boto3 itself against DynamoDB's number of digits."""
    item = {
        "user": "jane",
        "cost": Decimal("0.00000705413194677734375"),
        "many": Decimal("9" * DIGITS),
        "accounts": [{"id": "acc-1", "isDefault": True, "limit": None}],
        "functions": frozenset({"a", "b"}),
        "raw": b"\x00\xff",
    }
    table = {"TableName": aws.variables["ACCOUNTS_DYNAMO_TABLE"]}
    aws.client("dynamodb").put_item(**table, Item=to_item(item))
    stored = aws.client("dynamodb").get_item(**table, Key=to_item({"user": "jane"}))["Item"]
    assert from_item(stored) == item


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ({"NS": ["1", "2.50"]}, frozenset({Decimal(1), Decimal("2.5")})),
        ({"BS": [b"a"]}, frozenset({b"a"})),
        ({"L": []}, []),
        ({"M": {}}, {}),
        ({"S": ""}, ""),
    ],
)
def test_what_others_wrote_can_be_read(attribute: dict[str, Any], value: Any) -> None:
    assert from_attribute(attribute) == value


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        (UserDict(a=1), {"M": {"a": {"N": "1"}}}),
        (("a", None), {"L": [{"S": "a"}, {"NULL": True}]}),
        (deque([1]), {"L": [{"N": "1"}]}),
    ],
)
def test_other_mappings_and_sequences(value: Any, attribute: dict[str, Any]) -> None:
    assert to_attribute(value) == attribute


@pytest.mark.parametrize("value", [1.5, float("nan"), object(), set(), {1, 2}, 1j])
def test_what_has_no_attribute_value_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=f"no attribute value for {type(value).__name__}"):
        to_attribute(value)


@pytest.mark.parametrize(
    "value",
    [10**DIGITS + 1, Decimal("1." + "1" * DIGITS), Decimal("NaN"), Decimal("Infinity"), -Decimal("Infinity")],
)
def test_a_number_that_dynamodb_would_not_keep_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="DynamoDB"):
        to_attribute(value)


@pytest.mark.parametrize("value", [10**DIGITS, 10**100, Decimal("1E+125"), Decimal("1." + "0" * 60)])
def test_zeros_at_the_end_are_no_significant_digits(value: Any) -> None:
    assert Decimal(to_attribute(value)["N"]) == value
