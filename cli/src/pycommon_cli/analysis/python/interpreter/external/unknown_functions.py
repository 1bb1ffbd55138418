"""Handle unknown functions. An unknown function may call the functions among its arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.aws.sdk_values import SdkValue
from pycommon_cli.analysis.python.values.abstract_values import NOTHING, UNKNOWN, ConstantValue, PartialValue, Value
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import BoundMethod, FunctionValue, MappingValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.calls import Calls
    from pycommon_cli.analysis.python.interpreter.members import Members

__all__ = ["UnknownFunctions", "is_callable"]

_MAPPING = frozenset({"map", "imap", "imap_unordered", "starmap", "filter"})


class UnknownFunctions:
    """Handles calls of unknown functions."""

    __slots__ = ("_calls", "_members")

    def __init__(self, members: Members, calls: Calls) -> None:
        self._members = members
        self._calls = calls

    def call(self, name: str, call: Call) -> Value:
        """Call each function among the arguments of the call, with the arguments that follow the function."""
        for index, value in enumerate(call.positional):
            if is_callable(value):
                following = call.positional[index + 1 :]
                if name.rpartition(".")[2] in _MAPPING:
                    following = [self._members.any_of(each) or UNKNOWN for each in following]
                passed = Call(call.node, call.place, following, _passed_on(call), call.rest, call.open)
                self._calls.call_back(value, passed)
        for keyword, value in call.keywords.items():
            if is_callable(value):
                passed = self._of_thread(call) if keyword == "target" else Call(call.node, call.place)
                self._calls.call_back(value, passed)
        return UNKNOWN

    def _of_thread(self, call: Call) -> Call:
        """Return the call that `Thread(target=f, args=(...), kwargs={...})` makes."""
        positional = self._members.known(call.keywords.get("args", NOTHING)) or []
        passed = Call(call.node, call.place, positional)
        for each in call.keywords.get("kwargs", NOTHING):
            if isinstance(each, MappingValue):
                passed.keywords |= {
                    str(key.value): value for key, value in each.entries.items() if isinstance(key, ConstantValue)
                }
        return passed


def is_callable(value: Value) -> bool:
    """Return whether `value` may be a function of the service or a method of the AWS SDK."""
    return any(
        isinstance(each, FunctionValue | PartialValue) or (isinstance(each, BoundMethod) and _has_effects(each))
        for each in value
    )


def _has_effects(method: BoundMethod) -> bool:
    return method.function is not None or isinstance(method.receiver, SdkValue)


def _passed_on(call: Call) -> dict[str, Value]:
    return {name: value for name, value in call.keywords.items() if not is_callable(value)}
