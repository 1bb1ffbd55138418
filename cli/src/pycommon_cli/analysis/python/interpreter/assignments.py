"""Run assignments, and bind the targets of loops, of `with` and of comprehensions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import (
    ANY,
    NOTHING,
    UNKNOWN,
    AbstractValue,
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    Value,
    one,
)
from pycommon_cli.analysis.python.values.code_contexts import MappingValue, SequenceValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
    from pycommon_cli.analysis.python.interpreter.operator_expressions import OperatorExpressions
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, StatementForms

__all__ = ["Assignments"]


class Assignments:
    """The part of the interpreter that assigns to names, attributes and items."""

    __slots__ = ("_allocations", "_attributes", "_evaluate", "_members", "_names", "_operators", "_state")

    def __init__(  # noqa: PLR0913, PLR0917 - a target is a name, an attribute or an item
        self,
        state: ExecutionState,
        evaluator: Evaluator,
        names: NameLookup,
        allocations: Allocations,
        members: Members,
        attributes: Attributes,
        operators: OperatorExpressions,
    ) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._names = names
        self._allocations = allocations
        self._members = members
        self._attributes = attributes
        self._operators = operators

    def forms(self) -> StatementForms:
        """Return the statements that this part runs."""
        return {
            ast.AnnAssign: self._annotated_assignment,
            ast.Assign: self._assignment,
            ast.AugAssign: self._augmented_assignment,
        }

    def assign(self, target: ast.expr, value: Value) -> None:
        """Assign a value to a target: a name, a tuple or list of targets, an attribute or an item."""
        if isinstance(target, ast.Name):
            self._names.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Attribute):
            for receiver in self._evaluate(target.value):
                self._attributes.set_attribute(receiver, target.attr, value)
        elif isinstance(target, ast.Subscript):
            key, container = self._evaluate(target.slice), self._evaluate(target.value)
            for each in container:
                self._set_item(each, key, value, target)
            self._attributes.call_operator(container, "__setitem__", target, key, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, one(self._allocations.sequence(target, [], self._members.any_of(value))))

    def _assignment(self, node: ast.Assign) -> bool:
        value = self._evaluate(node.value)
        for target in node.targets:
            self.assign(target, value)
        return True

    def _annotated_assignment(self, node: ast.AnnAssign) -> bool:
        if node.value is not None:
            self.assign(node.target, self._evaluate(node.value))
        return True

    def _augmented_assignment(self, node: ast.AugAssign) -> bool:
        right = self._evaluate(node.value)
        if not isinstance(node.op, ast.Add | ast.BitOr):
            self.assign(node.target, UNKNOWN)
            return True
        left = self._evaluate(node.target)
        for each in left:
            if isinstance(each, SequenceValue):
                self._allocations.add_member(each, self._members.any_of(right))
            elif isinstance(each, MappingValue):
                self._allocations.merge(each, right)
        if not any(isinstance(each, SequenceValue | MappingValue) for each in left):
            self.assign(node.target, self._operators.add(node, left, right))
        return True

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        known = self._members.known(value)
        starred = next((index for index, each in enumerate(targets) if isinstance(each, ast.Starred)), None)
        if known is not None and starred is None and len(known) == len(targets):
            for target, member in zip(targets, known, strict=True):
                self.assign(target, member)
            return
        any_member = self._members.any_of(value) or UNKNOWN
        for index, target in enumerate(targets):
            if known is not None and (starred is None or index < starred) and index < len(known):
                self.assign(target, known[index])
            elif isinstance(target, ast.Starred):
                self.assign(target, value)
            else:
                self.assign(target, any_member)

    def _set_item(self, container: AbstractValue, key: Value, value: Value, node: ast.Subscript) -> None:
        if isinstance(container, MappingValue):
            keys = [each for each in key if isinstance(each, ConstantValue | EnvironmentValue | ComposedText)]
            for each in keys:
                container.places.setdefault(each, self._state.place(node))
            self._allocations.add_entries(
                container, dict.fromkeys(keys, value), NOTHING if keys and ANY not in key else value
            )
        elif isinstance(container, SequenceValue):
            self._allocations.add_member(container, value)
