"""What statements do to names, in the order of the text; where the way forks, both ways are gone and joined."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, ClassVar

from pycommon_cli.analysis.python.abstract_values import (
    UNKNOWN,
    ClassValue,
    ConstantValue,
    EnvironmentValue,
    FunctionValue,
    InstanceValue,
    ModuleValue,
    Value,
    join,
    one,
    sure,
)
from pycommon_cli.analysis.python.interpreter.imports import Imports

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = ["Statements"]

_MOST_UNROLLED = 16


class Statements(Imports):
    """The statements of Python."""

    def execute_body(self, body: list[ast.stmt]) -> bool:
        self.steps_left -= len(body)
        for statement in body:
            execute = self._execute.get(type(statement))
            if execute is not None and not execute(self, statement):
                return False
        return True

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        self.bind(node.name, self.define_function(node))
        return True

    def _class(self, node: ast.ClassDef) -> bool:
        self.bind(node.name, self.define_class(node))
        return True

    def _global(self, _: ast.Global | ast.Nonlocal) -> bool:
        return True

    # Ways that fork

    def _if(self, node: ast.If) -> bool:
        if _is_type_checking(node.test):
            return self._for_types_only(node)
        if _is_main(node.test):
            return self.execute_body(node.orelse)
        truth = self.truth(self.evaluate(node.test))
        if truth is not None:
            return self.execute_body(node.body if truth else node.orelse)
        start = self.frame.env
        ends = []
        for body, holds in ((node.body, True), (node.orelse, False)):
            self.frame.env = dict(start)
            self._learn(node.test, holds=holds)
            if self.execute_body(body):
                ends.append(self.frame.env)
        self.frame.env = _joined(ends) if ends else start
        return bool(ends)

    def _learn(self, test: ast.expr, *, holds: bool) -> None:
        """What a condition tells of a name once it holds: after `bucket == os.environ["B"]` the bucket is that one."""
        match test:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as operator], comparators=[right]):
                if isinstance(operator, ast.Eq) is holds:
                    self._learn_same(left, right)
                    self._learn_same(right, left)
            case ast.BoolOp(op=operator, values=values) if isinstance(operator, ast.And) is holds:
                for each in values:
                    self._learn(each, holds=holds)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._learn(operand, holds=not holds)

    def _learn_same(self, target: ast.expr, other: ast.expr) -> None:
        if not isinstance(target, ast.Name | ast.Attribute) or isinstance(other, ast.Constant):
            return
        named = frozenset(atom for atom in self.evaluate(other) if isinstance(atom, EnvironmentValue))
        if named and isinstance(target, ast.Name):
            self.frame.env[target.id] = join(self.look_up(target.id), named)
        elif named and isinstance(target, ast.Attribute):
            for atom in self.evaluate(target.value):
                if isinstance(atom, InstanceValue):
                    self.changed(atom.scope.add(target.attr, named))

    def _for_types_only(self, node: ast.If) -> bool:
        before, self.frame.typing_only = self.frame.typing_only, True
        self.execute_body([each for each in node.body if isinstance(each, ast.Import | ast.ImportFrom)])
        self.frame.typing_only = before
        return self.execute_body(node.orelse)

    def truth(self, value: Value) -> bool | None:
        """Whether a condition holds; None where that is not known."""
        constants = sure(value)
        if constants is not None:
            answers = {bool(each.value) for each in constants}
            return answers.pop() if len(answers) == 1 else None
        surely = (FunctionValue, ClassValue, ModuleValue)
        return True if value and all(isinstance(atom, surely) for atom in value) else None

    def _loop(self, body: list[ast.stmt], bind: Callable[[], None]) -> bool:
        """Run a body any number of times; twice shows what one pass leaves for the next."""
        frame = self.frame
        start = frame.env
        exits: list[dict[str, Value]] = []
        for _ in range(2):
            before = frame.env
            frame.env = dict(before)
            frame.exits.append([])
            bind()
            ended = [frame.env] if self.execute_body(body) else []
            exits = frame.exits.pop()
            frame.env = _joined([before, *ended, *exits])
            if all(frame.env.get(name) == value for name, value in start.items()):
                break
        return True

    def _for(self, node: ast.For | ast.AsyncFor) -> bool:
        iterable = self.iterated(node.iter)
        known = self.known_members(iterable)
        if known is not None and 0 < len(known) <= _MOST_UNROLLED and len(self.frame.unrolled) < 2:  # noqa: PLR2004 - loops in loops
            self._unrolled(node, known)
        else:
            member = self.members_of(iterable)
            self._loop(node.body, lambda: self.assign(node.target, member))
        return self.execute_body(node.orelse)

    def iterated(self, node: ast.expr) -> Value:
        """What a loop goes through: for an object with `__iter__`, what that gives."""
        value = self.evaluate(node)
        own = self.call_operator(value, "__iter__", node)
        return value if own is None else join(value, own)

    def _unrolled(self, node: ast.For | ast.AsyncFor, members: list[Value]) -> None:
        frame = self.frame
        outer = frame.unrolled
        for index, member in enumerate(members):
            frame.unrolled = (*outer, index)
            self._once(node.body, node.target, member)
        frame.unrolled = outer

    def _once(self, body: list[ast.stmt], target: ast.expr, member: Value) -> None:
        frame = self.frame
        before = dict(frame.env)
        frame.exits.append([])
        self.assign(target, member)
        ended = [frame.env] if self.execute_body(body) else []
        exits = frame.exits.pop()
        frame.env = _joined([*ended, *exits]) if ended or exits else before

    def _while(self, node: ast.While) -> bool:
        self.evaluate(node.test)
        self._loop(node.body, lambda: None)
        return self.execute_body(node.orelse)

    def _break(self, _: ast.Break | ast.Continue) -> bool:
        if self.frame.exits:
            self.frame.exits[-1].append(self.frame.env)
        return False

    def _try(self, node: ast.Try) -> bool:
        frame = self.frame
        start = dict(frame.env)
        ends = []
        if self.execute_body(node.body) and self.execute_body(node.orelse):
            ends.append(frame.env)
        broken = _joined([start, frame.env])
        for handler in node.handlers:
            frame.env = dict(broken)
            if handler.type is not None:
                self.evaluate(handler.type)
            if handler.name:
                frame.env[handler.name] = UNKNOWN
            if self.execute_body(handler.body):
                ends.append(frame.env)
        frame.env = _joined(ends) if ends else broken
        return self.execute_body(node.finalbody) and bool(ends)

    def _with(self, node: ast.With | ast.AsyncWith) -> bool:
        for item in node.items:
            entered = self.entered(self.evaluate(item.context_expr), item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered)
        return self.execute_body(node.body)

    def _match(self, node: ast.Match) -> bool:
        subject = self.evaluate(node.subject)
        start = self.frame.env
        ends = []
        exhausted = False
        for case in node.cases:
            answer = self._matches(case, subject)
            if answer is False:
                continue
            self.frame.env = dict(start)
            self._bind_pattern(case.pattern, subject)
            if case.guard is not None:
                self.evaluate(case.guard)
            if self.execute_body(case.body):
                ends.append(self.frame.env)
            if answer and case.guard is None:
                exhausted = True
                break
        if not exhausted:
            ends.append(start)
        self.frame.env = _joined(ends) if ends else start
        return bool(ends)

    def _matches(self, case: ast.match_case, subject: Value) -> bool | None:
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            return True
        constants = sure(subject)
        if constants is None or not isinstance(case.pattern, ast.MatchValue | ast.MatchOr):
            return None
        patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
        if not all(isinstance(each, ast.MatchValue) for each in patterns):
            return None
        wanted = join(*(self.evaluate(each.value) for each in patterns if isinstance(each, ast.MatchValue)))
        if sure(wanted) is None:
            return None
        inside = [constant in wanted for constant in constants]
        return True if all(inside) else None if any(inside) else False

    def _bind_pattern(self, pattern: ast.pattern, subject: Value) -> None:
        for each in ast.walk(pattern):
            if isinstance(each, ast.MatchAs | ast.MatchStar) and each.name:
                whole = each is pattern or (isinstance(pattern, ast.MatchAs) and each is pattern)
                self.bind(each.name, subject if whole else UNKNOWN)
            elif isinstance(each, ast.MatchMapping) and each.rest:
                self.bind(each.rest, UNKNOWN)

    # Others

    def _return(self, node: ast.Return) -> bool:
        self.frame.returned.append(self.evaluate(node.value) if node.value else one(ConstantValue(None)))
        return False

    def _raise(self, node: ast.Raise) -> bool:
        for each in (node.exc, node.cause):
            if each is not None:
                self.evaluate(each)
        return False

    def _expression(self, node: ast.Expr) -> bool:
        if not isinstance(node.value, ast.Constant):
            self.evaluate(node.value)
        return True

    def _assert(self, node: ast.Assert) -> bool:
        self.evaluate(node.test)
        return True

    def _delete(self, node: ast.Delete) -> bool:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                key = self.evaluate(target.slice)
                self.call_operator(self.evaluate(target.value), "__delitem__", target, key)
        return True

    _execute: ClassVar[dict[type[ast.stmt], Callable[..., bool]]] = {
        ast.AnnAssign: Imports.execute_annotated_assignment,
        ast.Assert: _assert,
        ast.Assign: Imports.execute_assignment,
        ast.AsyncFor: _for,
        ast.AsyncFunctionDef: _function,
        ast.AsyncWith: _with,
        ast.AugAssign: Imports.execute_augmented_assignment,
        ast.Break: _break,
        ast.ClassDef: _class,
        ast.Continue: _break,
        ast.Delete: _delete,
        ast.Expr: _expression,
        ast.For: _for,
        ast.FunctionDef: _function,
        ast.Global: _global,
        ast.If: _if,
        ast.Import: Imports.execute_import,
        ast.ImportFrom: Imports.execute_import_from,
        ast.Match: _match,
        ast.Nonlocal: _global,
        ast.Raise: _raise,
        ast.Return: _return,
        ast.Try: _try,
        ast.TryStar: _try,
        ast.While: _while,
        ast.With: _with,
    }


def _joined(envs: list[dict[str, Value]]) -> dict[str, Value]:
    if len(envs) == 1:
        return envs[0]
    joined = dict(envs[0])
    for env in envs[1:]:
        for name, value in env.items():
            known = joined.get(name)
            if known is not value:
                joined[name] = value if known is None else join(known, value)
    return joined


def _is_type_checking(test: ast.expr) -> bool:
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def _is_main(test: ast.expr) -> bool:
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")]):
            return True
    return False
