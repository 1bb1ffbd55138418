"""Handle calls of methods, of names of other modules, of objects and of partial functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.aws.sdk_values import SDK_VALUES, SdkValue
from pycommon_cli.analysis.python.values.abstract_values import (
    UNKNOWN,
    AbstractValue,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    PartialValue,
    Value,
)
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import (
    BoundMethod,
    FunctionValue,
    InstanceValue,
    MappingValue,
    SequenceValue,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon_cli.analysis.python.aws.sdk import Sdk
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.calls import CallForms, Calls
    from pycommon_cli.analysis.python.interpreter.container_methods import ContainerMethods
    from pycommon_cli.analysis.python.interpreter.external.unknown_functions import UnknownFunctions
    from pycommon_cli.analysis.python.interpreter.function_calls import FunctionCalls
    from pycommon_cli.analysis.python.values.call_arguments import KnownFunction

__all__ = ["ValueCalls"]


class ValueCalls:
    """The part of the interpreter that passes calls on: to other calls, to the AWS SDK or to known functions."""

    __slots__ = ("_attributes", "_calls", "_containers", "_functions", "_known", "_sdk", "_unknown")

    def __init__(  # noqa: PLR0913, PLR0917 - one for each kind of call
        self,
        calls: Calls,
        functions: FunctionCalls,
        attributes: Attributes,
        containers: ContainerMethods,
        sdk: Sdk,
        known: Mapping[str, KnownFunction],
        unknown: UnknownFunctions,
    ) -> None:
        self._calls = calls
        self._functions = functions
        self._attributes = attributes
        self._containers = containers
        self._sdk = sdk
        self._known = known
        self._unknown = unknown

    def forms(self) -> CallForms:
        """Return the kinds of values that this part calls."""
        return {
            BoundMethod: self._call_method,
            ExternalName: self._call_external,
            InstanceValue: self._call_instance,
            PartialValue: self._call_partial,
            **dict.fromkeys(SDK_VALUES, _call_sdk_value),
        }

    def call_unknown(self, _: AbstractValue, call: Call) -> Value:
        """Call a value of which nothing is known."""
        return self._unknown.call("", call)

    def _call_method(self, method: BoundMethod, call: Call) -> Value:
        if method.function is not None:
            return self._functions.call_with_receiver(method.function, method.receiver, call)
        receiver = method.receiver
        if isinstance(receiver, SdkValue):
            return self._sdk.call_method(receiver, method.name, call)
        if isinstance(receiver, FunctionValue):
            return self._functions.call(receiver, call)
        if isinstance(receiver, MappingValue | SequenceValue | EnvironmentValue | ConstantValue):
            return self._containers.call(receiver, method.name, call)
        return self._unknown.call(method.name, call)

    def _call_external(self, external: ExternalName, call: Call) -> Value:
        known = self._known.get(external.name)
        if known is not None:
            return known(call)
        found = self._sdk.call_external(external.name, call)
        return self._unknown.call(external.name, call) if found is None else found

    def _call_instance(self, instance: InstanceValue, call: Call) -> Value:
        found = self._attributes.attribute(instance, "__call__", call.node)
        return self._calls.call(found - UNKNOWN, call) or UNKNOWN

    def _call_partial(self, partial: PartialValue, call: Call) -> Value:
        keywords = {**dict(partial.keywords), **call.keywords}
        whole = Call(call.node, call.place, [*partial.positional, *call.positional], keywords, call.rest, call.open)
        return self._calls.call(partial.callee, whole)


def _call_sdk_value(_: SdkValue, __: Call) -> Value:
    return UNKNOWN
