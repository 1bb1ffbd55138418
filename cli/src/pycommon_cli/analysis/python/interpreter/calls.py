"""What calls do: functions with their arguments, classes, methods of data, and what takes other functions."""

from __future__ import annotations

import ast
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
    LibraryDecorator,
    MappingValue,
    PartialValue,
    SequenceValue,
    Value,
    join,
    one,
    texts,
)
from pycommon_cli.analysis.python.aws.sdk_values import SdkValue
from pycommon_cli.analysis.python.code_effects import Read, attribute_place
from pycommon_cli.analysis.python.interpreter.attributes import Objects
from pycommon_cli.analysis.python.interpreter.call_arguments import Call
from pycommon_cli.analysis.python.interpreter.container_methods import call_data
from pycommon_cli.analysis.python.interpreter.external.unknown_functions import call_unknown
from pycommon_cli.analysis.python.interpreter.known_functions import EXTERNALS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.aws.sdk import Sdk
    from pycommon_cli.analysis.python.service_modules import ServiceModules

__all__ = ["Calls"]


class Calls(Objects):
    """Calls, and how arguments come to parameters."""

    def __init__(self, modules: ServiceModules, lines: int, sdk: Sdk) -> None:
        super().__init__(modules, lines, sdk)
        self._gathered: dict[tuple[object, ...], AbstractValue] = {}

    # What the subclasses add

    def instantiate(self, of: ClassValue, call: Call) -> Value:
        """The object that calling a class makes."""
        raise NotImplementedError

    def decorate(self, decorator: LibraryDecorator, call: Call) -> Value:
        """The function that a decorator of this library was put on."""
        raise NotImplementedError

    # Arguments

    def arguments(self, node: ast.Call) -> Call:
        call = Call(node, attribute_place(self.current.source, node))
        for each in node.args:
            value = self.evaluate(each)
            if not isinstance(each, ast.Starred):
                call.positional.append(value)
                call.places.append(self.place(each))
                continue
            known = self.known_members(value)
            if known is None:
                call.rest = join(call.rest, self.members_of(value) or UNKNOWN)
            else:
                call.positional.extend(known)
                call.places.extend([self.place(each)] * len(known))
        for keyword in node.keywords:
            value = self.evaluate(keyword.value)
            if keyword.arg is not None:
                call.keywords[keyword.arg] = value
            else:
                self._spread(call, value)
        return call

    def _spread(self, call: Call, value: Value) -> None:
        """`**value`."""
        for atom in value:
            if not isinstance(atom, MappingValue):
                call.open = True
                continue
            atom.readers.add(self.current)
            call.open = call.open or bool(atom.rest)
            for key, each in atom.entries.items():
                if isinstance(key, ConstantValue) and isinstance(key.value, str):
                    call.keywords[key.value] = join(call.keywords.get(key.value, NOTHING), each)

    def parameters(self, arguments: ast.arguments) -> dict[str, Value]:
        names = [*arguments.posonlyargs, *arguments.args]
        defaults = dict(
            zip([each.arg for each in names[len(names) - len(arguments.defaults) :]], arguments.defaults, strict=True)
        )
        defaults |= {
            each.arg: default
            for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is not None
        }
        return {name: self.evaluate(default) for name, default in defaults.items()}

    def bound_arguments(self, function: FunctionValue, call: Call) -> dict[str, Value]:
        """What each parameter of `function` is in this call."""
        arguments = function.node.args
        values: dict[str, Value] = {}
        positional = [*arguments.posonlyargs, *arguments.args]
        for index, parameter in enumerate(positional):
            if index < len(call.positional):
                values[parameter.arg] = call.positional[index]
            else:
                values[parameter.arg] = self._by_name(function, parameter, call)
        for parameter in arguments.kwonlyargs:
            values[parameter.arg] = self._by_name(function, parameter, call)
        if arguments.vararg is not None:
            values[arguments.vararg.arg] = self._extra_positional(function, call, len(positional))
        if arguments.kwarg is not None:
            values[arguments.kwarg.arg] = self._extra_keywords(function, call, values)
        return values

    def _by_name(self, function: FunctionValue, parameter: ast.arg, call: Call) -> Value:
        value = call.keywords.get(parameter.arg)
        if value is None:
            value = call.rest or function.defaults.get(parameter.arg)
        if value is None or ANY in value:
            typed = self.annotated(function, parameter.annotation)
            value = typed if value is None or not value - UNKNOWN else value
        return value if value or call.open else UNKNOWN

    def annotated(self, function: FunctionValue, annotation: ast.expr | None) -> Value:
        """What a parameter is by its annotation, where the call does not tell: clients of the AWS SDK."""
        name = _annotated_name(annotation)
        if not name:
            return UNKNOWN
        home = self.module(function.source.module)
        found = home.scope.get(name.partition(".")[0], self.current) if home is not None else None
        for atom in found or ():
            if isinstance(atom, ExternalName):
                return self.sdk.of_type(f"{atom.name}{name[len(name.partition('.')[0]) :]}")
        return UNKNOWN

    def _extra_positional(self, function: FunctionValue, call: Call, count: int) -> Value:
        extra = [self.telling(each) for each in call.positional[count:]]
        return one(
            self._packed((function, "*", tuple(extra), call.rest), lambda: SequenceValue(extra, call.rest, set(), []))
        )

    def _extra_keywords(self, function: FunctionValue, call: Call, taken: dict[str, Value]) -> Value:
        extra: dict[AbstractValue, Value] = {
            ConstantValue(name): self.telling(value) for name, value in call.keywords.items() if name not in taken
        }
        rest = UNKNOWN if call.open else NOTHING
        key = (function, "**", tuple(extra.items()), rest)
        return one(self._packed(key, lambda: MappingValue(dict(extra), rest, set(), {})))

    def _packed(self, key: tuple[object, ...], make: Callable[[], AbstractValue]) -> AbstractValue:
        """What `*args` and `**kwargs` gather: the same for the same arguments, so that a summary serves again."""
        found = self._gathered.get(key)
        if found is None:
            found = self._gathered[key] = make()
        return found

    # Calls

    def call(self, callee: Value, call: Call) -> Value:
        found = [self.call_atom(atom, call) for atom in callee]
        return join(*found)

    def call_atom(self, atom: AbstractValue, call: Call) -> Value:  # noqa: PLR0911 - one for each kind of value
        """What calling this one possibility gives."""
        match atom:
            case FunctionValue():
                return self.invoke(atom, self.bound_arguments(atom, call), call.place)
            case BoundMethod(function=FunctionValue() as function):
                whole = Call(
                    call.node, call.place, [one(atom.receiver), *call.positional], call.keywords, call.rest, call.open
                )
                return self.invoke(function, self.bound_arguments(function, whole), call.place)
            case BoundMethod():
                return self._call_bound(atom, call)
            case ExternalName():
                return self._call_external(atom, call)
            case ClassValue():
                return self.instantiate(atom, call)
            case InstanceValue():
                found = self.attribute(atom, "__call__", call.node)
                return self.call(found - UNKNOWN, call) or UNKNOWN
            case PartialValue():
                keywords = {**dict(atom.keywords), **call.keywords}
                whole = Call(
                    call.node, call.place, [*atom.positional, *call.positional], keywords, call.rest, call.open
                )
                return self.call(atom.callee, whole)
            case LibraryDecorator():
                return self.decorate(atom, call)
        return UNKNOWN if isinstance(atom, SdkValue) else call_unknown(self, "", call)

    def _call_bound(self, bound: BoundMethod, call: Call) -> Value:
        receiver = bound.receiver
        if isinstance(receiver, SdkValue):
            return self.sdk.call_method(self, receiver, bound.name, call)
        if isinstance(receiver, FunctionValue):
            return self.call_atom(receiver, call)
        if isinstance(receiver, MappingValue | SequenceValue | EnvironmentValue | ConstantValue):
            return call_data(self, receiver, bound.name, call)
        return call_unknown(self, bound.name, call)

    def _call_external(self, atom: ExternalName, call: Call) -> Value:
        handler = EXTERNALS.get(atom.name)
        if handler is not None:
            return handler(self, call)
        found = self.sdk.call_external(self, atom.name, call)
        return call_unknown(self, atom.name, call) if found is None else found

    def call_back(self, value: Value, call: Call) -> Value:
        """Something from elsewhere may call `value`."""
        callables = (FunctionValue, BoundMethod, PartialValue, InstanceValue)
        return join(*[self.call_atom(atom, call) for atom in value if isinstance(atom, callables)])

    def call_bound(self, bound: BoundMethod, node: ast.expr) -> Value:
        return self.call_atom(bound, Call(node, self.place(node)))

    def call_method(self, instance: InstanceValue, name: str, node: ast.expr, *arguments: Value) -> Value | None:
        if self.found_in(self.lineage(instance.of), name) is None:
            return None
        return self.call(self.attribute(instance, name, node), Call(node, self.place(node), list(arguments)))

    def call_operator(self, value: Value, name: str, node: ast.expr, *arguments: Value) -> Value | None:
        found = [
            self.call_method(atom, name, node, *arguments) for atom in value if isinstance(atom, InstanceValue) and name
        ]
        told = [each for each in found if each is not None]
        return join(*told) if told else None

    def read_variable(self, names: Value, node: ast.expr, *, optional: bool) -> Value:
        read = texts(names)
        place = self.place(node)
        for name in read:
            self.current.effects.reads[Read(name, optional), place] = None
        return frozenset(EnvironmentValue(name) for name in read) | (UNKNOWN if len(read) < len(names) else NOTHING)

    def ask_variable(self, names: Value, node: ast.expr) -> None:
        self.read_variable(names, node, optional=True)
        self.current.effects.asked.update(texts(names))


def _annotated_name(annotation: ast.expr | None) -> str:
    """The dotted name in an annotation: of `Client`, `"Client"`, `Client | None` and `Optional[Client]`."""
    match annotation:
        case ast.Name() | ast.Attribute():
            return ast.unparse(annotation)
        case ast.Constant(value=str(text)):
            return text.partition("|")[0].strip()
        case ast.BinOp(left=left):
            return _annotated_name(left)
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _annotated_name(inner)
    return ""
