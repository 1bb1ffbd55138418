"""Read the permissions of operations: dicts by path and operation, and conditions in a permission checker."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place, SchemaRule
from pycommon_cli.analysis.python.reachable_effects import reach
from pycommon_cli.analysis.python.values.abstract_values import (
    UNKNOWN,
    AbstractValue,
    ConstantValue,
    PartialValue,
    Value,
    const,
    one,
)
from pycommon_cli.analysis.python.values.call_arguments import Call, unwritten
from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext, BoundMethod, FunctionValue, MappingValue
from pycommon_cli.analysis.python.values.code_effects import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pycommon_cli.analysis.python.interpreter.interpreter import Interpreter

__all__ = ["EVERY_OPERATION", "read_permissions"]

EVERY_OPERATION = "*"
"""The operation of a permission that allows every operation."""

_ALWAYS = const(value=True)
_CALLABLE = (FunctionValue, BoundMethod, PartialValue)
_NAME = "get_permission_checker"


def read_permissions(interpreter: Interpreter) -> tuple[tuple[SchemaRule, ...], bool]:
    """Return every permission, sorted by place, and whether the checker looks up permissions in dicts.

    If the checker looks permissions up in dicts, no other permissions exist.
    """
    reader = _Reader(interpreter)
    return reader.read(), reader.looks_up


class _Reader:
    """Reads the permissions of one service."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._found: dict[tuple[str | None, str, Place], SchemaRule] = {}
        self.looks_up = False

    def read(self) -> tuple[SchemaRule, ...]:
        for value, place in self._checkers():
            self._read_checker(value, place)
        for registration in self._interpreter.usage.registrations("set_permissions_by_state"):
            self._read_mappings(each for each in registration.call.given(0) if isinstance(each, MappingValue))
        return tuple(sorted(self._found.values(), key=lambda rule: (rule.place, rule.path or "", rule.operation)))

    def _checkers(self) -> Iterator[tuple[Value, Place]]:
        registered = self._interpreter.usage.registrations("setup_validated")
        for each in registered:
            yield each.call.given(1, _NAME), each.place
        if not registered:
            for context in self._interpreter.contexts():
                if context.function is None and context.source.module.rpartition(".")[2] == "permissions":
                    value = self._interpreter.module_attribute(context, _NAME)
                    if value is not None:
                        yield value, Place(context.source.path, 1)

    def _read_checker(self, value: Value, place: Place) -> None:
        functions = [each for each in value if isinstance(each, FunctionValue)]
        if not functions:
            return
        result, contexts = self._asked(value, functions[0], place)
        if result == _ALWAYS:
            where = place_of(functions[0].source, functions[0].node)
            self._add(None, EVERY_OPERATION, where, always_true=True)
        readers = set(contexts)
        self._read_mappings(mapping for mapping in self._mappings(functions[0]) if mapping.readers & readers)
        nodes = {context.function.node: context.function for context in contexts if context.function}
        nodes |= {functions[0].node: functions[0]}
        for node, function in nodes.items():
            if function.source is functions[0].source and not isinstance(node, ast.Lambda):
                self._read_conditions(node, function)

    def _asked(self, value: Value, function: FunctionValue, place: Place) -> tuple[Value, list[AnalysisContext]]:
        """Return the answer of the checker for an unknown request, and the contexts that run to give the answer."""
        interpreter = self._interpreter
        count = len(function.node.args.args) - len(function.node.args.defaults)
        node = unwritten("checker", place)
        question = Call(node, place, [UNKNOWN] * (2 if count else 4))
        with interpreter.calling_from(function.source) as caller:
            checker = interpreter.call(value, Call(node, place, [UNKNOWN] * count))
            callables = frozenset(each for each in checker if isinstance(each, _CALLABLE))
            result = interpreter.call(callables, question)
            interpreter.run_until_stable()
            if callables:
                result = interpreter.call(callables, question)
        contexts = list(reach([context for context, _ in caller.effects.calls], lambda _: False).contexts)
        return result if len(callables) == len(checker) else UNKNOWN, contexts

    # Dicts

    def _mappings(self, checker: FunctionValue) -> Iterator[MappingValue]:
        """Yield the dicts that the checker's module and the functions of this module make or bind."""
        for context in self._interpreter.contexts():
            if context.source is checker.source:
                yield from (each for each in context.allocated.values() if isinstance(each, MappingValue))
                for name in list(context.scope.names()):
                    for each in context.scope.get(name, context) or ():
                        if isinstance(each, MappingValue):
                            yield each

    def _read_mappings(self, mappings: Iterable[MappingValue]) -> None:
        outer = dict.fromkeys(mappings)
        self.looks_up = self.looks_up or bool(outer)
        inner = {
            each
            for mapping in outer
            for value in mapping.entries.values()
            for each in value
            if isinstance(each, MappingValue)
        }
        for mapping in outer:
            if mapping not in inner:
                self._read_mapping(mapping)

    def _read_mapping(self, mapping: MappingValue) -> None:
        for key, value in mapping.entries.items():
            name = key.value if isinstance(key, ConstantValue) else None
            place = mapping.places.get(key)
            if isinstance(name, tuple) and len(name) == 2 and place is not None:  # noqa: PLR2004 - path and operation
                self._entry(str(name[0]), str(name[1]), value, place)
            elif isinstance(name, str) and place is not None:
                inner = [each for each in value if isinstance(each, MappingValue)]
                for each in inner:
                    self._read_operations(name, each)
                if not inner and not name.startswith("/"):
                    self._entry(None, name, value, place)

    def _read_operations(self, path: str, mapping: MappingValue) -> None:
        for key, value in mapping.entries.items():
            place = mapping.places.get(key)
            if isinstance(key, ConstantValue) and isinstance(key.value, str) and place is not None:
                self._entry(path, key.value, value, place)

    def _entry(self, path: str | None, operation: str, value: Value, place: Place) -> None:
        if any(isinstance(each, _CALLABLE) for each in value) or value == _ALWAYS:
            self._add(path, operation, place, always_true=self._always_true(value))

    def _always_true(self, value: Value) -> bool:
        return value == _ALWAYS or all(self._is_always_true(each) for each in value)

    def _is_always_true(self, possibility: AbstractValue) -> bool:
        if not isinstance(possibility, _CALLABLE):
            return False
        interpreter = self._interpreter
        place = Place("", 1)
        node = unwritten("permission", place)
        call = Call(node, place, [UNKNOWN, UNKNOWN])
        with interpreter.calling_from():
            interpreter.call(one(possibility), call)
            interpreter.run_until_stable()
            answer = interpreter.call(one(possibility), call)
        return answer == _ALWAYS

    # Conditions

    def _read_conditions(self, node: ast.FunctionDef | ast.AsyncFunctionDef, function: FunctionValue) -> None:
        parameters = _parameters(function)
        for statement in node.body:
            self._read_statement(statement, function, parameters, (None,))

    def _read_statement(
        self, node: ast.stmt, function: FunctionValue, parameters: set[str], paths: tuple[str | None, ...]
    ) -> None:
        if isinstance(node, ast.If):
            self._read_if(node, function, parameters, paths)
        elif isinstance(node, ast.Match):
            self._read_match(node, function, parameters, paths)
        elif isinstance(node, ast.Try | ast.With | ast.For):
            for each in node.body:
                self._read_statement(each, function, parameters, paths)

    def _read_if(
        self, node: ast.If, function: FunctionValue, parameters: set[str], paths: tuple[str | None, ...]
    ) -> None:
        compared = list(_compared(node.test, parameters))
        operations = [(text, where) for text, where in compared if not text.startswith("/")]
        inside = tuple(text for text, _ in compared if text.startswith("/")) or paths
        through = self._lets_through(node.body, function)
        if inside is not paths and not operations and through:
            operations = [(EVERY_OPERATION, node.test)]
        for operation, where in operations:
            for path in inside:
                self._add(path, operation, place_of(function.source, where), always_true=through)
        for each in node.body:
            self._read_statement(each, function, parameters, inside)
        for each in node.orelse:
            self._read_statement(each, function, parameters, paths)

    def _read_match(
        self, node: ast.Match, function: FunctionValue, parameters: set[str], paths: tuple[str | None, ...]
    ) -> None:
        for case in node.cases:
            constants = [each.value for each in ast.walk(case.pattern) if isinstance(each, ast.MatchValue)]
            texts = [
                (each.value, each)
                for each in constants
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
            inside = tuple(text for text, _ in texts if text.startswith("/")) or paths
            for text, where in texts:
                if not text.startswith("/"):
                    for path in inside:
                        self._add(
                            path,
                            text,
                            place_of(function.source, where),
                            always_true=self._lets_through(case.body, function),
                        )
            for each in case.body:
                self._read_statement(each, function, parameters, inside)

    def _lets_through(self, body: list[ast.stmt], function: FunctionValue) -> bool:
        first = body[0]
        if not isinstance(first, ast.Return) or first.value is None:
            return False
        if isinstance(first.value, ast.Constant):
            return first.value.value is True
        if isinstance(first.value, ast.Lambda):
            return isinstance(first.value.body, ast.Constant) and first.value.body.value is True
        if isinstance(first.value, ast.Name):
            home = self._interpreter.module(function.source.module)
            value = self._interpreter.module_attribute(home, first.value.id) if home is not None else None
            return bool(value) and self._always_true(value or UNKNOWN)
        return False

    def _add(self, path: str | None, operation: str, place: Place, *, always_true: bool) -> None:
        self._found.setdefault((path, operation, place), SchemaRule("permission", path, operation, place, always_true))


def _parameters(function: FunctionValue) -> set[str]:
    names: set[str] = set()
    each: FunctionValue | None = function
    while each is not None:
        arguments = each.node.args
        names |= {parameter.arg for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
        each = each.parent.function
    return names


def _compared(test: ast.expr, parameters: set[str]) -> Iterator[tuple[str, ast.expr]]:
    """Yield the texts with which a condition compares parameters."""
    for node in ast.walk(test):
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq | ast.In):
            continue
        left, right = node.left, node.comparators[0]
        if isinstance(right, ast.Name) and right.id in parameters:
            left, right = right, left
        if not isinstance(left, ast.Name) or left.id not in parameters:
            continue
        for constant in right.elts if isinstance(right, ast.Tuple | ast.List | ast.Set) else [right]:
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                yield constant.value, constant
