"""Generate the schema of a tool's arguments with the keywords that model APIs accept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pycommon.interfaces.format_notes import NotExpressibleError
from pycommon.interfaces.schema_dialect import DRAFT_2019_09, draft_of, to_2020_12
from pycommon.interfaces.schema_keywords import ANNOTATIONS, map_subschemas, walk
from pycommon.interfaces.schema_references import inlined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["arguments_schema", "output_schema"]

_REFUSED_AT_THE_TOP = ("allOf", "anyOf", "oneOf", "not", "enum")
_MERGED = frozenset({"type", "properties", "required", *ANNOTATIONS})
_OF_ALL_PROPERTIES = frozenset({"additionalProperties", "unevaluatedProperties", "patternProperties"})
_MAY_BE_BOOLEAN = frozenset({"additionalProperties", "unevaluatedProperties", "unevaluatedItems"})


def arguments_schema(parameters: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the schema of the objects that `parameters` accepts, and a note for each part that the result leaves out.

    The result is a 2020-12 schema with `type: object` and `properties`. The result has no references, no definitions
    and no combinators at its top. No property and no `items` has a boolean in place of a schema. Each array has
    `items`. OpenAI, Anthropic and MCP clients refuse a whole request if one tool breaks these rules.

    If there are no notes, the result accepts the same objects as `parameters`. If there are notes, the result describes
    every property, and the operation validates the rest.

    Raises:
        NotExpressibleError: these rules cannot express the schema, e.g. because of a reference to itself.
    """
    schema = _explicit(inlined(to_2020_12(parameters)))
    kinds = schema.get("type", "object")
    if "object" not in ([kinds] if isinstance(kinds, str) else kinds):
        raise NotExpressibleError(f"its arguments are not an object but {kinds}")
    schema = _merged({**schema, "type": "object", "properties": dict(schema.get("properties", {}))})
    lost = [keyword for keyword in _REFUSED_AT_THE_TOP if keyword in schema]
    notes = _format_note(parameters)
    if lost:
        schema = _without_combinators(schema)
        notes.append(
            f"tools cannot express {' and '.join(lost)} at the top of its parameters; calls are still validated"
        )
    return schema, notes


def output_schema(output: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
    """Return the schema of structured content in MCP, or None and a note if the schema is not of `type: object`."""
    if not output:
        return None, []
    try:
        schema = inlined(to_2020_12(output))
    except NotExpressibleError as error:
        return None, [f"its output is not described: {error}"]
    if schema.get("type") != "object":
        return None, ['its output is not described: it is not of "type": "object"']
    return schema, []


def _format_note(schema: Mapping[str, Any]) -> list[str]:
    if draft_of(schema) < DRAFT_2019_09 and any("format" in each for each in walk(schema)):
        return ["`format`, which its draft enforces, is only an annotation here; calls are still validated"]
    return []


def _explicit(schema: Any) -> Any:
    """Replace a boolean by a schema where model APIs do not accept a boolean. Add `items` to each array."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    bounds = {keyword: value for keyword, value in schema.items() if keyword in _MAY_BE_BOOLEAN}
    others = {keyword: value for keyword, value in schema.items() if keyword not in _MAY_BE_BOOLEAN}
    changed = map_subschemas(others, _explicit) | map_subschemas(bounds, _explicit_unless_boolean)
    kinds = changed.get("type", ())
    if "array" in ([kinds] if isinstance(kinds, str) else kinds):
        changed.setdefault("items", {})
    return changed


def _explicit_unless_boolean(schema: Any) -> Any:
    return schema if isinstance(schema, bool) else _explicit(schema)


def _merged(schema: dict[str, Any]) -> dict[str, Any]:
    """Merge the parts of `allOf` that have only properties into the schema. The result accepts the same instances."""
    if "allOf" not in schema or _OF_ALL_PROPERTIES & schema.keys():
        return schema
    merged = {**schema, "properties": dict(schema["properties"])}
    rest = []
    for part in merged.pop("allOf"):
        if part.keys() <= _MERGED and part.get("type", "object") == "object":
            _merge_properties(merged, part)
        else:
            rest.append(part)
    return {**merged, "allOf": rest} if rest else merged


def _merge_properties(schema: dict[str, Any], part: Mapping[str, Any]) -> None:
    properties = schema["properties"]
    for name, described in part.get("properties", {}).items():
        both = name in properties and not _is_in(described, [properties[name]])
        properties[name] = {"allOf": [properties[name], described]} if both else described
    _require(schema, part.get("required", ()))


def _require(schema: dict[str, Any], names: Iterable[str]) -> None:
    required = [*schema.get("required", ()), *names]
    if required:
        schema["required"] = list(dict.fromkeys(required))


def _without_combinators(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without combinators.

    The schema keeps all properties of all alternatives, and loses the combinations.
    """
    kept = {keyword: value for keyword, value in schema.items() if keyword not in _REFUSED_AT_THE_TOP}
    kept["properties"] = dict(kept["properties"])
    for part in schema.get("allOf", ()):
        _add_properties(kept, [part])
        _require(kept, part.get("required", ()))
    for keyword in ("anyOf", "oneOf"):
        alternatives = schema.get(keyword, ())
        _add_properties(kept, alternatives)
        if alternatives:
            common = set.intersection(*(set(each.get("required", ())) for each in alternatives))
            _require(kept, sorted(common))
    return kept


def _add_properties(schema: dict[str, Any], parts: Iterable[Mapping[str, Any]]) -> None:
    properties = schema["properties"]
    found: dict[str, list[Any]] = {}
    for part in parts:
        for name, described in part.get("properties", {}).items():
            if not _is_in(described, found.setdefault(name, [])):
                found[name].append(described)
    for name, described in found.items():
        if name not in properties:
            properties[name] = described[0] if len(described) == 1 else {"anyOf": described}


def _is_in(schema: Any, others: Iterable[Any]) -> bool:
    """Return whether a schema equals a schema in `others`. Compare the JSON texts, because 1 equals True in Python."""
    text = json.dumps(schema, sort_keys=True, default=str)
    return any(json.dumps(each, sort_keys=True, default=str) == text for each in others)
