"""Finds the uses of `@required_env_vars` that the interpreter has not applied to a function.

Examples are a declaration inside a function that nobody calls, and a declaration around a function of another package.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import DeclaredVariable, Place, ReadingTrouble
from pycommon_cli.analysis.python.declared_operations import read_declaration
from pycommon_cli.analysis.python.values.abstract_values import ExternalName, LibraryDecorator
from pycommon_cli.analysis.python.values.code_effects import attribute_place, place_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.analysis.python.interpreter.interpreter import Interpreter
    from pycommon_cli.analysis.python.python_files import PythonFile
    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

__all__ = ["OtherDeclarations", "other_declarations"]

_NAME = "required_env_vars"
_DECORATOR = f"pycommon.decorators.{_NAME}"


@dataclass(slots=True)
class OtherDeclarations:
    """The variables of declarations that are not on a handler, and the declarations that the code computes."""

    variables: list[DeclaredVariable] = field(default_factory=list)
    unclear: list[ReadingTrouble] = field(default_factory=list)


def other_declarations(interpreter: Interpreter, sources: Iterable[PythonFile]) -> OtherDeclarations:
    """Return the declarations that are not on a handler.

    Call this function last, because it evaluates code that does not run in the service.
    """
    found = OtherDeclarations()
    known = {decoration.decorator.place for decoration in interpreter.usage.decorations()}
    modules = {context.source.module: context for context in interpreter.contexts() if context.function is None}
    for source in sources:
        context = modules.get(source.module)
        if _NAME in source.text and context is not None:
            with interpreter.inside(context):
                _read_module(interpreter, context, known, found)
    return found


def _read_module(
    interpreter: Interpreter, context: AnalysisContext, known: set[Place], found: OtherDeclarations
) -> None:
    nodes = list(ast.walk(context.source.tree))
    calls = [node for node in nodes if isinstance(node, ast.Call) and _is_decorator(interpreter, context, node.func)]
    for call in calls:
        place = attribute_place(context.source, call)
        if _has_unknown_names(interpreter, call):
            found.unclear.append(_unclear("the name of a declared variable is computed", place))
        for value in () if place in known else interpreter.evaluate(call):
            if isinstance(value, LibraryDecorator):
                variables, unclear = read_declaration(value)
                found.variables += variables
                found.unclear += unclear
    harmless = {id(call.func) for call in calls} | {id(value) for value in _assigned(nodes)}
    for node in nodes:
        if isinstance(node, ast.expr) and id(node) not in harmless and _is_decorator(interpreter, context, node):
            place = place_of(context.source, node)
            found.unclear.append(_unclear("@required_env_vars is passed on here, and not called", place))


def _is_decorator(interpreter: Interpreter, context: AnalysisContext, node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        values = interpreter.evaluate(node) if node.attr == _NAME and isinstance(node.ctx, ast.Load) else None
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        values = interpreter.module_attribute(context, node.id)
    else:
        values = None
    return any(isinstance(value, ExternalName) and value.name == _DECORATOR for value in values or ())


def _has_unknown_names(interpreter: Interpreter, call: ast.Call) -> bool:
    starred = [argument.value for argument in call.args if isinstance(argument, ast.Starred)]
    return any(interpreter.known_members(interpreter.evaluate(value)) is None for value in starred)


def _assigned(nodes: Iterable[ast.AST]) -> list[ast.expr]:
    """Return the values of assignments. An assignment only gives the decorator another name, and does not use it."""
    return [node.value for node in nodes if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None]


def _unclear(what: str, place: Place) -> ReadingTrouble:
    return ReadingTrouble(place, what, "write the declaration as a decorator, with its names written out", unclear=True)
