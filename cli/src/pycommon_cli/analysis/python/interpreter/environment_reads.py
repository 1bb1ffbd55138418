"""Record reads of environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import NOTHING, UNKNOWN, EnvironmentValue, Value, texts
from pycommon_cli.analysis.python.values.code_effects import Read

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState

__all__ = ["EnvironmentReads"]


class EnvironmentReads:
    """The part of the interpreter that records reads of environment variables in the code that runs."""

    __slots__ = ("_state",)

    def __init__(self, state: ExecutionState) -> None:
        self._state = state

    def read(self, names: Value, node: ast.expr, *, optional: bool) -> Value:
        """Record a read of every variable that `names` may name. Return the values of these variables."""
        read = texts(names)
        place = self._state.place(node)
        for name in read:
            self._state.current.effects.reads[Read(name, optional), place] = None
        return frozenset(EnvironmentValue(name) for name in read) | (UNKNOWN if len(read) < len(names) else NOTHING)

    def test_presence(self, names: Value, node: ast.expr) -> None:
        """Record that the code tests whether a variable is set: `if name in os.environ`."""
        self.read(names, node, optional=True)
        self._state.current.effects.asked.update(texts(names))
