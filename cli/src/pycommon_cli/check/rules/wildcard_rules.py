"""IAM: statements that allow too much, or that name actions which do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms import ResourceType
from pycommon_cli.check.findings import Severity
from pycommon_cli.check.rules.role_statements import has_wildcard, is_everything, is_wide, statements
from pycommon_cli.check.rules.rule_registry import Problem, rule
from pycommon_cli.iam.policy.iam_actions import action_exists, expanded, resource_formats, resource_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import Grant
    from pycommon_cli.analysis.service_facts import Service

_BY_TAG = ("aws:ResourceTag/", "aws:resourcetag/")


@rule("IAM004", "wildcard-action", Severity.WARNING, controls=("3.1.5", "3.1.7"))
def wildcard_action(service: Service) -> Iterator[Problem]:
    """A role allows an action with a wildcard, and so also actions that AWS adds later."""
    for statement in statements(service):
        for action, place in statement.actions():
            if has_wildcard(action) and not is_everything(action) and expanded(action):
                yield Problem(
                    place,
                    f"{action} matches {len(expanded(action))} actions",
                    "name the actions that the functions declare; `pycommon iam` lists them",
                    function=statement.functions[0].name,
                )


@rule("IAM005", "wildcard-resource", Severity.WARNING, controls=("3.1.5", "3.1.7"))
def wildcard_resource(service: Service) -> Iterator[Problem]:
    """A role allows an action on every resource, although IAM can limit the action to one resource."""
    for statement in statements(service):
        narrow = [action for action, _ in statement.actions() if _knows_resources(action)]
        if not narrow or _everything(statement.grant) or _bound_by_tag(statement.grant):
            continue
        for resource, place in statement.resources():
            if is_wide(resource):
                yield Problem(
                    place,
                    f"{', '.join(narrow)} is allowed on every resource ({resource})",
                    "name the resource by !GetAtt, or by the variable that has its name",
                    function=statement.functions[0].name,
                )


@rule("IAM006", "phantom-action", Severity.ERROR)
def phantom_action(service: Service) -> Iterator[Problem]:
    """A policy names an action that IAM does not have. The action allows nothing."""
    for effect in ("Allow", "Deny"):
        for statement in statements(service, effect=effect):
            for action, place in statement.actions():
                if not has_wildcard(action) and "<" not in action and "$" not in action and not action_exists(action):
                    yield Problem(
                        place,
                        f"IAM has no action {action}",
                        "use the action by which AWS authorizes the call, see docs/operations.md",
                        function=statement.functions[0].name,
                    )
                elif has_wildcard(action) and not is_everything(action) and "<" not in action and not expanded(action):
                    yield Problem(
                        place,
                        f"{action} matches no action of IAM",
                        "name the actions",
                        function=statement.functions[0].name,
                    )


@rule("IAM007", "every-action", Severity.ERROR, controls=("3.1.5", "3.1.7"))
def every_action(service: Service) -> Iterator[Problem]:
    """The role of a function allows every action of AWS."""
    for statement in statements(service):
        for action, place in statement.actions():
            if is_everything(action):
                yield Problem(
                    place,
                    f"the role of {statement.names} may do everything on {statement.shown_resources}",
                    "name the actions that the functions declare; `pycommon iam` lists them",
                    function=statement.functions[0].name,
                )


def _everything(grant: Grant) -> bool:
    return any(is_everything(action) for action in grant.actions)


def _bound_by_tag(grant: Grant) -> bool:
    return any(key.startswith(_BY_TAG) for key in grant.conditions)


def _knows_resources(action: str) -> bool:
    """Return whether a policy can allow the action, or an action that the pattern matches, on a single resource."""
    if has_wildcard(action):
        return any(_knows_resources(each) for each in expanded(action)[:50])
    types = resource_types(action)
    if types:
        return types != (ResourceType.ANY,)
    return any(form != "*" for form in resource_formats(action))
