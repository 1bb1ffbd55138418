"""Run loops. If the iterations are known and few, each iteration runs by itself. Otherwise the body runs twice."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.interpreter.execution_state import join_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.assignments import Assignments
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, Executor, StatementForms
    from pycommon_cli.analysis.python.values.abstract_values import Value

__all__ = ["LoopStatements"]


class LoopStatements:
    """The part of the interpreter that runs `for` and `while`."""

    __slots__ = ("_assignments", "_attributes", "_evaluate", "_execute_body", "_members", "_state")

    def __init__(  # noqa: PLR0913, PLR0917 - a loop iterates over members and assigns them
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
        self._execute_body = executor.execute_body
        self._members = members
        self._attributes = attributes
        self._assignments = assignments

    def forms(self) -> StatementForms:
        """Return the statements that this part runs."""
        return {
            ast.AsyncFor: self._for,
            ast.Break: self._break,
            ast.Continue: self._break,
            ast.For: self._for,
            ast.While: self._while,
        }

    def _for(self, node: ast.For | ast.AsyncFor) -> bool:
        iterable = self._attributes.iterated(self._evaluate(node.iter), node.iter)
        known = self._members.known(iterable)
        if (
            known is not None
            and 0 < len(known) <= LIMITS.unrolled_iterations
            and len(self._state.frame.unrolled) < LIMITS.nested_unrolled_loops
        ):
            self._run_each_iteration(node, known)
        else:
            member = self._members.any_of(iterable)
            self._run_twice(node.body, lambda: self._assignments.assign(node.target, member))
        return self._execute_body(node.orelse)

    def _while(self, node: ast.While) -> bool:
        self._evaluate(node.test)
        self._run_twice(node.body, lambda: None)
        return self._execute_body(node.orelse)

    def _break(self, _: ast.Break | ast.Continue) -> bool:
        frame = self._state.frame
        if frame.exits:
            frame.exits[-1].append(frame.names)
        return False

    def _run_twice(self, body: list[ast.stmt], bind: Callable[[], None]) -> None:
        """Run a body for an unknown number of iterations.

        The body runs twice. The second run sees the values that the first run leaves.
        """
        frame = self._state.frame
        start = frame.names
        for _ in range(2):
            before = frame.names
            frame.names = dict(before)
            frame.exits.append([])
            bind()
            ended = [frame.names] if self._execute_body(body) else []
            frame.names = join_names([before, *ended, *frame.exits.pop()])
            if all(frame.names.get(name) == value for name, value in start.items()):
                break

    def _run_each_iteration(self, node: ast.For | ast.AsyncFor, members: list[Value]) -> None:
        frame = self._state.frame
        outer = frame.unrolled
        for index, member in enumerate(members):
            frame.unrolled = (*outer, index)
            self._run_once(node.body, node.target, member)
        frame.unrolled = outer

    def _run_once(self, body: list[ast.stmt], target: ast.expr, member: Value) -> None:
        frame = self._state.frame
        before = dict(frame.names)
        frame.exits.append([])
        self._assignments.assign(target, member)
        ended = [frame.names] if self._execute_body(body) else []
        exits = frame.exits.pop()
        frame.names = join_names([*ended, *exits]) if ended or exits else before
