"""Lists and dicts as they are written: displays, and comprehensions turn by turn where that is known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    ANY,
    NOTHING,
    UNKNOWN,
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    SequenceValue,
    Value,
    join,
    one,
    sure,
)
from pycommon_cli.analysis.python.interpreter.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.abstract_values import AbstractValue

__all__ = ["Displays"]

_MOST_UNROLLED = 32
_DEEPEST_UNROLLED = 2


class Displays(Statements):
    """Displays and comprehensions."""

    def list_display(self, node: ast.List | ast.Tuple | ast.Set) -> Value:
        members: list[Value] = []
        rest = NOTHING
        for each in node.elts:
            if not isinstance(each, ast.Starred):
                members.append(self.evaluate(each))
                continue
            spread = self.evaluate(each.value)
            known = self.known_members(spread)
            if known is None:
                rest = join(rest, self.members_of(spread))
            else:
                members.extend(known)
        made = self.sequence(node, members, rest)
        if len(made.places) != len(node.elts):
            made.places = [self.place(each) for each in node.elts]
        return one(made)

    def dict_display(self, node: ast.Dict) -> Value:
        made = self.mapping(node, {})
        for key, each in zip(node.keys, node.values, strict=True):
            value = self.evaluate(each)
            if key is None:
                self.merge(made, value)
                continue
            keys = self.evaluate(key)
            known = self.keys_of(keys)
            for atom in known:
                made.places.setdefault(atom, self.place(key))
            self.add_entries(made, dict.fromkeys(known, value), NOTHING if known and ANY not in keys else value)
        return one(made)

    def keys_of(self, value: Value) -> list[AbstractValue]:
        """What of `value` can be told apart as a key of a dict: texts, and tuples of constants."""
        keys: list[AbstractValue] = []
        for atom in value:
            if isinstance(atom, ConstantValue | EnvironmentValue | ComposedText):
                keys.append(atom)
            elif isinstance(atom, SequenceValue) and not atom.rest:
                members = [sure(member) for member in atom.members]
                if members and all(each is not None and len(each) == 1 for each in members):
                    keys.append(ConstantValue(tuple(each[0].value for each in members if each)))
        return keys

    def list_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
        found: list[Value] = []
        exact = self._comprehended(node.generators, lambda: found.append(self.evaluate(node.elt)))
        if exact:
            return one(self.sequence(node, found))
        return one(self.sequence(node, [], join(*found) or UNKNOWN))

    def dict_comprehension(self, node: ast.DictComp) -> Value:
        made = self.mapping(node, {})

        def add() -> None:
            keys, value = self.evaluate(node.key), self.evaluate(node.value)
            known = self.keys_of(keys)
            for atom in known:
                made.places.setdefault(atom, self.place(node.key))
            self.add_entries(made, dict.fromkeys(known, value), NOTHING if known else value)

        self._comprehended(node.generators, add)
        return one(made)

    def _comprehended(self, generators: list[ast.comprehension], do: Callable[[], None]) -> bool:
        """Do it for each turn of the generators; whether every turn is known."""
        frame = self.frame
        env, frame.env = frame.env, dict(frame.env)
        exact = self._generated(generators, do)
        frame.env = env
        return exact

    def _generated(self, generators: list[ast.comprehension], do: Callable[[], None]) -> bool:
        if not generators:
            do()
            return True
        first, *others = generators
        iterable = self.iterated(first.iter)
        known = self.known_members(iterable)
        if known is None or len(known) > _MOST_UNROLLED or len(self.frame.unrolled) >= _DEEPEST_UNROLLED:
            self.assign(first.target, self.members_of(iterable))
            self._conditions(first)
            self._generated(others, do)
            return False
        exact = True
        outer = self.frame.unrolled
        for index, member in enumerate(known):
            self.frame.unrolled = (*outer, index)
            self.assign(first.target, member)
            truth = self._conditions(first)
            if truth is not False:
                exact = self._generated(others, do) and exact and truth is True
        self.frame.unrolled = outer
        return exact

    def _conditions(self, generator: ast.comprehension) -> bool | None:
        """`[a, *b]`, and tuples and sets."""
        answers = [self.truth(self.evaluate(each)) for each in generator.ifs]
        return False if False in answers else None if None in answers else True
