"""Handle functions that look into objects and modules: `getattr`, `super`, `import_module`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import (
    NONE,
    NOTHING,
    UNKNOWN,
    ExternalName,
    FieldDefault,
    Value,
    join,
    one,
    texts,
)
from pycommon_cli.analysis.python.values.code_contexts import ClassValue, InstanceValue, ModuleValue, SuperValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.context_runs import ContextRuns
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
    from pycommon_cli.analysis.python.values.call_arguments import Call, KnownFunction

__all__ = ["ReflectionFunctions"]


class ReflectionFunctions:
    """Handles functions about attributes, classes and modules."""

    __slots__ = ("_attributes", "_names", "_runs", "_state")

    def __init__(self, state: ExecutionState, names: NameLookup, runs: ContextRuns, attributes: Attributes) -> None:
        self._state = state
        self._names = names
        self._runs = runs
        self._attributes = attributes

    def functions(self) -> dict[str, KnownFunction]:
        """Return the functions, by dotted name."""
        return {
            "attr.define": _dataclass,
            "attr.s": _dataclass,
            "attrs.define": _dataclass,
            "attrs.frozen": _dataclass,
            "builtins.getattr": self._getattr,
            "builtins.setattr": self._setattr,
            "builtins.super": self._super,
            "builtins.type": _type,
            "dataclasses.dataclass": _dataclass,
            "dataclasses.field": _field,
            "importlib.import_module": self._import_module,
            "pydantic.Field": _field,
            "pydantic.dataclasses.dataclass": _dataclass,
        }

    def _getattr(self, call: Call) -> Value:
        names = texts(call.given(1))
        found = [self._attributes.attribute(each, name, call.node) for each in call.given(0) for name in names]
        return join(*found, call.given(2)) or UNKNOWN

    def _setattr(self, call: Call) -> Value:
        for receiver in call.given(0):
            for name in texts(call.given(1)):
                self._attributes.set_attribute(receiver, name, call.given(2))
        return NONE

    def _super(self, _: Call) -> Value:
        function = self._state.current.function
        while function is not None and function.owner is None:
            function = function.parent.function
        if function is None or function.owner is None:
            return UNKNOWN
        first = next(iter((*function.node.args.posonlyargs, *function.node.args.args)), None)
        receivers = self._names.look_up(first.arg) if first is not None else NOTHING
        return (
            frozenset(
                SuperValue(each, function.owner) for each in receivers if isinstance(each, InstanceValue | ClassValue)
            )
            or UNKNOWN
        )

    def _import_module(self, call: Call) -> Value:
        found = []
        for name in texts(call.given(0, "name")):
            context = self._runs.module(name)
            if context is None:
                found.append(one(ExternalName(name)))
            else:
                self._state.current.effects.calls[context, call.place] = None
                found.append(one(ModuleValue(context)))
        return join(*found) or UNKNOWN


def _type(call: Call) -> Value:
    return frozenset(each.of for each in call.given(0) if isinstance(each, InstanceValue)) or UNKNOWN


def _field(call: Call) -> Value:
    factory = call.given(-1, "default_factory", "factory")
    return one(FieldDefault(call.given(-1, "default"), factory))


def _dataclass(call: Call) -> Value:
    """Handle `@dataclass` and `@dataclass(...)`. `class_definitions` finds dataclasses by the decorator's name."""
    return call.given(0) or one(ExternalName("dataclasses.dataclass"))
