"""Define contexts and the values that belong to the service's own code. A context is one way in which code runs.

A function belongs to the context that defined the function. A context runs a function. Lists and dicts know the
contexts that have read them. These types refer to each other, and are therefore in one module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pycommon_cli.analysis.python.values.abstract_values import NOTHING, AbstractValue, Value, join

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.analysis.python.python_files import PythonFile
    from pycommon_cli.analysis.python.values.code_effects import Read, Use

__all__ = [
    "AnalysisContext",
    "BoundMethod",
    "ClassValue",
    "Effects",
    "FunctionValue",
    "InstanceValue",
    "MappingValue",
    "ModuleValue",
    "Scope",
    "SequenceValue",
    "SuperValue",
]


class Scope:
    """The names of a module, of a function with inner functions, of a class or of an instance.

    Attributes:
        own: the names that the body itself binds, each with its last value.
        others: the names that other code binds, with `global`, `nonlocal` or `x.name = ...`.
        readers: the contexts that have read each name. These contexts run again when the value of the name changes.
    """

    __slots__ = ("others", "own", "readers")

    def __init__(self) -> None:
        self.own: dict[str, Value] = {}
        self.others: dict[str, Value] = {}
        self.readers: dict[str, set[AnalysisContext]] = {}

    def get(self, name: str, reader: AnalysisContext) -> Value | None:
        """Return the value of `name`, or None if no code binds the name. Record that `reader` has read the name."""
        self.readers.setdefault(name, set()).add(reader)
        own, others = self.own.get(name), self.others.get(name)
        if own is None or others is None:
            return own if others is None else others
        return join(own, others)

    def bind(self, name: str, value: Value) -> set[AnalysisContext]:
        """Bind a name in the body itself. The new value replaces the old value.

        Return the contexts that have read the name, if the value has changed.
        """
        if self.own.get(name) == value:
            return set()
        self.own[name] = value
        return self.readers.get(name, set())

    def add(self, name: str, value: Value) -> set[AnalysisContext]:
        """Bind a name from outside. The name keeps its old value as a further possibility.

        Return the contexts that have read the name, if the value has changed.
        """
        before = self.others.get(name, NOTHING)
        after = join(before, value)
        if after == before and name in self.others:
            return set()
        self.others[name] = after
        return self.readers.get(name, set())

    def names(self) -> Iterator[str]:
        """Yield every bound name."""
        yield from dict.fromkeys([*self.own, *self.others])


class Effects:
    """The effects of one context: its reads of variables, its calls of AWS, and the contexts that it calls.

    Attributes:
        asked: the environment variables whose presence the code tests, as in `if name in os.environ`.
    """

    __slots__ = ("asked", "calls", "reads", "uses")

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.reads: dict[tuple[Read, Place], None] = {}
        self.uses: dict[tuple[Use, Place], None] = {}
        self.calls: dict[tuple[AnalysisContext, Place], None] = {}

    def clear(self) -> None:
        """Remove all effects, before the context runs again."""
        self.asked.clear()
        self.reads.clear()
        self.uses.clear()
        self.calls.clear()

    def __bool__(self) -> bool:
        return bool(self.reads or self.uses or self.calls)


class AnalysisContext:
    """One way in which code runs: the body of a module, or a function with certain arguments.

    Attributes:
        function: the function that runs, or None for the body of a module.
        arguments: the values of the function's parameters.
        result: the values that the function returns, or the list of the values that a generator yields.
        effects: the effects of the context itself. `effects.calls` has the called contexts, with their own effects.
        dependents: the contexts that have used the result.
        allocated: the objects that expressions of the context have made. A second run finds the same objects again.
        stars: the modules from which the context imports with `from ... import *`.
        runs: how often the context has run.
        running: whether the context runs at the moment.
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
        self, source: PythonFile, function: FunctionValue | None = None, arguments: dict[str, Value] | None = None
    ) -> None:
        self.source = source
        self.function = function
        self.arguments = arguments or {}
        self.result: Value = NOTHING
        self.effects = Effects()
        self.dependents: set[AnalysisContext] = set()
        self.allocated: dict[Any, AbstractValue] = {}
        self.scope = Scope()
        self.stars: list[Value] = []
        self.runs = 0
        self.running = False

    @property
    def name(self) -> str:
        """The name of the function or module, for messages and for debugging."""
        return self.function.qualified_name if self.function else self.source.module

    def __repr__(self) -> str:
        return f"<{self.source.module}:{self.name}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ModuleValue(AbstractValue):
    """A module of the service."""

    context: AnalysisContext


@dataclass(slots=True, eq=False, repr=False)
class FunctionValue(AbstractValue):
    """A function or lambda of the service.

    Attributes:
        parent: the context that defined the function. The function looks up its free names there.
        kind: "static", "class" or "property" for a method with that decorator, otherwise "".
        owner: the class that defines the method, if the function is a method.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    source: PythonFile
    parent: AnalysisContext
    qualified_name: str
    defaults: dict[str, Value]
    kind: str = ""
    owner: ClassValue | None = None


@dataclass(slots=True, eq=False, repr=False)
class ClassValue(AbstractValue):
    """A class of the service.

    Attributes:
        fields: the annotated names in the body of the class. A dataclass takes these names as arguments.
        lineage: the class and its bases, nearest first. The lineage is empty until it is computed.
    """

    node: ast.ClassDef
    source: PythonFile
    name: str
    bases: tuple[Value, ...]
    scope: Scope
    fields: tuple[str, ...] = ()
    is_dataclass: bool = False
    keywords: tuple[tuple[str, Value], ...] = ()
    lineage: tuple[ClassValue, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class InstanceValue(AbstractValue):
    """An object of a class. Calls of the class with the same significant arguments share one object."""

    of: ClassValue
    scope: Scope


@dataclass(frozen=True, slots=True)
class BoundMethod(AbstractValue):
    """A method and its receiver: an instance, a class, a value of the AWS SDK, a list, a dict or a text."""

    receiver: AbstractValue
    name: str
    function: FunctionValue | None = None


@dataclass(frozen=True, slots=True)
class SuperValue(AbstractValue):
    """`super()` in a method of the class `of`."""

    receiver: AbstractValue
    of: ClassValue


@dataclass(slots=True, eq=False, repr=False)
class SequenceValue(AbstractValue):
    """A list, tuple, set or generator.

    Attributes:
        members: the members in their order, if the order is known.
        rest: the possibilities of all other members.
    """

    is_data: ClassVar[bool] = True

    members: list[Value]
    rest: Value
    readers: set[AnalysisContext]
    places: list[Place | None]

    def all(self) -> Value:
        """Return every value that may be in the sequence."""
        return join(*self.members, self.rest)


@dataclass(slots=True, eq=False, repr=False)
class MappingValue(AbstractValue):
    """A dict.

    Attributes:
        entries: the values under known keys.
        rest: the possibilities of the values under unknown keys.
    """

    is_data: ClassVar[bool] = True

    entries: dict[AbstractValue, Value]
    rest: Value
    readers: set[AnalysisContext]
    places: dict[AbstractValue, Place]

    def all(self) -> Value:
        """Return every value that may be in the dict."""
        return join(*self.entries.values(), self.rest)
