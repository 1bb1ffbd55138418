"""What `=`, `+=` and the targets of loops and `with` bind."""

from __future__ import annotations

import ast

from pycommon_cli.analysis.python.abstract_values import (
    ANY,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    InstanceValue,
    MappingValue,
    ModuleValue,
    SequenceValue,
    Value,
    one,
)
from pycommon_cli.analysis.python.interpreter.machine import Machine

__all__ = ["Bindings"]


class Bindings(Machine):
    """Assignments."""

    # What the subclasses add

    def members_of(self, value: Value) -> Value:
        """What iterating over `value` may give."""
        raise NotImplementedError

    def known_members(self, value: Value) -> list[Value] | None:
        """What iterating over `value` gives in turn, where that is known."""
        raise NotImplementedError

    def entered(self, value: Value, node: ast.expr) -> Value:
        """What `with value as ...` binds."""
        raise NotImplementedError

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Value:
        """The function that a `def` makes, decorated."""
        raise NotImplementedError

    def define_class(self, node: ast.ClassDef) -> Value:
        """The class that a `class` makes, decorated."""
        raise NotImplementedError

    def added(self, node: ast.AST, left: Value, right: Value) -> Value:
        """`left + right`."""
        raise NotImplementedError

    def call_operator(self, value: Value, name: str, node: ast.expr, *arguments: Value) -> Value | None:
        """What a method behind an operator gives, such as `__lshift__`; None where no object here has it."""
        raise NotImplementedError

    # Assignments

    def execute_assignment(self, node: ast.Assign) -> bool:
        value = self.evaluate(node.value)
        for target in node.targets:
            self.assign(target, value)
        return True

    def execute_annotated_assignment(self, node: ast.AnnAssign) -> bool:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value))
        return True

    def execute_augmented_assignment(self, node: ast.AugAssign) -> bool:
        right = self.evaluate(node.value)
        if not isinstance(node.op, ast.Add | ast.BitOr):
            self.assign(node.target, UNKNOWN)
            return True
        left = self.evaluate(node.target)
        for atom in left:
            if isinstance(atom, SequenceValue):
                self.add_member(atom, self.members_of(right))
            elif isinstance(atom, MappingValue):
                self.merge(atom, right)
        if not any(isinstance(atom, SequenceValue | MappingValue) for atom in left):
            self.assign(node.target, self.added(node, left, right))
        return True

    def merge(self, mapping: MappingValue, value: Value) -> None:
        """Put what `value` holds into a dict, as `update` does."""
        for atom in value:
            if isinstance(atom, MappingValue):
                atom.readers.add(self.current)
                self.add_entries(mapping, atom.entries, atom.rest)
                for key, place in atom.places.items():
                    mapping.places.setdefault(key, place)
            elif atom is ANY:
                self.add_entries(mapping, {}, UNKNOWN)

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind whatever stands on the left of `=`."""
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Attribute):
            for atom in self.evaluate(target.value):
                self.set_attribute(atom, target.attr, value)
        elif isinstance(target, ast.Subscript):
            key, container = self.evaluate(target.slice), self.evaluate(target.value)
            for atom in container:
                self._set_item(atom, key, value, target)
            self.call_operator(container, "__setitem__", target, key, value)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, one(self.sequence(target, [], self.members_of(value))))

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        known = self.known_members(value)
        starred = next((index for index, each in enumerate(targets) if isinstance(each, ast.Starred)), None)
        if known is not None and starred is None and len(known) == len(targets):
            for target, member in zip(targets, known, strict=True):
                self.assign(target, member)
            return
        any_member = self.members_of(value) or UNKNOWN
        for index, target in enumerate(targets):
            if known is not None and (starred is None or index < starred) and index < len(known):
                self.assign(target, known[index])
            elif isinstance(target, ast.Starred):
                self.assign(target, value)
            else:
                self.assign(target, any_member)

    def set_attribute(self, atom: object, name: str, value: Value) -> None:
        """`atom.name = value`."""
        if isinstance(atom, InstanceValue | ClassValue):
            self.changed(atom.scope.add(name, value))
        elif isinstance(atom, ModuleValue):
            self.changed(atom.context.scope.add(name, value))

    def _set_item(self, atom: object, key: Value, value: Value, node: ast.Subscript) -> None:
        """`target = value`."""
        if isinstance(atom, MappingValue):
            keys = [each for each in key if isinstance(each, ConstantValue | EnvironmentValue | ComposedText)]
            for each in keys:
                atom.places.setdefault(each, self.place(node))
            self.add_entries(atom, dict.fromkeys(keys, value), NOTHING if keys and ANY not in key else value)
        elif isinstance(atom, SequenceValue):
            self.add_member(atom, value)
