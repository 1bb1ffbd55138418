"""Handle functions that take functions as arguments: `partial`, `lru_cache`, `map`, `asyncio.run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.interpreter.external.unknown_functions import is_callable
from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, ExternalName, PartialValue, Value, join, one
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import ClassValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.calls import Calls
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.values.call_arguments import KnownFunction

__all__ = ["HigherOrderFunctions"]


class HigherOrderFunctions:
    """Handles functions that call their arguments."""

    __slots__ = ("_allocations", "_calls", "_members")

    def __init__(self, allocations: Allocations, members: Members, calls: Calls) -> None:
        self._allocations = allocations
        self._members = members
        self._calls = calls

    def functions(self) -> dict[str, KnownFunction]:
        """Return the functions, by dotted name."""
        return {
            "asyncio.gather": self._gather,
            "asyncio.run": _run,
            "builtins.filter": self._filter,
            "builtins.map": self._map,
            "functools.cache": _cache,
            "functools.lru_cache": _cache,
            "functools.partial": _partial,
            "functools.partialmethod": _partial,
            "functools.reduce": self._reduce,
            "functools.wraps": _wraps,
            "pycommon.execution_environment.per_execution_environment": _cache,
        }

    def _map(self, call: Call) -> Value:
        members = [self._members.any_of(each) or UNKNOWN for each in call.positional[1:]]
        result = self._calls.call(call.given(0), Call(call.node, call.place, members))
        return one(self._allocations.sequence(call.node, [], result or UNKNOWN))

    def _filter(self, call: Call) -> Value:
        members = self._members.any_of(call.given(1))
        self._calls.call_back(call.given(0), Call(call.node, call.place, [members or UNKNOWN]))
        return one(self._allocations.sequence(call.node, [], members or UNKNOWN))

    def _reduce(self, call: Call) -> Value:
        members = self._members.any_of(call.given(1))
        arguments = [join(call.given(2), members), members]
        return self._calls.call(call.given(0), Call(call.node, call.place, arguments))

    def _gather(self, call: Call) -> Value:
        return one(self._allocations.sequence(call.node, list(call.positional), call.rest))


def _partial(call: Call) -> Value:
    return one(PartialValue(call.given(0), tuple(call.positional[1:]), tuple(call.keywords.items())))


def _cache(call: Call) -> Value:
    """Handle `@lru_cache` and `@lru_cache(...)`."""
    given = call.given(0)
    if is_callable(given) or any(isinstance(each, ClassValue) for each in given):
        return given
    return one(ExternalName("builtins.same"))


def _wraps(_: Call) -> Value:
    return one(ExternalName("builtins.same"))


def _run(call: Call) -> Value:
    """Handle `asyncio.run(main())`. The interpreter has already run the call `main()`."""
    return call.given(0) or UNKNOWN
