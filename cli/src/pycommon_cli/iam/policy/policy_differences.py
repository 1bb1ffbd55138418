"""Compares grants with needs: for each role, finds what is missing and what is too much."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pycommon_cli.analysis.serverless.iam_wildcards import covers
from pycommon_cli.analysis.serverless.symbolic_text import literal
from pycommon_cli.iam.policy.arn_templates import ANYWHERE, arns_of, may_apply, parsed
from pycommon_cli.iam.policy.grant_matching import AccessDecision, Decision, decide_for, decide_on, reaches
from pycommon_cli.iam.policy.iam_actions import expanded
from pycommon_cli.iam.policy.iam_needs import function_needs
from pycommon_cli.iam.policy.policy_generation import needs_of_role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pycommon_cli.analysis.facts import CodeFacts, ConfigurationFacts, Grant, LambdaFunction, Place, Text
    from pycommon_cli.analysis.handler_needs import Need

__all__ = ["Difference", "DifferenceKind", "RoleDifferences", "differences", "roles_of"]


class DifferenceKind(StrEnum):
    """The kind of difference between a grant and a need."""

    MISSING = "missing"
    CONDITION = "condition"
    UNKNOWN = "unknown"
    WIDER = "wider"
    UNNEEDED = "unneeded"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between grants and needs.

    Attributes:
        actions: the actions. If a grant is too wide or is not needed, the actions are written as in the policy.
        resource: the variable, or the ARN of the grant.
        short: the resource without partition, region and account.
        why: the reason: the function that needs the action, or the grant that would be enough.
        place: the place of the declaration if a grant is missing, or of the statement if it grants too much.
    """

    kind: DifferenceKind
    actions: tuple[str, ...]
    resource: str
    why: str
    place: Place | None
    short: str = ""


@dataclass(frozen=True, slots=True)
class RoleDifferences:
    """A role, and the functions whose needs are compared with its grants."""

    name: str
    functions: tuple[LambdaFunction, ...]

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The grants in the policies of the role."""
        return self.functions[0].grants


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A needed action on a resource. A policy may name the resource by any of the ARNs."""

    action: str
    arns: tuple[Text, ...]
    is_bound: bool


def roles_of(configuration: ConfigurationFacts, *, per_function: bool) -> list[RoleDifferences]:
    """Return each role of a service with its functions. With `per_function`, return each function alone."""
    by_role: dict[str, list[LambdaFunction]] = {}
    for function in configuration.functions.values():
        by_role.setdefault(function.name if per_function else function.role, []).append(function)
    return [RoleDifferences(functions[0].role, tuple(functions)) for functions in by_role.values()]


def differences(
    role: RoleDifferences, code: CodeFacts, configuration: ConfigurationFacts, others: Sequence[ConfigurationFacts] = ()
) -> list[Difference]:
    """Return the differences between the grants of a role and the needs of its functions.

    Grants that the Serverless Framework (osls) adds are left out. If the code lacks the handler of a function, its
    needs are unknown. Grants that are too much are then not reported.
    """
    found = [*_lacking(role, code, configuration), *_lacking_beside(role, code, configuration, others)]
    if all(function.handler in code.handlers for function in role.functions):
        found += _too_much(role, code, configuration, others)
    return _once(found)


def _lacking(role: RoleDifferences, code: CodeFacts, configuration: ConfigurationFacts) -> Iterator[Difference]:
    for function in role.functions:
        for need in function_needs(function, code, configuration):
            if need.variable not in function.environment and need.by_library:
                continue  # the library works without the variable
            decision = decide_for(function, need.action, need.variable, need.part)
            kind = _lack(decision, is_bound=need.condition is not None)
            if kind is not None:
                yield Difference(kind, (need.action,), _resource(need), _why(need, function, decision), need.place)


def _lacking_beside(
    role: RoleDifferences, code: CodeFacts, configuration: ConfigurationFacts, others: Sequence[ConfigurationFacts]
) -> Iterator[Difference]:
    """Yield the missing grants for KMS keys, and for variables that serverless.yml does not set."""
    for statement in needs_of_role(role.functions, code, configuration, others).statements:
        if statement.sid != "OwnParameters" and not statement.actions[0].startswith("kms:"):
            continue
        for resource in statement.resources:
            for action in statement.actions:
                decision = decide_on(role.grants, action, [resource.text])
                kind = _lack(decision, is_bound=statement.condition is not None)
                if kind is not None:
                    why = f"for {', '.join(statement.variables) or statement.sid}"
                    yield Difference(kind, (action,), str(resource.text), why, None)


def _lack(decision: Decision, *, is_bound: bool) -> DifferenceKind | None:
    match decision.verdict:
        case AccessDecision.NOT_GRANTED | AccessDecision.DENIED:
            return DifferenceKind.MISSING
        case AccessDecision.UNKNOWN:
            return DifferenceKind.UNKNOWN
        case AccessDecision.CONDITIONAL if not is_bound:
            return DifferenceKind.CONDITION
    return None


def _resource(need: Need) -> str:
    part = "" if need.part == ANYWHERE else need.part
    return f"{need.variable}, index {part}" if part else need.variable


def _why(need: Need, function: LambdaFunction, decision: Decision) -> str:
    why = f"{function.name} needs it (@{need.by})"
    if decision.verdict is AccessDecision.DENIED:
        denied = decision.denied_by[0].place
        return f"{why}, and {denied.path}:{denied.line} denies it"
    if decision.conditions:
        return f"{why}; granted only under {', '.join(decision.conditions)}"
    return why


# What is too much


def _too_much(
    role: RoleDifferences, code: CodeFacts, configuration: ConfigurationFacts, others: Sequence[ConfigurationFacts]
) -> Iterator[Difference]:
    wanted = [*_wanted(role, code, configuration), *_wanted_beside(role, code, configuration, others)]
    for grant in role.grants:
        if grant.effect != "Allow" or grant.by_framework:
            continue
        if grant.negated or grant.negated_resources:
            what = "NotAction" if grant.negated else "NotResource"
            resource = grant.resources[0] if grant.resources else literal("*")
            yield _wider(grant, grant.actions, resource, f"{what} allows everything except what it lists")
            continue
        yield from _of_grant(grant, wanted)


def _wanted(role: RoleDifferences, code: CodeFacts, configuration: ConfigurationFacts) -> Iterator[_Wanted]:
    for function in role.functions:
        for need in function_needs(function, code, configuration):
            value = function.environment.get(need.variable)
            if value is not None:
                arns = tuple(arns_of(value, need.action, need.part))
                yield _Wanted(need.action.lower(), arns, need.condition is not None)


def _wanted_beside(
    role: RoleDifferences, code: CodeFacts, configuration: ConfigurationFacts, others: Sequence[ConfigurationFacts]
) -> Iterator[_Wanted]:
    for statement in needs_of_role(role.functions, code, configuration, others).statements:
        for action in statement.actions:
            for resource in statement.resources:
                yield _Wanted(action.lower(), (resource.text,), statement.condition is not None)


def _of_grant(grant: Grant, wanted: Sequence[_Wanted]) -> Iterator[Difference]:
    """Yield the actions of one statement that are not needed, and the actions that are too wide."""
    for resource in grant.resources:
        unneeded: list[str] = []
        for pattern in grant.actions:
            meant = {action.lower() for action in expanded(pattern)} or {pattern.lower()}
            used = [each for each in wanted if each.action in meant and reaches(resource, each.arns)]
            if not used:
                needed_beside = any(each.action in meant and _reached(grant, each) for each in wanted)
                if not needed_beside or may_apply(
                    pattern, resource
                ):  # if an action never applies to this resource, the statement has it for another resource
                    unneeded.append(pattern)
            elif "*" in pattern or "?" in pattern:
                needed = sorted(
                    {action for action in expanded(pattern) for each in used if each.action == action.lower()}
                )
                if len(needed) < len(meant):
                    yield _wider(grant, (pattern,), resource, f"{', '.join(needed)} would be enough")
            elif all(each.is_bound for each in used) and not grant.conditions:
                yield _wider(grant, (pattern,), resource, "the library needs it only under a condition")
            elif _is_wider(resource, used):
                arns = " and ".join(dict.fromkeys(_short(each.arns[0]) for each in used))
                yield _wider(grant, (pattern,), resource, f"{arns} would be enough")
        if unneeded:
            why = "no function declares it"
            yield Difference(
                DifferenceKind.UNNEEDED, tuple(unneeded), str(resource), why, grant.place, _short(resource)
            )


def _reached(grant: Grant, wanted: _Wanted) -> bool:
    return any(reaches(resource, wanted.arns) for resource in grant.resources)


def _is_wider(resource: Text, used: Iterable[_Wanted]) -> bool:
    """Return whether a pattern covers resources that are not used. Region and account do not matter."""
    theirs = parsed(resource)
    for each in used:
        for arn in each.arns:
            ours = parsed(arn)
            if str(arn) == "*" or arn == resource or (ours and theirs and covers(ours.resource, theirs.resource)):
                return False
    return True


def _wider(grant: Grant, actions: tuple[str, ...], resource: Text, why: str) -> Difference:
    return Difference(DifferenceKind.WIDER, actions, str(resource), why, grant.place, _short(resource))


def _short(resource: Text) -> str:
    """Return a resource without partition, region and account.

    Example:
        >>> _short(literal("arn:aws:dynamodb:eu-west-1:123456789012:table/visits"))
        'dynamodb table/visits'
    """
    arn = parsed(resource)
    return f"{arn.service} {arn.resource}" if arn else str(resource)


def _once(found: Iterable[Difference]) -> list[Difference]:
    """Merge the differences with the same cause, and sort them in the order of `DifferenceKind`."""
    together: dict[tuple[object, ...], Difference] = {}
    for each in found:
        key = (each.kind, each.resource, each.why, each.place)
        known = together.get(key)
        actions = tuple(dict.fromkeys((*(known.actions if known else ()), *each.actions)))
        together[key] = Difference(each.kind, actions, each.resource, each.why, each.place, each.short)
    order = list(DifferenceKind)
    return sorted(together.values(), key=lambda each: (order.index(each.kind), each.resource, each.actions))
