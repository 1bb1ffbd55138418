"""Evaluate comprehensions and generator expressions. If the iterations are known, each iteration runs by itself."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.values.abstract_values import NOTHING, UNKNOWN, Value, join, one
from pycommon_cli.analysis.python.values.value_queries import keys_of, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.assignments import Assignments
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, ExpressionForms

__all__ = ["Comprehensions"]


class Comprehensions:
    """The part of the interpreter that evaluates comprehensions."""

    __slots__ = ("_allocations", "_assignments", "_attributes", "_evaluate", "_members", "_state")

    def __init__(  # noqa: PLR0913, PLR0917 - a comprehension iterates, assigns and makes a collection
        self,
        state: ExecutionState,
        evaluator: Evaluator,
        allocations: Allocations,
        members: Members,
        attributes: Attributes,
        assignments: Assignments,
    ) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._allocations = allocations
        self._members = members
        self._attributes = attributes
        self._assignments = assignments

    def forms(self) -> ExpressionForms:
        """Return the expressions that this part evaluates."""
        return {
            ast.DictComp: self._dict,
            ast.GeneratorExp: self._list,
            ast.ListComp: self._list,
            ast.SetComp: self._list,
        }

    def _list(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        found: list[Value] = []
        exact = self._run(node.generators, lambda: found.append(self._evaluate(node.elt)))
        if exact:
            return one(self._allocations.sequence(node, found))
        return one(self._allocations.sequence(node, [], join(*found) or UNKNOWN))

    def _dict(self, node: ast.DictComp) -> Value:
        made = self._allocations.mapping(node, {})

        def add() -> None:
            keys, value = self._evaluate(node.key), self._evaluate(node.value)
            known = keys_of(keys)
            for each in known:
                made.places.setdefault(each, self._state.place(node.key))
            self._allocations.add_entries(made, dict.fromkeys(known, value), NOTHING if known else value)

        self._run(node.generators, add)
        return one(made)

    def _run(self, generators: list[ast.comprehension], do: Callable[[], None]) -> bool:
        """Call `do` for each iteration of the generators. Return whether all iterations are known."""
        frame = self._state.frame
        names, frame.names = frame.names, dict(frame.names)
        exact = self._iterate(generators, do)
        frame.names = names
        return exact

    def _iterate(self, generators: list[ast.comprehension], do: Callable[[], None]) -> bool:
        if not generators:
            do()
            return True
        first, *others = generators
        frame = self._state.frame
        iterable = self._attributes.iterated(self._evaluate(first.iter), first.iter)
        known = self._members.known(iterable)
        if (
            known is None
            or len(known) > LIMITS.unrolled_comprehension_iterations
            or len(frame.unrolled) >= LIMITS.nested_unrolled_loops
        ):
            self._assignments.assign(first.target, self._members.any_of(iterable))
            self._conditions(first)
            self._iterate(others, do)
            return False
        exact = True
        outer = frame.unrolled
        for index, member in enumerate(known):
            frame.unrolled = (*outer, index)
            self._assignments.assign(first.target, member)
            holds = self._conditions(first)
            if holds is not False:
                exact = self._iterate(others, do) and exact and holds is True
        frame.unrolled = outer
        return exact

    def _conditions(self, generator: ast.comprehension) -> bool | None:
        """Return whether the conditions of a generator hold, or None if the code does not show whether they hold."""
        answers = [truth(self._evaluate(each)) for each in generator.ifs]
        return False if False in answers else None if None in answers else True
