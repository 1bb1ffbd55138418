"""Replace each reference in a schema by its target, or adapt the references to a larger document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from pycommon.interfaces.format_notes import NotExpressibleError
from pycommon.interfaces.schema_keywords import ANNOTATIONS, DEFINITIONS, IDENTIFIERS, map_subschemas, walk

__all__ = ["has_references", "inlined", "moved"]

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_MAX_SCHEMAS = 10_000


def has_references(schema: Any) -> bool:
    """Return whether `schema` has references."""
    return any(keyword in each for each in walk(schema) for keyword in _REFERENCES)


def inlined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema of 2020-12 without definitions, in which each reference is replaced by its target.

    Raises:
        NotExpressibleError: a reference leads to itself or outside the schema, a reference is dynamic (`$dynamicRef`),
            or the result has more than 10,000 schemas.

    Example:
        >>> inlined({"properties": {"a": {"$ref": "#/$defs/day"}}, "$defs": {"day": {"type": "string"}}})
        {'properties': {'a': {'type': 'string'}}}
    """
    _check_references(schema)
    done = _Inlining(schema).schema(schema, ())
    if not isinstance(done, dict):  # the top of the schema refers to `true` or `false`
        return {} if done else {"not": {}}
    return done


def moved(schema: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    """Return a schema of 2020-12 with references that are adapted to its place `pointer` in a larger document.

    Args:
        schema: the schema.
        pointer: the new place of the schema, e.g. "#/components/schemas/createWorkflowArguments".

    Raises:
        NotExpressibleError: a reference leads outside the schema, or a reference is dynamic.
    """
    _check_references(schema)
    resolve = _Resolution(schema)

    def move(each: Any) -> Any:
        if not isinstance(each, Mapping):
            return each
        changed = map_subschemas(each, move)
        if "$ref" in changed:
            path, _ = resolve(changed["$ref"])
            changed["$ref"] = pointer + path
        return {keyword: value for keyword, value in changed.items() if keyword not in IDENTIFIERS}

    return dict(move(schema))


class _Resolution:
    """The resolver of the references in one schema."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._own = str(root.get("$id", ""))
        self._anchors = {each["$anchor"]: path for path, each in _with_paths(root, "") if "$anchor" in each}

    def __call__(self, reference: str) -> tuple[str, Any]:
        """Return the JSON pointer (RFC 6901, as a URI fragment without `#`) of the target, and the target."""
        base, _, fragment = reference.partition("#")
        if base and base != self._own.partition("#")[0]:
            raise NotExpressibleError(f"the reference {reference} leads outside the schema")
        path = self._anchors.get(fragment, fragment) if fragment else ""
        found: Any = self._root
        for step in path.split("/")[1:]:
            found = _step(found, unquote(step).replace("~1", "/").replace("~0", "~"))
        if (path and not path.startswith("/")) or not isinstance(found, Mapping | bool):
            raise NotExpressibleError(f"the reference {reference} does not lead to a schema")
        return path, found


class _Inlining:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self._resolve = _Resolution(root)
        self._schemas = 0

    def schema(self, each: Any, trail: tuple[int, ...]) -> Any:
        """Return `each` without references. `trail` has the identities of the targets that contain `each`."""
        self._schemas += 1
        if self._schemas > _MAX_SCHEMAS:
            raise NotExpressibleError(f"with its references resolved it has more than {_MAX_SCHEMAS} schemas")
        if not isinstance(each, Mapping):
            return each
        kept = {keyword: value for keyword, value in each.items() if keyword not in DEFINITIONS | IDENTIFIERS}
        reference = kept.pop("$ref", None)
        beside = map_subschemas(kept, lambda inner: self.schema(inner, trail))
        return beside if reference is None else self._joined(str(reference), beside, trail)

    def _joined(self, reference: str, beside: dict[str, Any], trail: tuple[int, ...]) -> Any:
        _, target = self._resolve(reference)
        if id(target) in trail:
            raise NotExpressibleError(f"the reference {reference} leads back to itself")
        found = self.schema(target, (*trail, id(target)))
        if not beside:
            return found
        if isinstance(found, dict) and beside.keys() <= ANNOTATIONS:
            return {**found, **beside}
        return {**beside, "allOf": [*beside.get("allOf", []), found]}


def _check_references(schema: Mapping[str, Any]) -> None:
    if not has_references(schema):
        return
    for each in walk(schema):
        if "$dynamicRef" in each or "$recursiveRef" in each:
            raise NotExpressibleError(
                "it has a $dynamicRef or $recursiveRef, whose target depends on the referring schema"
            )
        if each is not schema and "$id" in each:
            raise NotExpressibleError(f"it has references, and an inner schema with its own $id: {each['$id']}")


def _step(found: Any, name: str) -> Any:
    if isinstance(found, Mapping):
        return found.get(name)
    if isinstance(found, list | tuple) and name.isdecimal() and int(name) < len(found):
        return found[int(name)]
    return None


def _with_paths(value: Any, path: str) -> Any:
    """Yield every mapping below `value` with its pointer, including mappings that are not schemas."""
    if isinstance(value, Mapping):
        yield path, value
        for name, each in value.items():
            yield from _with_paths(each, f"{path}/{str(name).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _with_paths(each, f"{path}/{index}")
