"""Lists the statements of the functions' roles. Each statement occurs once, with its functions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.iam.policy.arn_templates import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import Grant, LambdaFunction, Place, Text
    from pycommon_cli.analysis.service_facts import Service

__all__ = ["RoleStatement", "has_wildcard", "is_everything", "is_wide", "statements"]

_EVERYTHING = frozenset({"*", "*:*"})
# Matches the resource field of an ARN that covers every resource of a type.
_EVERY_ONE = re.compile(
    r"\*|\*/\*|(?:table|function|key|alias|secret|parameter|stateMachine|userpool|event-bus|log-group|rule|stream|"
    r"guardrail|knowledge-base|identity|cluster|bucket)[/:]\*"
)


@dataclass(frozen=True, slots=True)
class RoleStatement:
    """A statement that a person wrote, and the functions whose role has the statement."""

    grant: Grant
    functions: tuple[LambdaFunction, ...]

    @property
    def names(self) -> str:
        """The names of the functions, for messages."""
        names = [function.name for function in self.functions]
        return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004

    @property
    def shown_resources(self) -> str:
        """The resources of the statement, for messages."""
        return ", ".join(str(resource) for resource in self.grant.resources) or "nothing"

    def actions(self) -> Iterator[tuple[str, Place]]:
        """Yield each action of the statement, with its place."""
        places = self.grant.action_places
        for index, action in enumerate(self.grant.actions):
            yield action, places[index] if index < len(places) else self.grant.place

    def resources(self) -> Iterator[tuple[Text, Place]]:
        """Yield each resource of the statement, with its place."""
        places = self.grant.resource_places
        for index, resource in enumerate(self.grant.resources):
            yield resource, places[index] if index < len(places) else self.grant.place


def statements(service: Service, *, effect: str = "Allow") -> list[RoleStatement]:
    """Return every statement that a person wrote, except the statements with NotAction."""
    found: dict[tuple[Place, tuple[str, ...]], list[LambdaFunction]] = {}
    grants: dict[tuple[Place, tuple[str, ...]], Grant] = {}
    for function in service.functions:
        for grant in function.grants:
            if grant.by_framework or grant.effect != effect or grant.negated:
                continue
            key = (grant.place, grant.actions)
            grants.setdefault(key, grant)
            found.setdefault(key, []).append(function)
    return [RoleStatement(grants[key], tuple(functions)) for key, functions in found.items()]


def has_wildcard(action: str) -> bool:
    """Return whether an action has a wildcard."""
    return "*" in action or "?" in action


def is_everything(action: str) -> bool:
    """Return whether an action means every action of every service."""
    return action in _EVERYTHING


def is_wide(resource: Text) -> bool:
    """Return whether a resource is `*`, or covers every resource of a type."""
    if str(resource) == "*":
        return True
    arn = parsed(resource)
    return arn is not None and _EVERY_ONE.fullmatch(str(arn.resource)) is not None
