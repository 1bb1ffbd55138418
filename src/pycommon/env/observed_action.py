"""Describe one AWS action that was observed on one resource, and whether a declaration covers the action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pycommon.dal.providers.aws.resource_perms import member_for

__all__ = ["ObservedAction", "ObservedUse"]


class ObservedUse(StrEnum):
    """The verdict on an action: a declaration covers the action, or no declaration covers the action."""

    DECLARED = "used and declared"
    NOT_DECLARED = "used, not declared"


@dataclass(frozen=True, slots=True)
class ObservedAction:
    """One IAM action that was used on one resource.

    Attributes:
        function: the name of the declaring function, or "" for a call outside every declaring function.
        variable: the variable that holds the name of the resource, or None when no variable holds this name.
        action: the IAM action, e.g. "dynamodb:Query".
        verdict: whether a declaration covers the action.
        by_library: True when the library made the call, False when the handler made it.
    """

    function: str
    variable: str | None
    action: str
    verdict: ObservedUse
    by_library: bool

    def advice(self) -> str:
        """Return a text with the declaration that the service must add for an undeclared action."""
        member = member_for(self.action) or self.action
        if self.variable is None:
            return f"no variable holds the name of the resource of {self.action}; declare one with [{member}]"
        return f"add {member} to {self.variable}"
