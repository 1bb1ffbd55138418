"""Run `match`: only the cases that can match the subject."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.interpreter.execution_state import join_names
from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, Value, join, sure

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, Executor, StatementForms

__all__ = ["MatchStatements"]


class MatchStatements:
    """The part of the interpreter that runs `match`."""

    __slots__ = ("_evaluate", "_execute_body", "_names", "_state")

    def __init__(self, state: ExecutionState, evaluator: Evaluator, executor: Executor, names: NameLookup) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._execute_body = executor.execute_body
        self._names = names

    def forms(self) -> StatementForms:
        """Return the statements that this part runs."""
        return {ast.Match: self._match}

    def _match(self, node: ast.Match) -> bool:
        subject = self._evaluate(node.subject)
        frame = self._state.frame
        start = frame.names
        ends = []
        exhausted = False
        for case in node.cases:
            matches = self._matches(case, subject)
            if matches is False:
                continue
            frame.names = dict(start)
            self._bind_pattern(case.pattern, subject)
            if case.guard is not None:
                self._evaluate(case.guard)
            if self._execute_body(case.body):
                ends.append(frame.names)
            if matches and case.guard is None:
                exhausted = True
                break
        if not exhausted:
            ends.append(start)
        frame.names = join_names(ends) if ends else start
        return bool(ends)

    def _matches(self, case: ast.match_case, subject: Value) -> bool | None:
        """Return whether a case matches, or None if the code does not show whether it matches."""
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            return True
        constants = sure(subject)
        if constants is None or not isinstance(case.pattern, ast.MatchValue | ast.MatchOr):
            return None
        patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
        if not all(isinstance(each, ast.MatchValue) for each in patterns):
            return None
        wanted = join(*(self._evaluate(each.value) for each in patterns if isinstance(each, ast.MatchValue)))
        if sure(wanted) is None:
            return None
        inside = [constant in wanted for constant in constants]
        return True if all(inside) else None if any(inside) else False

    def _bind_pattern(self, pattern: ast.pattern, subject: Value) -> None:
        for each in ast.walk(pattern):
            if isinstance(each, ast.MatchAs | ast.MatchStar) and each.name:
                self._names.bind(each.name, subject if each is pattern else UNKNOWN)
            elif isinstance(each, ast.MatchMapping) and each.rest:
                self._names.bind(each.rest, UNKNOWN)
