"""Record how the service uses PyCommon: its decorators on functions, and calls such as `setup_validated(...)`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import LibraryDecorator, Value
from pycommon_cli.analysis.python.values.code_contexts import BoundMethod, FunctionValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.analysis.python.interpreter.calls import CallForms
    from pycommon_cli.analysis.python.values.call_arguments import Call
    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

__all__ = ["Decoration", "LibraryUsage", "Registration"]


@dataclass(frozen=True, slots=True)
class Decoration:
    """A decorator of PyCommon that is applied to a function."""

    decorator: LibraryDecorator
    function: FunctionValue


@dataclass(frozen=True, slots=True)
class Registration:
    """A call that sets PyCommon up, such as `setup_validated(...)` and `set_route_data(...)`."""

    name: str
    call: Call
    context: AnalysisContext
    place: Place


class LibraryUsage:
    """The part of the interpreter that records the decorators and registrations of the service."""

    __slots__ = ("_decorations", "_registrations")

    def __init__(self) -> None:
        self._decorations: dict[tuple[LibraryDecorator, FunctionValue], Decoration] = {}
        self._registrations: dict[tuple[str, Place], Registration] = {}

    def forms(self) -> CallForms:
        """Return the kinds of values that this part calls."""
        return {LibraryDecorator: self.decorate}

    def decorations(self) -> list[Decoration]:
        """Return the decorators of PyCommon, in the order in which they were applied."""
        return list(self._decorations.values())

    def registrations(self, name: str) -> list[Registration]:
        """Return the calls of the function `name`, in the order in which they ran."""
        return [each for each in self._registrations.values() if each.name == name]

    def all_registrations(self) -> list[Registration]:
        """Return the calls of all functions that set PyCommon up."""
        return list(self._registrations.values())

    def decorate(self, decorator: LibraryDecorator, call: Call) -> Value:
        """Record that a decorator is applied to the argument of the call. Return the decorated function."""
        target = call.given(0)
        for each in target:
            function = each.function if isinstance(each, BoundMethod) and each.function else each
            if isinstance(function, FunctionValue):
                self._decorations.setdefault((decorator, function), Decoration(decorator, function))
        return target

    def register(self, name: str, call: Call, context: AnalysisContext) -> None:
        """Record a call that sets PyCommon up."""
        self._registrations[name, call.place] = Registration(name, call, context, call.place)
