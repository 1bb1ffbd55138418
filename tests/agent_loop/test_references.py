"""References to results of earlier steps: RFC 6901 pointers, and no expressions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.result_references import ReferenceFault, find_references, resolve

# The document and the pointers of RFC 6901 section 5.
DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
}
POINTERS: dict[str, Any] = {
    "": DOCUMENT,
    "/foo": ["bar", "baz"],
    "/foo/0": "bar",
    "/": 0,
    "/a~1b": 1,
    "/c%d": 2,
    "/e^f": 3,
    "/g|h": 4,
    "/i\\j": 5,
    '/k"l': 6,
    "/ ": 7,
    "/m~0n": 8,
}


def reference(path: str) -> dict[str, Any]:
    return {"$result": {"step": "s", "path": path}}


@pytest.mark.parametrize("path", POINTERS)
def test_the_pointers_of_the_rfc(path: str) -> None:
    assert resolve({"value": reference(path)}, lambda _: DOCUMENT) == {"value": POINTERS[path]}


@pytest.mark.parametrize(
    "path", ["/bar", "/foo/2", "/foo/-", "/foo/00", "/foo/x", "/foo/0/0", "/foo/-1", "//", "/m~1n"]
)
def test_a_pointer_that_leads_nowhere(path: str) -> None:
    with pytest.raises(ReferenceFault, match=r'the result of step "s" has no') as caught:
        resolve({"deep": [{"value": reference(path)}]}, lambda _: DOCUMENT)
    assert caught.value.pointer == "/deep/0/value"


def test_without_a_path_the_whole_result_is_meant() -> None:
    assert resolve({"v": {"$result": {"step": "s"}}}, lambda _: [1]) == {"v": [1]}


def test_only_an_object_with_this_one_member_is_a_reference() -> None:
    arguments = {"a": {"$result": {"step": "s"}, "b": 1}, "c": "$result", "d": ["$result"]}
    assert list(find_references(arguments)) == []
    assert resolve(arguments, lambda _: pytest.fail("nothing refers")) == arguments


def test_what_a_reference_stands_for_is_not_looked_into() -> None:
    assert resolve({"v": reference("")}, lambda _: reference("/x")) == {"v": reference("/x")}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5).filter(lambda name: name != "$result"), inner, max_size=3)
    ),
)


@given(json_values)
def test_without_references_arguments_stay_as_they_are(value: Any) -> None:
    assert resolve(value, lambda _: pytest.fail("nothing refers")) == value


@given(json_values, json_values)
def test_a_reference_anywhere_is_found_where_it_stands(around: Any, result: Any) -> None:
    arguments = {"x/y~": [around, reference("")]}
    (found,) = find_references(arguments)
    assert found.pointer == "/x~1y~0/1"
    assert resolve(arguments, lambda _: result) == {"x/y~": [around, result]}
