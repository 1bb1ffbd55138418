"""The state of the interpretation, and the order in which code is run: on demand, and again when what it read changed.

Each module's body and each function with the arguments that matter is a `Context` with a summary (what it returns, what
it does itself, whom it calls), made once and used by every caller. Recursion and cyclic imports see the summary as far
as it is, and run again when it grows.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycommon.check.code.aws.atoms import SdkAtom
from pycommon.check.code.effects import Effects, place_of
from pycommon.check.code.interpreter.function_facts import facts_of
from pycommon.check.code.reach import comes_to_effects
from pycommon.check.code.scopes import Context
from pycommon.check.code.values import (
    ANY,
    NONE,
    NOTHING,
    UNKNOWN,
    Atom,
    Const,
    Env,
    External,
    Function,
    Instance,
    LibraryDecorator,
    Mapping,
    Mixed,
    ModuleValue,
    Sequence,
    Value,
    join,
    one,
)
from pycommon.check.facts import Place, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pycommon.check.code.interpreter.call import Call
    from pycommon.check.code.interpreter.function_facts import AnyFunction, FunctionFacts
    from pycommon.check.code.modules import Modules
    from pycommon.check.code.sources import Source

__all__ = ["Decoration", "Frame", "Machine", "Registration"]

_DEEPEST = 24  # calls in calls; what lies deeper is run on its own, and its callers again
_MOST_RUNS = 8  # of one context
_MOST_CONTEXTS = 128  # of one function; past that all further calls share one
_MANY_CONTEXTS = 12  # of one function that has nothing to do with AWS or the environment: likewise
_LOOKED_THROUGH = 400  # contexts, to tell that
_LOOKED_AT_AGAIN = (24, 48, 96)
_STEPS_A_LINE = 3  # statements run, on average over the whole service: bounds the time by the size of the code
_FIRST_STEPS = 20_000
_FEW_CONTEXTS = 3  # of one function, once half of the steps are gone
_NAME_LENGTH = 80  # what is longer is prose
_DEEPEST_DATA = 3  # lists in lists; what lies deeper, and further back, is data
_MOST_DATA = 32
_TELLING = ("aioboto3", "aiobotocore", "aws_lambda_powertools", "boto3", "botocore", "functools", "os", "pycommon")


@dataclass(frozen=True, slots=True)
class Decoration:
    """A decorator of this library on a function."""

    decorator: LibraryDecorator
    function: Function


@dataclass(frozen=True, slots=True)
class Registration:
    """A call that sets the library up: `setup_validated(...)`, `set_route_data(...)`."""

    name: str
    call: Call
    context: Context
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


class Machine:
    """Base of the interpreter: contexts, scopes, effects. The parts that read syntax are in its subclasses."""

    def __init__(self, modules: Modules, lines: int) -> None:
        self.modules = modules
        self.troubles: list[Trouble] = []
        self.decorations: dict[tuple[LibraryDecorator, Function], Decoration] = {}
        self.registrations: dict[tuple[str, Place], Registration] = {}
        self.instances: dict[tuple[object, ...], Instance] = {}
        self.current: Context = Context(_NO_SOURCE, Effects())
        self.frame = Frame()
        self._contexts: dict[tuple[object, ...], Context] = {}
        self._known_contexts: dict[Function, list[Context]] = {}
        self._modules: dict[str, Context] = {}
        self._waiting: dict[Context, None] = {}
        self._inert: dict[Function, bool] = {}
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

    def module(self, name: str) -> Context | None:
        """The module of that name, run."""
        context = self._modules.get(name)
        if context is None:
            source = self.modules.get(name)
            if source is None:
                return None
            context = self._modules[name] = Context(source, Effects())
            for parent in _parents(name):
                self.module(parent)
            self._run_or_wait(context)
        return context

    def invoke(self, function: Function, arguments: dict[str, Value], place: Place) -> Value:
        """What `function` returns for these arguments, by parameter; the call is noted at `place`."""
        context = self._context(function, arguments)
        self.current.effects.calls[context, place] = None
        if not context.runs and not context.running:
            self._run_or_wait(context)
        context.dependents.add(self.current)
        return context.result

    def settle(self) -> None:
        """Run everything that waits, until nothing changes any more."""
        while self._waiting:
            context = next(iter(self._waiting))
            del self._waiting[context]
            self._run(context)

    def changed(self, readers: Iterable[Context]) -> None:
        """Run these again, later: something that they read is not what it was."""
        for reader in readers:
            if reader.runs and reader.runs < _MOST_RUNS and reader is not self.current:
                self._waiting[reader] = None

    def contexts(self) -> list[Context]:
        """All of them."""
        return [*self._modules.values(), *self._contexts.values()]

    def _context(self, function: Function, arguments: dict[str, Value]) -> Context:
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
        context = self._contexts[key] = Context(function.source, Effects(), function, dict(telling))
        known.append(context)
        return context

    def _is_inert(self, function: Function, known: list[Context]) -> bool:
        """Whether a function, called in so many ways, has never come near AWS or the environment."""
        inert = self._inert.get(function)
        if inert is None or len(known) in _LOOKED_AT_AGAIN:
            inert = comes_to_effects(known, _LOOKED_THROUGH) is False and not any(
                isinstance(atom, Env | SdkAtom) for context in known for atom in context.result
            )
            self._inert[function] = inert
        return inert

    def _widen(self, context: Context, arguments: dict[str, Value]) -> None:
        joined = {name: join(value, context.arguments.get(name, NOTHING)) for name, value in arguments.items()}
        if joined != context.arguments:
            context.arguments = joined
            self.changed((context,))

    def _run_or_wait(self, context: Context) -> None:
        if self._depth < _DEEPEST:
            self._run(context)
        else:
            context.runs = context.runs or 1  # so that it counts as known, with nothing to tell yet
            self._waiting[context] = None

    def _run(self, context: Context) -> None:
        if self.steps_left <= 0:
            self._too_much(context)
            return
        current, frame = self.current, self.frame
        self.current, self.frame = context, self._new_frame(context)
        context.runs += 1
        context.running = True
        self._waiting.pop(context, None)
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

    def _body(self, context: Context) -> Value:
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

    def _new_frame(self, context: Context) -> Frame:
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

    def _publish(self, context: Context) -> None:
        """What a module binds in the end is what others find in it."""
        for name, value in self.frame.env.items():
            self.changed(context.scope.bind(name, value))

    def _too_much(self, context: Context) -> None:
        trouble = Trouble(
            Place(context.source.path, 1),
            f"{context.source.path} was not followed to its end: too many ways lead through it",
            "what it reads and calls may be incomplete; declare it, or exclude generated code",
            unclear=True,
        )
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    def _too_deep(self, context: Context) -> None:
        line = context.function.node.lineno if context.function else 1
        trouble = Trouble(
            Place(context.source.path, line),
            f"{context.name} is nested too deeply to be followed",
            "split it: parts of it were not checked",
            unclear=True,
        )
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    # Names

    def bind(self, name: str, value: Value) -> None:
        """Assign to a name of the code that runs."""
        frame, context = self.frame, self.current
        if name in frame.global_names:
            home = self._modules.get(context.source.module)
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
        context: Context | None = self.current
        if context is not None and context.function is not None:
            context = context.function.parent
        while context is not None:
            found = context.scope.get(name, self.current)
            if found is None and context.function is None:
                found = self._from_stars(context, name, 0)
            if found is not None:
                return found
            context = context.function.parent if context.function else None
        return one(External(f"builtins.{name}"))

    def _from_stars(self, context: Context, name: str, depth: int) -> Value | None:
        if name.startswith("_") or depth > _DEEPEST:
            return None
        for star in context.stars:
            for atom in star:
                if isinstance(atom, External):
                    return one(External(f"{atom.name}.{name}"))
                if isinstance(atom, ModuleValue):
                    found = self.module_attribute(atom.context, name, depth + 1)
                    if found is not None:
                        return found
        return None

    def module_attribute(self, context: Context, name: str, depth: int = 0) -> Value | None:
        """What a module has under `name`; None where it has nothing."""
        found = context.scope.get(name, self.current)
        return found if found is not None else self._from_stars(context, name, depth)

    # What expressions make

    def allocated(self, node: ast.AST, make: Callable[[], Atom], label: str = "") -> Atom:
        """What the expression `node` makes in this context: the same whenever it runs again."""
        key = (node, label, self.frame.unrolled)
        found = self.current.allocated.get(key)
        if found is None:
            found = self.current.allocated[key] = make()
        assert isinstance(found, Atom)  # noqa: S101 - for the type checker; only atoms are put in
        return found

    def sequence(self, node: ast.AST, members: list[Value], rest: Value = NOTHING, label: str = "") -> Sequence:
        """The list that `node` makes."""
        made = self.allocated(node, lambda: Sequence(list(members), rest, set(), []), f"sequence{label}")
        assert isinstance(made, Sequence)  # noqa: S101 - as above
        before = (list(made.members), made.rest)
        if len(made.members) == len(members):
            made.members = [join(old, new) for old, new in zip(made.members, members, strict=True)]
            made.rest = join(made.rest, rest)
        else:
            made.rest = join(made.rest, rest, *members, *made.members)
            made.members = []
        if before != (made.members, made.rest):
            self.changed(made.readers)
        return made

    def mapping(self, node: ast.AST, entries: dict[Atom, Value], rest: Value = NOTHING, label: str = "") -> Mapping:
        """The dict that `node` makes."""
        made = self.allocated(node, lambda: Mapping({}, NOTHING, set(), {}), f"mapping{label}")
        assert isinstance(made, Mapping)  # noqa: S101 - as above
        self.add_entries(made, entries, rest)
        return made

    def add_entries(self, mapping: Mapping, entries: dict[Atom, Value], rest: Value = NOTHING) -> None:
        """Put more into a dict."""
        changed = False
        for key, value in entries.items():
            before = mapping.entries.get(key)
            after = value if before is None else join(before, value)
            if after != before:
                mapping.entries[key] = after
                changed = True
        if (joined := join(mapping.rest, rest)) != mapping.rest:
            mapping.rest = joined
            changed = True
        if changed:
            self.changed(mapping.readers)

    def add_member(self, sequence: Sequence, value: Value) -> None:
        """Put one more into a list, somewhere."""
        joined = join(sequence.rest, value)
        if joined != sequence.rest:
            sequence.rest = joined
            self.changed(sequence.readers)

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Where something of the code that runs stands."""
        return place_of(self.current.source, node)

    # Which arguments matter

    def telling(self, value: Value, depth: int = 0) -> Value:
        """`value` without what can make no difference to a called function: prose, numbers, dicts of such."""
        if all(self._tells(atom, depth) for atom in value):
            return value
        return frozenset([ANY, *(atom for atom in value if self._tells(atom, depth))])

    def _tells(self, atom: Atom, depth: int) -> bool:
        if isinstance(atom, Sequence | Mapping):
            atom.readers.add(self.current)
            return depth < _DEEPEST_DATA and self._holds(atom, depth)
        match atom:
            case Const(value=str(text)):
                return len(text) <= _NAME_LENGTH and " " not in text and "\n" not in text
            case Const(value=value):
                return value is None or isinstance(value, bool)
            case External(name=name):
                return name.partition(".")[0].startswith(_TELLING)
        return True

    def _holds(self, atom: Sequence | Mapping, depth: int) -> bool:
        """Whether a list or dict holds more than data."""
        if isinstance(atom, Sequence):
            values = [*atom.members[:_MOST_DATA], atom.rest]
        else:
            values = [*list(atom.entries.values())[:_MOST_DATA], atom.rest]
            if any(isinstance(key, Env | Mixed) for key in atom.entries):
                return True
        return any(self._carries(value, depth) for value in values)

    def _carries(self, value: Value, depth: int) -> bool:
        """Whether a member of a list or dict matters: more than a constant, which alone is data."""
        return any(not isinstance(atom, Const) and atom is not ANY and self._tells(atom, depth + 1) for atom in value)


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def _no_source() -> Source:
    from pycommon.check.code.sources import Source

    return Source("", "", is_package=False, tree=ast.Module([], []), text="")


_NO_SOURCE = _no_source()
