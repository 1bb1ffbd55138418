"""Read the arguments of an operation from the query of a request, and convert them to the types of the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

import orjson

__all__ = ["arguments_of_query"]

_FROM_JSON = frozenset({"integer", "number", "boolean", "object"})


def arguments_of_query(event: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the query of an HTTP event as an instance of `schema`.

    An array gets all values of its name, or the parts of one value with commas. If a text cannot be converted to the
    schema's type, the text stays unchanged. The validation then reports the text.

    Example:
        >>> schema = {"type": "object", "properties": {"limit": {"type": "integer"}, "tags": {"type": "array"}}}
        >>> arguments_of_query({"queryStringParameters": {"limit": "20", "tags": "a,b"}}, schema)
        {'limit': 20, 'tags': ['a', 'b']}
    """
    properties = schema.get("properties", {})
    return {name: _value(values, properties.get(name)) for name, values in _query(event).items()}


def _query(event: Mapping[str, Any]) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    for name, value in _mapping(event.get("queryStringParameters")).items():
        query[name] = [value]
    for name, values in _mapping(event.get("multiValueQueryStringParameters")).items():
        query[name] = values if isinstance(values, list) else []
    # API Gateway decodes the query. A load balancer passes it on unchanged.
    decoded = unquote_plus if "elb" in _mapping(event.get("requestContext")) else str
    return {
        decoded(name): [decoded(value) for value in values if isinstance(value, str)] for name, values in query.items()
    }


def _value(values: list[str], schema: Any) -> Any:
    described = _mapping(schema)
    if described.get("type") == "array":
        several = values if len(values) > 1 else values[0].split(",") if values else []
        return [_one(each, _mapping(described.get("items"))) for each in several]
    return _one(values[-1] if values else "", described)


def _one(text: str, schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type")
    kinds = {kind} if isinstance(kind, str) else set(kind) if isinstance(kind, list) else set()
    if not kinds & _FROM_JSON:
        return text
    try:
        return orjson.loads(text)
    except ValueError:
        return text


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
