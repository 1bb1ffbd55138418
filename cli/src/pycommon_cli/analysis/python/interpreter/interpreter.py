"""Functions and their decorators; and with them the whole interpreter."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    NOTHING,
    UNKNOWN,
    BoundMethod,
    ClassValue,
    ExternalName,
    FunctionValue,
    InstanceValue,
    LibraryDecorator,
    PartialValue,
    Value,
    join,
    one,
)
from pycommon_cli.analysis.python.interpreter.call_arguments import Call
from pycommon_cli.analysis.python.interpreter.classes import Classes
from pycommon_cli.analysis.python.interpreter.frames import Decoration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.analysis.python.python_files import PythonFile

__all__ = ["Interpreter", "module_of"]

_REGISTERING = frozenset(
    {
        "add_middleware", "command", "delete", "event", "exception_handler", "get", "head", "not_found", "on_event",
        "options", "patch", "post", "put", "resolver", "route", "task", "tool", "websocket",
    }
)  # fmt: skip
_KINDS = {
    "abc.abstractproperty": "property",
    "builtins.classmethod": "class",
    "builtins.property": "property",
    "builtins.staticmethod": "static",
    "functools.cached_property": "property",
}
_REPLACING = (BoundMethod, ClassValue, FunctionValue, InstanceValue, PartialValue)


class Interpreter(Classes):
    """The whole interpreter."""

    def started_by(self, references: Iterable[str], sources: Iterable[PythonFile]) -> None:
        """Run the modules of these handlers, and these, as a cold start would."""
        for reference in references:
            self.module(module_of(reference))
        for source in sources:
            self.module(source.module)
        self.settle()

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Value:
        decorators = [self.evaluate(each) for each in node.decorator_list]
        defaults = self.parameters(node.args)
        context, name = self.current, f"{self.prefix}{node.name}"
        made = self.allocated(node, lambda: FunctionValue(node, context.source, context, name, {}), "function")
        assert isinstance(made, FunctionValue)  # noqa: S101 - for the type checker
        made.defaults = {each: join(value, made.defaults.get(each, NOTHING)) for each, value in defaults.items()}
        value: Value = one(made)
        for decorator, each in zip(reversed(decorators), reversed(node.decorator_list), strict=True):
            value = self._decorated(value, decorator, each, made)
        return value

    def _decorated(self, value: Value, decorator: Value, node: ast.expr, function: FunctionValue) -> Value:
        """`decorator(value)`; one that is not known keeps the function."""
        found = []
        call = Call(node, self.place(node), [value])
        for atom in decorator:
            if isinstance(atom, ExternalName) and (kind := _KINDS.get(atom.name)):
                function.kind = kind
            elif (
                isinstance(atom, BoundMethod)
                and isinstance(atom.receiver, FunctionValue)
                and atom.name in ("setter", "deleter")
            ):
                return one(atom.receiver)
            elif isinstance(atom, (ExternalName, LibraryDecorator, *_REPLACING)):
                found.append(self.call_atom(atom, call))
        if _registers(node):
            self.call_back(value, Call(node, self.place(node)))
        result = join(*found) - UNKNOWN
        return result if any(isinstance(each, _REPLACING) for each in result) else value

    def decorate(self, decorator: LibraryDecorator, call: Call) -> Value:
        target = call.given(0)
        for atom in target:
            function = atom.function if isinstance(atom, BoundMethod) and atom.function else atom
            if isinstance(function, FunctionValue):
                self.decorations.setdefault((decorator, function), Decoration(decorator, function))
        return target


def module_of(reference: str) -> str:
    """The module of a handler: "service/core.record_visit" is in service.core."""
    return reference.rpartition(".")[0].removeprefix("./").replace("/", ".")


def _registers(node: ast.expr) -> bool:
    """Whether a decorator hands the function to a framework that will call it: `@app.get("/files")`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _REGISTERING
