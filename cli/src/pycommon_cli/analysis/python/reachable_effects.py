"""Find the reads of variables and the calls of AWS that a handler reaches, and the calls that lead to each."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import AwsCall, Place, VariableRead

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

__all__ = ["Reach", "comes_to_effects", "leading_to_effects", "reach"]


class Reach:
    """The contexts that run when some first contexts run, as `reach` finds them.

    Attributes:
        contexts: the reached contexts, nearest first, each with the places of the calls that lead to the context.
        barred: the contexts that were not entered, because the argument `bars` of `reach` excludes them.
    """

    def __init__(self) -> None:
        self.contexts: dict[AnalysisContext, tuple[Place, ...]] = {}
        self.barred: dict[AnalysisContext, None] = {}

    def reads(self) -> tuple[VariableRead, ...]:
        """Return the reads of environment variables, sorted by place."""
        found = {
            (read.variable, place): VariableRead(
                read.variable, place, via, read.optional or read.variable in context.effects.asked
            )
            for context, via in reversed(self.contexts.items())
            for read, place in context.effects.reads
        }
        return tuple(sorted(found.values(), key=lambda each: (each.place, each.variable)))

    def calls(self) -> tuple[AwsCall, ...]:
        """Return the calls of AWS, sorted by place."""
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
    """Return the code that runs when the contexts `start` run.

    Args:
        start: the first contexts.
        bars: returns whether the search must not enter a context.
        leading: the contexts that lead to effects (see `leading_to_effects`). The search does not enter other
            functions. If `leading` is None, the search enters all functions.
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
    """Return the contexts that reach a read of a variable, a call of AWS, or one of the contexts `others`."""
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
    """Return whether a context reaches a read of a variable or a call of AWS.

    Return None if the first `within` contexts do not show the answer.
    """
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
