"""Run the statements with branches: `if` and `try`. All possible branches run, and their names are then joined."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.interpreter.execution_state import join_names
from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, EnvironmentValue, join
from pycommon_cli.analysis.python.values.code_contexts import InstanceValue
from pycommon_cli.analysis.python.values.value_queries import truth

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, Executor, StatementForms

__all__ = ["BranchStatements"]


class BranchStatements:
    """The part of the interpreter that runs `if` and `try`."""

    __slots__ = ("_evaluate", "_execute_body", "_names", "_state")

    def __init__(self, state: ExecutionState, evaluator: Evaluator, executor: Executor, names: NameLookup) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._execute_body = executor.execute_body
        self._names = names

    def forms(self) -> StatementForms:
        """Return the statements that this part runs."""
        return {ast.If: self._if, ast.Try: self._try, ast.TryStar: self._try}

    def _if(self, node: ast.If) -> bool:
        if _is_type_checking(node.test):
            return self._if_type_checking(node)
        if _is_main(node.test):
            return self._execute_body(node.orelse)
        holds = truth(self._evaluate(node.test))
        if holds is not None:
            return self._execute_body(node.body if holds else node.orelse)
        frame = self._state.frame
        start = frame.names
        ends = []
        for body, is_true in ((node.body, True), (node.orelse, False)):
            frame.names = dict(start)
            self._learn(node.test, is_true=is_true)
            if self._execute_body(body):
                ends.append(frame.names)
        frame.names = join_names(ends) if ends else start
        return bool(ends)

    def _if_type_checking(self, node: ast.If) -> bool:
        frame = self._state.frame
        before, frame.typing_only = frame.typing_only, True
        self._execute_body([each for each in node.body if isinstance(each, ast.Import | ast.ImportFrom)])
        frame.typing_only = before
        return self._execute_body(node.orelse)

    def _learn(self, test: ast.expr, *, is_true: bool) -> None:
        """Narrow the names in a condition. If `bucket == os.environ["B"]` is true, the variable B names the bucket."""
        match test:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as operator], comparators=[right]):
                if isinstance(operator, ast.Eq) is is_true:
                    self._learn_equal(left, right)
                    self._learn_equal(right, left)
            case ast.BoolOp(op=operator, values=values) if isinstance(operator, ast.And) is is_true:
                for each in values:
                    self._learn(each, is_true=is_true)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._learn(operand, is_true=not is_true)

    def _learn_equal(self, target: ast.expr, other: ast.expr) -> None:
        if not isinstance(target, ast.Name | ast.Attribute) or isinstance(other, ast.Constant):
            return
        variables = frozenset(each for each in self._evaluate(other) if isinstance(each, EnvironmentValue))
        if variables and isinstance(target, ast.Name):
            self._state.frame.names[target.id] = join(self._names.look_up(target.id), variables)
        elif variables and isinstance(target, ast.Attribute):
            for each in self._evaluate(target.value):
                if isinstance(each, InstanceValue):
                    self._state.changed(each.scope.add(target.attr, variables))

    def _try(self, node: ast.Try | ast.TryStar) -> bool:
        frame = self._state.frame
        start = dict(frame.names)
        ends = []
        if self._execute_body(node.body) and self._execute_body(node.orelse):
            ends.append(frame.names)
        interrupted = join_names([start, frame.names])
        for handler in node.handlers:
            frame.names = dict(interrupted)
            if handler.type is not None:
                self._evaluate(handler.type)
            if handler.name:
                frame.names[handler.name] = UNKNOWN
            if self._execute_body(handler.body):
                ends.append(frame.names)
        frame.names = join_names(ends) if ends else interrupted
        return self._execute_body(node.finalbody) and bool(ends)


def _is_type_checking(test: ast.expr) -> bool:
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def _is_main(test: ast.expr) -> bool:
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")]):
            return True
    return False
