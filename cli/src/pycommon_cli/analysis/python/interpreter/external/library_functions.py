"""Handle PyCommon's own functions, as services use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.aws.sdk_values import SdkClient
from pycommon_cli.analysis.python.values.abstract_values import NONE, UNKNOWN, LibraryDecorator, Value, join, one, texts
from pycommon_cli.analysis.python.values.code_contexts import BoundMethod, FunctionValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.environment_reads import EnvironmentReads
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.library_usage import LibraryUsage
    from pycommon_cli.analysis.python.values.call_arguments import Call, KnownFunction

__all__ = ["LibraryFunctions"]


class LibraryFunctions:
    """Handles PyCommon's decorators, its set-up calls, and its functions that read variables."""

    __slots__ = ("_environment", "_state", "_usage")

    def __init__(self, state: ExecutionState, usage: LibraryUsage, environment: EnvironmentReads) -> None:
        self._state = state
        self._usage = usage
        self._environment = environment

    def functions(self) -> dict[str, KnownFunction]:
        """Return the functions, by dotted name."""
        return {
            "pycommon.api.ops.api_tool": self._decorator("api_tool"),
            "pycommon.api.ops.set_permissions_by_state": self._registration("set_permissions_by_state"),
            "pycommon.api.ops.set_route_data": self._registration("set_route_data"),
            "pycommon.authz.setup_validated": self._registration("setup_validated"),
            "pycommon.authz.validated": self._decorator("validated"),
            "pycommon.dal.providers.aws.clients.client": _client,
            "pycommon.decorators.required_env_vars": self._decorator("required_env_vars"),
            "pycommon.decorators.track_execution": self._track_execution,
            "pycommon.env.process_environment.get": self._environment_get,
        }

    def _decorator(self, name: str) -> KnownFunction:
        def make(call: Call) -> Value:
            keywords = tuple(call.keywords.items())
            return one(LibraryDecorator(name, tuple(call.positional), keywords, call.place, tuple(call.places)))

        return make

    def _registration(self, name: str) -> KnownFunction:
        def register(call: Call) -> Value:
            self._usage.register(name, call, self._state.current)
            return NONE

        return register

    def _track_execution(self, call: Call) -> Value:
        """Handle `@track_execution` and `@track_execution()`."""
        decorator = LibraryDecorator("track_execution", (), (), call.place)
        functions = [each.function if isinstance(each, BoundMethod) else each for each in call.given(0)]
        if not any(isinstance(each, FunctionValue) for each in functions):
            return one(decorator)
        return self._usage.decorate(decorator, call)

    def _environment_get(self, call: Call) -> Value:
        return self._environment.read(call.given(0, "name"), call.node, optional=True)


def _client(call: Call) -> Value:
    return join(*(one(SdkClient(service)) for service in texts(call.given(0, "service")))) or UNKNOWN
