"""Test the mapping of a JSON instance to a handler's arguments, and the errors at import."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.api.handler_arguments import CALLER_ARGUMENTS, Arguments, argument_name, takes_an_event
from pycommon.authz import validated
from pycommon.exceptions import DeclarationError

CALLER = {name: f"the caller's {name}" for name in CALLER_ARGUMENTS}


def properties(*required: str, **described: Any) -> dict[str, Any]:
    return {"type": "object", "properties": described, "required": list(required)}


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("workflowName", "workflow_name"),
        ("steps", "steps"),
        ("HTTPStatus", "http_status"),
        ("statusOfHTTP", "status_of_http"),
        ("maxItems2Show", "max_items2_show"),
        ("account-id", "account_id"),
        ("already_snake", "already_snake"),
        ("ID", "id"),
        ("aB", "a_b"),
        ("", ""),
    ],
)
def test_names(name: str, argument: str) -> None:
    assert argument_name(name) == argument


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "Pc", "Pd"])))
def test_a_name_in_snake_case_stays_as_it_is(name: str) -> None:
    once = argument_name(name)
    assert argument_name(once) == once
    assert once == once.lower()


@pytest.mark.parametrize("name", ["currentUser", "current_user", "accessToken", "account-id", "APIKeyId", "rateLimit"])
def test_a_property_that_would_tell_of_the_caller_is_refused(name: str) -> None:
    def handler(**anything: Any) -> None: ...

    with pytest.raises(DeclarationError, match=rf"the property `{name}` would set .* clients must not set it"):
        Arguments(handler, properties(**{name: {}}), "here")


def test_two_properties_of_one_argument_are_refused() -> None:
    def handler(**anything: Any) -> None: ...

    with pytest.raises(DeclarationError, match="`dayName` and `day_name` would both become `day_name`"):
        Arguments(handler, properties(dayName={}, day_name={}), "here")


def test_a_property_without_a_parameter_is_refused() -> None:
    def handler(current_user: str) -> None: ...

    with pytest.raises(DeclarationError, match="`dayName`, but the function has no parameter `day_name`"):
        Arguments(handler, properties(dayName={}), "here")


@pytest.mark.parametrize("schema", [properties(), properties(day={}), {}, {"properties": {"other": {}}}])
def test_a_parameter_that_nothing_is_sure_to_give_is_refused(schema: dict[str, Any]) -> None:
    def handler(day: str, other: str = "") -> None: ...

    with pytest.raises(DeclarationError, match="parameter `day` has no default"):
        Arguments(handler, schema, "here")


def test_a_positional_only_parameter_is_refused() -> None:
    def handler(day: str, /) -> None: ...

    with pytest.raises(DeclarationError, match="`day` is positional-only"):
        Arguments(handler, properties("day", day={}), "here")


def test_a_parameter_is_given_by_a_required_property_or_by_a_default() -> None:
    def handler(current_user: str, day: str, *, hour: int, minute: int = 5) -> None: ...

    arguments = Arguments(handler, properties("day", day={}, hour={"default": 12}, minute={}), "here")
    filled = arguments.prepared({"day": "monday"})
    assert arguments.bind(filled, CALLER) == {
        "day": "monday",
        "hour": 12,
        "current_user": CALLER["current_user"],
    }


def test_what_the_schema_does_not_name_is_left_out() -> None:
    def handler(current_user: str, day: str, dry_run: bool = False) -> None: ...  # noqa: FBT001, FBT002 - a handler's

    arguments = Arguments(handler, properties("day", day={}), "here")
    sent = {"day": "monday", "dryRun": True, "dry_run": True, "current_user": "root", "other": 1}
    assert arguments.bind(sent, CALLER) == {"day": "monday", "current_user": CALLER["current_user"]}


def test_a_handler_with_kwargs_gets_no_caller_values_from_a_client() -> None:
    def handler(current_user: str, dry_run: bool = False, **anything: Any) -> None: ...  # noqa: FBT001, FBT002

    arguments = Arguments(handler, {"type": "object"}, "here")
    sent = {"dryRun": True, "dry_run": True, "current_user": "root", "access-token": "x", "otherThing": 1}
    assert arguments.bind(sent, CALLER) == {"current_user": CALLER["current_user"], "other_thing": 1}


def test_defaults_at_every_level_and_none_is_shared() -> None:
    def handler(options: Any, tags: Any) -> None: ...

    inner = {"type": "object", "properties": {"loud": {"default": False}, "words": {"default": []}}, "default": {}}
    arguments = Arguments(handler, properties(options=inner, tags={"default": ["a"]}), "here")
    assert arguments.prepared({}) == {"options": {"loud": False, "words": []}, "tags": ["a"]}
    assert arguments.prepared({"options": {"loud": True}, "tags": None}) == {
        "options": {"loud": True, "words": []},
        "tags": None,
    }
    first = arguments.prepared({})
    first["tags"].append("b")
    first["options"]["words"].append("c")
    assert arguments.prepared({}) == {"options": {"loud": False, "words": []}, "tags": ["a"]}


def test_a_whole_number_is_an_int_where_the_schema_says_integer() -> None:
    def handler(options: Any, counts: Any, price: Any) -> None: ...

    integer, number = {"type": "integer"}, {"type": "number"}
    options = {"type": "object", "properties": {"version": integer}}
    described = properties(options=options, counts={"type": "array", "items": integer}, price=number)
    schema = {**described, "required": ["options", "counts", "price"]}
    sent = {"options": {"version": 45023.0}, "counts": [1.0, 2, "3"], "price": 4.0}
    prepared = Arguments(handler, schema, "here").prepared(sent)
    assert prepared == sent
    assert [type(each) for each in prepared["counts"]] == [int, int, str]
    assert (type(prepared["options"]["version"]), type(prepared["price"])) == (int, float)


def test_the_instance_is_not_changed() -> None:
    def handler(options: Any) -> None: ...

    inner = {"properties": {"loud": {"default": False}}}
    instance: dict[str, Any] = {"options": {}}
    assert Arguments(handler, properties("options", options=inner), "here").prepared(instance) != instance
    assert instance == {"options": {}}


def test_who_takes_an_event() -> None:
    def with_event(event: Any, context: Any) -> None: ...

    def with_arguments(context: Any, event: Any) -> None: ...

    @validated("create_charge", False)  # noqa: FBT003 - the specification's call
    def guarded(a: Any, b: Any, c: Any, d: Any, e: Any) -> None: ...

    assert [takes_an_event(each) for each in (with_event, with_arguments, guarded)] == [True, False, True]
