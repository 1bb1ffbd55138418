"""Find the attributes of values, set them, and call methods of objects by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon_cli.analysis.python.aws.sdk_values import SDK_VALUES
from pycommon_cli.analysis.python.interpreter.class_lineage import find_in_classes, lineage_of
from pycommon_cli.analysis.python.interpreter.external_names import external
from pycommon_cli.analysis.python.values.abstract_values import (
    NOTHING,
    UNKNOWN,
    AbstractValue,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    PackageValue,
    PartialValue,
    Value,
    const,
    join,
    one,
)
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    InstanceValue,
    MappingValue,
    ModuleValue,
    SequenceValue,
    SuperValue,
)

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from pycommon_cli.analysis.python.aws.sdk import Sdk
    from pycommon_cli.analysis.python.interpreter.calls import Calls
    from pycommon_cli.analysis.python.interpreter.context_runs import ContextRuns
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.function_calls import FunctionCalls
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup

__all__ = ["Attributes"]

_OF_ENUM_MEMBER = frozenset({"name", "value"})  # a member of an enum is treated as its value
_CALLS_OF_FUNCTION = frozenset({"__wrapped__", "__call__", "__get__"})


class Attributes:
    """The part of the interpreter that finds and sets the attributes of every kind of value."""

    __slots__ = ("_by_type", "_calls", "_functions", "_names", "_runs", "_sdk", "_state")

    def __init__(  # noqa: PLR0913, PLR0917 - attributes lead to modules, names, properties and the AWS SDK
        self,
        state: ExecutionState,
        names: NameLookup,
        runs: ContextRuns,
        calls: Calls,
        functions: FunctionCalls,
        sdk: Sdk,
    ) -> None:
        self._state = state
        self._names = names
        self._runs = runs
        self._calls = calls
        self._functions = functions
        self._sdk = sdk
        self._by_type: dict[type[AbstractValue], Callable[[Any, str, ast.expr], Value]] = {
            ClassValue: self._of_class,
            ConstantValue: _of_data,
            EnvironmentValue: _of_data,
            ExternalName: _of_external_name,
            FunctionValue: _of_function,
            InstanceValue: self._of_instance,
            MappingValue: _of_data,
            ModuleValue: self._of_module,
            PackageValue: self._of_package,
            PartialValue: _of_partial,
            SequenceValue: _of_data,
            SuperValue: self._of_super,
            **dict.fromkeys(SDK_VALUES, sdk.attribute),
        }

    def attribute(self, receiver: AbstractValue, name: str, node: ast.expr) -> Value:
        """Return the value of `receiver.name`."""
        find = self._by_type.get(type(receiver))
        return UNKNOWN if find is None else find(receiver, name, node)

    def set_attribute(self, receiver: AbstractValue, name: str, value: Value) -> None:
        """Assign a value to `receiver.name`."""
        if isinstance(receiver, InstanceValue | ClassValue):
            self._state.changed(receiver.scope.add(name, value))
        elif isinstance(receiver, ModuleValue):
            self._state.changed(receiver.context.scope.add(name, value))

    # Methods by name

    def call_method(self, instance: InstanceValue, name: str, node: ast.expr, *arguments: Value) -> Value | None:
        """Return the value of `instance.name(...)`, or None if the class has no such method."""
        if find_in_classes(lineage_of(instance.of), name, self._state.current) is None:
            return None
        return self._calls.call(
            self.attribute(instance, name, node), Call(node, self._state.place(node), list(arguments))
        )

    def call_operator(self, value: Value, name: str, node: ast.expr, *arguments: Value) -> Value | None:
        """Return the result of an operator's method, such as `__add__`, or None if `value` does not have the method."""
        found = [
            self.call_method(each, name, node, *arguments) for each in value if isinstance(each, InstanceValue) and name
        ]
        results = [each for each in found if each is not None]
        return join(*results) if results else None

    def iterated(self, value: Value, node: ast.expr) -> Value:
        """Return the values over which a loop over `value` iterates, including the values that `__iter__` returns."""
        own = self.call_operator(value, "__iter__", node)
        return value if own is None else join(value, own)

    # Modules

    def _of_module(self, module: ModuleValue, name: str, _: ast.expr) -> Value:
        found = self._names.module_attribute(module.context, name)
        if found is not None:
            return found
        submodule = self._runs.module(f"{module.context.source.module}.{name}")
        return UNKNOWN if submodule is None else one(ModuleValue(submodule))

    def _of_package(self, package: PackageValue, name: str, _: ast.expr) -> Value:
        context = self._runs.module(f"{package.name}.{name}")
        return UNKNOWN if context is None else one(ModuleValue(context))

    # Objects and classes

    def _of_instance(self, instance: InstanceValue, name: str, node: ast.expr) -> Value:
        if name == "__class__":
            return one(instance.of)
        own = instance.scope.get(name, self._state.current)
        inherited = find_in_classes(lineage_of(instance.of), name, self._state.current)
        if inherited is None:
            if own is not None:
                return own
            dynamic = self.call_method(instance, "__getattr__", node, const(name)) if name[:2] != "__" else None
            return dynamic if dynamic is not None else UNKNOWN
        bound = [self._bound_to(instance, each, name, node) for each in inherited]
        return join(*bound, own or NOTHING)

    def _bound_to(self, instance: InstanceValue, attribute: AbstractValue, name: str, node: ast.expr) -> Value:
        if not isinstance(attribute, FunctionValue) or attribute.kind == "static":
            return one(attribute)
        if attribute.kind == "class":
            return one(BoundMethod(instance.of, name, attribute))
        if attribute.kind == "property":
            return self._functions.read_property(attribute, instance, node)
        if not attribute.owner and name in instance.scope.own:
            return one(attribute)
        return one(BoundMethod(instance, name, attribute))

    def _of_class(self, of: ClassValue, name: str, _: ast.expr) -> Value:
        if name == "__name__":
            return const(of.name)
        found = find_in_classes(lineage_of(of), name, self._state.current)
        if found is None:
            return UNKNOWN
        return join(
            *[
                one(BoundMethod(of, name, each))
                if isinstance(each, FunctionValue) and each.kind == "class"
                else one(each)
                for each in found
            ]
        )

    def _of_super(self, above: SuperValue, name: str, node: ast.expr) -> Value:
        receiver = above.receiver
        lineage = lineage_of(receiver.of if isinstance(receiver, InstanceValue) else above.of)
        after = lineage[lineage.index(above.of) + 1 :] if above.of in lineage else lineage[1:]
        found = find_in_classes(after, name, self._state.current)
        if found is None:
            return UNKNOWN
        if isinstance(receiver, InstanceValue):
            return join(*[self._bound_to(receiver, each, name, node) for each in found])
        return join(
            *[
                one(BoundMethod(receiver, name, each)) if isinstance(each, FunctionValue) else one(each)
                for each in found
            ]
        )


def _of_external_name(receiver: ExternalName, name: str, _: ast.expr) -> Value:
    return external(f"{receiver.name}.{name}")


def _of_data(
    receiver: MappingValue | SequenceValue | EnvironmentValue | ConstantValue, name: str, _: ast.expr
) -> Value:
    if isinstance(receiver, MappingValue) and (found := receiver.entries.get(ConstantValue(name))) is not None:
        return found  # a SimpleNamespace is represented as a dict
    if name in _OF_ENUM_MEMBER and isinstance(receiver, EnvironmentValue | ConstantValue):
        return one(receiver)
    return one(BoundMethod(receiver, name))


def _of_function(function: FunctionValue, name: str, _: ast.expr) -> Value:
    if name in _CALLS_OF_FUNCTION:
        return one(BoundMethod(function, name))
    return const(function.qualified_name.rpartition(".")[2]) if name == "__name__" else UNKNOWN


def _of_partial(partial: PartialValue, name: str, _: ast.expr) -> Value:
    return partial.callee if name == "func" else UNKNOWN
