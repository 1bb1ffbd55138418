"""What a handler can reach: every read of the environment and call of AWS, and by which calls one comes there."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import AwsCall, Place, VariableRead

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

__all__ = ["Reach", "comes_to_effects", "leading_to_effects", "reach"]


class Reach:
    """What is reached from some contexts.

    Attributes:
        contexts: all of them, nearest first, each with the calls that lead there.
        barred: those that stand for themselves, and were not entered.
    """

    def __init__(self) -> None:
        self.contexts: dict[AnalysisContext, tuple[Place, ...]] = {}
        self.barred: dict[AnalysisContext, None] = {}

    def reads(self) -> tuple[VariableRead, ...]:
        """The reads, in the order of the text."""
        found = {
            (read.variable, place): VariableRead(
                read.variable, place, via, read.optional or read.variable in context.effects.asked
            )
            for context, via in reversed(self.contexts.items())
            for read, place in context.effects.reads
        }
        return tuple(sorted(found.values(), key=lambda each: (each.place, each.variable)))

    def calls(self) -> tuple[AwsCall, ...]:
        """The calls of AWS, in the order of the text."""
        found = {
            (use, place): AwsCall(
                use.service, use.operation, use.actions, use.variable, place, via, use.part, conditional=use.conditional
            )
            for context, via in reversed(self.contexts.items())
            for use, place in context.effects.uses
        }
        return tuple(
            sorted(found.values(), key=lambda each: (each.place, each.operation, each.actions, each.variable or ""))
        )


def reach(
    start: Iterable[AnalysisContext],
    bars: Callable[[AnalysisContext], bool],
    leading: Container[AnalysisContext] | None = None,
) -> Reach:
    """Everything that runs when these run, but for what `bars` says stands for itself.

    `leading` are the functions that lead to something, see `leading_to_effects`; others are left out. None: all do.
    """
    found = Reach()
    rest: deque[tuple[AnalysisContext, tuple[Place, ...]]] = deque((context, ()) for context in start)
    while rest:
        context, via = rest.popleft()
        if context in found.contexts:
            continue
        found.contexts[context] = via
        for called, place in sorted(context.effects.calls, key=_by_place):
            if called in found.contexts:
                continue
            if bars(called):
                found.barred[called] = None
            elif leading is None or called.function is None or called in leading:
                rest.append((called, (*via, place)))
    return found


def _by_place(call: tuple[AnalysisContext, Place]) -> tuple[str, int, int]:
    return call[1].path, call[1].line, call[1].column


def leading_to_effects(contexts: Iterable[AnalysisContext], others: Iterable[AnalysisContext]) -> set[AnalysisContext]:
    """The contexts that come, by whatever calls, to a read, to a call of AWS, or to one of `others`."""
    callers: dict[AnalysisContext, list[AnalysisContext]] = {}
    rest = list(others)
    for context in contexts:
        if context.effects.reads or context.effects.uses:
            rest.append(context)
        for called, _ in context.effects.calls:
            callers.setdefault(called, []).append(context)
    found: set[AnalysisContext] = set()
    while rest:
        context = rest.pop()
        if context not in found:
            found.add(context)
            rest.extend(callers.get(context, ()))
    return found


def comes_to_effects(start: Iterable[AnalysisContext], within: int) -> bool | None:
    """Whether one of these comes to a read or to a call of AWS; None where `within` contexts do not tell."""
    seen: set[AnalysisContext] = set()
    rest = list(start)
    while rest:
        context = rest.pop()
        if context in seen:
            continue
        if context.effects.reads or context.effects.uses:
            return True
        if len(seen) >= within:
            return None
        seen.add(context)
        rest.extend(called for called, _ in context.effects.calls)
    return False
