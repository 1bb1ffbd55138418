"""Call the methods of dicts, lists and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.interpreter.subscripts import item_of_mapping
from pycommon_cli.analysis.python.values.abstract_values import (
    ANY,
    NONE,
    NOTHING,
    UNKNOWN,
    ConstantValue,
    EnvironmentValue,
    Value,
    const,
    join,
    one,
    texts,
)
from pycommon_cli.analysis.python.values.code_contexts import MappingValue, SequenceValue
from pycommon_cli.analysis.python.values.text_values import concatenated, formatted, text_method
from pycommon_cli.analysis.python.values.value_queries import keys_of

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.values.call_arguments import Call

__all__ = ["ContainerMethods"]

Container: TypeAlias = MappingValue | SequenceValue | EnvironmentValue | ConstantValue

_INSPECTING = frozenset(
    {"endswith", "startswith", "isdigit", "count", "find", "index", "isalpha", "isalnum", "isnumeric"}
)
_SPLITTING = frozenset({"split", "rsplit", "splitlines"})
_ADDING = frozenset({"add", "append", "appendleft", "insert", "put", "put_nowait"})
_EXTENDING = frozenset({"extend", "update", "union"})


class ContainerMethods:
    """The part of the interpreter that calls the methods of dicts, lists and texts."""

    __slots__ = ("_allocations", "_members", "_state")

    def __init__(self, state: ExecutionState, allocations: Allocations, members: Members) -> None:
        self._state = state
        self._allocations = allocations
        self._members = members

    def call(self, receiver: Container, name: str, call: Call) -> Value:
        """Return the value of `receiver.name(...)`, and change the receiver as the method does."""
        if isinstance(receiver, MappingValue):
            return self._call_mapping(receiver, name, call)
        if isinstance(receiver, SequenceValue):
            return self._call_sequence(receiver, name, call)
        if isinstance(receiver, EnvironmentValue):
            return self._call_variable(receiver, name, call)
        return self._call_constant(receiver, name, call)

    # Dicts

    def _call_mapping(self, mapping: MappingValue, name: str, call: Call) -> Value:  # noqa: PLR0911 - one for each method
        mapping.readers.add(self._state.current)
        if name in ("get", "pop", "setdefault"):
            return self._get(mapping, name, call)
        if name == "items":
            return self._items(mapping, call)
        if name == "values":
            return one(self._allocations.sequence(call.node, list(mapping.entries.values()), mapping.rest))
        if name == "keys":
            keys = [one(key) for key in mapping.entries]
            return one(self._allocations.sequence(call.node, keys, mapping.rest and UNKNOWN))
        if name == "update":
            self._allocations.merge(mapping, call.given(0))
            self._allocations.add_entries(mapping, {ConstantValue(key): value for key, value in call.keywords.items()})
            return NONE
        if name in ("copy", "__or__"):
            made = self._allocations.mapping(call.node, {})
            self._allocations.merge(made, one(mapping))
            self._allocations.merge(made, call.given(0))
            return one(made)
        if name == "__getitem__":
            return item_of_mapping(mapping, call.given(0), self._state)
        return UNKNOWN

    def _items(self, mapping: MappingValue, call: Call) -> Value:
        pairs = [
            one(self._allocations.sequence(call.node, [one(key), value], label=f"item{index}"))
            for index, (key, value) in enumerate(mapping.entries.items())
        ]
        rest = NOTHING
        if mapping.rest:
            rest = one(self._allocations.sequence(call.node, [UNKNOWN, mapping.rest], label="rest"))
        return one(self._allocations.sequence(call.node, pairs, rest))

    def _get(self, mapping: MappingValue, name: str, call: Call) -> Value:
        key, default = call.given(0), call.argument(1, "default")
        if name == "setdefault" and default is not None:
            self._allocations.add_entries(mapping, dict.fromkeys(keys_of(key), default))
        wanted = keys_of(key)
        if not wanted or ANY in key:
            return join(mapping.all(), default or NONE)
        found = [mapping.entries[each] for each in wanted if each in mapping.entries]
        missing = len(found) < len(wanted)
        return join(*found, mapping.rest, (default or NONE) if missing else NOTHING)

    # Lists

    def _call_sequence(self, sequence: SequenceValue, name: str, call: Call) -> Value:
        sequence.readers.add(self._state.current)
        if name in _ADDING:
            self._allocations.add_member(sequence, call.given(len(call.positional) - 1))
            return NONE
        if name in _EXTENDING:
            for value in call.positional:
                self._allocations.add_member(sequence, self._members.any_of(value))
            return one(sequence)
        if name in ("pop", "popleft", "get", "__getitem__", "get_nowait"):
            return sequence.all() or UNKNOWN
        if name in ("copy", "intersection", "difference", "__iter__"):
            return one(sequence)
        if name in ("__next__", "send"):
            return sequence.all()
        return UNKNOWN

    # Texts

    def _call_variable(self, variable: EnvironmentValue, name: str, call: Call) -> Value:
        if name in _INSPECTING:
            return UNKNOWN
        if name in ("split", "rsplit", "splitlines", "partition", "rpartition", "values", "keys"):
            return one(self._allocations.sequence(call.node, [], one(variable)))
        if name == "join":
            return one(self._allocations.sequence(call.node, [], UNKNOWN))
        return one(variable)

    def _call_constant(self, constant: ConstantValue, name: str, call: Call) -> Value:
        if not isinstance(constant.value, str):
            return UNKNOWN
        if name == "format":
            return formatted(one(constant), call.positional, call.keywords)
        if name == "join":
            return self._join(constant, call.given(0))
        if name in _SPLITTING:
            return self._split(constant, name, call)
        if name == "encode":
            return one(constant)
        found = text_method(constant, name, call.positional)
        return UNKNOWN if found is None else found

    def _join(self, separator: ConstantValue, parts: Value) -> Value:
        known = self._members.known(parts)
        if known is None:
            return UNKNOWN
        pieces: list[Value] = []
        for index, part in enumerate(known):
            pieces += [one(separator), part] if index else [part]
        return concatenated(pieces)

    def _split(self, constant: ConstantValue, name: str, call: Call) -> Value:
        separators = texts(call.given(0))
        if call.positional and len(separators) != 1:
            return UNKNOWN
        if name == "splitlines":
            parts = constant.value.splitlines()
        else:
            try:
                parts = constant.value.split(*separators)
            except ValueError:
                return UNKNOWN
        most = LIMITS.parts_of_a_split_text
        members = [const(part) for part in parts[:most]]
        return one(self._allocations.sequence(call.node, members, NOTHING if len(parts) <= most else UNKNOWN))
