"""This library's own functions, as services use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    NONE,
    UNKNOWN,
    BoundMethod,
    FunctionValue,
    LibraryDecorator,
    Value,
    join,
    one,
    texts,
)
from pycommon_cli.analysis.python.aws.sdk_values import SdkClient
from pycommon_cli.analysis.python.interpreter.frames import Registration

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.call_arguments import Call
    from pycommon_cli.analysis.python.interpreter.calls import Calls

__all__ = ["LIBRARY"]


def _decorator(name: str) -> Callable[[Calls, Call], Value]:
    def make(_: Calls, call: Call) -> Value:
        return one(
            LibraryDecorator(name, tuple(call.positional), tuple(call.keywords.items()), call.place, tuple(call.places))
        )

    return make


def _track_execution(machine: Calls, call: Call) -> Value:
    """Put on a function bare, or called first."""
    decorator = LibraryDecorator("track_execution", (), (), call.place)
    given = call.given(0)
    functions = [atom.function if isinstance(atom, BoundMethod) else atom for atom in given]
    if not any(isinstance(atom, FunctionValue) for atom in functions):
        return one(decorator)
    return machine.decorate(decorator, call)


def _registration(name: str) -> Callable[[Calls, Call], Value]:
    def note(machine: Calls, call: Call) -> Value:
        machine.registrations[name, call.place] = Registration(name, call, machine.current, call.place)
        return NONE

    return note


def _client(_: Calls, call: Call) -> Value:
    return join(*(one(SdkClient(service)) for service in texts(call.given(0, "service")))) or UNKNOWN


def _environment_get(machine: Calls, call: Call) -> Value:
    return machine.read_variable(call.given(0, "name"), call.node, optional=True)


LIBRARY: dict[str, Callable[[Calls, Call], Value]] = {
    "pycommon.api.ops.api_tool": _decorator("api_tool"),
    "pycommon.api.ops.set_permissions_by_state": _registration("set_permissions_by_state"),
    "pycommon.api.ops.set_route_data": _registration("set_route_data"),
    "pycommon.authz.setup_validated": _registration("setup_validated"),
    "pycommon.authz.validated": _decorator("validated"),
    "pycommon.dal.providers.aws.clients.client": _client,
    "pycommon.decorators.required_env_vars": _decorator("required_env_vars"),
    "pycommon.decorators.track_execution": _track_execution,
    "pycommon.env.process_environment.get": _environment_get,
}
