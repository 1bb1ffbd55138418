"""Evaluate operators: arithmetic, `and`, `or`, `not` and comparisons."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import (
    TRUE_OR_FALSE,
    UNKNOWN,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    Value,
    const,
    join,
    one,
    sure,
)
from pycommon_cli.analysis.python.values.code_contexts import MappingValue, SequenceValue
from pycommon_cli.analysis.python.values.text_values import concatenated, formatted
from pycommon_cli.analysis.python.values.value_queries import truth

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.environment_reads import EnvironmentReads
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, ExpressionForms

__all__ = ["OperatorExpressions"]

_METHODS: dict[type[ast.operator], str] = {
    ast.Add: "__add__",
    ast.BitAnd: "__and__",
    ast.BitOr: "__or__",
    ast.LShift: "__lshift__",
    ast.MatMult: "__matmul__",
    ast.Mod: "__mod__",
    ast.Mult: "__mul__",
    ast.RShift: "__rshift__",
    ast.Sub: "__sub__",
    ast.Div: "__truediv__",
}


class OperatorExpressions:
    """The part of the interpreter that evaluates operators."""

    __slots__ = ("_allocations", "_attributes", "_environment", "_evaluate", "_members")

    def __init__(
        self,
        evaluator: Evaluator,
        allocations: Allocations,
        members: Members,
        attributes: Attributes,
        environment: EnvironmentReads,
    ) -> None:
        self._evaluate = evaluator.evaluate
        self._allocations = allocations
        self._members = members
        self._attributes = attributes
        self._environment = environment

    def forms(self) -> ExpressionForms:
        """Return the expressions that this part evaluates."""
        return {
            ast.BinOp: self._binary,
            ast.BoolOp: self._boolean,
            ast.Compare: self._compare,
            ast.UnaryOp: self._unary,
        }

    # Arithmetic

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self._evaluate(node.left), self._evaluate(node.right)
        own = self._attributes.call_operator(left, _METHODS.get(type(node.op), ""), node, right)
        if own is not None:
            return own
        if isinstance(node.op, ast.Add):
            return self.add(node, left, right)
        if isinstance(node.op, ast.BitOr):
            return self._union(node, left, right)
        if isinstance(node.op, ast.Mod):
            known = self._members.known(right)
            return formatted(left, [right] if known is None else known)
        if isinstance(node.op, ast.Div):  # `/` joins paths, and a variable may name the folder
            return join(*(one(each) for each in left if isinstance(each, EnvironmentValue))) or UNKNOWN
        return UNKNOWN

    def add(self, node: ast.AST, left: Value, right: Value) -> Value:
        """Return the value of `left + right`."""
        sequences = [each for each in (*left, *right) if isinstance(each, SequenceValue)]
        if not sequences:
            is_text = not any(
                isinstance(each, ConstantValue) and not isinstance(each.value, str) for each in (*left, *right)
            )
            return concatenated([left, right]) if is_text else UNKNOWN
        first, second = self._members.known(left), self._members.known(right)
        if first is not None and second is not None:
            made = self._allocations.sequence(node, [*first, *second])
        else:
            made = self._allocations.sequence(node, [], join(self._members.any_of(left), self._members.any_of(right)))
        for each in sequences:
            made.places.extend(each.places)
        return one(made)

    def _union(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        if any(isinstance(each, MappingValue) for each in (*left, *right)):
            made = self._allocations.mapping(node, {})
            self._allocations.merge(made, left)
            self._allocations.merge(made, right)
            return one(made)
        if any(isinstance(each, SequenceValue) for each in (*left, *right)):
            members = join(self._members.any_of(left), self._members.any_of(right))
            return one(self._allocations.sequence(node, [], members))
        return UNKNOWN

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self._evaluate(node.operand)
        if isinstance(node.op, ast.Not):
            holds = truth(value)
            return TRUE_OR_FALSE if holds is None else const(not holds)
        constants = sure(value)
        if isinstance(node.op, ast.USub) and constants is not None and len(constants) == 1:
            number = constants[0].value
            return const(-number) if isinstance(number, int | float) else UNKNOWN
        return UNKNOWN

    def _boolean(self, node: ast.BoolOp) -> Value:
        """Return the value of `a or b` or of `a and b`.

        For example, `a or b` is only `b` if `a` is surely false, and only `a` if `a` is surely true.
        """
        stops = isinstance(node.op, ast.Or)
        found: list[Value] = []
        for index, each in enumerate(node.values):
            value = self._evaluate(each)
            holds = truth(value)
            last = index == len(node.values) - 1
            if holds is stops or last:
                return join(*found, value)
            if holds is None:
                found.append(
                    frozenset(possibility for possibility in value if truth(one(possibility)) in (None, stops))
                    or UNKNOWN
                )
        return join(*found)

    # Comparisons

    def _compare(self, node: ast.Compare) -> Value:
        left = self._evaluate(node.left)
        answers = []
        for operator, each in zip(node.ops, node.comparators, strict=True):
            right = self._evaluate(each)
            answers.append(self._compared(operator, left, right, node))
            left = right
        return answers[0] if len(answers) == 1 else TRUE_OR_FALSE

    def _compared(self, operator: ast.cmpop, left: Value, right: Value, node: ast.expr) -> Value:
        if isinstance(operator, ast.In | ast.NotIn):
            return self._contained(operator, left, right, node)
        first, second = sure(left), sure(right)
        if first is None or second is None:
            return TRUE_OR_FALSE
        same = {each == other for each in first for other in second}
        if len(same) > 1 or (len(first) > 1 and same == {True}):
            return TRUE_OR_FALSE
        equal = same.pop()
        if isinstance(operator, ast.Eq | ast.Is):
            return const(equal)
        return const(not equal) if isinstance(operator, ast.NotEq | ast.IsNot) else TRUE_OR_FALSE

    def _contained(self, operator: ast.In | ast.NotIn, left: Value, right: Value, node: ast.expr) -> Value:
        if ExternalName("os.environ") in right:
            self._environment.test_presence(left, node)
        self._attributes.call_operator(right, "__contains__", node, left)
        constants, known = sure(left), self._members.known(right)
        if (
            constants is None
            or known is None
            or any(isinstance(each, MappingValue | EnvironmentValue) for each in right)
        ):
            return TRUE_OR_FALSE
        members = join(*known)
        if known and sure(members) is None:
            return TRUE_OR_FALSE
        inside = {constant in members for constant in constants}
        if len(inside) > 1:
            return TRUE_OR_FALSE
        return const(inside.pop() is isinstance(operator, ast.In))
