"""Computes the size of policies, and divides policies that exceed IAM's limits.

Source: "IAM and AWS STS quotas", https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.iam.policy.policy_statements import PolicyStatement
    from pycommon_cli.iam.policy.resource_expressions import Expression

__all__ = ["INLINE_LIMIT", "MANAGED_LIMIT", "MANAGED_POLICIES_A_ROLE", "divided", "size"]

MANAGED_LIMIT = 6_144
"""The most characters of a managed policy, without white space."""
INLINE_LIMIT = 10_240
"""The most characters of all inline policies of a role together, without white space."""
MANAGED_POLICIES_A_ROLE = 10
"""The most managed policies of a role, with AWS's default quota."""

_FRAME = len('{"Version":"2012-10-17","Statement":[]}')
_ACCOUNT = re.compile(r"\*(?=:)")
_SYMBOL = re.compile(r"<[^<>]*>")
_UNKNOWN_LENGTH = 80  # the estimate for an unknown name; names of tables and queues usually have half this length


def size(statements: Iterable[PolicyStatement]) -> int:
    """Return the number of characters of a policy with these statements. The estimate for unknown names is high."""
    written = [_size(statement) for statement in statements]
    return _FRAME + sum(written) + max(len(written) - 1, 0)


def divided(statements: Iterable[PolicyStatement], limit: int = MANAGED_LIMIT) -> list[list[PolicyStatement]]:
    """Divide statements, in their order, into policies that are not larger than `limit`."""
    policies: list[list[PolicyStatement]] = []
    room = -1
    for statement in (part for whole in statements for part in _parts(whole, limit)):
        needed = _size(statement) + 1
        if needed > room:
            policies.append([])
            room = limit - _FRAME
        policies[-1].append(statement)
        room -= needed
    return policies


def _parts(statement: PolicyStatement, limit: int) -> list[PolicyStatement]:
    """Return the statement. If it is larger than a policy may be, divide it by its resources."""
    if _size(statement) <= limit - _FRAME or len(statement.resources) == 1:
        return [statement]
    half = len(statement.resources) // 2
    pieces = (statement.resources[:half], statement.resources[half:])
    return [
        part
        for index, resources in enumerate(pieces)
        for part in _parts(_renamed(statement, resources, "AB"[index]), limit)
    ]


def _renamed(statement: PolicyStatement, resources: tuple[Expression, ...], mark: str) -> PolicyStatement:
    return replace(statement, sid=statement.sid + mark, resources=resources)


def _size(statement: PolicyStatement) -> int:
    text = json.dumps(statement.known(), separators=(",", ":"))
    with_account = _ACCOUNT.sub("123456789012", text)
    return len(_SYMBOL.sub("x" * _UNKNOWN_LENGTH, _SYMBOL.sub("x" * _UNKNOWN_LENGTH, with_account)))
