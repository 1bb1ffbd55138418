"""Functions of which nothing is known: they may call what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    NOTHING,
    UNKNOWN,
    BoundMethod,
    ConstantValue,
    FunctionValue,
    MappingValue,
    PartialValue,
    Value,
)
from pycommon_cli.analysis.python.aws.sdk_values import SdkValue
from pycommon_cli.analysis.python.interpreter.call_arguments import Call

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.calls import Calls

__all__ = ["call_unknown", "is_callable"]


def call_unknown(machine: Calls, name: str, call: Call) -> Value:
    """A function from elsewhere. It may call the functions that it is given, with the arguments that follow them."""
    for index, value in enumerate(call.positional):
        if is_callable(value):
            following = call.positional[index + 1 :]
            if name.rpartition(".")[2] in ("map", "imap", "imap_unordered", "starmap", "filter"):
                following = [machine.members_of(each) or UNKNOWN for each in following]
            machine.call_back(value, Call(call.node, call.place, following, _passed_on(call), call.rest, call.open))
    for keyword, value in call.keywords.items():
        if is_callable(value):
            machine.call_back(value, _of_thread(machine, call) if keyword == "target" else Call(call.node, call.place))
    return UNKNOWN


def is_callable(value: Value) -> bool:
    """Whether it may be a function."""
    return any(
        isinstance(atom, FunctionValue | PartialValue) or (isinstance(atom, BoundMethod) and _runs(atom))
        for atom in value
    )


def _runs(bound: BoundMethod) -> bool:
    return bound.function is not None or isinstance(bound.receiver, SdkValue)


def _passed_on(call: Call) -> dict[str, Value]:
    return {name: value for name, value in call.keywords.items() if not is_callable(value)}


def _of_thread(machine: Calls, call: Call) -> Call:
    """`Thread(target=f, args=(...), kwargs={...})`."""
    positional = machine.known_members(call.keywords.get("args", NOTHING)) or []
    passed = Call(call.node, call.place, positional)
    for atom in call.keywords.get("kwargs", NOTHING):
        if isinstance(atom, MappingValue):
            passed.keywords |= {
                str(key.value): value for key, value in atom.entries.items() if isinstance(key, ConstantValue)
            }
    return passed
