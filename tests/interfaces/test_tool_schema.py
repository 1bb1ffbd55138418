"""The schema of a tool accepts the same objects as the original schema, or a note names the difference."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.interfaces.format_notes import NotExpressibleError
from pycommon.interfaces.schema_dialect import to_2020_12
from pycommon.interfaces.schema_keywords import walk
from pycommon.interfaces.schema_references import has_references, inlined, moved
from pycommon.interfaces.tool_schema import arguments_schema, output_schema
from tests.interfaces.schema_strategies import ACYCLIC, OBJECTS, PARAMETERS, VALUES, schemas

NOT_AT_THE_TOP = {"allOf", "anyOf", "oneOf", "not", "enum", "$ref", "$defs", "definitions", "$schema"}


def fits(schema: Any, instance: Any) -> bool:
    return bool(jsonschema_rs.validator_for(schema).is_valid(instance))


@given(PARAMETERS, st.lists(OBJECTS, max_size=5))
def test_a_schema_keeps_its_meaning_or_a_sentence_says_otherwise(parameters: Any, instances: list[Any]) -> None:
    try:
        jsonschema_rs.validator_for(parameters)
    except (jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError, ValueError):
        return  # @api_tool refuses it
    try:
        schema, notes = arguments_schema(parameters)
    except NotExpressibleError:
        return  # with a reason; see the table below
    assert schema["type"] == "object"
    assert isinstance(schema["properties"], dict)
    assert not NOT_AT_THE_TOP & schema.keys()
    assert not has_references(schema)
    for each in walk(schema):
        assert not {"$defs", "definitions", "$id", "$schema"} & each.keys()
        assert each.get("type") != "array" or "items" in each
        assert not any(isinstance(inner, bool) for inner in each.get("properties", {}).values())
    jsonschema_rs.meta.validate(schema)
    if not notes:
        for instance in instances:
            assert fits(schema, instance) == fits(parameters, instance)


@given(ACYCLIC, st.lists(VALUES, max_size=5))
def test_references_are_put_in_place(schema: Any, instances: list[Any]) -> None:
    done = inlined(schema)
    assert not has_references(done)
    for instance in instances:
        assert fits(done, instance) == fits(schema, instance)


@given(ACYCLIC, st.lists(VALUES, max_size=5))
def test_a_moved_schema_keeps_its_meaning(schema: Any, instances: list[Any]) -> None:
    found = jsonschema_rs.validator_for(document_with(schema))
    for instance in instances:
        assert found.is_valid(instance) == fits(schema, instance)


def test_a_moved_schema_may_refer_to_itself() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#tree"}}, "$anchor": "tree"}
    found = jsonschema_rs.validator_for(document_with(tree))
    assert found.is_valid({"left": {"right": {}}})
    assert not found.is_valid({"left": {"right": 1}})


def document_with(schema: dict[str, Any]) -> dict[str, Any]:
    return {"components": {"x/y": moved(schema, "#/components/x~1y")}, "$ref": "#/components/x~1y"}


DRAFTS = ["http://json-schema.org/draft-06/schema#", "http://json-schema.org/draft-07/schema#"]
LATER = "https://json-schema.org/draft/2019-09/schema"


def older(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.sampled_from(["a", "b"])
    return st.fixed_dictionaries(
        {},
        optional={
            "items": inner | st.lists(inner, max_size=2),
            "additionalItems": inner,
            "dependencies": st.dictionaries(names, inner | st.lists(names, max_size=2), max_size=2),
            "properties": st.dictionaries(names, inner, max_size=2),
            "additionalProperties": inner,
            "$ref": st.just("#/definitions/d"),
        },
    )


@given(
    st.sampled_from([*DRAFTS, LATER]),
    st.recursive(schemas([]), older, max_leaves=6).filter(lambda each: isinstance(each, dict)),
    schemas([]),
    st.lists(VALUES, max_size=6),
)
def test_older_drafts_mean_the_same_in_the_words_of_2020(
    draft: str, schema: dict[str, Any], definition: Any, instances: list[Any]
) -> None:
    schema = {"$schema": draft, **schema, "definitions": {"d": definition}}
    try:
        original = jsonschema_rs.validator_for(schema)
    except jsonschema_rs.ValidationError:
        return  # 2020-12's own keywords are not all words of the older draft
    found = jsonschema_rs.validator_for(to_2020_12(schema))
    for instance in instances:
        assert found.is_valid(instance) == original.is_valid(instance)


@pytest.mark.parametrize(
    ("schema", "same"),
    [
        ({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}),
        ({"minimum": 1, "exclusiveMinimum": False}, {"minimum": 1}),
        ({"maximum": 1, "exclusiveMaximum": True}, {"exclusiveMaximum": 1}),
    ],
)
def test_bounds_of_draft_4(schema: dict[str, Any], same: dict[str, Any]) -> None:
    assert to_2020_12({"$schema": "http://json-schema.org/draft-04/schema#", **schema}) == same


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"$ref": "#/$defs/n", "$defs": {"n": {"properties": {"n": {"$ref": "#/$defs/n"}}}}}, "leads back to itself"),
        ({"properties": {"a": {"$ref": "#"}}}, "leads back to itself"),
        ({"properties": {"a": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}}, "leads outside"),
        ({"properties": {"a": {"$ref": "#/$defs/none"}}}, "does not lead to a schema"),
        ({"properties": {"a": {"$dynamicRef": "#x"}}}, "depends on the referring schema"),
        ({"properties": {"a": {"$id": "https://a.example/", "$ref": "#"}}}, r"with its own \$id"),
        ({"type": "array"}, "not an object but array"),
        ({"type": ["string", "null"]}, "not an object but"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_reason(parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(NotExpressibleError, match=sentence):
        arguments_schema(parameters)


def test_references_that_multiply_are_stopped() -> None:
    doubling = {f"d{n}": {"properties": {"a": {"$ref": f"#/$defs/d{n + 1}"}, "b": {"$ref": f"#/$defs/d{n + 1}"}}}
                for n in range(40)}  # fmt: skip
    with pytest.raises(NotExpressibleError, match="more than 10000 schemas"):
        arguments_schema({"$ref": "#/$defs/d0", "$defs": {**doubling, "d40": {}}})


def test_an_anchor_is_a_reference_too() -> None:
    schema = {"properties": {"a": {"$ref": "#day"}}, "$defs": {"d": {"$anchor": "day", "type": "string"}}}
    assert inlined(schema) == {"properties": {"a": {"type": "string"}}}


def test_what_is_no_schema_is_left_alone() -> None:
    data = {"$ref": "#/nowhere", "items": True}
    schema = {"properties": {"a": {"const": data, "default": data, "enum": [data], "examples": [data]}}}
    assert inlined(schema) == moved(schema, "#/x") == to_2020_12(schema) == schema
    assert arguments_schema(schema)[0]["properties"] == schema["properties"]


def test_parts_that_only_add_properties_are_merged_without_loss() -> None:
    base = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    own = {"properties": {"id": {"minLength": 1}, "n": {"type": "integer"}}, "required": ["n"]}
    schema, notes = arguments_schema({"allOf": [{"$ref": "#/$defs/base"}, own], "$defs": {"base": base}})
    assert notes == []
    assert schema == {
        "type": "object",
        "properties": {"id": {"allOf": [{"type": "string"}, {"minLength": 1}]}, "n": {"type": "integer"}},
        "required": ["id", "n"],
    }


def test_alternatives_are_all_described_and_a_sentence_says_that_the_call_is_checked() -> None:
    circle = {"properties": {"kind": {"const": "circle"}, "radius": {"type": "number"}}, "required": ["kind", "radius"]}
    square = {"properties": {"kind": {"const": "square"}, "side": {"type": "number"}}, "required": ["kind", "side"]}
    schema, notes = arguments_schema({"type": "object", "oneOf": [circle, square]})
    assert schema == {
        "type": "object",
        "properties": {
            "kind": {"anyOf": [{"const": "circle"}, {"const": "square"}]},
            "radius": {"type": "number"},
            "side": {"type": "number"},
        },
        "required": ["kind"],
    }
    assert notes == ["tools cannot express oneOf at the top of its parameters; calls are still validated"]


def test_a_format_that_an_older_draft_enforces_is_said() -> None:
    draft = "http://json-schema.org/draft-07/schema#"
    _, notes = arguments_schema({"$schema": draft, "properties": {"to": {"format": "email"}}})
    assert notes == ["`format`, which its draft enforces, is only an annotation here; calls are still validated"]


@pytest.mark.parametrize(
    ("output", "schema", "notes"),
    [
        ({}, None, 0),
        ({"type": "object", "properties": {}}, {"type": "object", "properties": {}}, 0),
        ({"type": "array"}, None, 1),
        ({"$ref": "#"}, None, 1),
        ({"anyOf": [{"type": "object"}]}, None, 1),
    ],
)
def test_an_output_is_described_where_it_is_an_object(output: Any, schema: Any, notes: int) -> None:
    found, sentences = output_schema(output)
    assert found == schema
    assert len(sentences) == notes
