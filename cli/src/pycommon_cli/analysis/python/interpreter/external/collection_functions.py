"""Functions that make lists and dicts of others: `sorted`, `zip`, `defaultdict`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    NONE,
    NOTHING,
    UNKNOWN,
    AbstractValue,
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    MappingValue,
    SequenceValue,
    Value,
    join,
    one,
)
from pycommon_cli.analysis.python.interpreter.call_arguments import Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.calls import Calls

__all__ = ["COLLECTING"]


def _listed(machine: Calls, call: Call) -> Value:
    given = call.given(0)
    machine.call_back(call.given(-1, "key"), Call(call.node, call.place, [machine.members_of(given) or UNKNOWN]))
    known = machine.known_members(given)
    if known is not None:
        made = machine.sequence(call.node, known)
        made.places.extend(place for atom in given if isinstance(atom, SequenceValue) for place in atom.places)
        return one(made)
    if enums := [atom for atom in given if isinstance(atom, ExternalName)]:
        return frozenset(enums)  # list(DynamoDBOperation): told where it is declared
    return one(machine.sequence(call.node, [], machine.members_of(given) or (UNKNOWN if call.positional else NOTHING)))


def _mapped(machine: Calls, call: Call) -> Value:
    given = call.given(0)
    if any(atom == ExternalName("os.environ") for atom in given):
        return given
    made = machine.mapping(call.node, {ConstantValue(name): value for name, value in call.keywords.items()})
    machine.merge(made, given)
    for pair in machine.known_members(given) or () if not any(isinstance(atom, MappingValue) for atom in given) else ():
        members = machine.known_members(pair)
        if members is not None and len(members) == 2:  # noqa: PLR2004 - key and value
            keys = [atom for atom in members[0] if isinstance(atom, ConstantValue | EnvironmentValue | ComposedText)]
            machine.add_entries(made, dict.fromkeys(keys, members[1]), NOTHING if keys else members[1])
    if call.open:
        machine.add_entries(made, {}, UNKNOWN)
    return one(made)


def _defaultdict(machine: Calls, call: Call) -> Value:
    made = machine.mapping(call.node, {ConstantValue(name): value for name, value in call.keywords.items()})
    machine.merge(made, call.given(1))
    machine.add_entries(made, {}, machine.call(call.given(0), Call(call.node, call.place)))
    return one(made)


def _fromkeys(machine: Calls, call: Call) -> Value:
    known = machine.known_members(call.given(0))
    value = call.given(1) or NONE
    entries: dict[AbstractValue, Value] = {
        atom: value
        for member in known or ()
        for atom in member
        if isinstance(atom, ConstantValue | EnvironmentValue | ComposedText)
    }
    made = machine.mapping(call.node, entries, NOTHING if known is not None else value)
    for atom in call.given(0):
        if isinstance(atom, SequenceValue):
            made.places |= {key: place for key, place in zip(entries, atom.places, strict=False) if place is not None}
    return one(made)


def _enumerate(machine: Calls, call: Call) -> Value:
    known = machine.known_members(call.given(0))
    members = [machine.members_of(call.given(0)) or UNKNOWN] if known is None else known
    pairs = [
        one(machine.sequence(call.node, [UNKNOWN, member], label=f"pair{index}"))
        for index, member in enumerate(members)
    ]
    return one(
        machine.sequence(call.node, pairs) if known is not None else machine.sequence(call.node, [], join(*pairs))
    )


def _zip(machine: Calls, call: Call) -> Value:
    known = [machine.known_members(each) for each in call.positional]
    if all(each is not None for each in known) and known:
        rows = [
            one(machine.sequence(call.node, list(row), label=f"row{index}"))
            for index, row in enumerate(zip(*[each or [] for each in known], strict=False))
        ]
        return one(machine.sequence(call.node, rows))
    row = one(
        machine.sequence(call.node, [machine.members_of(each) or UNKNOWN for each in call.positional], label="row")
    )
    return one(machine.sequence(call.node, [], row))


def _next(machine: Calls, call: Call) -> Value:
    return join(machine.members_of(call.given(0)), call.given(1)) or UNKNOWN


def _extreme(machine: Calls, call: Call) -> Value:
    """`max`, `min`: one of what they are given."""
    machine.call_back(
        call.given(-1, "key"), Call(call.node, call.place, [machine.members_of(call.given(0)) or UNKNOWN])
    )
    several = len(call.positional) > 1
    return (join(*call.positional) if several else machine.members_of(call.given(0))) or UNKNOWN


def _range(machine: Calls, call: Call) -> Value:
    return one(machine.sequence(call.node, [], UNKNOWN))


def _chain(machine: Calls, call: Call) -> Value:
    return one(machine.sequence(call.node, [], join(*[machine.members_of(each) for each in call.positional])))


def _namespace(machine: Calls, call: Call) -> Value:
    return one(machine.mapping(call.node, {ConstantValue(name): value for name, value in call.keywords.items()}))


COLLECTING: dict[str, Callable[[Calls, Call], Value]] = {
    "builtins.dict": _mapped,
    "builtins.dict.fromkeys": _fromkeys,
    "builtins.enumerate": _enumerate,
    "builtins.frozenset": _listed,
    "builtins.list": _listed,
    "builtins.max": _extreme,
    "builtins.min": _extreme,
    "builtins.next": _next,
    "builtins.range": _range,
    "builtins.reversed": _listed,
    "builtins.set": _listed,
    "builtins.sorted": _listed,
    "builtins.tuple": _listed,
    "builtins.zip": _zip,
    "collections.OrderedDict": _mapped,
    "collections.defaultdict": _defaultdict,
    "collections.deque": _listed,
    "itertools.chain": _chain,
    "types.SimpleNamespace": _namespace,
}
