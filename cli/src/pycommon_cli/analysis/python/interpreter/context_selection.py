"""Select the context in which a call runs: one context for each set of significant arguments, up to a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.aws.sdk_values import SdkValue
from pycommon_cli.analysis.python.reachable_effects import comes_to_effects
from pycommon_cli.analysis.python.values.abstract_values import NOTHING, EnvironmentValue, Value, join
from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.significant_values import SignificantValues
    from pycommon_cli.analysis.python.values.code_contexts import FunctionValue

__all__ = ["ContextSelection"]


class ContextSelection:
    """Selects and keeps the contexts of all functions.

    If a function has too many contexts, all further calls share one context. The limit is lower for a function that
    never reaches AWS or an environment variable. It is also lower for every function when half of the steps are used.
    """

    __slots__ = ("_contexts", "_of_function", "_significant", "_state", "_without_effects")

    def __init__(self, state: ExecutionState, significant: SignificantValues) -> None:
        self._state = state
        self._significant = significant
        self._contexts: dict[tuple[object, ...], AnalysisContext] = {}
        self._of_function: dict[FunctionValue, list[AnalysisContext]] = {}
        self._without_effects: dict[FunctionValue, bool] = {}

    def contexts(self) -> Iterable[AnalysisContext]:
        """Return the contexts of all functions, in the order in which they were made."""
        return self._contexts.values()

    def select(self, function: FunctionValue, arguments: dict[str, Value]) -> AnalysisContext:
        """Return the context of `function` for the arguments. `arguments` has the value of each parameter."""
        significant = {name: self._significant.significant(value) for name, value in arguments.items()}
        key = (function, *significant.items())
        context = self._contexts.get(key)
        if context is not None:
            return context
        known = self._of_function.setdefault(function, [])
        if self._has_too_many(function, known):
            key = (function, None)
            context = self._contexts.get(key)
            if context is not None:
                self._widen(context, significant)
                return context
        context = self._contexts[key] = AnalysisContext(function.source, function, significant)
        known.append(context)
        return context

    def _has_too_many(self, function: FunctionValue, known: list[AnalysisContext]) -> bool:
        most = (
            LIMITS.contexts_of_a_function
            if self._state.steps_left > self._state.half_of_steps
            else LIMITS.contexts_of_a_function_after_half_of_the_steps
        )
        return len(known) >= most or (
            len(known) >= LIMITS.contexts_of_a_function_without_effects and self._is_without_effects(function, known)
        )

    def _is_without_effects(self, function: FunctionValue, known: list[AnalysisContext]) -> bool:
        """Return whether none of these contexts reaches AWS or an environment variable."""
        found = self._without_effects.get(function)
        if found is None or len(known) in LIMITS.contexts_at_which_effects_are_searched_again:
            found = comes_to_effects(known, LIMITS.contexts_searched_for_effects) is False and not any(
                isinstance(each, EnvironmentValue | SdkValue) for context in known for each in context.result
            )
            self._without_effects[function] = found
        return found

    def _widen(self, context: AnalysisContext, arguments: dict[str, Value]) -> None:
        joined = {name: join(value, context.arguments.get(name, NOTHING)) for name, value in arguments.items()}
        if joined != context.arguments:
            context.arguments = joined
            self._state.changed((context,))
