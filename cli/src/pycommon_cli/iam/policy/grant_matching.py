"""Evaluates grants as IAM does. Parts of the resources may be unknown.

A Deny takes precedence over every Allow. Conditions are reported, but they are not evaluated.

Source: "Policy evaluation logic",
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from pycommon_cli.analysis.serverless.iam_wildcards import action_matches, covers, overlaps
from pycommon_cli.analysis.serverless.symbolic_text import is_symbol
from pycommon_cli.iam.policy.arn_templates import arns_of, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.analysis.facts import Grant, LambdaFunction, Text

__all__ = [
    "AccessDecision",
    "Decision",
    "decide",
    "decide_for",
    "decide_on",
    "grants_action",
    "has_wildcard",
    "reaches",
]

_OF_THE_TEMPLATE = ("<ref:", "<name:")  # a symbol with this beginning is a known resource of the template


class AccessDecision(StrEnum):
    """The verdict whether an action is allowed.

    UNKNOWN means that the files do not show whether the action is allowed. Either a policy was not read, or the
    resource of the need or of a grant is not known.
    """

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    DENIED = "denied"
    NOT_GRANTED = "not granted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict, and the grants that explain it.

    Attributes:
        allowed_by: the grants that allow the action, on the whole resource or on a part of the resource.
        denied_by: the grants that deny the action.
        conditions: the condition keys, if no grant allows the action without a condition.
    """

    verdict: AccessDecision
    allowed_by: tuple[Grant, ...] = ()
    denied_by: tuple[Grant, ...] = ()
    conditions: tuple[str, ...] = ()

    @property
    def granted(self) -> bool:
        """Whether the action is allowed. Grants with a condition count too."""
        return self.verdict in (AccessDecision.ALLOWED, AccessDecision.CONDITIONAL)


def decide_for(function: LambdaFunction, action: str, variable: str, part: str = "") -> Decision:
    """Decide whether a function may do `action` on the resource that one of its variables names.

    If `serverless.yml` does not set the variable, its value is in Parameter Store, and the resource is unknown. The
    verdict then only says whether the action is granted on any resource.

    Example:
        >>> decide_for(configuration.functions["list_files"], "dynamodb:Query", "FILES_DYNAMO_TABLE", "index").verdict
        <AccessDecision.ALLOWED: 'allowed'>
    """
    value = function.environment.get(variable)
    if value is None:
        anywhere = any(grants_action(grant, action) for grant in function.grants if grant.effect == "Allow")
        decision = Decision(AccessDecision.UNKNOWN if anywhere else AccessDecision.NOT_GRANTED)
    else:
        decision = decide(function.grants, action, value, part)
    if decision.verdict is AccessDecision.NOT_GRANTED and function.unread_policies:
        return Decision(AccessDecision.UNKNOWN)
    return decision


def decide(grants: Iterable[Grant], action: str, value: Text, part: str = "") -> Decision:
    """Decide whether grants allow `action` on the resource that a value names.

    Args:
        grants: the grants of one role.
        action: an IAM action, e.g. "dynamodb:Query".
        value: a name, an ARN or the URL of a queue.
        part: "" for the resource itself, "index" or the name of an index. See `arns_of`.
    """
    return decide_on(grants, action, arns_of(value, action, part))


def decide_on(grants: Iterable[Grant], action: str, arns: Iterable[Text]) -> Decision:
    """Decide whether grants allow `action` on a resource. A policy may name the resource by any of `arns`."""
    targets = list(arns)
    concerned = [grant for grant in grants if grants_action(grant, action)]
    denied = [grant for grant in concerned if grant.effect == "Deny" and _reach(grant, targets) is _Reach.WHOLE]
    if any(not grant.conditions for grant in denied):
        return Decision(AccessDecision.DENIED, denied_by=tuple(denied))
    allowed = [grant for grant in concerned if grant.effect == "Allow" and _reach(grant, targets)]
    if not allowed:
        unclear = any(_is_unclear(grant, action) for grant in concerned if grant.effect == "Allow")
        return Decision(AccessDecision.UNKNOWN if unclear else AccessDecision.NOT_GRANTED)
    bound = denied or all(grant.conditions for grant in allowed)
    keys = dict.fromkeys(key for grant in (*denied, *allowed) for key in grant.conditions) if bound else {}
    return Decision(
        AccessDecision.CONDITIONAL if bound else AccessDecision.ALLOWED, tuple(allowed), tuple(denied), tuple(keys)
    )


def grants_action(grant: Grant, action: str) -> bool:
    """Return whether a statement applies to the action, on any resource."""
    named = any(action_matches(pattern, action) for pattern in grant.actions)
    return named is not grant.negated


def reaches(pattern: Text, arns: Iterable[Text]) -> bool:
    """Return whether a resource of a statement covers one of the ARNs or a part of one of the ARNs."""
    return any(_of(pattern, arn) for arn in arns)


def has_wildcard(grant: Grant) -> bool:
    """Return whether a statement has an action with a wildcard, the resource `*`, NotAction or NotResource."""
    everything = any(str(resource) == "*" for resource in grant.resources)
    return grant.negated or grant.negated_resources or everything or any("*" in action for action in grant.actions)


class _Reach(IntEnum):
    """How much of a resource a pattern covers."""

    NONE = 0
    PART = 1
    WHOLE = 2


def _reach(grant: Grant, targets: Iterable[Text]) -> _Reach:
    reach = max((_of(pattern, target) for pattern in grant.resources for target in targets), default=_Reach.NONE)
    if not grant.negated_resources:
        return reach
    return {_Reach.NONE: _Reach.WHOLE, _Reach.PART: _Reach.PART, _Reach.WHOLE: _Reach.NONE}[reach]


def _of(pattern: Text, target: Text) -> _Reach:
    if covers(pattern, target):
        return _Reach.WHOLE
    ours, theirs = parsed(target), parsed(pattern)
    if ours is None or theirs is None:
        return _Reach.PART if overlaps(pattern, target) and str(target) != "*" else _Reach.NONE
    fields = ((theirs.partition, ours.partition), (theirs.region, ours.region), (theirs.account, ours.account))
    if not overlaps(theirs.service, ours.service) or not all(_may_be_same(*pair) for pair in fields):
        return _Reach.NONE
    if covers(theirs.resource, ours.resource):
        return _Reach.WHOLE
    return _Reach.PART if overlaps(theirs.resource, ours.resource) else _Reach.NONE


def _may_be_same(first: Text, second: Text) -> bool:
    """Return whether two fields of ARNs (partition, region or account) may be equal.

    Two fields may be equal if their patterns match a common text. A field with an unknown part may equal any field.
    """
    return overlaps(first, second) or any(is_symbol(part) for field in (first, second) for part in field.parts)


def _is_unclear(grant: Grant, action: str) -> bool:
    """Return whether a resource of the grant is a single symbol. Such a resource may be any resource.

    For a queue, it is enough that the name in the ARN is a symbol. Functions have the URL of the queue, which comes
    from another source than the name.
    """
    for resource in grant.resources:
        arn = parsed(resource)
        tail = arn.resource if arn and action.startswith("sqs:") else resource
        if len(tail.parts) == 1 and is_symbol(tail.parts[0]) and not tail.parts[0].startswith(_OF_THE_TEMPLATE):
            return True
    return False
