"""Define the arguments of one call as abstract values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from pycommon_cli.analysis.python.values.abstract_values import NOTHING, UNKNOWN, Value

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place

__all__ = ["Call", "KnownFunction", "unwritten"]


@dataclass(slots=True)
class Call:
    """One call in the code.

    Attributes:
        node: the expression of the call. This node identifies the objects that the call makes.
        positional, keywords: the known arguments.
        rest: the possible values of a `*args` of unknown length, or NOTHING.
        open: whether a `**kwargs` passes more arguments that are not known.
        places: the place of each positional argument, as far as it is known.
    """

    node: ast.expr
    place: Place
    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    rest: Value = NOTHING
    open: bool = False
    places: list[Place] = field(default_factory=list)

    def argument(self, position: int, *names: str) -> Value | None:
        """Return the argument at `position` or under one of `names`, or None if it is not passed."""
        if 0 <= position < len(self.positional):
            return self.positional[position]
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return self.rest or (UNKNOWN if self.open else None)

    def given(self, position: int, *names: str) -> Value:
        """Return the argument as `argument` does, or NOTHING if it is not passed."""
        value = self.argument(position, *names)
        return NOTHING if value is None else value


def unwritten(name: str, place: Place) -> ast.expr:
    """Return an expression for a call that is not in the code, such as the call of a handler by Lambda."""
    end = place.end_line or place.line
    return ast.Name(name, ast.Load(), lineno=place.line, col_offset=0, end_lineno=end, end_col_offset=0)


KnownFunction: TypeAlias = Callable[[Call], Value]
"""The type of a Python function that computes the result of one call of a known external function."""
