"""Describe functions as operations with `@api_tool`, and register each operation for the routers."""

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
    """The operations of this process, and the settings of all operations: route data, permissions and `op_type`."""

    def __init__(self) -> None:
        self._by_path: dict[str, Operation] = {}  # the registered operations
        # `_by_name` and `_by_function` may hold operations that are no longer registered.
        self._by_name: dict[str, Operation] = {}
        self._by_function: dict[str, Operation] = {}
        self._route_data: MutableMapping[str, Any] | None = None
        self._permissions: Any = None
        self.op_type = _BUILT_IN

    def operations(self) -> tuple[Operation, ...]:
        """Return all operations, sorted by path."""
        return tuple(self._by_path[path] for path in sorted(self._by_path))

    def at(self, path: str) -> Operation | None:
        """Return the operation with this path, or None."""
        return self._by_path.get(path)

    def named(self, name: str) -> Operation | None:
        """Return the operation with this name, or None."""
        return self._if_registered(self._by_name.get(name))

    def permission_of(self, operation: Operation) -> Permission | None:
        """Return the checker of `operation` itself, or else the checker of `set_permissions_by_state`, or else None.

        Without a checker, every caller whom the router accepts may call the operation, because Pattern 2 of the
        specification leaves permissions to the operations. If `set_permissions_by_state` lists the path without a
        checker for this operation, nobody may call the operation.
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
        """Register `operation`. If an earlier import registered the same function, replace that operation.

        Raises:
            DeclarationError: another operation has the same path or name.
        """
        for other in (self.at(operation.path), self.named(operation.name)):
            if other is not None and other.defined_at != operation.defined_at:
                taken = [what for what in ("path", "name") if other.entry[what] == operation.entry[what]]
                raise DeclarationError(
                    f"@api_tool on {operation.defined_at} ({operation.place}): the {' and the '.join(taken)} "
                    f"{operation.entry[taken[0]]} is already used by {other.defined_at} ({other.place}); use another "
                    f"{' and '.join(taken)}"
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
        """Put all operations into `route_data` now, and each later operation when it is registered."""
        self._route_data = route_data
        route_data.update({path: operation.entry for path, operation in self._by_path.items()})

    def _if_registered(self, operation: Operation | None) -> Operation | None:
        return operation if operation is not None and self._by_path.get(operation.path) is operation else None

    def permit_by(self, permissions: Any) -> None:
        """Use the permission checkers of `permissions`; see `set_permissions_by_state`."""
        self._permissions = permissions


registry = Registry()
"""The registry of this process."""


def set_route_data(route_data: MutableMapping[str, Any]) -> None:
    """Set the dict for the router's operations: `{path: {"handler": ..., "parameters": ..., ...}}`.

    This function puts the operations of earlier imports into the dict. Each later import of a module adds its
    operations.
    """
    if not isinstance(route_data, MutableMapping):
        raise DeclarationError(f"set_route_data: expected a dict, found {type(route_data).__name__}")
    registry.publish(route_data)


def set_op_type(op_type: str) -> None:
    """Set the `op_type` of all operations that `@api_tool` describes from now on. The default is "built_in"."""
    if not isinstance(op_type, str) or not op_type:
        raise DeclarationError(f"set_op_type: expected a text such as {_BUILT_IN!r}, found {op_type!r}")
    registry.op_type = op_type


def set_permissions_by_state(permissions_by_state: Any) -> None:
    """Set permission checkers for the operations that have no checker of their own: `{path: {operation: checker}}`.

    Args:
        permissions_by_state: this dict, or a module or object with this dict as `permissions_by_state_type`. The key
            `operation` is the last part of the path, or the name of the operation.
    """
    found = getattr(permissions_by_state, "permissions_by_state_type", permissions_by_state)
    if not isinstance(found, Mapping):
        raise DeclarationError(
            "set_permissions_by_state: expected a dict {path: {operation: checker}}, or a module that has it as "
            f"`permissions_by_state_type`; found {type(permissions_by_state).__name__}"
        )
    registry.permit_by(permissions_by_state)


def api_tool(  # noqa: PLR0913, PLR0917 - the description of an operation; existing services pass some parts by position
    path: str,
    name: str,
    description: str,
    parameters: Mapping[str, Any] | None = None,
    output: Mapping[str, Any] | None = None,
    tags: Iterable[str] | None = None,
    method: str = "POST",
    permissions: Permission | Mapping[str, Permission] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a function as an operation, and register the operation under its path. The function does not change.

    `@required_env_vars` may be above or below `@api_tool`. In both cases the router calls the function with resolved
    variables.

    Args:
        path: the path of the operation, e.g. "/vu-agent/create-workflow".
        name: the name of the operation in tool schemas, e.g. "createWorkflow".
        description: a description for people and for agents.
        parameters: the JSON Schema of the arguments. By default no argument is required.
        output: the JSON Schema of the result.
        tags: the groups of the operation.
        method: the HTTP method.
        permissions: the function `checker(user, data)`, which returns True to permit the call, or a dict of such
            checkers by operation.

    Raises:
        DeclarationError: another operation has the path or the name; the path does not begin with "/"; a schema is not
            a valid JSON Schema; or the schema allows arguments with which the function cannot be called.

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
