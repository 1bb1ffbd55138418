"""Make the objects of classes, and fill the fields of dataclasses and of pydantic's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.interpreter.class_lineage import external_bases, find_in_classes, lineage_of
from pycommon_cli.analysis.python.values.abstract_values import (
    NOTHING,
    UNKNOWN,
    AbstractValue,
    ConstantValue,
    FieldDefault,
    Value,
    const,
    join,
    one,
    texts,
)
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import ClassValue, InstanceValue, MappingValue, Scope

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.calls import CallForms, Calls
    from pycommon_cli.analysis.python.interpreter.environment_reads import EnvironmentReads
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.significant_values import SignificantValues

__all__ = ["Instances"]


class Instances:
    """The part of the interpreter that makes the objects of classes."""

    __slots__ = ("_attributes", "_calls", "_environment", "_made", "_significant", "_state")

    def __init__(
        self,
        state: ExecutionState,
        calls: Calls,
        attributes: Attributes,
        environment: EnvironmentReads,
        significant: SignificantValues,
    ) -> None:
        self._state = state
        self._calls = calls
        self._attributes = attributes
        self._environment = environment
        self._significant = significant
        self._made: dict[tuple[object, ...], InstanceValue] = {}

    def forms(self) -> CallForms:
        """Return the kinds of values that this part calls."""
        return {ClassValue: self._instantiate}

    def _instantiate(self, of: ClassValue, call: Call) -> Value:
        """Return an object of the class. If two calls have the same significant arguments, return the same object."""
        if any(base.startswith("enum.") for base in external_bases(of)):
            return call.given(0) or UNKNOWN
        positional = tuple(self._significant.significant(each) for each in call.positional)
        keywords = tuple((name, self._significant.significant(value)) for name, value in call.keywords.items())
        key = (of, positional, keywords)
        instance = self._made.get(key)
        if instance is None:
            instance = self._made[key] = InstanceValue(of, Scope())
        if find_in_classes(lineage_of(of), "__init__", self._state.current) is not None:
            self._calls.call(self._attributes.attribute(instance, "__init__", call.node), call)
        elif any(each.is_dataclass for each in lineage_of(of)):
            self._fill(instance, call)
            self._attributes.call_method(instance, "__post_init__", call.node)
        return one(instance)

    def _fill(self, instance: InstanceValue, call: Call) -> None:
        """Do what the generated `__init__` of a dataclass does."""
        lineage = lineage_of(instance.of)
        names = [name for each in reversed(lineage) for name in each.fields]
        settings = any(base.endswith("BaseSettings") for base in external_bases(instance.of))
        for index, name in enumerate(dict.fromkeys(names)):
            value = call.argument(index, name)
            if value is None:
                default = find_in_classes(lineage, name, self._state.current) or NOTHING
                value = join(*[self._default(each, call) for each in default])
                if settings:
                    value = join(self._read_setting(instance.of, name, call, optional=bool(default)), value)
            self._state.changed(instance.scope.add(name, value or UNKNOWN))

    def _read_setting(self, of: ClassValue, name: str, call: Call, *, optional: bool) -> Value:
        """Read a field of pydantic's settings from the environment."""
        prefix = ""
        for each in find_in_classes(lineage_of(of), "model_config", self._state.current) or NOTHING:
            if isinstance(each, MappingValue):
                prefix = next(iter(texts(each.entries.get(ConstantValue("env_prefix")))), "")
        return self._environment.read(const(f"{prefix}{name}".upper()), call.node, optional=optional)

    def _default(self, default: AbstractValue, call: Call) -> Value:
        if not isinstance(default, FieldDefault):
            return one(default)
        made = self._calls.call(default.factory, Call(call.node, call.place)) if default.factory else NOTHING
        return join(default.value, made)
