"""Read the operations of a router: every `@api_tool`, and calls of `set_route_data` that come too late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import ApiTool
from pycommon_cli.analysis.python.reachable_effects import reach
from pycommon_cli.analysis.python.values.abstract_values import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon_cli.analysis.facts import HandlerFacts, Place
    from pycommon_cli.analysis.python.interpreter.interpreter import Interpreter
    from pycommon_cli.analysis.python.reachable_effects import Reach
    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext, FunctionValue

__all__ = ["dispatched", "late_route_data", "read_tools"]

_SET_ROUTE_DATA = "set_route_data"


def read_tools(interpreter: Interpreter, handlers: Mapping[str, HandlerFacts]) -> tuple[ApiTool, ...]:
    """Return every `@api_tool`, sorted by place."""
    by_place = {handler.place: reference for reference, handler in handlers.items()}
    found = []
    for decoration in interpreter.usage.decorations():
        decorator, function = decoration.decorator, decoration.function
        if decorator.name == "api_tool":
            line = function.node.lineno
            reference = next(
                (name for place, name in by_place.items() if place.path == function.source.path and place.line == line),
                "",
            )
            path = next(iter(texts(decorator.argument(0, "path"))), "")
            name = next(iter(texts(decorator.argument(1, "name"))), "")
            found.append(ApiTool(path, name, reference, decorator.place))
    return tuple(sorted(found, key=lambda tool: tool.place))


def dispatched(interpreter: Interpreter, found: Reach, references: Mapping[FunctionValue, str]) -> list[str]:
    """Return the operations that a handler calls through the route data.

    These are the operations in the modules that the handler imports.
    """
    if not any(each.context in found.contexts for each in interpreter.usage.registrations(_SET_ROUTE_DATA)):
        return []
    sources = {context.source for context in found.contexts}
    return [
        references[decoration.function]
        for decoration in interpreter.usage.decorations()
        if decoration.decorator.name == "api_tool"
        and decoration.function in references
        and decoration.function.source in sources
    ]


def late_route_data(interpreter: Interpreter) -> tuple[Place, ...]:
    """Return the calls of `set_route_data` that come after the import of a module with operations."""
    with_tools = {
        decoration.function.source
        for decoration in interpreter.usage.decorations()
        if decoration.decorator.name == "api_tool"
    }
    late = []
    for registration in interpreter.usage.registrations(_SET_ROUTE_DATA):
        if registration.context.function is None:
            before = [
                context
                for context, place in registration.context.effects.calls
                if context.function is None and place.line < registration.place.line
            ]
            if any(context.source in with_tools for context in reach(before, _is_function).contexts):
                late.append(registration.place)
    return tuple(sorted(late))


def _is_function(context: AnalysisContext) -> bool:
    return context.function is not None
