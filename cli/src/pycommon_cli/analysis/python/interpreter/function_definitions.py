"""Define functions and lambdas, and apply their decorators."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import (
    NOTHING,
    UNKNOWN,
    ExternalName,
    LibraryDecorator,
    PartialValue,
    Value,
    join,
    one,
)
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    InstanceValue,
)

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.calls import Calls
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, ExpressionForms, StatementForms

__all__ = ["FunctionDefinitions"]

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


class FunctionDefinitions:
    """The part of the interpreter that defines functions and applies their decorators."""

    __slots__ = ("_allocations", "_calls", "_evaluate", "_names", "_state")

    def __init__(
        self, state: ExecutionState, evaluator: Evaluator, names: NameLookup, allocations: Allocations, calls: Calls
    ) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._names = names
        self._allocations = allocations
        self._calls = calls

    def expression_forms(self) -> ExpressionForms:
        """Return the expressions that this part evaluates."""
        return {ast.Lambda: self._lambda}

    def statement_forms(self) -> StatementForms:
        """Return the statements that this part runs."""
        return {ast.AsyncFunctionDef: self._function, ast.FunctionDef: self._function}

    def _lambda(self, node: ast.Lambda) -> Value:
        context = self._state.current
        defaults = self._defaults(node.args)
        made = self._allocations.allocated(
            node, lambda: FunctionValue(node, context.source, context, "<lambda>", {}), "lambda"
        )
        made.defaults = {name: join(value, made.defaults.get(name, NOTHING)) for name, value in defaults.items()}
        return one(made)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        self._names.bind(node.name, self._define(node))
        return True

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Value:
        decorators = [self._evaluate(each) for each in node.decorator_list]
        defaults = self._defaults(node.args)
        context, name = self._state.current, f"{self._state.prefix}{node.name}"
        made = self._allocations.allocated(
            node, lambda: FunctionValue(node, context.source, context, name, {}), "function"
        )
        made.defaults = {each: join(value, made.defaults.get(each, NOTHING)) for each, value in defaults.items()}
        value: Value = one(made)
        for decorator, each in zip(reversed(decorators), reversed(node.decorator_list), strict=True):
            value = self._decorated(value, decorator, each, made)
        return value

    def _defaults(self, arguments: ast.arguments) -> dict[str, Value]:
        names = [*arguments.posonlyargs, *arguments.args]
        defaults = dict(
            zip([each.arg for each in names[len(names) - len(arguments.defaults) :]], arguments.defaults, strict=True)
        )
        defaults |= {
            each.arg: default
            for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is not None
        }
        return {name: self._evaluate(default) for name, default in defaults.items()}

    def _decorated(self, value: Value, decorator: Value, node: ast.expr, function: FunctionValue) -> Value:
        """Return the value of `decorator(value)`. For an unknown decorator, return `value`."""
        found = []
        call = Call(node, self._state.place(node), [value])
        for each in decorator:
            if isinstance(each, ExternalName) and (kind := _KINDS.get(each.name)):
                function.kind = kind
            elif (
                isinstance(each, BoundMethod)
                and isinstance(each.receiver, FunctionValue)
                and each.name in ("setter", "deleter")
            ):
                return one(each.receiver)
            elif isinstance(each, (ExternalName, LibraryDecorator, *_REPLACING)):
                found.append(self._calls.call_one(each, call))
        if _registers(node):
            self._calls.call_back(value, Call(node, self._state.place(node)))
        result = join(*found) - UNKNOWN
        return result if any(isinstance(each, _REPLACING) for each in result) else value


def _registers(node: ast.expr) -> bool:
    """Return whether a decorator passes the function to a framework, which then calls it: `@app.get("/files")`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _REGISTERING
