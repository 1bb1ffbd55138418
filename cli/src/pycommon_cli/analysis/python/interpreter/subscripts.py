"""Find the items of values: `value[key]` and slices."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.aws.sdk_values import SdkValue
from pycommon_cli.analysis.python.values.abstract_values import (
    ANY,
    UNKNOWN,
    AbstractValue,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    Value,
    join,
    one,
    sure,
)
from pycommon_cli.analysis.python.values.code_contexts import ClassValue, InstanceValue, MappingValue, SequenceValue
from pycommon_cli.analysis.python.values.value_queries import keys_of

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.aws.sdk import Sdk
    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.environment_reads import EnvironmentReads
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, ExpressionForms

__all__ = ["Subscripts", "item_of_mapping"]


class Subscripts:
    """The part of the interpreter that finds items and slices."""

    __slots__ = ("_allocations", "_attributes", "_environment", "_evaluate", "_sdk", "_state")

    def __init__(  # noqa: PLR0913, PLR0917 - items of lists, of objects, of the environment and of the AWS SDK
        self,
        state: ExecutionState,
        evaluator: Evaluator,
        allocations: Allocations,
        attributes: Attributes,
        environment: EnvironmentReads,
        sdk: Sdk,
    ) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._allocations = allocations
        self._attributes = attributes
        self._environment = environment
        self._sdk = sdk

    def forms(self) -> ExpressionForms:
        """Return the expressions that this part evaluates."""
        return {ast.Subscript: self._subscript}

    def _subscript(self, node: ast.Subscript) -> Value:
        value = self._evaluate(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._sliced(node, value)
        key = self._evaluate(node.slice)
        return join(*[self._item(each, key, node) for each in value])

    def _sliced(self, node: ast.Subscript, value: Value) -> Value:
        sliced = []
        for each in value:
            if isinstance(each, SequenceValue):
                each.readers.add(self._state.current)
                sliced.append(one(self._allocations.sequence(node, [], each.all())))
            elif not isinstance(each, ConstantValue):
                sliced.append(one(each))
            else:
                sliced.append(UNKNOWN)
        return join(*sliced)

    def _item(self, container: AbstractValue, key: Value, node: ast.expr) -> Value:  # noqa: PLR0911 - one for each kind of value
        match container:
            case MappingValue():
                return item_of_mapping(container, key, self._state)
            case SequenceValue():
                return self._item_of_sequence(container, key)
            case ExternalName(name="os.environ"):
                return self._environment.read(key, node, optional=False)
            case EnvironmentValue():
                return one(container)
            case SdkValue():
                return self._sdk.item(container, key)
            case InstanceValue():
                found = self._attributes.call_method(container, "__getitem__", node, key)
                return UNKNOWN if found is None else found
            case ExternalName() | ClassValue():
                return one(container)  # a generic type such as list[str], or an enum, whose member has the given name
        return UNKNOWN

    def _item_of_sequence(self, sequence: SequenceValue, key: Value) -> Value:
        sequence.readers.add(self._state.current)
        constants = sure(key)
        if constants is not None and sequence.members and len(constants) == 1:
            index = constants[0].value
            if isinstance(index, int) and -len(sequence.members) <= index < len(sequence.members):
                return join(sequence.members[index], sequence.rest)
        return sequence.all() or UNKNOWN


def item_of_mapping(mapping: MappingValue, key: Value, state: ExecutionState) -> Value:
    """Return the value of `mapping[key]`."""
    mapping.readers.add(state.current)
    wanted = keys_of(key)
    if not wanted or ANY in key:
        return mapping.all() or UNKNOWN
    found = [mapping.entries[each] for each in wanted if each in mapping.entries]
    return join(*found, mapping.rest) or UNKNOWN
