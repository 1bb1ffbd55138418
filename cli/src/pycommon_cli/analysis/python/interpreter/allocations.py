"""Make the lists and dicts of the code that runs.

If an expression runs again in the same context, it gets the object that it made before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pycommon_cli.analysis.python.values.abstract_values import ANY, NOTHING, UNKNOWN, AbstractValue, Value, join
from pycommon_cli.analysis.python.values.code_contexts import MappingValue, SequenceValue

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState

__all__ = ["Allocations"]

Made = TypeVar("Made", bound=AbstractValue)


class Allocations:
    """The part of the interpreter that makes the objects of expressions, and changes lists and dicts."""

    __slots__ = ("_state",)

    def __init__(self, state: ExecutionState) -> None:
        self._state = state

    def allocated(self, node: ast.AST, make: Callable[[], Made], label: str = "") -> Made:
        """Return the object that the expression `node` makes in this context. `make` is called only the first time.

        Args:
            node: the expression.
            make: makes the object.
            label: distinguishes several objects of one expression. Each label belongs to one class of objects.
        """
        state = self._state
        key = (node, label, state.frame.unrolled)
        found = state.current.allocated.get(key)
        if found is None:
            found = state.current.allocated[key] = make()
        return found  # type: ignore[return-value]  # a label belongs to one class of objects

    def sequence(self, node: ast.AST, members: list[Value], rest: Value = NOTHING, label: str = "") -> SequenceValue:
        """Return the list that `node` makes. If the list exists already, add these members to it."""
        made = self.allocated(node, lambda: SequenceValue(list(members), rest, set(), []), f"sequence{label}")
        before = (list(made.members), made.rest)
        if len(made.members) == len(members):
            made.members = [join(old, new) for old, new in zip(made.members, members, strict=True)]
            made.rest = join(made.rest, rest)
        else:
            made.rest = join(made.rest, rest, *members, *made.members)
            made.members = []
        if before != (made.members, made.rest):
            self._state.changed(made.readers)
        return made

    def mapping(
        self, node: ast.AST, entries: dict[AbstractValue, Value], rest: Value = NOTHING, label: str = ""
    ) -> MappingValue:
        """Return the dict that `node` makes. If the dict exists already, add these entries to it."""
        made = self.allocated(node, lambda: MappingValue({}, NOTHING, set(), {}), f"mapping{label}")
        self.add_entries(made, entries, rest)
        return made

    def add_entries(self, mapping: MappingValue, entries: dict[AbstractValue, Value], rest: Value = NOTHING) -> None:
        """Put entries into a dict."""
        changed = False
        for key, value in entries.items():
            before = mapping.entries.get(key)
            after = value if before is None else join(before, value)
            if after != before:
                mapping.entries[key] = after
                changed = True
        if (joined := join(mapping.rest, rest)) != mapping.rest:
            mapping.rest = joined
            changed = True
        if changed:
            self._state.changed(mapping.readers)

    def add_member(self, sequence: SequenceValue, value: Value) -> None:
        """Put a member into a list, at an unknown position."""
        joined = join(sequence.rest, value)
        if joined != sequence.rest:
            sequence.rest = joined
            self._state.changed(sequence.readers)

    def merge(self, mapping: MappingValue, value: Value) -> None:
        """Put the entries of other dicts into a dict, as `dict.update` does."""
        for possibility in value:
            if isinstance(possibility, MappingValue):
                possibility.readers.add(self._state.current)
                self.add_entries(mapping, possibility.entries, possibility.rest)
                for key, place in possibility.places.items():
                    mapping.places.setdefault(key, place)
            elif possibility is ANY:
                self.add_entries(mapping, {}, UNKNOWN)
