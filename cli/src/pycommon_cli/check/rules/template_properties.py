"""Looking into the properties of a template's resources, some of which only AWS knows."""

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
    """The template's resources of these types, in its order."""
    every = service.configuration.resources.values() if service.configuration else ()
    yield from (resource for resource in every if resource.kind in kinds)


def at(value: object, *path: str) -> object:
    """What stands at `path` in nested mappings; None where nothing does. A function of CloudFormation stays as it is.

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
    """A plain text; None for anything else, and for what only AWS knows."""
    if isinstance(value, Text):
        return str(value) if value.known else None
    return value if isinstance(value, str) else None


def is_off(value: object) -> bool:
    """Whether a switch is known to be off, or is not there. What only AWS knows counts as on.

    Example:
        >>> is_off(None), is_off("false"), is_off({"Fn::If": ["Production", True, False]})
        (True, True, False)
    """
    if isinstance(value, Text | str):
        return str(value).lower() == "false"
    return value is None or value is False


def items(value: object) -> list[object]:
    """A list as it is, one value as a list of it, nothing as an empty one: policies may be written each way."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def names_same(value: object, resource: TemplateResource) -> bool:
    """Whether a property names `resource`: by a reference, by its name, or by an ARN that ends in either."""
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
