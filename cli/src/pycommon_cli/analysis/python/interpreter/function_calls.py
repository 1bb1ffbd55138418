"""Call the functions of the service: bind the arguments of a call to parameters, and run the function."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import (
    ANY,
    NOTHING,
    UNKNOWN,
    AbstractValue,
    ConstantValue,
    ExternalName,
    Value,
    one,
)
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import FunctionValue, MappingValue, SequenceValue

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.aws.sdk import Sdk
    from pycommon_cli.analysis.python.interpreter.calls import CallForms
    from pycommon_cli.analysis.python.interpreter.context_runs import ContextRuns
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.significant_values import SignificantValues

__all__ = ["FunctionCalls"]


class FunctionCalls:
    """The part of the interpreter that calls functions and methods of the service."""

    __slots__ = ("_packed", "_runs", "_sdk", "_significant", "_state")

    def __init__(self, state: ExecutionState, runs: ContextRuns, significant: SignificantValues, sdk: Sdk) -> None:
        self._state = state
        self._runs = runs
        self._significant = significant
        self._sdk = sdk
        self._packed: dict[tuple[object, ...], AbstractValue] = {}

    def forms(self) -> CallForms:
        """Return the kinds of values that this part calls."""
        return {FunctionValue: self.call}

    def call(self, function: FunctionValue, call: Call) -> Value:
        """Return the result of a call of a function."""
        return self._runs.invoke(function, self._bound_arguments(function, call), call.place)

    def call_with_receiver(self, function: FunctionValue, receiver: AbstractValue, call: Call) -> Value:
        """Return the result of a method that is called on `receiver`."""
        whole = Call(call.node, call.place, [one(receiver), *call.positional], call.keywords, call.rest, call.open)
        return self._runs.invoke(function, self._bound_arguments(function, whole), call.place)

    def read_property(self, function: FunctionValue, receiver: AbstractValue, node: ast.expr) -> Value:
        """Return the value of a property of `receiver`."""
        return self.call_with_receiver(function, receiver, Call(node, self._state.place(node)))

    def _bound_arguments(self, function: FunctionValue, call: Call) -> dict[str, Value]:
        """Return the value of each parameter of `function` in this call."""
        arguments = function.node.args
        values: dict[str, Value] = {}
        positional = [*arguments.posonlyargs, *arguments.args]
        for index, parameter in enumerate(positional):
            if index < len(call.positional):
                values[parameter.arg] = call.positional[index]
            else:
                values[parameter.arg] = self._by_name(function, parameter, call)
        for parameter in arguments.kwonlyargs:
            values[parameter.arg] = self._by_name(function, parameter, call)
        if arguments.vararg is not None:
            values[arguments.vararg.arg] = self._extra_positional(function, call, len(positional))
        if arguments.kwarg is not None:
            values[arguments.kwarg.arg] = self._extra_keywords(function, call, values)
        return values

    def _by_name(self, function: FunctionValue, parameter: ast.arg, call: Call) -> Value:
        value = call.keywords.get(parameter.arg)
        if value is None:
            value = call.rest or function.defaults.get(parameter.arg)
        if value is None or ANY in value:
            typed = self._annotated(function, parameter.annotation)
            value = typed if value is None or not value - UNKNOWN else value
        return value if value or call.open else UNKNOWN

    def _annotated(self, function: FunctionValue, annotation: ast.expr | None) -> Value:
        """Return the client or resource of the AWS SDK that the annotation of a parameter names."""
        name = _annotated_name(annotation)
        if not name:
            return UNKNOWN
        module = self._runs.module(function.source.module)
        found = module.scope.get(name.partition(".")[0], self._state.current) if module is not None else None
        for each in found or ():
            if isinstance(each, ExternalName):
                return self._sdk.of_type(f"{each.name}{name[len(name.partition('.')[0]) :]}")
        return UNKNOWN

    def _extra_positional(self, function: FunctionValue, call: Call, count: int) -> Value:
        extra = [self._significant.significant(each) for each in call.positional[count:]]
        return one(
            self._pack((function, "*", tuple(extra), call.rest), lambda: SequenceValue(extra, call.rest, set(), []))
        )

    def _extra_keywords(self, function: FunctionValue, call: Call, bound: dict[str, Value]) -> Value:
        extra: dict[AbstractValue, Value] = {
            ConstantValue(name): self._significant.significant(value)
            for name, value in call.keywords.items()
            if name not in bound
        }
        rest = UNKNOWN if call.open else NOTHING
        key = (function, "**", tuple(extra.items()), rest)
        return one(self._pack(key, lambda: MappingValue(dict(extra), rest, set(), {})))

    def _pack(self, key: tuple[object, ...], make: Callable[[], AbstractValue]) -> AbstractValue:
        """Return the list of `*args` or the dict of `**kwargs`.

        Calls with equal arguments get the same object, and therefore share a context.
        """
        found = self._packed.get(key)
        if found is None:
            found = self._packed[key] = make()
        return found


def _annotated_name(annotation: ast.expr | None) -> str:
    """Return the dotted name in an annotation: `Client`, `"Client"`, `Client | None` or `Optional[Client]`."""
    match annotation:
        case ast.Name() | ast.Attribute():
            return ast.unparse(annotation)
        case ast.Constant(value=str(text)):
            return text.partition("|")[0].strip()
        case ast.BinOp(left=left):
            return _annotated_name(left)
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _annotated_name(inner)
    return ""
