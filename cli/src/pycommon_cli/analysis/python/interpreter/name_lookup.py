"""Bind and look up names, by Python's rules of scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.values.abstract_values import NOTHING, ExternalName, Value, join, one
from pycommon_cli.analysis.python.values.code_contexts import ModuleValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

__all__ = ["NameLookup"]


class NameLookup:
    """The part of the interpreter that binds and looks up names, in the code that runs and in the service's modules.

    Attributes:
        modules: the contexts of the modules that have run or are running, by dotted name.
    """

    __slots__ = ("_state", "modules")

    def __init__(self, state: ExecutionState) -> None:
        self._state = state
        self.modules: dict[str, AnalysisContext] = {}

    def bind(self, name: str, value: Value) -> None:
        """Assign a value to a name in the code that runs."""
        state = self._state
        frame, context = state.frame, state.current
        if name in frame.global_names:
            module = self.modules.get(context.source.module)
            if module is not None:
                state.changed(module.scope.add(name, value))
            return
        if name in frame.nonlocal_names:
            self._bind_nonlocal(name, value)
            return
        frame.names[name] = value
        if not frame.publishes:
            return
        if context.function is None:
            if context.runs == 1:
                state.changed(context.scope.bind(name, value))
        else:
            state.changed(context.scope.bind(name, join(value, context.scope.own.get(name, NOTHING))))

    def _bind_nonlocal(self, name: str, value: Value) -> None:
        function = self._state.current.function
        parent = function.parent if function else None
        while parent is not None and parent.function is not None:
            if name in parent.scope.own:
                self._state.changed(parent.scope.add(name, value))
                return
            parent = parent.function.parent

    def look_up(self, name: str) -> Value:
        """Return the value of a name in the code that runs. A name that no code binds is taken from `builtins`."""
        state = self._state
        frame = state.frame
        if name not in frame.global_names and (found := frame.names.get(name)) is not None:
            return found
        context: AnalysisContext | None = state.current
        if context is not None and context.function is not None:
            context = context.function.parent
        while context is not None:
            found = context.scope.get(name, state.current)
            if found is None and context.function is None:
                found = self._from_star_imports(context, name, 0)
            if found is not None:
                return found
            context = context.function.parent if context.function else None
        return one(ExternalName(f"builtins.{name}"))

    def module_attribute(self, context: AnalysisContext, name: str, depth: int = 0) -> Value | None:
        """Return the value of a name of a module, or None if the module does not have the name."""
        found = context.scope.get(name, self._state.current)
        return found if found is not None else self._from_star_imports(context, name, depth)

    def _from_star_imports(self, context: AnalysisContext, name: str, depth: int) -> Value | None:
        if name.startswith("_") or depth > LIMITS.chained_star_imports:
            return None
        for star in context.stars:
            for module in star:
                if isinstance(module, ExternalName):
                    return one(ExternalName(f"{module.name}.{name}"))
                if isinstance(module, ModuleValue):
                    found = self.module_attribute(module.context, name, depth + 1)
                    if found is not None:
                        return found
        return None
