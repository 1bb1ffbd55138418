"""Call values: find the code that handles a call, by the kind of the called value.

`Calls` is a dispatcher, like the classes in `syntax_dispatch`. It is made first. The parts of the interpreter then
register the kinds of values whose calls they handle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, PartialValue, Value, join
from pycommon_cli.analysis.python.values.code_contexts import BoundMethod, FunctionValue, InstanceValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.values.abstract_values import AbstractValue
    from pycommon_cli.analysis.python.values.call_arguments import Call

    CallForms: TypeAlias = dict[type[AbstractValue], Callable[[Any, Call], Value]]

__all__ = ["Calls"]

_CALLED_BACK = (FunctionValue, BoundMethod, PartialValue, InstanceValue)


class Calls:
    """The dispatcher that calls values."""

    __slots__ = ("_by_type", "_otherwise")

    def __init__(self) -> None:
        self._by_type: CallForms = {}
        self._otherwise: Callable[[Any, Call], Value] = _unknown

    def register(self, forms: CallForms, otherwise: Callable[[Any, Call], Value]) -> None:
        """Register the functions that handle calls, by the kind of the called value.

        `otherwise` handles calls of all other kinds of values.
        """
        self._by_type |= forms
        self._otherwise = otherwise

    def call(self, callee: Value, call: Call) -> Value:
        """Return the value of a call of `callee`, joined over all its possibilities."""
        by_type, otherwise = self._by_type, self._otherwise
        return join(*[by_type.get(type(each), otherwise)(each, call) for each in callee])

    def call_one(self, callee: AbstractValue, call: Call) -> Value:
        """Return the value of a call of one possibility of a value."""
        return self._by_type.get(type(callee), self._otherwise)(callee, call)

    def call_back(self, value: Value, call: Call) -> Value:
        """Return the value of a call that code outside the service may make."""
        return join(*[self.call_one(each, call) for each in value if isinstance(each, _CALLED_BACK)])


def _unknown(_: AbstractValue, __: Call) -> Value:
    return UNKNOWN
