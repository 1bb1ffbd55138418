"""Operations behind one endpoint: `@api_tool` describes each, and a router finds it in the route data by its path."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from pycommon.exceptions import DeclarationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Operation", "api_tool", "set_route_data"]


class Operation:
    """One operation: `entry` is what `route_data[path]` holds, with `handler`, `parameters`, `name` and the rest."""

    def __init__(self, entry: dict[str, Any], defined_at: str) -> None:
        self.entry = entry
        self.defined_at = defined_at

    def rebind(self, handler: Callable[..., Any]) -> None:
        """Have the router call `handler`: the same function with one decorator more."""
        self.entry["handler"] = handler


class _Registry:
    """The operations of this process, and the route data that a service has handed over."""

    def __init__(self) -> None:
        self.by_path: dict[str, Operation] = {}
        self.route_data: MutableMapping[str, Any] | None = None

    def add(self, operation: Operation) -> None:
        path, name = operation.entry["path"], operation.entry["name"]
        for other in self.by_path.values():
            same_place = other.defined_at == operation.defined_at  # a module that is imported again
            if not same_place and (other.entry["path"] == path or other.entry["name"] == name):
                raise DeclarationError(
                    f"@api_tool on {operation.defined_at}: the path {path} or the name {name} is already that of "
                    f"{other.defined_at}; each operation needs its own"
                )
        self.by_path[path] = operation
        if self.route_data is not None:
            self.route_data[path] = operation.entry

    def publish(self, route_data: MutableMapping[str, Any]) -> None:
        self.route_data = route_data
        route_data.update({path: operation.entry for path, operation in self.by_path.items()})


_registry = _Registry()


def set_route_data(route_data: MutableMapping[str, Any]) -> None:
    """Name the dict in which the router looks operations up: `{path: {"handler": ..., "parameters": ..., ...}}`.

    Operations register in it as their modules are imported; those imported before this call are put in now.
    """
    if not isinstance(route_data, MutableMapping):
        raise DeclarationError(f"set_route_data: expected a dict, found {type(route_data).__name__}")
    _registry.publish(route_data)


def api_tool(  # noqa: PLR0913 - what describes an operation, all by name
    *,
    path: str,
    name: str,
    description: str,
    parameters: Mapping[str, Any],
    output: Mapping[str, Any] | None = None,
    tags: Iterable[str] = (),
    method: str = "POST",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe an operation and register it under its path. The function itself stays as it is.

    `@required_env_vars` may stand above or below: the router calls the function with its variables resolved.

    Args:
        path: where the router finds it, e.g. "/vu-agent/create-workflow".
        name: what tools call it, e.g. "createWorkflow".
        description: what it does, for people and for agents.
        parameters: JSON Schema of its arguments.
        output: JSON Schema of its result.
        tags: groups that it belongs to.
        method: the HTTP method.

    Raises:
        DeclarationError: a path or name used twice, a path that does not begin with "/", a schema that is no dict.

    Source: Pattern 2 of the specification.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        where = f"{function.__module__}.{function.__qualname__}"
        if not isinstance(path, str) or not path.startswith("/"):
            raise DeclarationError(f'@api_tool on {where}: the path {path!r} must begin with "/"')
        if not isinstance(parameters, Mapping):
            raise DeclarationError(f"@api_tool on {where}: parameters must be a JSON Schema, as a dict")
        entry = {
            "handler": function,
            "path": path,
            "name": name,
            "description": description,
            "parameters": parameters,
            "output": output if output is not None else {},
            "tags": list(tags),
            "method": method.upper(),
        }
        operation = Operation(entry, where)
        _registry.add(operation)
        function.__pycommon_operation__ = operation  # type: ignore[attr-defined]
        return function

    return decorate
