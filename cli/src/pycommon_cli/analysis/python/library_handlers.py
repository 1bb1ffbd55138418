"""Read the handlers that PyCommon provides, such as the router. Their decorators are read from PyCommon's source."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place
from pycommon_cli.analysis.python.values.abstract_values import ExternalName

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.values.abstract_values import Value
    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

__all__ = ["ReadyHandler", "ready_handler"]

_LIBRARY = "pycommon."
_DECORATORS = frozenset({"required_env_vars", "validated", "track_execution"})


@dataclass(frozen=True, slots=True)
class ReadyHandler:
    """A handler of PyCommon. See `pycommon_cli.analysis.facts.HandlerFacts` for the fields."""

    decorators: tuple[str, ...]
    operation: str | None
    validates_body: bool


def ready_handler(value: Value, module: AnalysisContext, name: str) -> tuple[ReadyHandler, Place] | None:
    """Return the handler of PyCommon that `value` is, and the place where the module imports `name`.

    Return None if `value` is not a handler of PyCommon.

    Example:
        The handler of `from pycommon.api.router import route` has the operation "route", and does not validate the
        body.
    """
    for each in value:
        if isinstance(each, ExternalName) and each.name.startswith(_LIBRARY):
            found = _read(each.name)
            if found is not None:
                return found, _import_of(name, module)
    return None


@cache
def _read(qualified_name: str) -> ReadyHandler | None:
    module_name, _, name = qualified_name.rpartition(".")
    try:
        spec = util.find_spec(module_name)
    except (ImportError, ValueError):
        return None
    if spec is None or spec.origin is None:
        return None
    tree = ast.parse(Path(spec.origin).read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return _of(node, tree)
    return None


def _of(node: ast.FunctionDef, tree: ast.Module) -> ReadyHandler:
    names: list[str] = []
    operation, validates_body = None, True
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(called, ast.Name) and called.id in _DECORATORS:
            names.append(called.id)
            if called.id == "validated" and isinstance(decorator, ast.Call):
                values = [_constant(each, tree) for each in decorator.args]
                operation = str(values[0]) if values and values[0] is not None else None
                validates_body = values[1:2] != [False]
    return ReadyHandler(tuple(names), operation, validates_body)


def _constant(node: ast.expr, tree: ast.Module) -> object:
    """Return the value of a literal, or of a module constant."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        for each in tree.body:
            if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant):
                names = [target.id for target in each.targets if isinstance(target, ast.Name)]
                if node.id in names:
                    return each.value.value
    return None


def _import_of(name: str, module: AnalysisContext) -> Place:
    for node in module.source.tree.body:
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            if name in (alias.asname, alias.name):
                return Place(module.source.path, node.lineno, node.col_offset + 1)
    return Place(module.source.path, 1)
