"""Evaluate displays: lists, tuples, sets and dicts that the code writes out, such as `[1, 2]`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import ANY, NOTHING, Value, join, one
from pycommon_cli.analysis.python.values.value_queries import keys_of

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, ExpressionForms

__all__ = ["CollectionDisplays"]


class CollectionDisplays:
    """The part of the interpreter that evaluates displays."""

    __slots__ = ("_allocations", "_evaluate", "_members", "_state")

    def __init__(self, state: ExecutionState, evaluator: Evaluator, allocations: Allocations, members: Members) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._allocations = allocations
        self._members = members

    def forms(self) -> ExpressionForms:
        """Return the expressions that this part evaluates."""
        return {ast.Dict: self._dict, ast.List: self._list, ast.Set: self._list, ast.Tuple: self._list}

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        members: list[Value] = []
        rest = NOTHING
        for each in node.elts:
            if not isinstance(each, ast.Starred):
                members.append(self._evaluate(each))
                continue
            spread = self._evaluate(each.value)
            known = self._members.known(spread)
            if known is None:
                rest = join(rest, self._members.any_of(spread))
            else:
                members.extend(known)
        made = self._allocations.sequence(node, members, rest)
        if len(made.places) != len(node.elts):
            made.places = [self._state.place(each) for each in node.elts]
        return one(made)

    def _dict(self, node: ast.Dict) -> Value:
        made = self._allocations.mapping(node, {})
        for key, each in zip(node.keys, node.values, strict=True):
            value = self._evaluate(each)
            if key is None:
                self._allocations.merge(made, value)
                continue
            keys = self._evaluate(key)
            known = keys_of(keys)
            for possibility in known:
                made.places.setdefault(possibility, self._state.place(key))
            self._allocations.add_entries(
                made, dict.fromkeys(known, value), NOTHING if known and ANY not in keys else value
            )
        return one(made)
