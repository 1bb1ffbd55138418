"""The policies of a deployed role, changed for the time of a test and put back after it."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from demo import aws_lookups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pycommon_cli.local.local_aws import LocalAws

Document = dict[str, Any]


class Granted(NamedTuple):
    """One action that a statement of a generated policy grants."""

    sid: str
    action: str


def granted(stack: LocalAws, function: str) -> list[Granted]:
    """Every action of the managed policies of a function's role, as IAM has them."""
    return [
        Granted(statement["Sid"], action)
        for arn in _managed(stack, function)
        for statement in _read(stack, arn)["Statement"]
        for action in _list(statement["Action"])
    ]


@contextmanager
def without(
    stack: LocalAws, action: str, function: str = aws_lookups.FUNCTION, sid: str | None = None
) -> Iterator[None]:
    """A function's role without `action`: on what the statement `sid` names, else on anything.

    It is taken from every statement of the role that grants it there, also from those that osls has added.
    """
    whole = [statement for arn in _managed(stack, function) for statement in _read(stack, arn)["Statement"]]
    on = {
        resource
        for statement in whole
        if sid in {None, statement["Sid"]} and action in _list(statement["Action"])
        for resource in _list(statement["Resource"])
    }
    with _changed(stack, function, lambda document: _less(document, action, on)):
        yield


@contextmanager
def granting(stack: LocalAws, statement: Document, function: str = aws_lookups.FUNCTION) -> Iterator[None]:
    """A function's role with one statement more."""
    name = "of-a-test"
    iam, role = stack.client("iam"), aws_lookups.role(stack, function)
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName=name)


@contextmanager
def reading_parameters(stack: LocalAws) -> Iterator[None]:
    """The sample's role with what `pycommon iam` grants for a variable that is not set: reading its parameters."""
    service = aws_lookups.variables(stack)["SERVICE_NAME"]
    parameters = f"arn:aws:ssm:us-east-1:000000000000:parameter/amplify/local/{service}/*"
    with granting(stack, {"Action": ["ssm:GetParameter", "ssm:GetParameters"], "Resource": parameters}):
        yield


@contextmanager
def _changed(stack: LocalAws, function: str, change: Callable[[Document], Document]) -> Iterator[None]:
    """Every policy of the role, managed and inline, as `change` makes it."""
    iam, role = stack.client("iam"), aws_lookups.role(stack, function)
    with ExitStack() as undo:
        for arn in _managed(stack, function):
            before = _read(stack, arn)
            if (after := change(before)) != before:
                _replace(stack, arn, after)
                undo.callback(_replace, stack, arn, before)
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            before = aws_lookups.document(iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
            if (after := change(before)) != before:
                put = {"RoleName": role, "PolicyName": name}
                iam.put_role_policy(**put, PolicyDocument=json.dumps(after))
                undo.callback(iam.put_role_policy, **put, PolicyDocument=json.dumps(before))
        yield


def _less(document: Document, action: str, on: set[str]) -> Document:
    kept = []
    for statement in document["Statement"]:
        actions = _list(statement["Action"])
        if action in actions and on & set(_list(statement["Resource"])):
            actions = [each for each in actions if each != action]
        if actions:
            kept.append({**statement, "Action": actions})
    return {**document, "Statement": kept}


def _managed(stack: LocalAws, function: str) -> list[str]:
    attached = stack.client("iam").list_attached_role_policies(RoleName=aws_lookups.role(stack, function))
    return [policy["PolicyArn"] for policy in attached["AttachedPolicies"]]


def _read(stack: LocalAws, arn: str) -> Document:
    iam = stack.client("iam")
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return aws_lookups.document(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])


def _replace(stack: LocalAws, arn: str, document: Document) -> None:
    """As CloudFormation does: a new default version, and the one before deleted, as IAM keeps five at most."""
    iam = stack.client("iam")
    before = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
    iam.delete_policy_version(PolicyArn=arn, VersionId=before)


def _list(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]
