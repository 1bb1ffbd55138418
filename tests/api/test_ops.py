"""Test `@api_tool` and the route data, for any order of imports."""

from __future__ import annotations

import uuid
from types import MappingProxyType
from typing import Any

import pytest

from pycommon.api.ops import api_tool, registry, set_op_type, set_permissions_by_state, set_route_data
from pycommon.exceptions import DeclarationError

PARAMETERS = {"type": "object", "properties": {"day": {"type": "string"}}, "required": ["day"]}


@pytest.fixture
def unique() -> str:
    """Return a new path: the registry lives as long as the process."""
    return uuid.uuid4().hex


def described(unique: str, **changes: Any) -> Any:
    arguments = {"path": f"/{unique}", "name": f"n-{unique}", "description": "Close a day.", "parameters": PARAMETERS}
    return api_tool(**{**arguments, **changes})


def test_the_entry_holds_all_that_describes_an_operation(unique: str) -> None:
    route_data: dict[str, Any] = {}
    set_route_data(route_data)

    @described(unique, tags=("default",), output={"type": "object"}, method="put")
    def close_day(current_user: str, day: str) -> str:
        return f"{current_user} {day}"

    assert route_data[f"/{unique}"] == {
        "handler": close_day,
        "path": f"/{unique}",
        "name": f"n-{unique}",
        "description": "Close a day.",
        "parameters": PARAMETERS,
        "output": {"type": "object"},
        "tags": ["default"],
        "method": "PUT",
        "permissions": {},
        "op_type": "built_in",
    }
    assert close_day("jane", "monday") == "jane monday"


def test_an_operation_imported_before_set_route_data_is_there_too(unique: str) -> None:
    @described(unique)
    def close_day(current_user: str, day: str) -> None: ...

    route_data: dict[str, Any] = {}
    set_route_data(route_data)
    entry = route_data[f"/{unique}"]
    assert (entry["handler"], entry["output"], entry["tags"], entry["method"]) == (close_day, {}, [], "POST")


@pytest.mark.parametrize("same", ["path", "name"])
def test_a_path_or_a_name_used_twice_is_refused(unique: str, same: str) -> None:
    @described(unique)
    def first(current_user: str, day: str) -> None: ...

    other = {"path": f"/other/{unique}", "name": f"other-{unique}"}
    del other[same]
    with pytest.raises(DeclarationError) as caught:

        @described(unique, **other)
        def second(current_user: str, day: str) -> None: ...

    assert "second" in str(caught.value)
    assert "first" in str(caught.value)


def test_a_module_that_is_imported_again_replaces_its_operation(unique: str) -> None:
    route_data: dict[str, Any] = {}
    set_route_data(route_data)
    made = []
    for _ in range(2):

        @described(unique)
        def close_day(current_user: str, day: str) -> None: ...

        made.append(close_day)
    assert route_data[f"/{unique}"]["handler"] is made[1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"path": "vu-agent/x"}, "'vu-agent/x' must begin with"),
        ({"path": ""}, "must begin with"),
        ({"path": None}, "must begin with"),
        ({"parameters": "{}"}, "parameters must be a JSON Schema"),
        ({"output": []}, "output must be a JSON Schema"),
        ({"parameters": {"type": "objekt"}}, "the schema is not a valid JSON Schema"),
        ({"output": {"required": "day"}}, "the schema is not a valid JSON Schema"),
        ({"name": ""}, "the name must be"),
        ({"method": "FETCH"}, "the method 'FETCH' must be"),
        ({"permissions": "everybody"}, "permissions must be"),
        ({"permissions": {"close": "everybody"}}, "permissions must be"),
        ({"permissions": {"clsoe": lambda _user, _data: True}}, "none for this operation"),
    ],
)
def test_misuse_fails_at_import(unique: str, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(DeclarationError, match=sentence):

        @described(unique, **changes)
        def close_day(current_user: str, day: str) -> None: ...


@pytest.mark.parametrize("permissions", [None, [], "everybody", object()])
def test_permissions_by_state_must_be_a_dict_or_have_one(permissions: Any) -> None:
    with pytest.raises(DeclarationError, match="expected a dict"):
        set_permissions_by_state(permissions)


@pytest.mark.parametrize("op_type", [None, "", 3])
def test_the_kind_of_operations_is_a_text(op_type: Any) -> None:
    with pytest.raises(DeclarationError, match="expected a text"):
        set_op_type(op_type)


def test_the_kind_holds_for_what_is_described_from_then_on(unique: str, monkeypatch: pytest.MonkeyPatch) -> None:
    route_data: dict[str, Any] = {}
    set_route_data(route_data)
    monkeypatch.setattr(registry, "op_type", registry.op_type)
    set_op_type("custom")

    @described(unique)
    def close_day(current_user: str, day: str) -> None: ...

    assert route_data[f"/{unique}"]["op_type"] == "custom"


@pytest.mark.parametrize("route_data", [None, [], "routes", MappingProxyType({})])
def test_route_data_must_be_a_dict(route_data: Any) -> None:
    with pytest.raises(DeclarationError, match="expected a dict"):
        set_route_data(route_data)
