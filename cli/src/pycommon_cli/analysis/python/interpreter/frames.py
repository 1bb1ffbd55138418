"""What belongs to one run of code, and what a run leaves behind for the facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.analysis.python.abstract_values import (
        FunctionValue,
        LibraryDecorator,
        Value,
    )
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call
    from pycommon_cli.analysis.python.scopes import AnalysisContext

__all__ = ["Decoration", "Frame", "Registration"]


@dataclass(frozen=True, slots=True)
class Decoration:
    """A decorator of this library on a function."""

    decorator: LibraryDecorator
    function: FunctionValue


@dataclass(frozen=True, slots=True)
class Registration:
    """A call that sets the library up: `setup_validated(...)`, `set_route_data(...)`."""

    name: str
    call: Call
    context: AnalysisContext
    place: Place


@dataclass(slots=True)
class Frame:
    """What belongs to one run of a context."""

    env: dict[str, Value] = field(default_factory=dict)
    returned: list[Value] = field(default_factory=list)
    yielded: list[Value] = field(default_factory=list)
    exits: list[list[dict[str, Value]]] = field(default_factory=list)
    unrolled: tuple[int, ...] = ()
    global_names: frozenset[str] = frozenset()
    nonlocal_names: frozenset[str] = frozenset()
    publishes: bool = False
    typing_only: bool = False
