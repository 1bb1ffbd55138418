"""Lists the IAM actions that a deployed function needs, for the rules that compare needs with grants."""

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

    A handler with a declaration needs the declared actions. A handler without a declaration needs the actions that it
    is seen to use. All handlers need the actions of calls on a resource that no variable names, and the actions of the
    library. If a variable of the library is not set, the library does not need its actions.
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
    """Yield the actions that the function's handlers are seen to use, declared or not.

    A grant for a used action is needed, even if no handler declares the action.
    """
    for handler in deployed.handlers:
        yield from used_needs(handler)


def checked_parts(need: Need) -> tuple[str, ...]:
    """Return parts of the resource. The role must allow the action on at least one of these parts."""
    return ANY_PART if need.by_library or need.part == ANYWHERE else (need.part,)
