"""What is inside values: attributes, items, members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    ANY,
    NOTHING,
    UNKNOWN,
    AbstractValue,
    BoundMethod,
    ClassValue,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    FunctionValue,
    InstanceValue,
    MappingValue,
    ModuleValue,
    PackageValue,
    PartialValue,
    SequenceValue,
    SuperValue,
    Value,
    const,
    join,
    one,
    sure,
)
from pycommon_cli.analysis.python.aws.sdk_values import SdkValue
from pycommon_cli.analysis.python.interpreter.expressions import Expressions
from pycommon_cli.analysis.python.interpreter.imports import external

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from pycommon_cli.analysis.python.aws.sdk import Sdk
    from pycommon_cli.analysis.python.service_modules import ServiceModules

__all__ = ["Objects"]

_SAME = frozenset({"name", "value"})  # of a member of an enum, which is taken for its value
_MOST_BASES = 32
_MOST_KNOWN = 64


class Objects(Expressions):
    """Attributes, items and members of values."""

    def __init__(self, modules: ServiceModules, lines: int, sdk: Sdk) -> None:
        super().__init__(modules, lines)
        self.sdk = sdk

    # What the subclasses add

    def call_method(self, instance: InstanceValue, name: str, node: ast.expr, *arguments: Value) -> Value | None:
        """What `instance.name(...)` gives; None where its class has no such method."""
        raise NotImplementedError

    def read_variable(self, names: Value, node: ast.expr, *, optional: bool) -> Value:
        """Note a read of the environment, and give the value."""
        raise NotImplementedError

    # Attributes

    def attribute(self, atom: AbstractValue, name: str, node: ast.expr) -> Value:  # noqa: C901, PLR0911 - one for each kind of value
        match atom:
            case ExternalName():
                return external(f"{atom.name}.{name}")
            case InstanceValue():
                return self._of_instance(atom, name, node)
            case ModuleValue():
                return self._of_module(atom, name)
            case PackageValue():
                context = self.module(f"{atom.name}.{name}")
                return UNKNOWN if context is None else one(ModuleValue(context))
            case ClassValue():
                return self._of_class(atom, atom, name)
            case SuperValue():
                return self._of_super(atom, name, node)
            case SdkValue():
                return self.sdk.attribute(self, atom, name, node)
            case MappingValue() | SequenceValue() | EnvironmentValue() | ConstantValue():
                return self._of_data(atom, name)
            case FunctionValue():
                return (
                    one(BoundMethod(atom, name))
                    if name in ("__wrapped__", "__call__", "__get__")
                    else self._of_function(atom, name)
                )
            case PartialValue():
                return atom.callee if name == "func" else UNKNOWN
        return UNKNOWN

    def _of_data(self, atom: MappingValue | SequenceValue | EnvironmentValue | ConstantValue, name: str) -> Value:
        if isinstance(atom, MappingValue) and (found := atom.entries.get(ConstantValue(name))) is not None:
            return found  # SimpleNamespace, and records like it
        if name in _SAME and isinstance(atom, EnvironmentValue | ConstantValue):
            return one(atom)
        return one(BoundMethod(atom, name))

    def _of_function(self, atom: FunctionValue, name: str) -> Value:
        return const(atom.qualified_name.rpartition(".")[2]) if name == "__name__" else UNKNOWN

    def _of_module(self, atom: ModuleValue, name: str) -> Value:
        found = self.module_attribute(atom.context, name)
        if found is not None:
            return found
        submodule = self.module(f"{atom.context.source.module}.{name}")
        return UNKNOWN if submodule is None else one(ModuleValue(submodule))

    def _of_instance(self, instance: InstanceValue, name: str, node: ast.expr) -> Value:
        if name == "__class__":
            return one(instance.of)
        own = instance.scope.get(name, self.current)
        inherited = self.found_in(self.lineage(instance.of), name)
        if inherited is None:
            if own is not None:
                return own
            dynamic = self.call_method(instance, "__getattr__", node, const(name)) if name[:2] != "__" else None
            return dynamic if dynamic is not None else UNKNOWN
        bound = [self._bound_to(instance, atom, name, node) for atom in inherited]
        return join(*bound, own or NOTHING)

    def _bound_to(self, instance: InstanceValue, atom: AbstractValue, name: str, node: ast.expr) -> Value:
        if not isinstance(atom, FunctionValue):
            return one(atom)
        if atom.kind == "static":
            return one(atom)
        if atom.kind == "class":
            return one(BoundMethod(instance.of, name, atom))
        if atom.kind == "property":
            return self.call_bound(BoundMethod(instance, name, atom), node)
        if not atom.owner:
            return one(atom) if name in instance.scope.own else one(BoundMethod(instance, name, atom))
        return one(BoundMethod(instance, name, atom))

    def call_bound(self, bound: BoundMethod, node: ast.expr) -> Value:
        """What a property gives."""
        raise NotImplementedError

    def _of_class(self, start: ClassValue, receiver: ClassValue, name: str) -> Value:
        if name == "__name__":
            return const(start.name)
        found = self.found_in(self.lineage(start), name)
        if found is None:
            return UNKNOWN
        made = []
        for atom in found:
            if isinstance(atom, FunctionValue) and atom.kind == "class":
                made.append(one(BoundMethod(receiver, name, atom)))
            else:
                made.append(one(atom))
        return join(*made)

    def _of_super(self, atom: SuperValue, name: str, node: ast.expr) -> Value:
        lineage = self.lineage(atom.receiver.of if isinstance(atom.receiver, InstanceValue) else atom.of)
        after = lineage[lineage.index(atom.of) + 1 :] if atom.of in lineage else lineage[1:]
        found = self.found_in(after, name)
        if found is None:
            return UNKNOWN
        if isinstance(atom.receiver, InstanceValue):
            return join(*[self._bound_to(atom.receiver, each, name, node) for each in found])
        return join(
            *[
                one(BoundMethod(atom.receiver, name, each)) if isinstance(each, FunctionValue) else one(each)
                for each in found
            ]
        )

    def lineage(self, start: ClassValue) -> tuple[ClassValue, ...]:
        """A class and its bases that are of the service, nearest first."""
        if not start.lineage:
            start.lineage = self._lineage(start)
        return start.lineage

    def _lineage(self, start: ClassValue) -> tuple[ClassValue, ...]:
        seen: dict[ClassValue, None] = {}
        rest = [start]
        while rest and len(seen) < _MOST_BASES:
            each = rest.pop(0)
            if each not in seen:
                seen[each] = None
                rest.extend(atom for base in each.bases for atom in base if isinstance(atom, ClassValue))
        return tuple(seen)

    def external_bases(self, start: ClassValue) -> list[str]:
        """The names of a class's bases that come from elsewhere."""
        return [
            atom.name
            for each in self.lineage(start)
            for base in each.bases
            for atom in base
            if isinstance(atom, ExternalName)
        ]

    def found_in(self, lineage: Iterable[ClassValue], name: str) -> Value | None:
        """What the first of these classes has that has anything under `name`."""
        for each in lineage:
            found = each.scope.get(name, self.current)
            if found is not None:
                return found
        return None

    # Items

    def item(self, atom: AbstractValue, key: Value, node: ast.expr) -> Value:  # noqa: PLR0911 - one for each kind of value
        match atom:
            case MappingValue():
                return self._of_mapping(atom, key)
            case SequenceValue():
                return self._of_sequence(atom, key)
            case ExternalName(name="os.environ"):
                return self.read_variable(key, node, optional=False)
            case EnvironmentValue():
                return one(atom)
            case SdkValue():
                return self.sdk.item(atom, key)
            case InstanceValue():
                found = self.call_method(atom, "__getitem__", node, key)
                return UNKNOWN if found is None else found
            case ExternalName() | ClassValue():
                return one(atom)  # list[str], Table[...]; members of an enum by name
        return UNKNOWN

    def _of_mapping(self, mapping: MappingValue, key: Value) -> Value:
        mapping.readers.add(self.current)
        wanted = self.keys_of(key)
        if not wanted or ANY in key:
            return mapping.all() or UNKNOWN
        found = [mapping.entries[atom] for atom in wanted if atom in mapping.entries]
        return join(*found, mapping.rest) or UNKNOWN

    def _of_sequence(self, sequence: SequenceValue, key: Value) -> Value:
        sequence.readers.add(self.current)
        constants = sure(key)
        if constants is not None and sequence.members and len(constants) == 1:
            index = constants[0].value
            if isinstance(index, int) and -len(sequence.members) <= index < len(sequence.members):
                return join(sequence.members[index], sequence.rest)
        return sequence.all() or UNKNOWN

    # Members

    def members_of(self, value: Value) -> Value:
        known = self.known_members(value)
        if known is not None:
            return join(*known)
        return join(*[self._members_of(atom) for atom in value])

    def _members_of(self, atom: AbstractValue) -> Value:
        match atom:
            case SequenceValue():
                atom.readers.add(self.current)
                return atom.all()
            case MappingValue():
                atom.readers.add(self.current)
                return frozenset(atom.entries) or UNKNOWN
            case EnvironmentValue():
                return one(atom)
            case SdkValue():
                return self.sdk.members_of(atom)
        return UNKNOWN

    def known_members(self, value: Value) -> list[Value] | None:
        if len(value) != 1:
            return None
        (atom,) = value
        if isinstance(atom, SequenceValue):
            atom.readers.add(self.current)
            return list(atom.members) if not atom.rest and len(atom.members) <= _MOST_KNOWN else None
        if isinstance(atom, MappingValue):
            atom.readers.add(self.current)
            return [one(key) for key in atom.entries] if not atom.rest and len(atom.entries) <= _MOST_KNOWN else None
        return None

    def entered(self, value: Value, node: ast.expr) -> Value:
        return join(*[self._entered(atom, node) for atom in value])

    def _entered(self, atom: AbstractValue, node: ast.expr) -> Value:
        match atom:
            case InstanceValue():
                for name in ("__enter__", "__aenter__"):
                    found = self.call_method(atom, name, node)
                    if found is not None:
                        self.call_method(atom, name.replace("enter", "exit"), node, UNKNOWN, UNKNOWN, UNKNOWN)
                        return found
                return one(atom)
            case SequenceValue():
                return self._members_of(atom)  # a function under @contextmanager
            case SdkValue():
                return self.sdk.entered(atom)
        return one(atom)
