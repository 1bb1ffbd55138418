"""Run contexts: on demand, and again when a value that they have read has changed.

Each context has a summary: its result, its effects and the contexts that it calls. All callers use this summary. A
recursive function and a cyclic import use the summary as it is so far. They run again when the summary grows.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place, ReadingTrouble
from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.interpreter.execution_state import Frame
from pycommon_cli.analysis.python.interpreter.function_facts import facts_of
from pycommon_cli.analysis.python.values.abstract_values import NONE, NOTHING, UNKNOWN, Value, join, one
from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.context_selection import ContextSelection
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.function_facts import AnyFunction, FunctionFacts
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, Executor
    from pycommon_cli.analysis.python.service_modules import ServiceModules
    from pycommon_cli.analysis.python.values.code_contexts import FunctionValue

__all__ = ["ContextRuns"]


class ContextRuns:
    """The part of the interpreter that runs modules and functions.

    Attributes:
        troubles: reports of the code that could not be followed to its end.
    """

    __slots__ = (
        "_allocations",
        "_depth",
        "_evaluator",
        "_executor",
        "_facts",
        "_modules",
        "_names",
        "_selection",
        "_state",
        "troubles",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - a run involves all of these
        self,
        state: ExecutionState,
        modules: ServiceModules,
        names: NameLookup,
        allocations: Allocations,
        selection: ContextSelection,
        evaluator: Evaluator,
        executor: Executor,
    ) -> None:
        self._state = state
        self._modules = modules
        self._names = names
        self._allocations = allocations
        self._selection = selection
        self._evaluator = evaluator
        self._executor = executor
        self._facts: dict[AnyFunction, FunctionFacts] = {}
        self._depth = 0
        self.troubles: list[ReadingTrouble] = []

    def module(self, name: str) -> AnalysisContext | None:
        """Return the context of the module with this dotted name. Run the module if it has not run yet."""
        contexts = self._names.modules
        context = contexts.get(name)
        if context is None:
            source = self._modules.get(name)
            if source is None:
                return None
            context = contexts[name] = AnalysisContext(source)
            for parent in _parents(name):
                self.module(parent)
            self._run_or_wait(context)
        return context

    def invoke(self, function: FunctionValue, arguments: dict[str, Value], place: Place) -> Value:
        """Return the result of `function`. Record the call at `place`.

        `arguments` has the value of each parameter.
        """
        current = self._state.current
        context = self._selection.select(function, arguments)
        current.effects.calls[context, place] = None
        if not context.runs and not context.running:
            self._run_or_wait(context)
        context.dependents.add(current)
        return context.result

    def run_until_stable(self) -> None:
        """Run the waiting contexts until no value changes any more."""
        waiting = self._state.waiting
        while waiting:
            context = next(iter(waiting))
            del waiting[context]
            self._run(context)

    def contexts(self) -> list[AnalysisContext]:
        """Return the contexts of all modules and functions."""
        return [*self._names.modules.values(), *self._selection.contexts()]

    def _run_or_wait(self, context: AnalysisContext) -> None:
        if self._depth < LIMITS.nested_calls:
            self._run(context)
        else:
            context.runs = context.runs or 1  # `changed` ignores contexts without a run
            self._state.waiting[context] = None

    def _run(self, context: AnalysisContext) -> None:
        state = self._state
        if state.steps_left <= 0:
            self._report_too_many_steps(context)
            return
        current, frame = state.current, state.frame
        state.current, state.frame = context, self._new_frame(context)
        context.runs += 1
        context.running = True
        state.waiting.pop(context, None)
        context.effects.clear()
        self._depth += 1
        try:
            result = self._body(context)
        except RecursionError:
            result = UNKNOWN
            self._report_too_deep(context)
        finally:
            self._depth -= 1
            context.running = False
            state.current, state.frame = current, frame
        result = join(context.result, result)
        if result != context.result:
            context.result = result
            state.changed(context.dependents)

    def _body(self, context: AnalysisContext) -> Value:
        function = context.function
        if function is None:
            self._executor.execute_body(context.source.tree.body)
            self._publish(context)
            return NOTHING
        for name, value in context.arguments.items():
            self._names.bind(name, value)
        if isinstance(function.node, ast.Lambda):
            return self._evaluator.evaluate(function.node.body)
        frame = self._state.frame
        continues = self._executor.execute_body(function.node.body)
        if self._function_facts(function.node).is_generator:
            return one(self._allocations.sequence(function.node, [], join(*frame.yielded)))
        return join(*frame.returned, NONE if continues else NOTHING)

    def _new_frame(self, context: AnalysisContext) -> Frame:
        if context.function is None:
            return Frame(publishes=True)
        facts = self._function_facts(context.function.node)
        return Frame(
            global_names=facts.global_names, nonlocal_names=facts.nonlocal_names, publishes=facts.has_inner_functions
        )

    def _function_facts(self, node: AnyFunction) -> FunctionFacts:
        facts = self._facts.get(node)
        if facts is None:
            facts = self._facts[node] = facts_of(node)
        return facts

    def _publish(self, context: AnalysisContext) -> None:
        """Bind the names of a module to their last values. Other modules read these values."""
        for name, value in self._state.frame.names.items():
            self._state.changed(context.scope.bind(name, value))

    def _report_too_many_steps(self, context: AnalysisContext) -> None:
        self._report(
            ReadingTrouble(
                Place(context.source.path, 1),
                f"{context.source.path} was not followed to its end: too many paths lead through it",
                "its reads and calls may be incomplete; declare them, or exclude generated code",
                unclear=True,
            )
        )

    def _report_too_deep(self, context: AnalysisContext) -> None:
        line = context.function.node.lineno if context.function else 1
        self._report(
            ReadingTrouble(
                Place(context.source.path, line),
                f"{context.name} is nested too deeply to be followed",
                "split it: parts of it were not checked",
                unclear=True,
            )
        )

    def _report(self, trouble: ReadingTrouble) -> None:
        if trouble not in self.troubles:
            self.troubles.append(trouble)


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]
