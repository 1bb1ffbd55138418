"""Where names live, and who has read them: a change runs those again who read the old value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon_cli.analysis.python.abstract_values import NOTHING, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.python.abstract_values import FunctionValue, Value
    from pycommon_cli.analysis.python.code_effects import Effects
    from pycommon_cli.analysis.python.python_files import PythonFile

__all__ = ["AnalysisContext", "Scope"]


class Scope:
    """The names of a module, of a function that others close over, of a class or of an instance.

    `own` is what its body binds, in the end; `others` what is bound from outside: `global`, `nonlocal`, `x.name = ...`.
    """

    __slots__ = ("others", "own", "readers")

    def __init__(self) -> None:
        self.own: dict[str, Value] = {}
        self.others: dict[str, Value] = {}
        self.readers: dict[str, set[AnalysisContext]] = {}

    def get(self, name: str, reader: AnalysisContext) -> Value | None:
        """What `name` may be; None where nothing binds it. `reader` is run again when that changes."""
        self.readers.setdefault(name, set()).add(reader)
        own, others = self.own.get(name), self.others.get(name)
        if own is None or others is None:
            return own if others is None else others
        return join(own, others)

    def bind(self, name: str, value: Value) -> set[AnalysisContext]:
        """Bind by the body itself, which replaces what was there. Gives the readers of another value."""
        if self.own.get(name) == value:
            return set()
        self.own[name] = value
        return self.readers.get(name, set())

    def add(self, name: str, value: Value) -> set[AnalysisContext]:
        """Bind from outside, beside what is there. Gives the readers of another value."""
        before = self.others.get(name, NOTHING)
        after = join(before, value)
        if after == before and name in self.others:
            return set()
        self.others[name] = after
        return self.readers.get(name, set())

    def names(self) -> Iterator[str]:
        """Every name that is bound."""
        yield from dict.fromkeys([*self.own, *self.others])


class AnalysisContext:
    """One way in which code runs: a module's body, or a function with certain arguments.

    Attributes:
        function: None for a module's body.
        arguments: what the function is called with, by parameter.
        result: what it returns; for a generator what it yields.
        effects: what it does itself; what others do that it calls is found through `effects.calls`.
        dependents: the contexts that have used the result.
        allocated: what its expressions made, by place in the text, so that running it again makes the same.
    """

    __slots__ = (
        "allocated",
        "arguments",
        "dependents",
        "effects",
        "function",
        "result",
        "running",
        "runs",
        "scope",
        "source",
        "stars",
    )

    def __init__(
        self,
        source: PythonFile,
        effects: Effects,
        function: FunctionValue | None = None,
        arguments: dict[str, Any] | None = None,
    ) -> None:
        self.source = source
        self.function = function
        self.arguments = arguments or {}
        self.result: Value = NOTHING
        self.effects = effects
        self.dependents: set[AnalysisContext] = set()
        self.allocated: dict[Any, Any] = {}
        self.scope = Scope()
        self.stars: list[Value] = []
        self.runs = 0
        self.running = False

    @property
    def name(self) -> str:
        """For people who debug this."""
        return self.function.qualified_name if self.function else self.source.module

    def __repr__(self) -> str:
        return f"<{self.source.module}:{self.name}>"
