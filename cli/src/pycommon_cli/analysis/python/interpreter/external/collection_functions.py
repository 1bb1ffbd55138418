"""Handle functions that make lists and dicts from other values: `sorted`, `zip`, `defaultdict`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import (
    NONE,
    NOTHING,
    UNKNOWN,
    AbstractValue,
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    Value,
    join,
    one,
)
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import MappingValue, SequenceValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.calls import Calls
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.values.call_arguments import KnownFunction

__all__ = ["CollectionFunctions"]

_KEY = (ConstantValue, EnvironmentValue, ComposedText)


class CollectionFunctions:
    """Handles functions that make collections, and functions that return one member of a collection."""

    __slots__ = ("_allocations", "_calls", "_members")

    def __init__(self, allocations: Allocations, members: Members, calls: Calls) -> None:
        self._allocations = allocations
        self._members = members
        self._calls = calls

    def functions(self) -> dict[str, KnownFunction]:
        """Return the functions, by dotted name."""
        return {
            "builtins.dict": self._dict,
            "builtins.dict.fromkeys": self._fromkeys,
            "builtins.enumerate": self._enumerate,
            "builtins.frozenset": self._list,
            "builtins.list": self._list,
            "builtins.max": self._extreme,
            "builtins.min": self._extreme,
            "builtins.next": self._next,
            "builtins.range": self._range,
            "builtins.reversed": self._list,
            "builtins.set": self._list,
            "builtins.sorted": self._list,
            "builtins.tuple": self._list,
            "builtins.zip": self._zip,
            "collections.OrderedDict": self._dict,
            "collections.defaultdict": self._defaultdict,
            "collections.deque": self._list,
            "itertools.chain": self._chain,
            "types.SimpleNamespace": self._namespace,
        }

    # Lists

    def _list(self, call: Call) -> Value:
        given = call.given(0)
        key_arguments = [self._members.any_of(given) or UNKNOWN]
        self._calls.call_back(call.given(-1, "key"), Call(call.node, call.place, key_arguments))
        known = self._members.known(given)
        if known is not None:
            made = self._allocations.sequence(call.node, known)
            made.places.extend(place for each in given if isinstance(each, SequenceValue) for place in each.places)
            return one(made)
        if enums := [each for each in given if isinstance(each, ExternalName)]:
            return frozenset(enums)  # for list(DynamoDBOperation), the reader of declarations lists the members
        rest = self._members.any_of(given) or (UNKNOWN if call.positional else NOTHING)
        return one(self._allocations.sequence(call.node, [], rest))

    def _enumerate(self, call: Call) -> Value:
        known = self._members.known(call.given(0))
        members = [self._members.any_of(call.given(0)) or UNKNOWN] if known is None else known
        pairs = [
            one(self._allocations.sequence(call.node, [UNKNOWN, member], label=f"pair{index}"))
            for index, member in enumerate(members)
        ]
        if known is not None:
            return one(self._allocations.sequence(call.node, pairs))
        return one(self._allocations.sequence(call.node, [], join(*pairs)))

    def _zip(self, call: Call) -> Value:
        known = [self._members.known(each) for each in call.positional]
        if all(each is not None for each in known) and known:
            rows = [
                one(self._allocations.sequence(call.node, list(row), label=f"row{index}"))
                for index, row in enumerate(zip(*[each or [] for each in known], strict=False))
            ]
            return one(self._allocations.sequence(call.node, rows))
        members = [self._members.any_of(each) or UNKNOWN for each in call.positional]
        row = one(self._allocations.sequence(call.node, members, label="row"))
        return one(self._allocations.sequence(call.node, [], row))

    def _range(self, call: Call) -> Value:
        return one(self._allocations.sequence(call.node, [], UNKNOWN))

    def _chain(self, call: Call) -> Value:
        members = join(*[self._members.any_of(each) for each in call.positional])
        return one(self._allocations.sequence(call.node, [], members))

    # Dicts

    def _dict(self, call: Call) -> Value:
        given = call.given(0)
        if any(each == ExternalName("os.environ") for each in given):
            return given
        made = self._allocations.mapping(call.node, _named(call))
        self._allocations.merge(made, given)
        if not any(isinstance(each, MappingValue) for each in given):
            self._add_pairs(made, given)
        if call.open:
            self._allocations.add_entries(made, {}, UNKNOWN)
        return one(made)

    def _add_pairs(self, mapping: MappingValue, pairs: Value) -> None:
        """Add the entries of `dict([(key, value), ...])`."""
        for pair in self._members.known(pairs) or ():
            members = self._members.known(pair)
            if members is not None and len(members) == 2:  # noqa: PLR2004 - key and value
                keys = [each for each in members[0] if isinstance(each, _KEY)]
                self._allocations.add_entries(mapping, dict.fromkeys(keys, members[1]), NOTHING if keys else members[1])

    def _defaultdict(self, call: Call) -> Value:
        made = self._allocations.mapping(call.node, _named(call))
        self._allocations.merge(made, call.given(1))
        default = self._calls.call(call.given(0), Call(call.node, call.place))
        self._allocations.add_entries(made, {}, default)
        return one(made)

    def _fromkeys(self, call: Call) -> Value:
        known = self._members.known(call.given(0))
        value = call.given(1) or NONE
        entries: dict[AbstractValue, Value] = {
            each: value for member in known or () for each in member if isinstance(each, _KEY)
        }
        made = self._allocations.mapping(call.node, entries, NOTHING if known is not None else value)
        for each in call.given(0):
            if isinstance(each, SequenceValue):
                made.places |= {
                    key: place for key, place in zip(entries, each.places, strict=False) if place is not None
                }
        return one(made)

    def _namespace(self, call: Call) -> Value:
        return one(self._allocations.mapping(call.node, _named(call)))

    # One member

    def _next(self, call: Call) -> Value:
        return join(self._members.any_of(call.given(0)), call.given(1)) or UNKNOWN

    def _extreme(self, call: Call) -> Value:
        """Handle `max` and `min`, which return one of their arguments."""
        key_arguments = [self._members.any_of(call.given(0)) or UNKNOWN]
        self._calls.call_back(call.given(-1, "key"), Call(call.node, call.place, key_arguments))
        several = len(call.positional) > 1
        return (join(*call.positional) if several else self._members.any_of(call.given(0))) or UNKNOWN


def _named(call: Call) -> dict[AbstractValue, Value]:
    return {ConstantValue(name): value for name, value in call.keywords.items()}
