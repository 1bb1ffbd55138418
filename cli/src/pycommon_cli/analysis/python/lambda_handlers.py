"""Read the handlers of a service: functions with PyCommon's decorators, and functions that `serverless.yml` names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import HandlerFacts, Place, ReadingTrouble
from pycommon_cli.analysis.python.declared_operations import read_declaration
from pycommon_cli.analysis.python.interpreter.interpreter import module_of
from pycommon_cli.analysis.python.library_handlers import ready_handler
from pycommon_cli.analysis.python.reachable_effects import Reach, leading_to_effects, reach
from pycommon_cli.analysis.python.routed_operations import dispatched
from pycommon_cli.analysis.python.swallowed_errors import swallowed_errors
from pycommon_cli.analysis.python.values.abstract_values import (
    UNKNOWN,
    ConstantValue,
    LibraryDecorator,
    Value,
    one,
    texts,
)
from pycommon_cli.analysis.python.values.call_arguments import Call, unwritten
from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext, BoundMethod, FunctionValue
from pycommon_cli.analysis.python.values.code_effects import place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pycommon_cli.analysis.facts import DeclaredVariable
    from pycommon_cli.analysis.python.interpreter.interpreter import Interpreter

__all__ = ["read_handlers"]


@dataclass(slots=True)
class _Entry:
    """A handler that is being read.

    Attributes:
        value: the value to which the module binds the name of the handler.
        function: the function that has the decorators.
    """

    reference: str
    value: Value
    function: FunctionValue | None
    decorators: list[LibraryDecorator]
    module: AnalysisContext
    contexts: list[AnalysisContext] = field(default_factory=list)


def read_handlers(
    interpreter: Interpreter, references: Collection[str]
) -> tuple[dict[str, HandlerFacts], list[ReadingTrouble]]:
    """Return every handler by its reference, and the parts of the declarations that cannot be read."""
    entries = _entries(interpreter, references)
    for entry in entries:
        _run(interpreter, entry)
    interpreter.run_until_stable()
    declaring = {
        entry.function: entry.reference
        for entry in entries
        if entry.function and any(each.name in ("required_env_vars", "api_tool") for each in entry.decorators)
    }
    troubles: list[ReadingTrouble] = []
    needed = [context for context in interpreter.contexts() if context.function in declaring]
    needed += [each.context for each in interpreter.usage.all_registrations()]
    leading = leading_to_effects(interpreter.contexts(), needed)
    handlers = {entry.reference: _handler(interpreter, entry, declaring, leading, troubles) for entry in entries}
    return handlers, troubles


def _entries(interpreter: Interpreter, references: Collection[str]) -> list[_Entry]:
    by_function: dict[FunctionValue, list[LibraryDecorator]] = {}
    for decoration in interpreter.usage.decorations():
        by_function.setdefault(decoration.function, []).append(decoration.decorator)
    found = [
        entry for reference in sorted(references) if (entry := _named(interpreter, reference, by_function)) is not None
    ]
    known = {entry.function for entry in found}
    for function, decorators in by_function.items():
        module = interpreter.module(function.source.module)
        if function not in known and module is not None:
            found.append(_Entry(_reference(function), one(function), function, decorators, module))
    return found


def _named(
    interpreter: Interpreter, reference: str, by_function: dict[FunctionValue, list[LibraryDecorator]]
) -> _Entry | None:
    module = interpreter.module(module_of(reference))
    name = reference.rpartition(".")[2]
    value = interpreter.module_attribute(module, name) if module is not None else None
    if module is None or value is None:
        return None
    function = _decorated_function(value, module, name, by_function)
    return _Entry(reference, value, function, by_function.get(function, []) if function else [], module)


def _decorated_function(
    value: Value, module: AnalysisContext, name: str, by_function: dict[FunctionValue, list[LibraryDecorator]]
) -> FunctionValue | None:
    """Return the function that has PyCommon's decorators. `value` may be another object that a decorator returned."""
    functions = [each for each in value if isinstance(each, FunctionValue)]
    functions += [each.function for each in value if isinstance(each, BoundMethod) and each.function]
    decorated = [each for each in functions if each in by_function]
    wrapped = [each for each in by_function if each.source is module.source and each.qualified_name == name]
    return next(iter([*decorated, *wrapped, *functions]), None)


def _reference(function: FunctionValue) -> str:
    path = function.source.module.replace(".", "/")
    if function.source.is_package:
        path = f"{path}/__init__" if path else "__init__"
    return f"{path}.{function.qualified_name}"


def _run(interpreter: Interpreter, entry: _Entry) -> None:
    """Call the handler as Lambda does, with an unknown event."""
    place = (
        place_of(entry.function.source, entry.function.node) if entry.function else Place(entry.module.source.path, 1)
    )
    node = unwritten("handler", place)
    with interpreter.calling_from(entry.module.source) as caller:
        for each in entry.value | ({entry.function} if entry.function else set()):
            interpreter.call_back(one(each), Call(node, place, _required(each)))
    entry.contexts = [entry.module, *(context for context, _ in caller.effects.calls)]


def _required(handler: object) -> list[Value]:
    function = handler.function if isinstance(handler, BoundMethod) else handler
    if not isinstance(function, FunctionValue):
        return [UNKNOWN, UNKNOWN]
    arguments = function.node.args
    count = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return [UNKNOWN] * (count - isinstance(handler, BoundMethod))


def _handler(
    interpreter: Interpreter,
    entry: _Entry,
    declaring: dict[FunctionValue, str],
    leading: set[AnalysisContext],
    troubles: list[ReadingTrouble],
) -> HandlerFacts:
    def has_own_declaration(context: AnalysisContext) -> bool:
        return context.function in declaring and context.function is not entry.function

    found = reach(entry.contexts, has_own_declaration, leading)
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
        sets_up=any(each.context in found.contexts for each in interpreter.usage.registrations("setup_validated")),
        reads=found.reads(),
        calls=found.calls(),
        swallowed=swallowed_errors(entry.function, interpreter.contexts()) if entry.function else (),
        parameters=_parameters(entry.function),
        dispatches=_dispatches(interpreter, entry, found, declaring),
    )


def _dispatches(
    interpreter: Interpreter, entry: _Entry, found: Reach, declaring: dict[FunctionValue, str]
) -> tuple[str, ...]:
    called = [declaring[context.function] for context in found.barred if context.function in declaring]
    routed = [] if entry.function in declaring and _is_tool(entry) else dispatched(interpreter, found, declaring)
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
