"""The state of the interpretation, and the order in which code is run: on demand, and again when what it read changed.

Each module's body and each function with the arguments that matter is an `AnalysisContext` with a summary (what it
returns, what it does itself, whom it calls), made once and used by every caller. Recursion and cyclic imports see the
summary as far as it is, and run again when it grows.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place, ReadingTrouble
from pycommon_cli.analysis.python.abstract_values import (
    NONE,
    NOTHING,
    UNKNOWN,
    EnvironmentValue,
    FunctionValue,
    InstanceValue,
    LibraryDecorator,
    Value,
    join,
    one,
)
from pycommon_cli.analysis.python.aws.sdk_values import SdkValue
from pycommon_cli.analysis.python.code_effects import Effects
from pycommon_cli.analysis.python.interpreter.frames import Decoration, Frame, Registration
from pycommon_cli.analysis.python.interpreter.function_facts import facts_of
from pycommon_cli.analysis.python.interpreter.name_lookup import Names
from pycommon_cli.analysis.python.reachable_effects import comes_to_effects
from pycommon_cli.analysis.python.scopes import AnalysisContext

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.function_facts import AnyFunction, FunctionFacts
    from pycommon_cli.analysis.python.service_modules import ServiceModules

__all__ = ["Machine"]

_DEEPEST = 24  # calls in calls; what lies deeper is run on its own, and its callers again
_MOST_CONTEXTS = 128  # of one function; past that all further calls share one
_MANY_CONTEXTS = 12  # of one function that has nothing to do with AWS or the environment: likewise
_LOOKED_THROUGH = 400  # contexts, to tell that
_LOOKED_AT_AGAIN = (24, 48, 96)
_STEPS_A_LINE = 3  # statements run, on average over the whole service: bounds the time by the size of the code
_FIRST_STEPS = 20_000
_FEW_CONTEXTS = 3  # of one function, once half of the steps are gone


class Machine(Names):
    """Base of the interpreter: contexts and their runs. The parts that read syntax are in its subclasses."""

    def __init__(self, modules: ServiceModules, lines: int) -> None:
        super().__init__()
        self.modules = modules
        self.troubles: list[ReadingTrouble] = []
        self.decorations: dict[tuple[LibraryDecorator, FunctionValue], Decoration] = {}
        self.registrations: dict[tuple[str, Place], Registration] = {}
        self.instances: dict[tuple[object, ...], InstanceValue] = {}
        self._contexts: dict[tuple[object, ...], AnalysisContext] = {}
        self._known_contexts: dict[FunctionValue, list[AnalysisContext]] = {}
        self._inert: dict[FunctionValue, bool] = {}
        self._facts: dict[AnyFunction, FunctionFacts] = {}
        self._depth = 0
        self.steps_left = _STEPS_A_LINE * lines + _FIRST_STEPS
        self._half_of_steps = self.steps_left // 2

    # What the subclasses add

    def execute_body(self, body: list[ast.stmt]) -> bool:
        """Run statements; whether what stands behind them is reached."""
        raise NotImplementedError

    def evaluate(self, node: ast.expr) -> Value:
        """What an expression may be worth."""
        raise NotImplementedError

    # Contexts

    def module(self, name: str) -> AnalysisContext | None:
        """The module of that name, run."""
        context = self.home.get(name)
        if context is None:
            source = self.modules.get(name)
            if source is None:
                return None
            context = self.home[name] = AnalysisContext(source, Effects())
            for parent in _parents(name):
                self.module(parent)
            self._run_or_wait(context)
        return context

    def invoke(self, function: FunctionValue, arguments: dict[str, Value], place: Place) -> Value:
        """What `function` returns for these arguments, by parameter; the call is noted at `place`."""
        context = self._context(function, arguments)
        self.current.effects.calls[context, place] = None
        if not context.runs and not context.running:
            self._run_or_wait(context)
        context.dependents.add(self.current)
        return context.result

    def settle(self) -> None:
        """Run everything that waits, until nothing changes any more."""
        while self.waiting:
            context = next(iter(self.waiting))
            del self.waiting[context]
            self._run(context)

    def contexts(self) -> list[AnalysisContext]:
        """All of them."""
        return [*self.home.values(), *self._contexts.values()]

    def _context(self, function: FunctionValue, arguments: dict[str, Value]) -> AnalysisContext:
        telling = {name: self.telling(value) for name, value in arguments.items()}
        key = (function, *telling.items())
        context = self._contexts.get(key)
        if context is not None:
            return context
        known = self._known_contexts.setdefault(function, [])
        if len(known) >= (_MOST_CONTEXTS if self.steps_left > self._half_of_steps else _FEW_CONTEXTS) or (
            len(known) >= _MANY_CONTEXTS and self._is_inert(function, known)
        ):
            key = (function, None)
            context = self._contexts.get(key)
            if context is not None:
                self._widen(context, telling)
                return context
        context = self._contexts[key] = AnalysisContext(function.source, Effects(), function, dict(telling))
        known.append(context)
        return context

    def _is_inert(self, function: FunctionValue, known: list[AnalysisContext]) -> bool:
        """Whether a function, called in so many ways, has never come near AWS or the environment."""
        inert = self._inert.get(function)
        if inert is None or len(known) in _LOOKED_AT_AGAIN:
            inert = comes_to_effects(known, _LOOKED_THROUGH) is False and not any(
                isinstance(atom, EnvironmentValue | SdkValue) for context in known for atom in context.result
            )
            self._inert[function] = inert
        return inert

    def _widen(self, context: AnalysisContext, arguments: dict[str, Value]) -> None:
        joined = {name: join(value, context.arguments.get(name, NOTHING)) for name, value in arguments.items()}
        if joined != context.arguments:
            context.arguments = joined
            self.changed((context,))

    def _run_or_wait(self, context: AnalysisContext) -> None:
        if self._depth < _DEEPEST:
            self._run(context)
        else:
            context.runs = context.runs or 1  # so that it counts as known, with nothing to tell yet
            self.waiting[context] = None

    def _run(self, context: AnalysisContext) -> None:
        if self.steps_left <= 0:
            self._too_much(context)
            return
        current, frame = self.current, self.frame
        self.current, self.frame = context, self._new_frame(context)
        context.runs += 1
        context.running = True
        self.waiting.pop(context, None)
        context.effects.clear()
        self._depth += 1
        try:
            result = self._body(context)
        except RecursionError:
            result = UNKNOWN
            self._too_deep(context)
        finally:
            self._depth -= 1
            context.running = False
            self.current, self.frame = current, frame
        result = join(context.result, result)
        if result != context.result:
            context.result = result
            self.changed(context.dependents)

    def _body(self, context: AnalysisContext) -> Value:
        function = context.function
        if function is None:
            self.execute_body(context.source.tree.body)
            self._publish(context)
            return NOTHING
        for name, value in context.arguments.items():
            self.bind(name, value)
        if isinstance(function.node, ast.Lambda):
            return self.evaluate(function.node.body)
        continues = self.execute_body(function.node.body)
        if self.facts(function.node).is_generator:
            return one(self.sequence(function.node, [], join(*self.frame.yielded)))
        return join(*self.frame.returned, NONE if continues else NOTHING)

    def _new_frame(self, context: AnalysisContext) -> Frame:
        if context.function is None:
            return Frame(publishes=True)
        known = self.facts(context.function.node)
        return Frame(
            global_names=known.global_names, nonlocal_names=known.nonlocal_names, publishes=known.has_inner_functions
        )

    def facts(self, node: AnyFunction) -> FunctionFacts:
        """What the text of a function tells before it is run."""
        facts = self._facts.get(node)
        if facts is None:
            facts = self._facts[node] = facts_of(node)
        return facts

    def _publish(self, context: AnalysisContext) -> None:
        """What a module binds in the end is what others find in it."""
        for name, value in self.frame.env.items():
            self.changed(context.scope.bind(name, value))

    def _too_much(self, context: AnalysisContext) -> None:
        trouble = ReadingTrouble(
            Place(context.source.path, 1),
            f"{context.source.path} was not followed to its end: too many ways lead through it",
            "what it reads and calls may be incomplete; declare it, or exclude generated code",
            unclear=True,
        )
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    def _too_deep(self, context: AnalysisContext) -> None:
        line = context.function.node.lineno if context.function else 1
        trouble = ReadingTrouble(
            Place(context.source.path, line),
            f"{context.name} is nested too deeply to be followed",
            "split it: parts of it were not checked",
            unclear=True,
        )
        if trouble not in self.troubles:
            self.troubles.append(trouble)


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]
