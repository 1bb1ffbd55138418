"""Define the effects of code: reads of environment variables, calls of AWS, and the places of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.python.python_files import PythonFile

__all__ = ["Read", "Use", "attribute_place", "place_of"]


@dataclass(frozen=True, slots=True)
class Read:
    """A read of an environment variable."""

    variable: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A call of AWS. See `pycommon_cli.analysis.facts.AwsCall` for the fields."""

    service: str
    operation: str
    actions: tuple[str, ...]
    variable: str | None
    part: str = ""
    conditional: bool = False


def place_of(source: PythonFile, node: ast.expr | ast.stmt | ast.excepthandler | ast.pattern) -> Place:
    """Return the place of `node`."""
    return Place(
        source.path,
        node.lineno,
        node.col_offset + 1,
        node.end_lineno or node.lineno,
        (node.end_col_offset or node.col_offset) + 1,
    )


def attribute_place(source: PythonFile, call: ast.Call) -> Place:
    """Return the place where the method name of a call begins. Each call in a chain `a.b().c()` has its own place."""
    function = call.func
    name = getattr(function, "attr", None)
    if name is None or function.end_lineno is None or function.end_col_offset is None:
        return place_of(source, call)
    column = max(function.end_col_offset - len(name.encode()) + 1, 1)
    return Place(
        source.path,
        function.end_lineno,
        column,
        call.end_lineno or function.end_lineno,
        (call.end_col_offset or column) + 1,
    )
