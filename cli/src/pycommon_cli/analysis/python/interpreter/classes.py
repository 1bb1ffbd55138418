"""Classes and the objects that calling them makes, dataclasses and their like included."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    NOTHING,
    UNKNOWN,
    AbstractValue,
    ClassValue,
    ConstantValue,
    ExternalName,
    FieldDefault,
    FunctionValue,
    InstanceValue,
    MappingValue,
    PartialValue,
    Value,
    const,
    join,
    one,
    texts,
)
from pycommon_cli.analysis.python.interpreter.call_arguments import Call
from pycommon_cli.analysis.python.interpreter.calls import Calls
from pycommon_cli.analysis.python.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Classes"]

_RECORD_BASES = frozenset(
    {"typing.NamedTuple", "pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic_settings.BaseSettings"}
)
_RECORD_DECORATORS = frozenset({"attrs", "dataclass", "define", "frozen", "s"})


class Classes(Calls):
    """Definitions of classes, and objects."""

    prefix = ""
    """What the qualified names of the definitions that run begin with."""

    def define_class(self, node: ast.ClassDef) -> Value:
        bases = tuple(self.evaluate(each) for each in node.bases)
        keywords = tuple((each.arg or "", self.evaluate(each.value)) for each in node.keywords)
        decorators = [self.evaluate(each) for each in node.decorator_list]
        source, name = self.current.source, f"{self.prefix}{node.name}"
        made = self.allocated(node, lambda: ClassValue(node, source, name, bases, Scope()), "class")
        assert isinstance(made, ClassValue)  # noqa: S101 - for the type checker
        made.bases, made.keywords, made.lineage = bases, keywords, ()
        made.fields = tuple(_fields(node.body))
        made.is_dataclass = not _RECORD_BASES.isdisjoint(self.external_bases(made)) or _is_record(decorators)
        self._class_body(node, made)
        for decorator in decorators:
            for atom in decorator:
                if isinstance(atom, FunctionValue | PartialValue):
                    self.call_atom(atom, Call(node.decorator_list[0], self.place(node), [one(made)]))
        return one(made)

    def _class_body(self, node: ast.ClassDef, made: ClassValue) -> None:
        frame = self.frame
        env, frame.env = frame.env, dict(frame.env)
        publishes, frame.publishes = frame.publishes, False
        prefix, self.prefix = self.prefix, f"{made.name}."
        before = dict(frame.env)
        self.execute_body(node.body)
        self.prefix = prefix
        own, frame.env = frame.env, env
        frame.publishes = publishes
        for name, value in own.items():
            if before.get(name) is not value:
                for atom in value:
                    if isinstance(atom, FunctionValue) and atom.owner is None:
                        atom.owner = made
                self.changed(made.scope.bind(name, value))

    def instantiate(self, of: ClassValue, call: Call) -> Value:
        """An object of the class; objects made with the same telling arguments are one."""
        if any(base.startswith("enum.") for base in self.external_bases(of)):
            return call.given(0) or UNKNOWN
        positional = tuple(self.telling(each) for each in call.positional)
        keywords = tuple((name, self.telling(value)) for name, value in call.keywords.items())
        key = (of, positional, keywords)
        instance = self.instances.get(key)
        if instance is None:
            instance = self.instances[key] = InstanceValue(of, Scope())
        if self.found_in(self.lineage(of), "__init__") is not None:
            self.call(self.attribute(instance, "__init__", call.node), call)
        elif any(each.is_dataclass for each in self.lineage(of)):
            self._fill(instance, call)
            self.call_method(instance, "__post_init__", call.node)
        return one(instance)

    def _fill(self, instance: InstanceValue, call: Call) -> None:
        """What the `__init__` of a dataclass does."""
        names = [name for each in reversed(self.lineage(instance.of)) for name in each.fields]
        settings = any(base.endswith("BaseSettings") for base in self.external_bases(instance.of))
        for index, name in enumerate(dict.fromkeys(names)):
            value = call.argument(index, name)
            if value is None:
                default = self.found_in(self.lineage(instance.of), name) or NOTHING
                value = join(*[self._default(atom, call) for atom in default])
                if settings:
                    value = join(self._read_setting(instance.of, name, call, optional=bool(default)), value)
            self.changed(instance.scope.add(name, value or UNKNOWN))

    def _read_setting(self, of: ClassValue, name: str, call: Call, *, optional: bool) -> Value:
        """A field of pydantic's settings is read from the environment."""
        prefix = ""
        for atom in self.found_in(self.lineage(of), "model_config") or NOTHING:
            if isinstance(atom, MappingValue):
                prefix = next(iter(texts(atom.entries.get(ConstantValue("env_prefix")))), "")
        return self.read_variable(const(f"{prefix}{name}".upper()), call.node, optional=optional)

    def _default(self, atom: AbstractValue, call: Call) -> Value:
        if isinstance(atom, FieldDefault):
            return join(atom.value, self.call(atom.factory, Call(call.node, call.place)) if atom.factory else NOTHING)
        return one(atom)


def _fields(body: list[ast.stmt]) -> Iterable[str]:
    for each in body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            annotated = [getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(each.annotation)]
            if "ClassVar" not in annotated:
                yield each.target.id


def _is_record(decorators: list[Value]) -> bool:
    names = [atom.name for each in decorators for atom in each if isinstance(atom, ExternalName)]
    return any(name.rpartition(".")[2] in _RECORD_DECORATORS for name in names)
