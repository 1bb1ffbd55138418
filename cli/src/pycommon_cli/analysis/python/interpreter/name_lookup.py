"""What names stand for where they are used, and who is told when that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    NOTHING,
    ExternalName,
    ModuleValue,
    Value,
    join,
    one,
)
from pycommon_cli.analysis.python.interpreter.allocations import Memory

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.scopes import AnalysisContext

__all__ = ["Names"]

_DEEPEST_STARS = 24


class Names(Memory):
    """Binding and looking up names, by Python's rules of scope."""

    def __init__(self) -> None:
        super().__init__()
        self.home: dict[str, AnalysisContext] = {}

    def bind(self, name: str, value: Value) -> None:
        """Assign to a name of the code that runs."""
        frame, context = self.frame, self.current
        if name in frame.global_names:
            home = self.home.get(context.source.module)
            if home is not None:
                self.changed(home.scope.add(name, value))
            return
        if name in frame.nonlocal_names:
            self._bind_nonlocal(name, value)
            return
        frame.env[name] = value
        if not frame.publishes:
            return
        if context.function is None:
            if context.runs == 1:
                self.changed(context.scope.bind(name, value))
        else:
            self.changed(context.scope.bind(name, join(value, context.scope.own.get(name, NOTHING))))

    def _bind_nonlocal(self, name: str, value: Value) -> None:
        function = self.current.function
        parent = function.parent if function else None
        while parent is not None and parent.function is not None:
            if name in parent.scope.own:
                self.changed(parent.scope.add(name, value))
                return
            parent = parent.function.parent

    def look_up(self, name: str) -> Value:
        """What a name stands for, where the code that runs uses it."""
        if name not in self.frame.global_names and (found := self.frame.env.get(name)) is not None:
            return found
        context: AnalysisContext | None = self.current
        if context is not None and context.function is not None:
            context = context.function.parent
        while context is not None:
            found = context.scope.get(name, self.current)
            if found is None and context.function is None:
                found = self._from_stars(context, name, 0)
            if found is not None:
                return found
            context = context.function.parent if context.function else None
        return one(ExternalName(f"builtins.{name}"))

    def _from_stars(self, context: AnalysisContext, name: str, depth: int) -> Value | None:
        if name.startswith("_") or depth > _DEEPEST_STARS:
            return None
        for star in context.stars:
            for atom in star:
                if isinstance(atom, ExternalName):
                    return one(ExternalName(f"{atom.name}.{name}"))
                if isinstance(atom, ModuleValue):
                    found = self.module_attribute(atom.context, name, depth + 1)
                    if found is not None:
                        return found
        return None

    def module_attribute(self, context: AnalysisContext, name: str, depth: int = 0) -> Value | None:
        """What a module has under `name`; None where it has nothing."""
        found = context.scope.get(name, self.current)
        return found if found is not None else self._from_stars(context, name, depth)
