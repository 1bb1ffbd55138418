"""Functions that look into objects and modules: `getattr`, `super`, `import_module`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    NONE,
    NOTHING,
    UNKNOWN,
    ClassValue,
    ExternalName,
    FieldDefault,
    InstanceValue,
    ModuleValue,
    SuperValue,
    Value,
    join,
    one,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.call_arguments import Call
    from pycommon_cli.analysis.python.interpreter.calls import Calls

__all__ = ["REFLECTION"]


def _getattr(machine: Calls, call: Call) -> Value:
    names = texts(call.given(1))
    found = [machine.attribute(atom, name, call.node) for atom in call.given(0) for name in names]
    return join(*found, call.given(2)) or UNKNOWN


def _setattr(machine: Calls, call: Call) -> Value:
    for atom in call.given(0):
        for name in texts(call.given(1)):
            machine.set_attribute(atom, name, call.given(2))
    return NONE


def _super(machine: Calls, _: Call) -> Value:
    function = machine.current.function
    while function is not None and function.owner is None:
        function = function.parent.function
    if function is None or function.owner is None:
        return UNKNOWN
    first = next(iter((*function.node.args.posonlyargs, *function.node.args.args)), None)
    receiver = machine.look_up(first.arg) if first is not None else NOTHING
    atoms = [atom for atom in receiver if isinstance(atom, InstanceValue | ClassValue)]
    return frozenset(SuperValue(atom, function.owner) for atom in atoms) or UNKNOWN


def _type(_: Calls, call: Call) -> Value:
    return frozenset(atom.of for atom in call.given(0) if isinstance(atom, InstanceValue)) or UNKNOWN


def _field(_: Calls, call: Call) -> Value:
    factory = call.given(-1, "default_factory", "factory")
    return one(FieldDefault(call.given(-1, "default"), factory))


def _record(_: Calls, call: Call) -> Value:
    """`@dataclass`, bare or called: it is told by its name where a class is defined."""
    return call.given(0) or one(ExternalName("dataclasses.dataclass"))


def _import_module(machine: Calls, call: Call) -> Value:
    found = []
    for name in texts(call.given(0, "name")):
        context = machine.module(name)
        if context is None:
            found.append(one(ExternalName(name)))
        else:
            machine.current.effects.calls[context, call.place] = None
            found.append(one(ModuleValue(context)))
    return join(*found) or UNKNOWN


REFLECTION: dict[str, Callable[[Calls, Call], Value]] = {
    "attr.define": _record,
    "attr.s": _record,
    "attrs.define": _record,
    "attrs.frozen": _record,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.super": _super,
    "builtins.type": _type,
    "dataclasses.dataclass": _record,
    "dataclasses.field": _field,
    "importlib.import_module": _import_module,
    "pydantic.Field": _field,
    "pydantic.dataclasses.dataclass": _record,
}
