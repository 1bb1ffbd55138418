"""What expressions are worth."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, ClassVar

from pycommon.check.code.interpreter.statements import Statements
from pycommon.check.code.interpreter.text import concatenated, formatted
from pycommon.check.code.values import (
    ANY,
    NONE,
    NOTHING,
    TRUE_OR_FALSE,
    UNKNOWN,
    Const,
    Env,
    External,
    Function,
    Mapping,
    Mixed,
    Sequence,
    Value,
    const,
    join,
    one,
    sure,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon.check.code.interpreter.call import Call
    from pycommon.check.code.values import Atom

__all__ = ["Expressions"]

_MOST_UNROLLED = 32
_DEEPEST_UNROLLED = 2


class Expressions(Statements):
    """The expressions of Python."""

    # What the subclasses add

    def attribute(self, atom: Atom, name: str, node: ast.expr) -> Value:
        """`atom.name`."""
        raise NotImplementedError

    def item(self, atom: Atom, key: Value, node: ast.expr) -> Value:
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
            if isinstance(atom, Sequence):
                atom.readers.add(self.current)
                sliced.append(one(self.sequence(node, [], atom.all())))
            elif not isinstance(atom, Const):
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
        if isinstance(node.op, ast.Add):
            return self.added(node, left, right)
        if isinstance(node.op, ast.BitOr):
            return self._merged(node, left, right)
        if isinstance(node.op, ast.Mod):
            known = self.known_members(right)
            return formatted(left, [right] if known is None else known)
        if isinstance(node.op, ast.Div):
            return join(*(one(atom) for atom in left if isinstance(atom, Env))) or UNKNOWN  # a path below a folder
        return UNKNOWN

    def added(self, node: ast.AST, left: Value, right: Value) -> Value:
        sequences = [atom for atom in (*left, *right) if isinstance(atom, Sequence)]
        if not sequences:
            is_text = not any(isinstance(atom, Const) and not isinstance(atom.value, str) for atom in (*left, *right))
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
        if any(isinstance(atom, Mapping) for atom in (*left, *right)):
            made = self.mapping(node, {})
            self.merge(made, left)
            self.merge(made, right)
            return one(made)
        if any(isinstance(atom, Sequence) for atom in (*left, *right)):
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
        if External("os.environ") in right:
            self.ask_variable(left, node)
        constants, known = sure(left), self.known_members(right)
        if constants is None or known is None or any(isinstance(atom, Mapping | Env) for atom in right):
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

    # Texts and containers

    def _joined(self, node: ast.JoinedStr) -> Value:
        return concatenated([self.evaluate(part) for part in node.values])

    def _formatted(self, node: ast.FormattedValue) -> Value:
        value = self.evaluate(node.value)
        return (
            value
            if node.format_spec is None
            else join(*(one(each) for each in value if isinstance(each, Env))) or UNKNOWN
        )

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        members: list[Value] = []
        rest = NOTHING
        for each in node.elts:
            if not isinstance(each, ast.Starred):
                members.append(self.evaluate(each))
                continue
            spread = self.evaluate(each.value)
            known = self.known_members(spread)
            if known is None:
                rest = join(rest, self.members_of(spread))
            else:
                members.extend(known)
        made = self.sequence(node, members, rest)
        if len(made.places) != len(node.elts):
            made.places = [self.place(each) for each in node.elts]
        return one(made)

    def _dict(self, node: ast.Dict) -> Value:
        made = self.mapping(node, {})
        for key, each in zip(node.keys, node.values, strict=True):
            value = self.evaluate(each)
            if key is None:
                self.merge(made, value)
                continue
            keys = self.evaluate(key)
            known = self.keys_of(keys)
            for atom in known:
                made.places.setdefault(atom, self.place(key))
            self.add_entries(made, dict.fromkeys(known, value), NOTHING if known and ANY not in keys else value)
        return one(made)

    def keys_of(self, value: Value) -> list[Atom]:
        """What of `value` can be told apart as a key of a dict: texts, and tuples of constants."""
        keys: list[Atom] = []
        for atom in value:
            if isinstance(atom, Const | Env | Mixed):
                keys.append(atom)
            elif isinstance(atom, Sequence) and not atom.rest:
                members = [sure(member) for member in atom.members]
                if members and all(each is not None and len(each) == 1 for each in members):
                    keys.append(Const(tuple(each[0].value for each in members if each)))
        return keys

    # Comprehensions and functions

    def _list_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        found: list[Value] = []
        exact = self._comprehended(node.generators, lambda: found.append(self.evaluate(node.elt)))
        if exact:
            return one(self.sequence(node, found))
        return one(self.sequence(node, [], join(*found) or UNKNOWN))

    def _dict_comprehension(self, node: ast.DictComp) -> Value:
        made = self.mapping(node, {})

        def add() -> None:
            keys, value = self.evaluate(node.key), self.evaluate(node.value)
            known = self.keys_of(keys)
            for atom in known:
                made.places.setdefault(atom, self.place(node.key))
            self.add_entries(made, dict.fromkeys(known, value), NOTHING if known else value)

        self._comprehended(node.generators, add)
        return one(made)

    def _comprehended(self, generators: list[ast.comprehension], do: Callable[[], None]) -> bool:
        """Do it for each turn of the generators; whether every turn is known."""
        frame = self.frame
        env, frame.env = frame.env, dict(frame.env)
        exact = self._generated(generators, do)
        frame.env = env
        return exact

    def _generated(self, generators: list[ast.comprehension], do: Callable[[], None]) -> bool:
        if not generators:
            do()
            return True
        first, *others = generators
        iterable = self.evaluate(first.iter)
        known = self.known_members(iterable)
        if known is None or len(known) > _MOST_UNROLLED or len(self.frame.unrolled) >= _DEEPEST_UNROLLED:
            self.assign(first.target, self.members_of(iterable))
            self._conditions(first)
            self._generated(others, do)
            return False
        exact = True
        outer = self.frame.unrolled
        for index, member in enumerate(known):
            self.frame.unrolled = (*outer, index)
            self.assign(first.target, member)
            truth = self._conditions(first)
            if truth is not False:
                exact = self._generated(others, do) and exact and truth is True
        self.frame.unrolled = outer
        return exact

    def _conditions(self, generator: ast.comprehension) -> bool | None:
        answers = [self.truth(self.evaluate(each)) for each in generator.ifs]
        return False if False in answers else None if None in answers else True

    def _lambda(self, node: ast.Lambda) -> Value:
        context = self.current
        defaults = self.parameters(node.args)

        def make() -> Function:
            return Function(node, context.source, context, "<lambda>", {})

        made = self.allocated(node, make, "lambda")
        if isinstance(made, Function):
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
        self.frame.yielded.append(self.members_of(self.evaluate(node.value)))
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
        ast.Dict: _dict,
        ast.DictComp: _dict_comprehension,
        ast.FormattedValue: _formatted,
        ast.GeneratorExp: _list_comprehension,
        ast.IfExp: _conditional,
        ast.JoinedStr: _joined,
        ast.Lambda: _lambda,
        ast.List: _list,
        ast.ListComp: _list_comprehension,
        ast.Name: _name,
        ast.NamedExpr: _walrus,
        ast.Set: _list,
        ast.SetComp: _list_comprehension,
        ast.Starred: _starred,
        ast.Subscript: _subscript,
        ast.Tuple: _list,
        ast.UnaryOp: _unary,
        ast.Yield: _yield,
        ast.YieldFrom: _yield_from,
    }
