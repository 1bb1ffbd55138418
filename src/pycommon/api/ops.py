"""Operations behind one endpoint: `@api_tool` describes each, and a router finds it in the route data by its path."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from pycommon.api.api_operation import Operation, last_part
from pycommon.exceptions import DeclarationError
from pycommon.parameters import code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pycommon.api.api_operation import Permission

__all__ = ["Registry", "api_tool", "registry", "set_op_type", "set_permissions_by_state", "set_route_data"]

_BUILT_IN = "built_in"
_ANY_OBJECT: Mapping[str, Any] = {"type": "object", "properties": {}}


class Registry:
    """The operations of this process, the route data that a service has handed over, and what holds for all of them."""

    def __init__(self) -> None:
        self._by_path: dict[str, Operation] = {}  # which operations there are
        self._by_name: dict[str, Operation] = {}  # where to look: one that has gone meanwhile may be left in these two
        self._by_function: dict[str, Operation] = {}
        self._route_data: MutableMapping[str, Any] | None = None
        self._permissions: Any = None
        self.op_type = _BUILT_IN

    def operations(self) -> tuple[Operation, ...]:
        """Every operation, in the order of the paths."""
        return tuple(self._by_path[path] for path in sorted(self._by_path))

    def at(self, path: str) -> Operation | None:
        """The operation under `path`."""
        return self._by_path.get(path)

    def named(self, name: str) -> Operation | None:
        """The operation called `name`."""
        return self._if_registered(self._by_name.get(name))

    def permission_of(self, operation: Operation) -> Permission | None:
        """Who may call `operation`: its own checker, else the one of `set_permissions_by_state`; None where neither is.

        An operation without one may be called by everybody whose token or API key the router accepts (Pattern 2 of the
        specification leaves the permission to the operation). Where its path is listed without it, nobody may.
        """
        if operation.permission is not None:
            return operation.permission
        by_path = getattr(self._permissions, "permissions_by_state_type", self._permissions)
        if not isinstance(by_path, Mapping) or operation.path not in by_path:
            return None
        of_path = by_path[operation.path]
        if not isinstance(of_path, Mapping):
            return _nobody
        return of_path.get(last_part(operation.path)) or of_path.get(operation.name) or _nobody

    def add(self, operation: Operation) -> None:
        """Register `operation`; one of the same function replaces that of an earlier import.

        Raises:
            DeclarationError: another function has the path or the name.
        """
        for other in (self.at(operation.path), self.named(operation.name)):
            if other is not None and other.defined_at != operation.defined_at:
                taken = [what for what in ("path", "name") if other.entry[what] == operation.entry[what]]
                raise DeclarationError(
                    f"@api_tool on {operation.defined_at} ({operation.place}): the {' and the '.join(taken)} "
                    f"{operation.entry[taken[0]]} is already that of {other.defined_at} ({other.place}); each "
                    "operation needs its own"
                )
        earlier = self._if_registered(self._by_function.get(operation.defined_at))
        if earlier is not None:
            del self._by_path[earlier.path]
        self._by_path[operation.path] = operation
        self._by_name[operation.name] = operation
        self._by_function[operation.defined_at] = operation
        if self._route_data is not None:
            self._route_data[operation.path] = operation.entry

    def publish(self, route_data: MutableMapping[str, Any]) -> None:
        """Put every operation, and each that comes, into `route_data`."""
        self._route_data = route_data
        route_data.update({path: operation.entry for path, operation in self._by_path.items()})

    def _if_registered(self, operation: Operation | None) -> Operation | None:
        return operation if operation is not None and self._by_path.get(operation.path) is operation else None

    def permit_by(self, permissions: Any) -> None:
        """Take permission checkers from `permissions`; see `set_permissions_by_state`."""
        self._permissions = permissions


registry = Registry()
"""The registry of this process."""


def set_route_data(route_data: MutableMapping[str, Any]) -> None:
    """Name the dict in which the router looks operations up: `{path: {"handler": ..., "parameters": ..., ...}}`.

    Operations register in it as their modules are imported; those imported before this call are put in now.
    """
    if not isinstance(route_data, MutableMapping):
        raise DeclarationError(f"set_route_data: expected a dict, found {type(route_data).__name__}")
    registry.publish(route_data)


def set_op_type(op_type: str) -> None:
    """Set the `op_type` of every operation that is described from now on. At first it is "built_in"."""
    if not isinstance(op_type, str) or not op_type:
        raise DeclarationError(f"set_op_type: expected a text such as {_BUILT_IN!r}, found {op_type!r}")
    registry.op_type = op_type


def set_permissions_by_state(permissions_by_state: Any) -> None:
    """Name the permission checkers of operations whose `@api_tool` has none: `{path: {operation: checker}}`.

    Args:
        permissions_by_state: that dict, or a module (or object) that has it as `permissions_by_state_type`. The
            operation is the last part of the path, or the operation's name.
    """
    found = getattr(permissions_by_state, "permissions_by_state_type", permissions_by_state)
    if not isinstance(found, Mapping):
        raise DeclarationError(
            "set_permissions_by_state: expected a dict {path: {operation: checker}}, or a module that has it as "
            f"`permissions_by_state_type`; found {type(permissions_by_state).__name__}"
        )
    registry.permit_by(permissions_by_state)


def api_tool(  # noqa: PLR0913, PLR0917 - what describes an operation; services in use pass some by position
    path: str,
    name: str,
    description: str,
    parameters: Mapping[str, Any] | None = None,
    output: Mapping[str, Any] | None = None,
    tags: Iterable[str] | None = None,
    method: str = "POST",
    permissions: Permission | Mapping[str, Permission] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe an operation and register it under its path. The function itself stays as it is.

    `@required_env_vars` may stand above or below: the router calls the function with its variables resolved.

    Args:
        path: where the router finds it, e.g. "/vu-agent/create-workflow".
        name: what tools call it, e.g. "createWorkflow".
        description: what it does, for people and for agents.
        parameters: JSON Schema of its arguments; default: none are needed.
        output: JSON Schema of its result.
        tags: groups that it belongs to.
        method: the HTTP method.
        permissions: `checker(user, data)`, which says True to let the caller through; or a dict of such, by operation.

    Raises:
        DeclarationError: a path or name used twice, a path that does not begin with "/", no JSON Schema, a function
            that cannot be called with what the schema lets through.

    Source: Pattern 2 of the specification.

    Example:
        >>> @api_tool(path="/vu-agent/close-day", name="closeDay", description="Close a day.",
        ...           parameters={"type": "object", "properties": {"dayName": {"type": "string", "default": "monday"}}})
        ... def close_day(current_user, day_name): ...
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        entry = {
            "handler": function,
            "path": path,
            "name": name,
            "description": description,
            "parameters": _ANY_OBJECT if parameters is None else parameters,
            "output": output if output is not None else {},
            "tags": list(tags or ()),
            "method": method.upper() if isinstance(method, str) else method,
            "permissions": permissions if permissions is not None else {},
            "op_type": registry.op_type,
        }
        operation = Operation(entry, f"{function.__module__}.{function.__qualname__}", _place(function))
        registry.add(operation)
        function.__pycommon_operation__ = operation  # type: ignore[attr-defined]
        return function

    return decorate


def _nobody(_user: str, _data: Mapping[str, Any]) -> bool:
    return False


def _place(function: Callable[..., Any]) -> str:
    code = code_of(function)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else "built in"
