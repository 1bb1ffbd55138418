"""The methods of dicts, lists and texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    ANY,
    NONE,
    NOTHING,
    UNKNOWN,
    ConstantValue,
    EnvironmentValue,
    MappingValue,
    SequenceValue,
    Value,
    const,
    join,
    one,
    texts,
)
from pycommon_cli.analysis.python.interpreter.text_values import formatted, text_method

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.attributes import Objects
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call

__all__ = ["call_data"]

_ASKING = frozenset(["endswith", "startswith", "isdigit", "count", "find", "index", "isalpha", "isalnum", "isnumeric"])
_MOST_PARTS = 64  # of a text, that are told apart
_ADDING = frozenset({"add", "append", "appendleft", "insert", "put", "put_nowait"})
_EXTENDING = frozenset({"extend", "update", "union"})


def call_data(
    machine: Objects, receiver: MappingValue | SequenceValue | EnvironmentValue | ConstantValue, name: str, call: Call
) -> Value:
    """What `receiver.name(...)` gives, and does."""
    if isinstance(receiver, MappingValue):
        return _call_mapping(machine, receiver, name, call)
    if isinstance(receiver, SequenceValue):
        return _call_sequence(machine, receiver, name, call)
    if isinstance(receiver, EnvironmentValue):
        return _call_variable(machine, receiver, name, call)
    return _call_constant(machine, receiver, name, call)


def _call_mapping(machine: Objects, mapping: MappingValue, name: str, call: Call) -> Value:  # noqa: PLR0911 - one for each method
    mapping.readers.add(machine.current)
    if name in ("get", "pop", "setdefault"):
        return _looked_up(machine, mapping, name, call)
    if name == "items":
        pairs = [
            one(machine.sequence(call.node, [one(key), value], label=f"item{index}"))
            for index, (key, value) in enumerate(mapping.entries.items())
        ]
        rest = one(machine.sequence(call.node, [UNKNOWN, mapping.rest], label="rest")) if mapping.rest else NOTHING
        return one(machine.sequence(call.node, pairs, rest))
    if name == "values":
        return one(machine.sequence(call.node, list(mapping.entries.values()), mapping.rest))
    if name == "keys":
        return one(machine.sequence(call.node, [one(key) for key in mapping.entries], mapping.rest and UNKNOWN))
    if name == "update":
        machine.merge(mapping, call.given(0))
        machine.add_entries(mapping, {ConstantValue(key): value for key, value in call.keywords.items()})
        return NONE
    if name in ("copy", "__or__"):
        made = machine.mapping(call.node, {})
        machine.merge(made, one(mapping))
        machine.merge(made, call.given(0))
        return one(made)
    if name == "__getitem__":
        return machine.item(mapping, call.given(0), call.node)
    return UNKNOWN


def _looked_up(machine: Objects, mapping: MappingValue, name: str, call: Call) -> Value:
    key, default = call.given(0), call.argument(1, "default")
    if name == "setdefault" and default is not None:
        machine.add_entries(mapping, dict.fromkeys(machine.keys_of(key), default))
    wanted = machine.keys_of(key)
    if not wanted or ANY in key:
        return join(mapping.all(), default or NONE)
    found = [mapping.entries[atom] for atom in wanted if atom in mapping.entries]
    missing = len(found) < len(wanted)
    return join(*found, mapping.rest, (default or NONE) if missing else NOTHING)


def _call_sequence(machine: Objects, sequence: SequenceValue, name: str, call: Call) -> Value:
    sequence.readers.add(machine.current)
    if name in _ADDING:
        machine.add_member(sequence, call.given(len(call.positional) - 1))
        return NONE
    if name in _EXTENDING:
        for value in call.positional:
            machine.add_member(sequence, machine.members_of(value))
        return one(sequence)
    if name in ("pop", "popleft", "get", "__getitem__", "get_nowait"):
        return sequence.all() or UNKNOWN
    if name in ("copy", "intersection", "difference", "__iter__"):
        return one(sequence)
    if name in ("__next__", "send"):
        return sequence.all()
    return UNKNOWN


def _call_variable(machine: Objects, variable: EnvironmentValue, name: str, call: Call) -> Value:
    if name in _ASKING:
        return UNKNOWN
    if name in ("split", "rsplit", "splitlines", "partition", "rpartition", "values", "keys"):
        return one(machine.sequence(call.node, [], one(variable)))
    if name == "join":
        return one(machine.sequence(call.node, [], UNKNOWN))
    return one(variable)


def _call_constant(machine: Objects, constant: ConstantValue, name: str, call: Call) -> Value:
    if not isinstance(constant.value, str):
        return UNKNOWN
    if name == "format":
        return formatted(one(constant), call.positional, call.keywords)
    if name == "join":
        return _joined(machine, constant, call.given(0))
    if name in ("split", "rsplit", "splitlines"):
        return _split(machine, constant, name, call)
    if name == "encode":
        return one(constant)
    found = text_method(constant, name, call.positional)
    return UNKNOWN if found is None else found


def _joined(machine: Objects, constant: ConstantValue, parts: Value) -> Value:
    from pycommon_cli.analysis.python.interpreter.text_values import concatenated

    known = machine.known_members(parts)
    if known is None:
        return UNKNOWN
    pieces: list[Value] = []
    for index, part in enumerate(known):
        pieces += [one(constant), part] if index else [part]
    return concatenated(pieces)


def _split(machine: Objects, constant: ConstantValue, name: str, call: Call) -> Value:
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
    return one(
        machine.sequence(
            call.node, [const(part) for part in parts[:_MOST_PARTS]], NOTHING if len(parts) <= _MOST_PARTS else UNKNOWN
        )
    )
