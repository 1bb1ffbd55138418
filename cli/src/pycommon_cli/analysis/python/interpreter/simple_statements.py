"""Run the statements without branches: `return`, `raise`, expressions, `assert`, `del` and `with`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, AbstractValue, ConstantValue, Value, join, one
from pycommon_cli.analysis.python.values.code_contexts import InstanceValue, SequenceValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.assignments import Assignments
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, Executor, StatementForms

__all__ = ["SimpleStatements"]


class SimpleStatements:
    """The part of the interpreter that runs statements without branches."""

    __slots__ = ("_assignments", "_attributes", "_evaluate", "_executor", "_members", "_state")

    def __init__(  # noqa: PLR0913, PLR0917 - `with` and `del` call methods, `with` assigns
        self,
        state: ExecutionState,
        evaluator: Evaluator,
        executor: Executor,
        members: Members,
        attributes: Attributes,
        assignments: Assignments,
    ) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._executor = executor
        self._members = members
        self._attributes = attributes
        self._assignments = assignments

    def forms(self) -> StatementForms:
        """Return the statements that this part runs."""
        return {
            ast.Assert: self._assert,
            ast.AsyncWith: self._with,
            ast.Delete: self._delete,
            ast.Expr: self._expression,
            ast.Raise: self._raise,
            ast.Return: self._return,
            ast.With: self._with,
        }

    def _return(self, node: ast.Return) -> bool:
        value = self._evaluate(node.value) if node.value else one(ConstantValue(None))
        self._state.frame.returned.append(value)
        return False

    def _raise(self, node: ast.Raise) -> bool:
        for each in (node.exc, node.cause):
            if each is not None:
                self._evaluate(each)
        return False

    def _expression(self, node: ast.Expr) -> bool:
        if not isinstance(node.value, ast.Constant):
            self._evaluate(node.value)
        return True

    def _assert(self, node: ast.Assert) -> bool:
        self._evaluate(node.test)
        return True

    def _delete(self, node: ast.Delete) -> bool:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                key = self._evaluate(target.slice)
                self._attributes.call_operator(self._evaluate(target.value), "__delitem__", target, key)
        return True

    def _with(self, node: ast.With | ast.AsyncWith) -> bool:
        for item in node.items:
            value = self._evaluate(item.context_expr)
            entered = join(*[self._entered(each, item.context_expr) for each in value])
            if item.optional_vars is not None:
                self._assignments.assign(item.optional_vars, entered)
        return self._executor.execute_body(node.body)

    def _entered(self, manager: AbstractValue, node: ast.expr) -> Value:
        """Return the value that `with manager as ...` binds."""
        if isinstance(manager, InstanceValue):
            for name in ("__enter__", "__aenter__"):
                found = self._attributes.call_method(manager, name, node)
                if found is not None:
                    leave = name.replace("enter", "exit")
                    self._attributes.call_method(manager, leave, node, UNKNOWN, UNKNOWN, UNKNOWN)
                    return found
            return one(manager)
        if isinstance(manager, SequenceValue):  # a generator function under @contextmanager
            return self._members.any_of_one(manager)
        return one(manager)
