"""Lists what a deployed function needs of AWS, for the rules that compare needs with grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.handler_needs import (
    ANYWHERE,
    BY_CALL,
    Need,
    declared_needs,
    library_needs,
    used_needs,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.service_facts import Deployed

__all__ = ["ANY_PART", "checked_parts", "needs_of", "uses_of"]

ANY_PART = ("", "index")


def needs_of(deployed: Deployed) -> Iterator[Need]:
    """Yield the actions that a function needs.

    These are the declared actions of its handlers, the used actions of handlers without a declaration, and the actions
    of the library. The library does without a variable that is not set.
    """
    for handler in deployed.handlers:
        own = used_needs(handler) if handler.declared is None else declared_needs(handler)
        yield from (need for need in own if need.action)
        nameless = (call for call in handler.calls if call.variable is None)
        yield from (Need("", action, ANYWHERE, BY_CALL, call.place) for call in nameless for action in call.actions)
        for need in library_needs(handler):
            if need.action and need.variable in deployed.function.environment:
                yield need


def uses_of(deployed: Deployed) -> Iterator[Need]:
    """Yield the actions that its handlers are seen to use, declared or not. A grant for a used action is needed."""
    for handler in deployed.handlers:
        yield from used_needs(handler)


def checked_parts(need: Need) -> tuple[str, ...]:
    """Return the parts of the resource of which the role must allow the action on at least one."""
    return ANY_PART if need.by_library or need.part == ANYWHERE else (need.part,)
