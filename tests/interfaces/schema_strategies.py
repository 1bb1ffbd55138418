"""Generate JSON Schemas and instances with Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "c d", "x/y"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)
TYPES = st.sampled_from(["object", "array", "string", "integer", "boolean", "null", "number"])


def schemas(references: list[str]) -> st.SearchStrategy[Any]:
    """Schemas of 2020-12 that may refer to `references`."""
    leaves = st.one_of(
        st.booleans(),
        st.builds(lambda kind: {"type": kind}, TYPES),
        st.builds(lambda kinds: {"type": kinds}, st.lists(TYPES, min_size=1, max_size=3, unique=True)),
        st.builds(lambda value: {"const": value}, VALUES),
        st.builds(lambda values: {"enum": values}, st.lists(VALUES, min_size=1, max_size=3)),
        st.builds(lambda text: {"description": text, "default": 1}, st.sampled_from(["", "d"])),
        *([st.builds(lambda name: {"$ref": name}, st.sampled_from(references))] if references else []),
    )
    return st.recursive(leaves, lambda inner: st.one_of(_objects(inner), _arrays(inner), _others(inner)), max_leaves=8)


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", ["object", "null"]]),
            "properties": st.dictionaries(NAMES, inner, max_size=3),
            "required": st.lists(NAMES, max_size=2, unique=True),
            "additionalProperties": inner,
            "unevaluatedProperties": inner,
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "b$"]), inner, max_size=1),
            "propertyNames": inner,
            "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=1), max_size=1),
            "dependentSchemas": st.dictionaries(NAMES, inner, max_size=1),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
        },
    )


def _arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"type": st.just("array")},
        optional={
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "contains": inner,
            "unevaluatedItems": inner,
            "maxItems": st.integers(0, 3),
        },
    )


def _others(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.builds(lambda each: {"not": each}, inner),
        st.builds(lambda a, b, c: {"if": a, "then": b, "else": c}, inner, inner, inner),
        st.builds(lambda each: {"oneOf": each}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda each, kind: {"allOf": each, "type": kind}, st.lists(inner, min_size=1, max_size=2), TYPES),
    )


def _with_definitions(schema: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    top = schema if isinstance(schema, dict) else {} if schema else {"not": {}}
    return {**top, "$defs": definitions} if definitions else top


PARAMETERS = st.builds(
    _with_definitions,
    schemas(["#/$defs/first", "#/$defs/second%20one", "#/properties/a", "#"]),
    st.fixed_dictionaries(
        {
            "first": schemas(["#/$defs/second%20one"]),
            "second one": schemas([]),
        }
    ),
)
"""Schemas for `@api_tool(parameters=...)`; some refer to themselves, or to missing parts."""

ACYCLIC = st.builds(
    _with_definitions,
    schemas(["#/$defs/first", "#/$defs/second%20one"]),
    st.fixed_dictionaries({"first": schemas(["#/$defs/second%20one"]), "second one": schemas([])}),
)
"""The same, without references that lead back or nowhere."""
