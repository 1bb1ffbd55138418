"""What expressions are worth."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, ClassVar

from pycommon_cli.analysis.python.abstract_values import (
    NONE,
    NOTHING,
    TRUE_OR_FALSE,
    UNKNOWN,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    FunctionValue,
    MappingValue,
    SequenceValue,
    Value,
    const,
    join,
    one,
    sure,
)
from pycommon_cli.analysis.python.interpreter.displays import Displays
from pycommon_cli.analysis.python.interpreter.text_values import concatenated, formatted

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.abstract_values import AbstractValue
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call

__all__ = ["Expressions"]

_OPERATORS: dict[type[ast.operator], str] = {
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


class Expressions(Displays):
    """The expressions of Python."""

    # What the subclasses add

    def attribute(self, atom: AbstractValue, name: str, node: ast.expr) -> Value:
        """`atom.name`."""
        raise NotImplementedError

    def item(self, atom: AbstractValue, key: Value, node: ast.expr) -> Value:
        """`atom[key]`."""
        raise NotImplementedError

    def call(self, callee: Value, call: Call) -> Value:
        """What calling `callee` gives."""
        raise NotImplementedError

    def arguments(self, node: ast.Call) -> Call:
        """The arguments of a call."""
        raise NotImplementedError

    def ask_variable(self, names: Value, node: ast.expr) -> None:
        """Note that code looks whether a variable of the environment is there."""
        raise NotImplementedError

    def parameters(self, arguments: ast.arguments) -> dict[str, Value]:
        """The defaults of a function's parameters."""
        raise NotImplementedError

    def evaluate(self, node: ast.expr) -> Value:
        evaluate = self._evaluate.get(type(node))
        return UNKNOWN if evaluate is None else evaluate(self, node)

    def _constant(self, node: ast.Constant) -> Value:
        return const(node.value)

    def _name(self, node: ast.Name) -> Value:
        return self.look_up(node.id)

    def _attribute(self, node: ast.Attribute) -> Value:
        return join(*[self.attribute(atom, node.attr, node) for atom in self.evaluate(node.value)])

    def _subscript(self, node: ast.Subscript) -> Value:
        value = self.evaluate(node.value)
        if isinstance(node.slice, ast.Slice):
            return self._sliced(node, value)
        key = self.evaluate(node.slice)
        return join(*[self.item(atom, key, node) for atom in value])

    def _sliced(self, node: ast.Subscript, value: Value) -> Value:
        sliced = []
        for atom in value:
            if isinstance(atom, SequenceValue):
                atom.readers.add(self.current)
                sliced.append(one(self.sequence(node, [], atom.all())))
            elif not isinstance(atom, ConstantValue):
                sliced.append(one(atom))
            else:
                sliced.append(UNKNOWN)
        return join(*sliced)

    def _call(self, node: ast.Call) -> Value:
        callee = self.evaluate(node.func)
        return self.call(callee, self.arguments(node))

    # Operators

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        own = self.call_operator(left, _OPERATORS.get(type(node.op), ""), node, right)
        if own is not None:
            return own
        if isinstance(node.op, ast.Add):
            return self.added(node, left, right)
        if isinstance(node.op, ast.BitOr):
            return self._merged(node, left, right)
        if isinstance(node.op, ast.Mod):
            known = self.known_members(right)
            return formatted(left, [right] if known is None else known)
        if isinstance(node.op, ast.Div):
            return (
                join(*(one(atom) for atom in left if isinstance(atom, EnvironmentValue))) or UNKNOWN
            )  # a path below a folder
        return UNKNOWN

    def added(self, node: ast.AST, left: Value, right: Value) -> Value:
        sequences = [atom for atom in (*left, *right) if isinstance(atom, SequenceValue)]
        if not sequences:
            is_text = not any(
                isinstance(atom, ConstantValue) and not isinstance(atom.value, str) for atom in (*left, *right)
            )
            return concatenated([left, right]) if is_text else UNKNOWN
        first, second = self.known_members(left), self.known_members(right)
        if first is not None and second is not None:
            made = self.sequence(node, [*first, *second])
        else:
            made = self.sequence(node, [], join(self.members_of(left), self.members_of(right)))
        for atom in sequences:
            made.places.extend(atom.places)
        return one(made)

    def _merged(self, node: ast.BinOp, left: Value, right: Value) -> Value:
        if any(isinstance(atom, MappingValue) for atom in (*left, *right)):
            made = self.mapping(node, {})
            self.merge(made, left)
            self.merge(made, right)
            return one(made)
        if any(isinstance(atom, SequenceValue) for atom in (*left, *right)):
            return one(self.sequence(node, [], join(self.members_of(left), self.members_of(right))))
        return UNKNOWN

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self.evaluate(node.operand)
        if isinstance(node.op, ast.Not):
            truth = self.truth(value)
            return TRUE_OR_FALSE if truth is None else const(not truth)
        constants = sure(value)
        if isinstance(node.op, ast.USub) and constants is not None and len(constants) == 1:
            number = constants[0].value
            return const(-number) if isinstance(number, int | float) else UNKNOWN
        return UNKNOWN

    def _boolean(self, node: ast.BoolOp) -> Value:
        """`a or b`: what is surely false is not the answer, and what comes after a sure answer is not looked at."""
        stops = isinstance(node.op, ast.Or)
        found: list[Value] = []
        for index, each in enumerate(node.values):
            value = self.evaluate(each)
            truth = self.truth(value)
            last = index == len(node.values) - 1
            if truth is stops or last:
                return join(*found, value)
            if truth is None:
                found.append(frozenset(atom for atom in value if self.truth(one(atom)) in (None, stops)) or UNKNOWN)
        return join(*found)

    def _compare(self, node: ast.Compare) -> Value:
        left = self.evaluate(node.left)
        answers = []
        for operator, each in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(each)
            answers.append(self._compared(operator, left, right, node))
            left = right
        return answers[0] if len(answers) == 1 else TRUE_OR_FALSE

    def _compared(self, operator: ast.cmpop, left: Value, right: Value, node: ast.expr) -> Value:
        if isinstance(operator, ast.In | ast.NotIn):
            return self._contained(operator, left, right, node)
        first, second = sure(left), sure(right)
        if first is None or second is None:
            return TRUE_OR_FALSE
        same = {one_ == other for one_ in first for other in second}
        if len(same) > 1 or (len(first) > 1 and same == {True}):
            return TRUE_OR_FALSE
        equal = same.pop()
        if isinstance(operator, ast.Eq | ast.Is):
            return const(equal)
        return const(not equal) if isinstance(operator, ast.NotEq | ast.IsNot) else TRUE_OR_FALSE

    def _contained(self, operator: ast.In | ast.NotIn, left: Value, right: Value, node: ast.expr) -> Value:
        if ExternalName("os.environ") in right:
            self.ask_variable(left, node)
        self.call_operator(right, "__contains__", node, left)
        constants, known = sure(left), self.known_members(right)
        if (
            constants is None
            or known is None
            or any(isinstance(atom, MappingValue | EnvironmentValue) for atom in right)
        ):
            return TRUE_OR_FALSE
        wanted = join(*known)
        if known and sure(wanted) is None:
            return TRUE_OR_FALSE
        inside = {constant in wanted for constant in constants}
        if len(inside) > 1:
            return TRUE_OR_FALSE
        return const(inside.pop() is isinstance(operator, ast.In))

    def _conditional(self, node: ast.IfExp) -> Value:
        truth = self.truth(self.evaluate(node.test))
        if truth is not None:
            return self.evaluate(node.body if truth else node.orelse)
        return join(self.evaluate(node.body), self.evaluate(node.orelse))

    def _joined(self, node: ast.JoinedStr) -> Value:
        return concatenated([self.evaluate(part) for part in node.values])

    def _formatted(self, node: ast.FormattedValue) -> Value:
        value = self.evaluate(node.value)
        return (
            value
            if node.format_spec is None
            else join(*(one(each) for each in value if isinstance(each, EnvironmentValue))) or UNKNOWN
        )

    # Functions

    def _lambda(self, node: ast.Lambda) -> Value:
        context = self.current
        defaults = self.parameters(node.args)

        def make() -> FunctionValue:
            return FunctionValue(node, context.source, context, "<lambda>", {})

        made = self.allocated(node, make, "lambda")
        if isinstance(made, FunctionValue):
            made.defaults = {name: join(value, made.defaults.get(name, NOTHING)) for name, value in defaults.items()}
        return one(made)

    def _walrus(self, node: ast.NamedExpr) -> Value:
        value = self.evaluate(node.value)
        self.assign(node.target, value)
        return value

    def _await(self, node: ast.Await) -> Value:
        return self.evaluate(node.value)

    def _yield(self, node: ast.Yield) -> Value:
        self.frame.yielded.append(self.evaluate(node.value) if node.value else NONE)
        return UNKNOWN

    def _yield_from(self, node: ast.YieldFrom) -> Value:
        self.frame.yielded.append(self.members_of(self.iterated(node.value)))
        return UNKNOWN

    def _starred(self, node: ast.Starred) -> Value:
        return self.evaluate(node.value)

    _evaluate: ClassVar[dict[type[ast.expr], Callable[..., Value]]] = {
        ast.Attribute: _attribute,
        ast.Await: _await,
        ast.BinOp: _binary,
        ast.BoolOp: _boolean,
        ast.Call: _call,
        ast.Compare: _compare,
        ast.Constant: _constant,
        ast.Dict: Displays.dict_display,
        ast.DictComp: Displays.dict_comprehension,
        ast.FormattedValue: _formatted,
        ast.GeneratorExp: Displays.list_comprehension,
        ast.IfExp: _conditional,
        ast.JoinedStr: _joined,
        ast.Lambda: _lambda,
        ast.List: Displays.list_display,
        ast.ListComp: Displays.list_comprehension,
        ast.Name: _name,
        ast.NamedExpr: _walrus,
        ast.Set: Displays.list_display,
        ast.SetComp: Displays.list_comprehension,
        ast.Starred: _starred,
        ast.Subscript: _subscript,
        ast.Tuple: Displays.list_display,
        ast.UnaryOp: _unary,
        ast.Yield: _yield,
        ast.YieldFrom: _yield_from,
    }
