"""Looks up properties of a template's resources. Some values are known only to AWS."""

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
    """Return the value at `path` in nested mappings, or None. A call of a CloudFormation function is returned as it is.

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
    """Return a known text; None for any other value."""
    if isinstance(value, Text):
        return str(value) if value.known else None
    return value if isinstance(value, str) else None


def is_off(value: object) -> bool:
    """Return whether a switch is off or missing. A value that only AWS knows counts as on.

    Example:
        >>> is_off(None), is_off("false"), is_off({"Fn::If": ["Production", True, False]})
        (True, True, False)
    """
    if isinstance(value, Text | str):
        return str(value).lower() == "false"
    return value is None or value is False


def items(value: object) -> list[object]:
    """Return a list for a list, a single value or None. Policies may be written in each of these ways."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def names_same(value: object, resource: TemplateResource) -> bool:
    """Return whether a property names `resource`: by a reference, its name, or an ARN that ends with one of these."""
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
