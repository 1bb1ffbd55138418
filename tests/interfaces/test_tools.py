"""Operations as tools of OpenAI, Anthropic and MCP: names, limits, omissions, notes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.api.api_operation import Operation
from pycommon.interfaces.format_notes import InterfaceError
from pycommon.interfaces.operation_names import NameLimit
from pycommon.interfaces.tools import Tools, anthropic_tools, mcp_tools, openai_tools

RECURSIVE = {"type": "object", "properties": {"node": {"$ref": "#"}}}
NAMES_OF = {
    openai_tools: r"[a-zA-Z0-9_-]{1,64}",
    anthropic_tools: r"[a-zA-Z0-9_-]{1,128}",
    mcp_tools: r"[A-Za-z0-9._-]{1,128}",
}


def handler(**arguments: Any) -> Any:
    """Take anything."""
    return arguments


def operation(name: str, **changes: Any) -> Operation:
    entry = {
        "handler": handler,
        "path": f"/{name}",
        "name": name,
        "description": "Does it.",
        "parameters": {"type": "object"},
        "output": {},
        "tags": [],
        "method": "POST",
        "permissions": {},
        "op_type": "built_in",
    }
    return Operation({**entry, **changes}, f"tests.{name}", f"tests.py:{len(name)}")


def names(made: Tools) -> list[str]:
    return [each["function"]["name"] if "function" in each else each["name"] for each in made.tools]


@pytest.mark.parametrize("make", NAMES_OF)
@given(given_names=st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=4, unique=True))
def test_any_name_fits_or_the_collision_is_refused(make: Any, given_names: list[str]) -> None:
    operations = [operation(name) for name in given_names]
    try:
        made = make(operations)
    except InterfaceError as error:
        pattern = r"two operations have the same name in .*: (.*) of tests\..* and (.*) of tests\..*; rename one"
        assert re.search(pattern, str(error), re.DOTALL)  # noqa: PT017 - a refusal is one of two right outcomes
        return
    assert len(set(names(made))) == len(given_names)
    for name, each in zip(names(made), operations, strict=True):
        assert re.fullmatch(NAMES_OF[make], name)
        assert made.operations[name] is each
        said = [note.text for note in made.notes if note.operation == each.name]
        assert said == ([] if name == each.name else [f"its tool name is {name}"])


def test_names_are_mapped_by_the_limits_of_each_format() -> None:
    long = "x" * 100
    operations = [operation("day.close"), operation(long)]
    assert names(mcp_tools(operations)) == ["day.close", long]
    assert names(anthropic_tools(operations)) == ["day_close", long]
    of_openai = names(openai_tools(operations))
    assert of_openai[0] == "day_close"
    assert re.fullmatch(r"x{55}_[0-9a-f]{8}", of_openai[1])
    assert str(openai_tools(operations).notes[0]) == "day.close: its tool name is day_close"


def test_long_names_that_begin_alike_stay_apart() -> None:
    limit = NameLimit("a-z", 20)
    assert limit.applied_to("a" * 30) != limit.applied_to("a" * 31)
    assert limit.applied_to("a" * 20) == "a" * 20


def test_a_collision_names_both_operations() -> None:
    with pytest.raises(InterfaceError) as caught:
        openai_tools([operation("day.close"), operation("day_close")])
    for part in ("'day.close' of tests.day.close", "'day_close' of tests.day_close", "tests.py:9", "rename one"):
        assert part in str(caught.value)
    assert len(mcp_tools([operation("day.close"), operation("day_close")]).tools) == 2


@pytest.mark.parametrize("make", NAMES_OF)
def test_what_a_format_cannot_say_is_left_out_and_said(make: Any) -> None:
    made = make([operation("tree", parameters=RECURSIVE), operation("flat")])
    assert names(made) == ["flat"]
    assert made.operations.keys() == {"flat"}
    assert [str(note) for note in made.notes] == ["tree: left out: the reference # leads back to itself"]


def test_the_form_of_openai() -> None:
    (tool,) = openai_tools([operation("a", description="d" * 2000)]).tools
    assert tool["type"] == "function"
    assert tool["function"].keys() == {"name", "description", "parameters"}
    assert tool["function"]["parameters"] == {"type": "object", "properties": {}}
    assert len(tool["function"]["description"]) == 1024


def test_openai_takes_128_tools_in_one_request() -> None:
    made = openai_tools([operation(f"o{number}") for number in range(130)])
    assert len(made.tools) == 130
    assert [note.operation for note in made.notes] == ["o128", "o129"]


def test_the_form_of_anthropic() -> None:
    unfit = operation("b", parameters={"type": "object", "properties": {"a name": {}}})
    made = anthropic_tools([operation("a"), unfit])
    assert made.tools == [
        {"name": "a", "description": "Does it.", "input_schema": {"type": "object", "properties": {}}}
    ]
    assert "its property 'a name' must match" in made.notes[0].text


def test_the_form_of_mcp() -> None:
    output = {"$ref": "#/$defs/r", "$defs": {"r": {"type": "object", "properties": {"n": {"type": "integer"}}}}}
    one = operation("a", output=output, method="GET")
    other = operation("b", output={"type": "array"}, method="DELETE")
    made = mcp_tools([one, other])
    assert made.tools == [
        {
            "name": "a",
            "description": "Does it.",
            "inputSchema": {"type": "object", "properties": {}},
            "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}},
            "annotations": {"readOnlyHint": True},
        },
        {
            "name": "b",
            "description": "Does it.",
            "inputSchema": {"type": "object", "properties": {}},
            "annotations": {"destructiveHint": True, "idempotentHint": True},
        },
    ]
    assert [str(note) for note in made.notes] == ['b: its output is not described: it is not of "type": "object"']


def test_an_endpoint_of_its_own_is_no_tool_of_mcp_and_one_of_the_others() -> None:
    def endpoint(event: Any, context: Any) -> None: ...

    described = operation("own", handler=endpoint)
    assert mcp_tools([described]).tools == []
    assert names(openai_tools([described])) == names(anthropic_tools([described])) == ["own"]
