"""Hold the state of the interpretation: the context that runs, its frame, and the contexts that must run again."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.python_files import PythonFile
from pycommon_cli.analysis.python.values.abstract_values import Value, join
from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext
from pycommon_cli.analysis.python.values.code_effects import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.analysis.facts import Place

__all__ = ["ExecutionState", "Frame", "join_names"]

_NO_SOURCE = PythonFile("", "", is_package=False, tree=ast.Module([], []), text="")


@dataclass(slots=True)
class Frame:
    """The data of one run of a context.

    Attributes:
        names: the values of the local names, or of the names of a module.
        returned, yielded: the values of the `return` and `yield` statements so far.
        exits: for each loop that runs, the values of the names at its `break` and `continue` statements.
        unrolled: the indexes of the iterations that run at the moment, in loops whose iterations are known.
        publishes: whether other code can read the names. This is true for a module, and for a function with inner
            functions.
        typing_only: whether an `if TYPE_CHECKING:` block runs at the moment.
    """

    names: dict[str, Value] = field(default_factory=dict)
    returned: list[Value] = field(default_factory=list)
    yielded: list[Value] = field(default_factory=list)
    exits: list[list[dict[str, Value]]] = field(default_factory=list)
    unrolled: tuple[int, ...] = ()
    global_names: frozenset[str] = frozenset()
    nonlocal_names: frozenset[str] = frozenset()
    publishes: bool = False
    typing_only: bool = False


class ExecutionState:
    """The state that all parts of the interpreter share.

    Attributes:
        current: the context that runs at the moment.
        frame: the frame of `current`.
        waiting: the contexts that must run again, in the order in which they began to wait.
        prefix: the beginning of the qualified names of definitions, e.g. "Table." in the body of a class `Table`.
        steps_left: the number of statements that may still run. At the start, it depends on the lines of the service.
        half_of_steps: half of the number of steps at the start.
    """

    __slots__ = ("current", "frame", "half_of_steps", "prefix", "steps_left", "waiting")

    def __init__(self, lines: int) -> None:
        self.current = AnalysisContext(_NO_SOURCE)
        self.frame = Frame()
        self.waiting: dict[AnalysisContext, None] = {}
        self.prefix = ""
        self.steps_left = LIMITS.steps_per_line * lines + LIMITS.additional_steps
        self.half_of_steps = self.steps_left // 2

    def changed(self, readers: Iterable[AnalysisContext]) -> None:
        """Make these contexts run again later, because a value that they have read has changed."""
        for reader in readers:
            if reader.runs and reader.runs < LIMITS.runs_of_a_context and reader is not self.current:
                self.waiting[reader] = None

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Return the place of a node of the code that runs."""
        return place_of(self.current.source, node)


def join_names(branches: list[dict[str, Value]]) -> dict[str, Value]:
    """Return the names after several branches. The value of each name has the possibilities of all branches."""
    if len(branches) == 1:
        return branches[0]
    joined = dict(branches[0])
    for names in branches[1:]:
        for name, value in names.items():
            known = joined.get(name)
            if known is not value:
                joined[name] = value if known is None else join(known, value)
    return joined
