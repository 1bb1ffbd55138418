"""Find batch handlers that catch every exception of a record and continue. The failed record is then lost silently."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import SwallowedError
from pycommon_cli.analysis.python.values.code_effects import place_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext, FunctionValue

__all__ = ["swallowed_errors"]

_EVERY_EXCEPTION = frozenset({"Exception", "BaseException"})
_LOGGING = frozenset(
    {
        "add_metric", "capture_exception", "critical", "debug", "error", "exception", "info", "log", "print",
        "print_exc", "put_metric", "warn", "warning",
    }
)  # fmt: skip
_REPORTING = ("batchItemFailures", "batch_item_failures")


def swallowed_errors(function: FunctionValue, reached: Iterable[AnalysisContext]) -> tuple[SwallowedError, ...]:
    """Return the `except` clauses that lose records.

    They are in the handler, or in a function that the handler calls for each record.
    """
    node = function.node
    if isinstance(node, ast.Lambda) or "ecords" not in function.source.text:
        return ()
    loops = list(_loops_over_records(node))
    if not loops or _reports(node):
        return ()
    found = []
    for loop in loops:
        found += [SwallowedError(place_of(function.source, each)) for each in _swallowing(loop.body)]
        for name in _called_for_each(loop):
            for context in reached:
                called = context.function
                if called is not None and called.qualified_name == name and not isinstance(called.node, ast.Lambda):
                    whole = called.node.body
                    if not _reports(called.node):
                        found += [SwallowedError(place_of(called.source, each)) for each in _swallowing(whole)]
    return tuple(dict.fromkeys(found))


def _reports(node: ast.AST) -> bool:
    """Return whether a function returns the failed records, or raises an error after the loop."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and each.value in _REPORTING:
            return True
        if (
            isinstance(each, ast.Name | ast.Attribute)
            and (getattr(each, "id", "") or getattr(each, "attr", "")) in _REPORTING
        ):
            return True
    body = getattr(node, "body", [])
    loops = [index for index, each in enumerate(body) if isinstance(each, ast.For)]
    behind = body[loops[0] + 1 :] if loops else []
    return any(isinstance(each, ast.Raise) for statement in behind for each in ast.walk(statement))


def _loops_over_records(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.For]:
    statements = list(_statements(node.body))
    names = {
        target.id
        for each in statements
        if isinstance(each, ast.Assign) and _is_records(each.value, set())
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    for each in statements:
        if isinstance(each, ast.For) and _is_records(each.iter, names):
            yield each


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        for name in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, name, []))
        for handler in getattr(statement, "handlers", []):
            yield from _statements(handler.body)


def _is_records(node: ast.expr, names: set[str]) -> bool:  # noqa: PLR0911 - one for each form
    match node:
        case ast.Subscript(slice=ast.Constant(value="Records")):
            return True
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value="Records"), *_]):
            return True
        case ast.Call(func=ast.Name(id="enumerate" | "list" | "reversed"), args=[inner, *_]):
            return _is_records(inner, names)
        case ast.BoolOp(values=[first, *_]):
            return _is_records(first, names)
        case ast.Name(id=name):
            return name in names
        case ast.Attribute(attr="records"):
            return True
    return False


def _called_for_each(loop: ast.For) -> set[str]:
    """Return the functions that are called for each record, as statements of the loop."""
    names = set()
    for statement in loop.body:
        value = getattr(statement, "value", None)
        if (
            isinstance(statement, ast.Expr | ast.Assign)
            and isinstance(value, ast.Call)
            and isinstance(value.func, ast.Name)
        ):
            names.add(value.func.id)
    return names


def _swallowing(body: list[ast.stmt]) -> Iterator[ast.ExceptHandler]:
    for statement in body:
        if isinstance(statement, ast.Try):
            for handler in statement.handlers:
                if _catches_all(handler) and all(_only_logs(each) for each in handler.body):
                    yield handler
        elif isinstance(statement, ast.If | ast.With):
            yield from _swallowing(statement.body)
            yield from _swallowing(getattr(statement, "orelse", []))


def _catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(kind, "id", getattr(kind, "attr", "")) in _EVERY_EXCEPTION for kind in kinds)


def _only_logs(statement: ast.stmt) -> bool:
    """Return whether a statement only logs, counts or continues."""
    match statement:
        case ast.Pass() | ast.Continue() | ast.AugAssign():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name in _LOGGING
        case ast.Assign(value=ast.Constant() | ast.JoinedStr() | ast.Call(func=ast.Name(id="str" | "repr"))):
            return True
    return False
