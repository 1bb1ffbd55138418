"""IAM: what the functions of a service need, compared with what their roles grant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pycommon_cli.analysis.handler_needs import BY_DECLARATION, Need
from pycommon_cli.analysis.serverless.iam_wildcards import covers
from pycommon_cli.analysis.serverless.symbolic_text import is_symbol, literal
from pycommon_cli.check.findings import Related, Severity
from pycommon_cli.check.rules.checked_needs import ANY_PART, checked_parts, needs_of, uses_of
from pycommon_cli.check.rules.role_statements import RoleStatement, has_wildcard, is_wide, statements
from pycommon_cli.check.rules.rule_registry import Problem, rule
from pycommon_cli.iam.policy.arn_templates import arns_of, parsed
from pycommon_cli.iam.policy.grant_matching import AccessDecision, decide, decide_for, decide_on, grants_action
from pycommon_cli.iam.policy.iam_actions import action_exists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import Grant, LambdaFunction, Place, Text
    from pycommon_cli.analysis.service_facts import Deployed, Service

_READS_PARAMETERS = ("ssm:GetParameters", "ssm:GetParameter")
_OWN_PARAMETERS = ":parameter/amplify/"
# Actions that AWS makes with the role. The code does not make them. They write logs and traces, make the network
# interface of a function in a VPC, and use the key of an encrypted resource.
_MADE_BY_AWS = ("logs:", "xray:", "ec2:", "kms:")


@rule("IAM001", "not-granted", Severity.ERROR, controls=("3.1.2",), relies_on=("code", "configuration"))
def not_granted(service: Service) -> Iterator[Problem]:
    """A function declares, uses or needs for the library an operation that its role does not allow."""
    for deployed in service.deployed:
        yield from _unread_parameters(service, deployed)
        missing: dict[tuple[Place, str, str], list[str]] = {}
        for need in needs_of(deployed):
            if _unmet_part(deployed.function, need) is not None and _mismatch(deployed.function, need) is None:
                actions = missing.setdefault((need.place, need.variable, _verb(need)), [])
                actions += [need.action] if need.action not in actions else []
        for (place, variable, verb), actions in missing.items():
            yield Problem(
                place,
                f"{deployed.handler.reference} {verb} {', '.join(actions)} on {variable}, but its role does not allow "
                "this",
                f"allow {', '.join(actions)} on the resource of {variable}; `pycommon iam` prints the statement",
                related=(Related(deployed.function.place, "the function"),),
                function=deployed.function.name,
            )


@rule("IAM002", "not-needed", Severity.WARNING, controls=("3.1.5", "3.1.7"), relies_on=("code", "configuration"))
def not_needed(service: Service) -> Iterator[Problem]:
    """A role allows an action that no function with the role declares."""
    known = {each.function.name: [*needs_of(each), *uses_of(each)] for each in service.deployed}
    by_name = {deployed.function.name: deployed for deployed in service.deployed}
    for statement in statements(service):
        if not all(function.name in known for function in statement.functions):
            continue  # the handler of a function was not found, so the needs of the function are unknown
        holders = [(by_name[function.name], known[function.name]) for function in statement.functions]
        idle = []
        for action, place in statement.actions():
            if has_wildcard(action) or not action_exists(action) or _explained(statement.grant, action, holders):
                continue
            idle.append(action)
            yield Problem(
                place,
                f"the role of {statement.names} allows {action} on {statement.shown_resources}, but no function "
                "declares it",
                "remove the action, or declare the operation where it is used",
                function=statement.functions[0].name,
            )
        if len(idle) < len(statement.grant.actions):
            yield from _idle_resources(statement, holders)


@rule("IAM003", "wrong-resource", Severity.ERROR, controls=("3.1.2",), relies_on=("code", "configuration"))
def wrong_resource(service: Service) -> Iterator[Problem]:
    """A role allows an operation on the wrong part of a resource: a table, not its index; a bucket, not its objects."""
    reported: set[tuple[Place, str]] = set()
    for deployed in service.deployed:
        for need in needs_of(deployed):
            part = _unmet_part(deployed.function, need)
            found = None if part is None else _mismatch(deployed.function, need)
            if found is None or (found, need.action) in reported:
                continue
            reported.add((found, need.action))
            expected = _expected(deployed.function, need, part or "")
            yield Problem(
                found,
                f"IAM checks {need.action} of {deployed.handler.reference} on {expected}, which this resource does not "
                "cover",
                f"add {expected} to the resources of the statement",
                related=(Related(need.place, f"needed here, on the resource of {need.variable}"),),
                function=deployed.function.name,
            )


def _unmet_part(function: LambdaFunction, need: Need) -> str | None:
    """Return the part of the resource on which the role does not allow the action.

    Return None if the role allows the action, or if this is unknown.
    """
    if function.environment.get(need.variable) is None:
        return None
    parts = checked_parts(need)
    refused = (AccessDecision.NOT_GRANTED, AccessDecision.DENIED)
    return parts[0] if all(_verdict(function, need, part) in refused for part in parts) else None


def _verdict(function: LambdaFunction, need: Need, part: str) -> AccessDecision:
    verdict = decide_for(function, need.action, need.variable, _index(part)).verdict
    if verdict is AccessDecision.UNKNOWN and not function.unread_policies and _all_for_others(function, need):
        return AccessDecision.NOT_GRANTED
    return verdict


def _all_for_others(function: LambdaFunction, need: Need) -> bool:
    """Return whether other variables name every unknown resource of the grants.

    If so, the variable of the need does not name any of these resources.
    """
    others = {value.parts for name, value in function.environment.items() if name != need.variable}
    others.discard(function.environment[need.variable].parts)
    for grant in function.grants:
        if grant.effect == "Allow" and grants_action(grant, need.action):
            for resource in grant.resources:
                arn = parsed(resource)
                tail = (arn.resource if arn else resource).parts
                if len(tail) == 1 and is_symbol(tail[0]) and tail not in others:
                    return False
    return True


def _mismatch(function: LambdaFunction, need: Need) -> Place | None:
    """Return the place of a grant that allows the action on another part of the resource than the needed part."""
    value = function.environment.get(need.variable)
    if value is None:
        return None
    for sibling in _siblings(need.action, value):
        for grant in decide_on(function.grants, need.action, [sibling]).allowed_by:
            for resource, place in zip(grant.resources, grant.resource_places, strict=False):
                if covers(resource, sibling) or covers(sibling, resource):
                    return place
            return grant.place
    return None


def _siblings(action: str, value: Text) -> list[Text]:
    """Return ARNs that people confuse with the ARNs on which IAM checks the action."""
    if action.startswith("s3:"):
        both = [*arns_of(value, "s3:GetObject"), *arns_of(value, "s3:ListBucket")]
    elif action.startswith("dynamodb:"):
        both = [arn for part in ANY_PART for arn in arns_of(value, action, part)]
        both += arns_of(value, "dynamodb:Query", "index")
    else:
        return []
    own = arns_of(value, action)
    return [arn for arn in both if arn not in own] if action.startswith("s3:") else both


def _expected(function: LambdaFunction, need: Need, part: str) -> str:
    """Return the resource on which IAM checks the action, without region and account."""
    arn = arns_of(function.environment.get(need.variable, literal("*")), need.action, _index(part))[0]
    fields = parsed(arn)
    return str(fields.resource if fields else arn)


def _index(part: str) -> str:
    return "" if part == "object" else part


def _verb(need: Need) -> str:
    if need.by_library:
        return f"has @{need.by}, which calls"
    return "declares" if need.by == BY_DECLARATION else "calls"


def _unread_parameters(service: Service, deployed: Deployed) -> Iterator[Problem]:
    """Yield a problem for each declared variable that is in Parameter Store, but that the role may not read."""
    environment = deployed.function.environment
    stage, name = environment.get("STAGE"), environment.get("SERVICE_NAME")
    if stage is None or name is None:
        return
    for declared in deployed.declared:
        path = f"/amplify/{stage}/{name}/{declared.variable}"
        if declared.variable in environment or path not in service.published:
            continue
        verdicts = [decide(deployed.function.grants, action, literal(path)).verdict for action in _READS_PARAMETERS]
        if all(verdict in (AccessDecision.NOT_GRANTED, AccessDecision.DENIED) for verdict in verdicts):
            yield Problem(
                declared.place,
                f"{declared.variable} of {deployed.handler.reference} is in Parameter Store, but its role may not read "
                "the parameter",
                f"allow ssm:GetParameters and ssm:GetParameter on parameter{path}",
                related=(Related(deployed.function.place, "the function"),),
                function=deployed.function.name,
            )


_Holders = list[tuple["Deployed", list[Need]]]


def _explained(grant: Grant, action: str, holders: _Holders) -> bool:
    """Return whether a function needs the action on one of the resources, or does not have to declare the action."""
    if action.startswith(_MADE_BY_AWS):
        return True
    alone = replace(grant, actions=(action,), effect="Allow")
    for deployed, needs in holders:
        if any(each.by_framework and grants_action(each, action) for each in deployed.function.grants):
            return True
        if action in _READS_PARAMETERS and deployed.handler.decorators and _is_about_parameters(grant):
            return True
        if any(need.action.lower() == action.lower() and _reaches(alone, deployed, need) for need in needs):
            return True
    return False


def _reaches(grant: Grant, deployed: Deployed, need: Need) -> bool:
    value = deployed.function.environment.get(need.variable)
    if value is None:
        return True  # the resource is unknown
    parts = dict.fromkeys((*checked_parts(need), *ANY_PART))
    arns = [arn for part in parts for arn in arns_of(value, need.action, _index(part))]
    return (
        decide_on([grant], need.action, [*arns, *_siblings(need.action, value)]).verdict
        is not AccessDecision.NOT_GRANTED
    )


def _is_about_parameters(grant: Grant) -> bool:
    return any(_OWN_PARAMETERS in str(resource) or str(resource) == "*" for resource in grant.resources)


def _idle_resources(statement: RoleStatement, holders: _Holders) -> Iterator[Problem]:
    """Yield a problem for each resource of a statement that no function needs, if other resources are needed."""
    grant = statement.grant
    if len(grant.resources) < 2:  # noqa: PLR2004 - if there is one resource, its unneeded actions are reported
        return
    for resource, place in zip(grant.resources, grant.resource_places, strict=False):
        if is_wide(resource):
            continue
        alone = replace(grant, resources=(resource,), resource_places=(place,))
        if not any(_explained(alone, action, holders) for action in _concrete(grant, holders)):
            yield Problem(
                place,
                f"the role of {statement.names} allows {', '.join(grant.actions)} on {resource}, but no function "
                "declares this",
                "remove the resource, or declare the operation where it is used",
                function=statement.functions[0].name,
            )


def _concrete(grant: Grant, holders: _Holders) -> list[str]:
    needed = {need.action for _, needs in holders for need in needs}
    named = [action for action in grant.actions if not has_wildcard(action)]
    return [*named, *(action for action in needed if grants_action(grant, action))]
