"""The arguments of one call, as values."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import NOTHING, UNKNOWN

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.analysis.python.abstract_values import Value

__all__ = ["Call", "unwritten"]


@dataclass(slots=True)
class Call:
    """One call.

    Attributes:
        node: the expression that makes it; what it allocates is told apart by it.
        positional, keywords: the arguments that are known.
        rest: what `*args` of unknown length brings; NOTHING without.
        open: whether `**kwargs` brings more than is known.
        places: where each positional argument stands, as far as that is known.
    """

    node: ast.expr
    place: Place
    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    rest: Value = NOTHING
    open: bool = False
    places: list[Place] = field(default_factory=list)

    def argument(self, position: int, *names: str) -> Value | None:
        """The argument at `position`, or under one of `names`; None where it is not passed."""
        if 0 <= position < len(self.positional):
            return self.positional[position]
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return self.rest or (UNKNOWN if self.open else None)

    def given(self, position: int, *names: str) -> Value:
        """As `argument`; NOTHING where it is not passed."""
        value = self.argument(position, *names)
        return NOTHING if value is None else value


def unwritten(name: str, place: Place) -> ast.expr:
    """The expression of a call that stands nowhere in the text: Lambda's of a handler, the guard's of a checker."""
    end = place.end_line or place.line
    return ast.Name(name, ast.Load(), lineno=place.line, col_offset=0, end_lineno=end, end_col_offset=0)
