"""Functions that take functions: `partial`, `lru_cache`, `map`, `asyncio.run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    UNKNOWN,
    ClassValue,
    ExternalName,
    PartialValue,
    Value,
    join,
    one,
)
from pycommon_cli.analysis.python.interpreter.call_arguments import Call
from pycommon_cli.analysis.python.interpreter.external.unknown_functions import is_callable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.calls import Calls

__all__ = ["FUNCTIONS"]


def _partial(_: Calls, call: Call) -> Value:
    return one(PartialValue(call.given(0), tuple(call.positional[1:]), tuple(call.keywords.items())))


def _keeping(_: Calls, call: Call) -> Value:
    """`lru_cache`, bare or with arguments; `wraps(f)`."""
    given = call.given(0)
    return (
        given
        if is_callable(given) or any(isinstance(atom, ClassValue) for atom in given)
        else one(ExternalName("builtins.same"))
    )


def _wraps(_: Calls, __: Call) -> Value:
    return one(ExternalName("builtins.same"))


def _map(machine: Calls, call: Call) -> Value:
    members = [machine.members_of(each) or UNKNOWN for each in call.positional[1:]]
    result = machine.call(call.given(0), Call(call.node, call.place, members))
    return one(machine.sequence(call.node, [], result or UNKNOWN))


def _filter(machine: Calls, call: Call) -> Value:
    members = machine.members_of(call.given(1))
    machine.call_back(call.given(0), Call(call.node, call.place, [members or UNKNOWN]))
    return one(machine.sequence(call.node, [], members or UNKNOWN))


def _reduce(machine: Calls, call: Call) -> Value:
    members = machine.members_of(call.given(1))
    return machine.call(call.given(0), Call(call.node, call.place, [join(call.given(2), members), members]))


def _run(_: Calls, call: Call) -> Value:
    """`asyncio.run(main())`: the coroutine was called already."""
    return call.given(0) or UNKNOWN


def _gather(machine: Calls, call: Call) -> Value:
    return one(machine.sequence(call.node, list(call.positional), call.rest))


FUNCTIONS: dict[str, Callable[[Calls, Call], Value]] = {
    "asyncio.gather": _gather,
    "asyncio.run": _run,
    "builtins.filter": _filter,
    "builtins.map": _map,
    "functools.cache": _keeping,
    "functools.lru_cache": _keeping,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.reduce": _reduce,
    "functools.wraps": _wraps,
    "pycommon.execution_environment.per_execution_environment": _keeping,
}
