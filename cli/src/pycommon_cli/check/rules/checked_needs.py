"""What the functions of a service need of AWS: each action, through which variable, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.library_needs import library_needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import HandlerFacts, Place
    from pycommon_cli.analysis.service_facts import Deployed

__all__ = ["ANY_PART", "Need", "needs_of", "uses_of"]

ANY_PART = ("", "index")


@dataclass(frozen=True, slots=True)
class Need:
    """One IAM action on what one variable names.

    Attributes:
        variable: None where no variable is seen to name the resource.
        parts: the parts of the resource that calls are seen to need, all of them; empty where none is seen, and any
            part will do.
        by: who says so: "declared", "used", or the decorator of this library that makes the call.
    """

    action: str
    variable: str | None
    parts: tuple[str, ...]
    place: Place
    by: str


def needs_of(deployed: Deployed) -> Iterator[Need]:
    """What a function needs.

    That is what its handlers declare, what they are seen to use where they declare nothing, and what this library does
    in it.
    """
    for handler in deployed.handlers:
        if handler.declared is None:
            yield from _used(handler)
        else:
            yield from _declared(handler)
        nameless = (call for call in handler.calls if call.variable is None)
        yield from (Need(action, None, (), call.place, "used") for call in nameless for action in call.actions)
        for need in library_needs(handler):
            if need.variable in deployed.function.environment:
                for action in need.actions:
                    yield Need(action, need.variable, (), need.place, f"@{need.decorator}")


def uses_of(deployed: Deployed) -> Iterator[Need]:
    """What its handlers are seen to use, declared or not: a grant for it is no privilege too much."""
    for handler in deployed.handlers:
        yield from _used(handler)


def _declared(handler: HandlerFacts) -> Iterator[Need]:
    for declared in handler.declared or ():
        for action in declared.actions:
            yield Need(
                action, declared.variable, _parts(handler, declared.variable, action), declared.place, "declared"
            )


def _used(handler: HandlerFacts) -> Iterator[Need]:
    seen = set()
    for call in handler.calls:
        for action in call.actions:
            if call.variable is not None and not call.by_library and (call.variable, action) not in seen:
                seen.add((call.variable, action))
                parts = _parts(handler, call.variable, action)
                yield Need(action, call.variable, parts, call.place, "used")


def _parts(handler: HandlerFacts, variable: str, action: str) -> tuple[str, ...]:
    calls = [call for call in handler.calls if call.variable == variable and action in call.actions]
    return tuple(dict.fromkeys(call.part for call in calls))
