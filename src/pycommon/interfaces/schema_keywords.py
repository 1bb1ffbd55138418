"""Find the schemas inside a schema of JSON Schema 2020-12 (https://json-schema.org/draft/2020-12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["ANNOTATIONS", "DEFINITIONS", "IDENTIFIERS", "map_subschemas", "subschemas", "walk"]

Schema = Mapping[str, Any]

ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment"}
)
"""The keywords that accept every instance."""

DEFINITIONS = frozenset({"$defs", "definitions"})
"""The keywords that hold definitions: schemas that only references apply."""

IDENTIFIERS = frozenset(
    {"$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$comment"}
)
"""The keywords that a schema without references does not need. `id` belongs to draft 4."""

_ONE = frozenset(
    {
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
        "additionalItems",  # in drafts before 2020-12
    }
)
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_BY_NAME = frozenset({"dependentSchemas", "patternProperties", "properties", *DEFINITIONS})


def map_subschemas(schema: Schema, change: Callable[[Any], Any]) -> dict[str, Any]:
    """Return `schema` with `change` applied to each schema directly inside `schema`. Other values stay unchanged."""
    return {keyword: _changed(keyword, value, change) for keyword, value in schema.items()}


def subschemas(schema: Schema) -> Iterator[Any]:
    """Yield each schema directly inside `schema`, including booleans."""
    found: list[Any] = []
    map_subschemas(schema, found.append)
    yield from found


def walk(schema: Any) -> Iterator[Schema]:
    """Yield `schema` and every schema inside `schema`, without booleans."""
    if isinstance(schema, Mapping):
        yield schema
        for inner in subschemas(schema):
            yield from walk(inner)


def _changed(keyword: str, value: Any, change: Callable[[Any], Any]) -> Any:
    if keyword in _ONE and isinstance(value, Mapping | bool):
        return change(value)
    if (keyword in _SEVERAL or keyword == "items") and isinstance(value, list | tuple):  # `items`: before 2020-12
        return [change(each) for each in value]
    if keyword in _BY_NAME and isinstance(value, Mapping):
        return {name: change(each) for name, each in value.items()}
    return value
