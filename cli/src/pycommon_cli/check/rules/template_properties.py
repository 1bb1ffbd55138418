"""Looks up properties of a template's resources. Only AWS knows the values of some properties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import TemplateResource
    from pycommon_cli.analysis.service_facts import Service

__all__ = ["at", "is_off", "items", "names_same", "resources", "text"]


def resources(service: Service, *kinds: str) -> Iterator[TemplateResource]:
    """Yield the resources of these types, in the order of the template."""
    every = service.configuration.resources.values() if service.configuration else ()
    yield from (resource for resource in every if resource.kind in kinds)


def at(value: object, *path: str) -> object:
    """Return the value at `path` in nested mappings, or None if there is no value.

    If the path leads to a call of a CloudFormation function, return this call.

    Example:
        >>> at({"SSESpecification": {"SSEEnabled": True}}, "SSESpecification", "SSEEnabled")
        True
    """
    for name in path:
        if _by_cloudformation(value):
            return value
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def text(value: object) -> str | None:
    """Return a value that is a known text. Return None for any other value."""
    if isinstance(value, Text):
        return str(value) if value.known else None
    return value if isinstance(value, str) else None


def is_off(value: object) -> bool:
    """Return whether a setting is false or missing. A value that only AWS knows counts as true.

    Example:
        >>> is_off(None), is_off("false"), is_off({"Fn::If": ["Production", True, False]})
        (True, True, False)
    """
    if isinstance(value, Text | str):
        return str(value).lower() == "false"
    return value is None or value is False


def items(value: object) -> list[object]:
    """Return the members of a list. A single value counts as a list of one member, and None as an empty list.

    Policies may be written in each of these ways.
    """
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def names_same(value: object, resource: TemplateResource) -> bool:
    """Return whether a property names `resource`.

    A property can name a resource by a reference, by the name, or by an ARN that ends with the reference or the name.
    """
    if not isinstance(value, Text | str):
        return False
    written = str(value)
    names = [f"<ref:{resource.logical_id}>", f"<getatt:{resource.logical_id}.Arn>"]
    if resource.name is not None:
        names.append(str(resource.name))
    return any(written == name or written.endswith((f":::{name}", f"/{name}")) for name in names)


def _by_cloudformation(value: object) -> bool:
    if isinstance(value, Text):
        return not value.known
    return isinstance(value, Mapping) and len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))
