"""The handlers of a service: functions under this library's decorators, and those that `serverless.yml` names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import HandlerFacts, Place, ReadingTrouble
from pycommon_cli.analysis.python.abstract_values import (
    UNKNOWN,
    BoundMethod,
    ConstantValue,
    FunctionValue,
    LibraryDecorator,
    Value,
    one,
    texts,
)
from pycommon_cli.analysis.python.code_effects import Effects, place_of
from pycommon_cli.analysis.python.declared_operations import read_declaration
from pycommon_cli.analysis.python.interpreter.call_arguments import Call, unwritten
from pycommon_cli.analysis.python.interpreter.interpreter import module_of
from pycommon_cli.analysis.python.library_handlers import ready_handler
from pycommon_cli.analysis.python.reachable_effects import Reach, leading_to_effects, reach
from pycommon_cli.analysis.python.routed_operations import dispatched
from pycommon_cli.analysis.python.scopes import AnalysisContext
from pycommon_cli.analysis.python.swallowed_errors import swallowed_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pycommon_cli.analysis.facts import DeclaredVariable
    from pycommon_cli.analysis.python.interpreter.interpreter import Interpreter

__all__ = ["read_handlers"]


@dataclass(slots=True)
class _Entry:
    """A handler on its way: what it is called by, and the function that the decorators are on."""

    reference: str
    value: Value
    function: FunctionValue | None
    decorators: list[LibraryDecorator]
    module: AnalysisContext
    contexts: list[AnalysisContext] = field(default_factory=list)


def read_handlers(
    machine: Interpreter, references: Collection[str]
) -> tuple[dict[str, HandlerFacts], list[ReadingTrouble]]:
    """Every handler by its reference, and what could not be read of their declarations."""
    entries = _entries(machine, references)
    for entry in entries:
        _run(machine, entry)
    machine.settle()
    declaring = {
        entry.function: entry.reference
        for entry in entries
        if entry.function and any(each.name in ("required_env_vars", "api_tool") for each in entry.decorators)
    }
    troubles: list[ReadingTrouble] = []
    told = [context for context in machine.contexts() if context.function in declaring]
    told += [each.context for each in machine.registrations.values()]
    leading = leading_to_effects(machine.contexts(), told)
    handlers = {entry.reference: _handler(machine, entry, declaring, leading, troubles) for entry in entries}
    return handlers, troubles


def _entries(machine: Interpreter, references: Collection[str]) -> list[_Entry]:
    by_function: dict[FunctionValue, list[LibraryDecorator]] = {}
    for decoration in machine.decorations.values():
        by_function.setdefault(decoration.function, []).append(decoration.decorator)
    found = [
        entry for reference in sorted(references) if (entry := _named(machine, reference, by_function)) is not None
    ]
    known = {entry.function for entry in found}
    for function, decorators in by_function.items():
        module = machine.module(function.source.module)
        if function not in known and module is not None:
            found.append(_Entry(_reference(function), one(function), function, decorators, module))
    return found


def _named(
    machine: Interpreter, reference: str, by_function: dict[FunctionValue, list[LibraryDecorator]]
) -> _Entry | None:
    module = machine.module(module_of(reference))
    name = reference.rpartition(".")[2]
    value = machine.module_attribute(module, name) if module is not None else None
    if module is None or value is None:
        return None
    function = _decorated_function(value, module, name, by_function)
    return _Entry(reference, value, function, by_function.get(function, []) if function else [], module)


def _decorated_function(
    value: Value, module: AnalysisContext, name: str, by_function: dict[FunctionValue, list[LibraryDecorator]]
) -> FunctionValue | None:
    """The function that the decorators of this library are on; under others it is no longer the value itself."""
    functions = [atom for atom in value if isinstance(atom, FunctionValue)]
    functions += [atom.function for atom in value if isinstance(atom, BoundMethod) and atom.function]
    decorated = [each for each in functions if each in by_function]
    wrapped = [each for each in by_function if each.source is module.source and each.qualified_name == name]
    return next(iter([*decorated, *wrapped, *functions]), None)


def _reference(function: FunctionValue) -> str:
    path = function.source.module.replace(".", "/")
    if function.source.is_package:
        path = f"{path}/__init__" if path else "__init__"
    return f"{path}.{function.qualified_name}"


def _run(machine: Interpreter, entry: _Entry) -> None:
    """Call it as Lambda does, with an event of which nothing is known."""
    place = (
        place_of(entry.function.source, entry.function.node) if entry.function else Place(entry.module.source.path, 1)
    )
    node = unwritten("handler", place)
    before, machine.current = machine.current, AnalysisContext(entry.module.source, Effects())
    caller = machine.current
    for atom in entry.value | ({entry.function} if entry.function else set()):
        machine.call_back(one(atom), Call(node, place, _required(atom)))
    machine.current = before
    entry.contexts = [entry.module, *(context for context, _ in caller.effects.calls)]


def _required(atom: object) -> list[Value]:
    function = atom.function if isinstance(atom, BoundMethod) else atom
    if not isinstance(function, FunctionValue):
        return [UNKNOWN, UNKNOWN]
    arguments = function.node.args
    count = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return [UNKNOWN] * (count - isinstance(atom, BoundMethod))


def _handler(
    machine: Interpreter,
    entry: _Entry,
    declaring: dict[FunctionValue, str],
    leading: set[AnalysisContext],
    troubles: list[ReadingTrouble],
) -> HandlerFacts:
    def stands_for_itself(context: AnalysisContext) -> bool:
        return context.function in declaring and context.function is not entry.function

    found = reach(entry.contexts, stands_for_itself, leading)
    decorators = list(reversed(entry.decorators))
    operation, validates_body = _validated(decorators)
    node = entry.function.node if entry.function else None
    source = entry.function.source if entry.function else entry.module.source
    place = place_of(source, node) if node is not None else Place(source.path, 1)
    named = tuple((each.name, each.place) for each in decorators)
    ready = None if node is not None else ready_handler(entry.value, entry.module, entry.reference.rpartition(".")[2])
    if ready is not None:
        (found_ready, place), operation = ready, ready[0].operation
        named, validates_body = tuple((each, place) for each in found_ready.decorators), found_ready.validates_body
    return HandlerFacts(
        reference=entry.reference,
        place=place,
        decorators=named,
        declared=_declared(decorators, troubles),
        operation=operation,
        validates_body=validates_body,
        sets_up=any(
            each.context in found.contexts for each in machine.registrations.values() if each.name == "setup_validated"
        ),
        reads=found.reads(),
        calls=found.calls(),
        swallowed=swallowed_errors(entry.function, machine.contexts()) if entry.function else (),
        parameters=_parameters(entry.function),
        dispatches=_dispatches(machine, entry, found, declaring),
    )


def _dispatches(
    machine: Interpreter, entry: _Entry, found: Reach, declaring: dict[FunctionValue, str]
) -> tuple[str, ...]:
    called = [declaring[context.function] for context in found.barred if context.function in declaring]
    routed = [] if entry.function in declaring and _is_tool(entry) else dispatched(machine, found, declaring)
    return tuple(sorted({*called, *routed} - {entry.reference}))


def _is_tool(entry: _Entry) -> bool:
    return any(each.name == "api_tool" for each in entry.decorators)


def _validated(decorators: Iterable[LibraryDecorator]) -> tuple[str | None, bool]:
    for decorator in decorators:
        if decorator.name == "validated":
            operation = next(iter(texts(decorator.argument(0, "operation"))), None)
            return operation, decorator.argument(1, "validate_body") != one(ConstantValue(value=False))
    return None, True


def _declared(
    decorators: list[LibraryDecorator], troubles: list[ReadingTrouble]
) -> tuple[DeclaredVariable, ...] | None:
    own = [each for each in decorators if each.name == "required_env_vars"]
    if not own:
        return None
    declared: list[DeclaredVariable] = []
    for decorator in own:
        variables, unclear = read_declaration(decorator)
        declared.extend(variables)
        troubles.extend(unclear)
    return tuple(declared)


def _parameters(function: FunctionValue | None) -> tuple[str, ...]:
    if function is None:
        return ()
    arguments = function.node.args
    named = [*arguments.posonlyargs, *arguments.args, *([arguments.vararg] if arguments.vararg else [])]
    named += [*arguments.kwonlyargs, *([arguments.kwarg] if arguments.kwarg else [])]
    return tuple(each.arg for each in named)
