"""What code does that governance asks about: reads of the environment, calls of AWS, calls of other code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.python.python_files import PythonFile
    from pycommon_cli.analysis.python.scopes import AnalysisContext

__all__ = ["Effects", "Read", "Use", "attribute_place", "place_of"]


@dataclass(frozen=True, slots=True)
class Read:
    """A read of an environment variable."""

    variable: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A call of AWS; see `pycommon_cli.analysis.facts.AwsCall`."""

    service: str
    operation: str
    actions: tuple[str, ...]
    variable: str | None
    part: str = ""
    conditional: bool = False


class Effects:
    """What one context does itself, and which contexts it calls, each with its place."""

    __slots__ = ("asked", "calls", "reads", "uses")

    def __init__(self) -> None:
        self.asked: set[str] = set()  # variables that are looked for first: `if name in os.environ`
        self.reads: dict[tuple[Read, Place], None] = {}
        self.uses: dict[tuple[Use, Place], None] = {}
        self.calls: dict[tuple[AnalysisContext, Place], None] = {}

    def clear(self) -> None:
        """Forget everything, before the context runs again."""
        self.asked.clear()
        self.reads.clear()
        self.uses.clear()
        self.calls.clear()

    def __bool__(self) -> bool:
        return bool(self.reads or self.uses or self.calls)


def place_of(source: PythonFile, node: ast.expr | ast.stmt | ast.excepthandler | ast.pattern) -> Place:
    """Where `node` stands."""
    return Place(
        source.path,
        node.lineno,
        node.col_offset + 1,
        node.end_lineno or node.lineno,
        (node.end_col_offset or node.col_offset) + 1,
    )


def attribute_place(source: PythonFile, call: ast.Call) -> Place:
    """Where a call stands: from the name of its method on, so that the links of a chain are told apart."""
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
