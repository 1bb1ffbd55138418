"""Moves and removes decorators, as whole lines."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Edit

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.check.requested_edits import MoveDecorator, RemoveDecorator
    from pycommon_cli.check.source_texts import Sources

__all__ = ["decorator_at", "moved", "removed", "tree"]

Decorated = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def moved(requested: MoveDecorator, sources: Sources) -> tuple[Edit, ...]:
    """Return the edits that move one decorator above another, or an empty tuple if the text is too complex."""
    own, other = decorator_at(requested.place, sources), decorator_at(requested.above, sources)
    if own is None or other is None or other.lineno >= own.lineno:
        return ()
    lines = sources.text(requested.place.path).splitlines(keepends=True)[own.lineno - 1 : own.end_lineno or own.lineno]
    return (
        Edit(requested.place.path, other.lineno, 1, other.lineno, 1, "".join(lines)),
        *_without(own, requested.place.path),
    )


def removed(requested: RemoveDecorator, sources: Sources) -> tuple[Edit, ...]:
    """Return the edit that removes a decorator with its lines."""
    own = decorator_at(requested.place, sources)
    return () if own is None else _without(own, requested.place.path)


def decorator_at(place: Place, sources: Sources) -> ast.expr | None:
    """Return the decorator that begins on the line of `place`."""
    parsed = tree(sources.text(place.path))
    for node in ast.walk(parsed) if parsed else ():
        if isinstance(node, Decorated):
            for decorator in node.decorator_list:
                if decorator.lineno == place.line:
                    return decorator
    return None


@lru_cache(maxsize=32)
def tree(text: str) -> ast.Module | None:
    """Return the syntax tree of a module, or None if the module cannot be parsed."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _without(decorator: ast.expr, path: str) -> tuple[Edit, ...]:
    return (Edit(path, decorator.lineno, 1, (decorator.end_lineno or decorator.lineno) + 1, 1, ""),)
