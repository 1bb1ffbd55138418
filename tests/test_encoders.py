"""Test the JSON encoding of results against the standard library, and by the meaning of each type."""

from __future__ import annotations

import datetime as dt
import enum
import json
import uuid
from collections import OrderedDict, UserDict
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.encoders import dumps


class Colour(enum.Enum):
    RED = "red"


class Large(enum.IntEnum):
    NUMBER = 10**40


@dataclass
class Inner:
    shown: int = 1
    _hidden: int = 2


@dataclass
class Point:
    x: int
    y: Decimal


class Model:
    """An object with the interface of a pydantic 2 model."""

    def model_dump(self, mode: str = "python") -> dict[str, Any]:
        return {"mode": mode, "at": "2026-01-15"}


EMOJI, LONE_SURROGATE = "\U0001f600", "\ud83d"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)
EXACT = st.recursive(
    st.decimals(allow_nan=False, allow_infinity=False) | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)


@given(JSON)
def test_what_json_can_hold_comes_back_as_the_standard_library_would_read_it(value: Any) -> None:
    assert json.loads(dumps(value)) == json.loads(json.dumps(value)) == value


@given(EXACT)
def test_numbers_keep_every_digit(value: Any) -> None:
    read = json.loads(dumps(value), parse_float=Decimal, parse_int=Decimal)
    assert read == value


@given(st.lists(st.text(st.characters(exclude_categories=()))))
def test_any_text_has_a_utf8_form_lone_surrogates_too(value: list[str]) -> None:
    expected = [text.encode("utf-8", "replace").decode() for text in value]
    assert json.loads(dumps(value).encode("utf-8")) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.10"), "0.10"),
        (Decimal("0.1") + Decimal("0.2"), "0.3"),
        (Decimal("1E+3"), "1E+3"),
        (Decimal("-0"), "-0"),
        (Decimal("NaN"), "null"),
        (Decimal("sNaN"), "null"),
        (Decimal("-Infinity"), "null"),
        (float("nan"), "null"),
        (float("inf"), "null"),
        (2**53 + 1, "9007199254740993"),
        (2**63, "9223372036854775808"),
        (2**64, "18446744073709551616"),
        (-(2**64), "-18446744073709551616"),
        ([10**40, {"a": 10**40}], f'[{10**40},{{"a":{10**40}}}]'),
        ({"n": 10**40, "d": Decimal("0.10")}, f'{{"n":{10**40},"d":0.10}}'),
        ({3, 1, 2}, "[1,2,3]"),
        (frozenset({"b", "a"}), '["a","b"]'),
        ({1: "a"}, '{"1":"a"}'),
        ({"a": (1, 2)}, '{"a":[1,2]}'),
        (b"\x00\xff", '"AP8="'),
        (bytearray(b"a"), '"YQ=="'),
        (memoryview(b"a"), '"YQ=="'),
        (Colour.RED, '"red"'),
        ({"c": [Colour.RED]}, '{"c":["red"]}'),
        (Point(1, Decimal("2.50")), '{"x":1,"y":2.50}'),
        (Model(), '{"mode":"json","at":"2026-01-15"}'),
        (UserDict(a=1), '{"a":1}'),
        (OrderedDict(a=1), '{"a":1}'),
        (PurePosixPath("/tmp/a"), '"/tmp/a"'),  # noqa: S108 - a path to encode
        (uuid.UUID(int=0), '"00000000-0000-0000-0000-000000000000"'),
        (dt.datetime(2026, 1, 15, 10, 30, tzinfo=dt.UTC), '"2026-01-15T10:30:00+00:00"'),
        (dt.date(2026, 1, 15), '"2026-01-15"'),
        (EMOJI, f'"{EMOJI}"'),
        (LONE_SURROGATE, '"?"'),
        ({LONE_SURROGATE: [LONE_SURROGATE]}, '{"?":["?"]}'),
        (["a", LONE_SURROGATE, Decimal("0.10"), 10**40, Colour.RED], f'["a","?",0.10,{10**40},"red"]'),
        ({"set": {LONE_SURROGATE}}, '{"set":["?"]}'),
        ({"big": [Point(10**40, Decimal(1))]}, f'{{"big":[{{"x":{10**40},"y":1}}]}}'),
        ({Colour.RED: 10**40}, f'{{"red":{10**40}}}'),
        ({10**40: 1}, f'{{"{10**40}":1}}'),
        ([Large.NUMBER, {Large.NUMBER: 1}], f'[{10**40},{{"{10**40}":1}}]'),
        ([Point(1, Decimal(2)), LONE_SURROGATE], '[{"x":1,"y":2},"?"]'),
        ([Inner(), 10**40], f'[{{"shown":1}},{10**40}]'),
        ([Inner()], '[{"shown":1}]'),
    ],
)
def test_each_type_has_its_form(value: Any, text: str) -> None:
    assert dumps(value) == text


def test_a_set_whose_members_have_no_order_is_a_list_all_the_same() -> None:
    assert sorted(json.loads(dumps({1, "a"})), key=str) == [1, "a"]


@pytest.mark.parametrize("value", [object(), {"a": object()}, [lambda: None], 1j, {"a": {object()}}])
def test_what_has_no_form_is_refused_by_its_type(value: Any) -> None:
    with pytest.raises(TypeError, match="JSON"):
        dumps(value)


def test_a_refusal_does_not_repeat_the_value() -> None:
    class Secret:
        def __repr__(self) -> str:
            return "hunter2"

    with pytest.raises(TypeError) as caught:
        dumps({"password": Secret()})
    assert "Secret" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_value_that_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises((TypeError, RecursionError)):
        dumps(endless)
