"""Find the code that handles an expression or a statement, by the type of the syntax node.

The two dispatchers are made first. Every part of the interpreter gets them. The parts then register the types of nodes
that they handle. The parts therefore do not depend on each other, although Python's syntax is recursive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.values.abstract_values import Value

    ExpressionForms: TypeAlias = dict[type[ast.expr], Callable[[Any], Value]]
    StatementForms: TypeAlias = dict[type[ast.stmt], Callable[[Any], bool]]

__all__ = ["Evaluator", "Executor"]


class Evaluator:
    """The dispatcher that evaluates expressions."""

    __slots__ = ("_by_type",)

    def __init__(self) -> None:
        self._by_type: ExpressionForms = {}

    def register(self, forms: ExpressionForms) -> None:
        """Register the functions that evaluate expressions, by the type of the expression."""
        self._by_type |= forms

    def evaluate(self, node: ast.expr) -> Value:
        """Return the value of an expression."""
        evaluate = self._by_type.get(type(node))
        return UNKNOWN if evaluate is None else evaluate(node)


class Executor:
    """The dispatcher that runs statements."""

    __slots__ = ("_by_type", "_state")

    def __init__(self, state: ExecutionState) -> None:
        self._state = state
        self._by_type: StatementForms = {}

    def register(self, forms: StatementForms) -> None:
        """Register the functions that run statements, by the type of the statement.

        Each function returns whether the code reaches the next statement.
        """
        self._by_type |= forms

    def execute_body(self, body: list[ast.stmt]) -> bool:
        """Run statements. Return whether the code reaches the statement after them."""
        self._state.steps_left -= len(body)
        by_type = self._by_type
        for statement in body:
            execute = by_type.get(type(statement))
            if execute is not None and not execute(statement):
                return False
        return True
