"""Translate schemas of older drafts to JSON Schema 2020-12, the dialect of OpenAPI 3.1 and MCP.

Source: the "Migration" pages of https://json-schema.org/specification, and the change logs of the drafts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pycommon.interfaces.schema_keywords import DEFINITIONS, map_subschemas

__all__ = ["draft_of", "to_2020_12"]

DRAFT_4, DRAFT_6, DRAFT_7, DRAFT_2019_09, DRAFT_2020_12 = 4.0, 6.0, 7.0, 2019.09, 2020.12

_DRAFTS = {
    "http://json-schema.org/draft-04/schema": DRAFT_4,
    "http://json-schema.org/draft-06/schema": DRAFT_6,
    "http://json-schema.org/draft-07/schema": DRAFT_7,
    "https://json-schema.org/draft/2019-09/schema": DRAFT_2019_09,
}
# The draft that introduced each keyword. In schemas of earlier drafts, the keyword has no meaning.
_SINCE = {
    **dict.fromkeys(("const", "contains", "propertyNames"), DRAFT_6),
    **dict.fromkeys(("if", "then", "else"), DRAFT_7),
    **dict.fromkeys(("dependentRequired", "dependentSchemas", "minContains", "maxContains"), DRAFT_2019_09),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties"), DRAFT_2019_09),
    **dict.fromkeys(("prefixItems", "$dynamicRef"), DRAFT_2020_12),
}
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


def draft_of(schema: Mapping[str, Any]) -> float:
    """Return the draft that `$schema` names, or 2020-12 if there is no `$schema`."""
    return _DRAFTS.get(str(schema.get("$schema", "")).removesuffix("#"), DRAFT_2020_12)


def to_2020_12(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Translate `schema` to 2020-12. The result accepts the same instances as `schema` does by its own draft.

    Two differences remain. Drafts before 2019-09 enforce `format`, and 2020-12 does not enforce it. In draft 4 the
    number 1.0 is not an integer, and in 2020-12 it is an integer.

    Example:
        >>> to_2020_12({"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}]})
        {'prefixItems': [{'type': 'string'}]}
    """
    draft = draft_of(schema)
    return {keyword: value for keyword, value in _translated(schema, draft).items() if keyword != "$schema"}


def _translated(schema: Any, draft: float) -> Any:
    if not isinstance(schema, Mapping):
        return schema
    current = {keyword: value for keyword, value in schema.items() if _SINCE.get(keyword, 0) <= draft}
    if draft <= DRAFT_7 and "$ref" in current:  # drop the keywords next to a reference, which have no meaning
        current = {keyword: value for keyword, value in current.items() if keyword in {"$ref", *DEFINITIONS}}
    if draft == DRAFT_4:
        current = _with_numeric_bounds(current)
    if draft <= DRAFT_2019_09:
        current = _with_prefix_items(current)
    if draft == DRAFT_2019_09 and current.get("$recursiveRef") == "#":
        current["$dynamicRef" if "$ref" in current else "$ref"] = current.pop("$recursiveRef")
    current = _with_split_dependencies(current)
    return map_subschemas(current, lambda inner: _translated(inner, draft))


def _with_numeric_bounds(schema: dict[str, Any]) -> dict[str, Any]:
    """Translate the numeric bounds of draft 4, which has `exclusiveMinimum: true` next to `minimum`."""
    changed = dict(schema)
    if "id" in changed and isinstance(changed["id"], str):
        changed["$id"] = changed.pop("id")
    for exclusive, bound in _BOUNDS.items():
        if changed.pop(exclusive, None) is True and bound in changed:
            changed[exclusive] = changed.pop(bound)
    return changed


def _with_prefix_items(schema: dict[str, Any]) -> dict[str, Any]:
    """Translate a list in `items` to `prefixItems`, and `additionalItems` to `items`, for drafts before 2020-12."""
    changed = dict(schema)
    others = changed.pop("additionalItems", None)
    if isinstance(changed.get("items"), list | tuple):
        changed["prefixItems"] = list(changed.pop("items"))
        if others is not None:
            changed["items"] = others
    if not changed.get("prefixItems", [None]):  # an empty list describes no items
        del changed["prefixItems"]
    return changed


def _with_split_dependencies(schema: dict[str, Any]) -> dict[str, Any]:
    """Split `dependencies` into `dependentRequired` and `dependentSchemas`.

    Engines accept `dependencies` in all drafts.
    """
    dependencies = schema.get("dependencies")
    if not isinstance(dependencies, Mapping):
        return schema
    changed = {keyword: value for keyword, value in schema.items() if keyword != "dependencies"}
    lists = {name: list(each) for name, each in dependencies.items() if isinstance(each, list | tuple)}
    schemas = {name: each for name, each in dependencies.items() if not isinstance(each, list | tuple)}
    for keyword, values in (("dependentRequired", lists), ("dependentSchemas", schemas)):
        both = values.keys() & changed.get(keyword, {}).keys()
        if both:  # the new and the old value must stay
            changed["allOf"] = [*changed.get("allOf", []), {keyword: {name: values.pop(name) for name in both}}]
        if values:
            changed[keyword] = {**changed.get(keyword, {}), **values}
    return changed
