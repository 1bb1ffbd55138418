"""Define an operation behind a router, and check its description against its function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pycommon.api.handler_arguments import Arguments, takes_an_event
from pycommon.authz.schemas import compile_schema
from pycommon.exceptions import DeclarationError

__all__ = ["Operation", "Permission"]

Permission = Callable[[str, Mapping[str, Any]], Any]
"""The type of a checker: `checker(user, data)` returns True to permit the call."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class Operation:
    """One operation: a function that `@api_tool` describes.

    Attributes:
        entry: the value of `route_data[path]`, with the keys `handler`, `path`, `name`, `description`, `parameters`,
            `output`, `tags`, `method`, `permissions` and `op_type`.
        defined_at: the module and the qualified name of the function.
        arguments: the object that maps arguments to the function's parameters. None for a function that takes a Lambda
            event, like an endpoint under `@validated`. Interfaces describe such an operation, but routers do not call
            it.
    """

    def __init__(self, entry: dict[str, Any], defined_at: str, place: str) -> None:
        where = f"@api_tool on {defined_at} ({place})"
        _check(entry, where)
        self.entry = entry
        self.defined_at = defined_at
        self.place = place
        self.argument_faults = compile_schema(entry["parameters"], f"{where}: parameters")
        self.output_faults = compile_schema(entry["output"], f"{where}: output")
        function = entry["handler"]
        self.arguments = None if takes_an_event(function) else Arguments(function, entry["parameters"], where)

    @property
    def path(self) -> str:
        """Return the path of the operation."""
        return str(self.entry["path"])

    @property
    def name(self) -> str:
        """Return the name that the operation has in tool schemas."""
        return str(self.entry["name"])

    @property
    def method(self) -> str:
        """Return the HTTP method."""
        return str(self.entry["method"])

    @property
    def permission(self) -> Permission | None:
        """Return the checker of `@api_tool(permissions=...)` for this operation, or None."""
        permissions = self.entry["permissions"]
        if callable(permissions):
            return permissions  # type: ignore[no-any-return]  # `_check` has checked the type
        return permissions.get(last_part(self.path)) or permissions.get(self.name)  # type: ignore[no-any-return]

    def rebind(self, handler: Callable[..., Any]) -> None:
        """Make the router call `handler`, which is the function of this operation under a further decorator."""
        self.entry["handler"] = handler
        if takes_an_event(handler):
            self.arguments = None


def _check(entry: Mapping[str, Any], where: str) -> None:
    path, name, permissions = entry["path"], entry["name"], entry["permissions"]
    if not isinstance(path, str) or not path.startswith("/"):
        raise DeclarationError(f'{where}: the path {path!r} must begin with "/"')
    if not isinstance(name, str) or not name:
        raise DeclarationError(f"{where}: the name must be a non-empty text")
    if entry["method"] not in _METHODS:
        raise DeclarationError(f"{where}: the method {entry['method']!r} must be one of {', '.join(sorted(_METHODS))}")
    for key in ("parameters", "output"):
        if not isinstance(entry[key], Mapping):
            raise DeclarationError(f"{where}: {key} must be a JSON Schema, as a dict")
    checkers = (
        [permissions] if callable(permissions) else [*permissions.values()] if isinstance(permissions, Mapping) else []
    )
    if not isinstance(permissions, Mapping | Callable) or not all(map(callable, checkers)):
        raise DeclarationError(
            f"{where}: permissions must be a function checker(user, data) -> bool, or a dict {{operation: checker}}"
        )
    if isinstance(permissions, Mapping) and permissions and not {last_part(path), name} & permissions.keys():
        raise DeclarationError(  # without this error, every caller could call it
            f"{where}: permissions has checkers for {', '.join(map(str, permissions))}, but none for this operation; "
            f'add one under the key "{last_part(path)}" or "{name}"'
        )


def last_part(path: str) -> str:
    """Return the last part of a path. Permissions use this part as the name of the operation."""
    return path.rpartition("/")[2]
