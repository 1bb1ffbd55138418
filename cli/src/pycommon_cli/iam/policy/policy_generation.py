"""Generates the least policy that declarations need: a policy for a service, or a role for each function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycommon_cli.analysis.serverless.osls_names import log_group_logical_id, normalized
from pycommon_cli.analysis.serverless.symbolic_text import literal
from pycommon_cli.iam.policy.kms_grants import key_statements
from pycommon_cli.iam.policy.policy_sizes import INLINE_LIMIT, MANAGED_POLICIES_A_ROLE, divided, size
from pycommon_cli.iam.policy.policy_statements import PolicyNote, PolicyStatement, PolicyStatements, needed_statements
from pycommon_cli.iam.policy.resource_expressions import Expression, InexpressibleError, expression_of, referred

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import CodeFacts, ConfigurationFacts, Grant, LambdaFunction

__all__ = ["POLICY", "Generated", "Policy", "for_functions", "for_service", "needs_of_role", "role_logical_id"]

POLICY = "ServicePolicy"
"""The logical id of the policy of a service."""

_VERSION = "2012-10-17"
_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
_NETWORK = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"


@dataclass(frozen=True, slots=True)
class Policy:
    """A generated policy.

    Attributes:
        logical_id: the logical id of the policy in the template.
        functions: the functions that need the policy.
    """

    logical_id: str
    functions: tuple[str, ...]
    statements: tuple[PolicyStatement, ...]

    def document(self) -> dict[str, object]:
        """Return the policy document in the form of a template, with CloudFormation functions."""
        return {"Version": _VERSION, "Statement": [statement.document() for statement in self.statements]}

    def known(self) -> dict[str, object]:
        """Return the policy document as plain JSON, with symbols for unknown parts."""
        return {"Version": _VERSION, "Statement": [statement.known() for statement in self.statements]}


@dataclass(slots=True)
class Generated:
    """The generated policies and resources.

    Attributes:
        policies: the policies, in the order of the output.
        resources: the resources to add to the template.
        roles: for each function, the logical id of its own role. The mapping is empty if the functions share the role
            of the Serverless Framework (osls).
        notes: hints, such as what could not be generated.
    """

    policies: list[Policy] = field(default_factory=list)
    resources: dict[str, object] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    notes: list[PolicyNote] = field(default_factory=list)


def for_service(
    code: CodeFacts, configuration: ConfigurationFacts, others: Sequence[ConfigurationFacts] = ()
) -> Generated:
    """Generate one managed policy for all functions that share a role.

    If the policy would exceed IAM's size limit, generate several.

    Args:
        code: the facts of the service's Python.
        configuration: the facts of its serverless.yml.
        others: the other services of the repository, which may define the key of a table.
    """
    functions = [function for function in configuration.functions.values() if not function.own_role]
    found = needs_of_role(functions, code, configuration, others)
    statements, generated = found.statements, Generated(notes=found.notes)
    parts = divided(statements)
    names = tuple(function.name for function in functions)
    for index, part in enumerate(parts, 1):
        logical_id = POLICY if index == 1 else f"{POLICY}{index}"
        policy = Policy(logical_id, names, tuple(part))
        generated.policies.append(policy)
        generated.resources[logical_id] = _managed_policy(
            policy, "What the functions of ${self:service}-${sls:stage} may do"
        )
    if len(parts) > 1:
        ids = ", ".join(policy.logical_id for policy in generated.policies)
        generated.notes.append(
            PolicyNote("", f"the policy is divided into {ids}: IAM allows 6,144 characters for each managed policy")
        )
    if len(parts) > MANAGED_POLICIES_A_ROLE:
        generated.notes.append(
            PolicyNote(
                "",
                f"IAM allows {MANAGED_POLICIES_A_ROLE} managed policies for each role: give each function a role",
            )
        )
    return generated


def for_functions(
    code: CodeFacts, configuration: ConfigurationFacts, others: Sequence[ConfigurationFacts] = ()
) -> Generated:
    """Generate a role for each function. The role allows the function's needs, its log group and its triggers.

    See `for_service` for the arguments.
    """
    generated = Generated()
    for function in configuration.functions.values():
        found = needs_of_role([function], code, configuration, others)
        generated.notes += found.notes
        always = [*_log_statements(function), *_trigger_statements(function, configuration, generated.notes)]
        policy = Policy(role_logical_id(function.name), (function.name,), (*always, *found.statements))
        generated.policies.append(policy)
        generated.roles[function.name] = policy.logical_id
        _add_role(function, always, found.statements, configuration, generated)
    return generated


def role_logical_id(function: str) -> str:
    """Return the logical id of the role of a function.

    Example:
        >>> role_logical_id("record_visit")
        'RecordUnderscorevisitRole'
    """
    return f"{normalized(function)}Role"


def needs_of_role(
    functions: Sequence[LambdaFunction],
    code: CodeFacts,
    configuration: ConfigurationFacts,
    others: Sequence[ConfigurationFacts] = (),
) -> PolicyStatements:
    """Return the statements that a role of these functions needs. KMS keys are included. Logs and triggers are not."""
    found = needed_statements(functions, code, configuration)
    keys, notes = key_statements(found.statements, configuration, others)
    for function in functions:
        if function.handler not in code.handlers:
            notes.append(
                PolicyNote(
                    function.name, f"its handler {function.handler} is not in the code, so its needs are unknown"
                )
            )
    return PolicyStatements(sorted([*found.statements, *keys], key=lambda each: each.sid), [*found.notes, *notes])


def _managed_policy(policy: Policy, description: str) -> dict[str, object]:
    properties = {"Description": description, "PolicyDocument": policy.document()}
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}


def _add_role(
    function: LambdaFunction,
    always: list[PolicyStatement],
    needed: list[PolicyStatement],
    configuration: ConfigurationFacts,
    generated: Generated,
) -> None:
    """Add the role with inline policies. If the inline policies are too large, use managed policies."""
    logical_id = role_logical_id(function.name)
    managed: list[object] = []
    inline = [("execution", always)] if always else []
    if size([*always, *needed]) <= INLINE_LIMIT:
        inline += [("declared", needed)] if needed else []
    else:
        for index, part in enumerate(divided(needed), 1):
            policy = Policy(f"{logical_id}Policy{index}", (function.name,), tuple(part))
            generated.resources[policy.logical_id] = _managed_policy(
                policy, f"What {function.name} may do, part {index}"
            )
            managed.append({"Ref": policy.logical_id})
        what = f"{logical_id} has managed policies: IAM allows {INLINE_LIMIT:,} characters inline for each role"
        generated.notes.append(PolicyNote(function.name, what))
    if _in_network(function, configuration):
        managed.append({"Fn::Sub": _NETWORK})
    properties: dict[str, object] = {
        "AssumeRolePolicyDocument": {
            "Version": _VERSION,
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
    }
    if managed:
        properties["ManagedPolicyArns"] = managed
    properties["Policies"] = [
        {"PolicyName": name, "PolicyDocument": Policy("", (), tuple(statements)).document()}
        for name, statements in inline
    ]
    boundary = _boundary(configuration)
    if boundary:
        properties["PermissionsBoundary"] = boundary
    generated.resources[logical_id] = {"Type": "AWS::IAM::Role", "Properties": properties}


def _log_statements(function: LambdaFunction) -> list[PolicyStatement]:
    if isinstance(function.properties, Mapping) and function.properties.get("disableLogs") is True:
        return []
    group = Expression({"Fn::GetAtt": [log_group_logical_id(function.name), "Arn"]}, literal(_log_group_arn(function)))
    return [PolicyStatement("Logs", _LOGS, (group,))]


def _log_group_arn(function: LambdaFunction) -> str:
    return f"arn:*:logs:*:*:log-group:/aws/lambda/{function.deployed_name}:*"


def _trigger_statements(
    function: LambdaFunction, configuration: ConfigurationFacts, notes: list[PolicyNote]
) -> list[PolicyStatement]:
    """Return the statements that osls would add to the shared role for the triggers of this function."""
    statements: list[PolicyStatement] = []
    for index, grant in enumerate(_merged(function.trigger_grants), 1):
        try:
            resources = tuple(
                _of_trigger(function, grant, position, configuration) for position in range(len(grant.resources))
            )
        except InexpressibleError as error:
            notes.append(PolicyNote(function.name, f"{', '.join(grant.actions)} for a trigger is left out: {error}"))
            continue
        statements.append(PolicyStatement(f"Trigger{index}", tuple(sorted(grant.actions)), resources))
    return statements


def _merged(grants: Iterable[Grant]) -> list[Grant]:
    """Return each grant once."""
    return list({(grant.actions, grant.resources): grant for grant in grants}.values())


def _of_trigger(function: LambdaFunction, grant: Grant, position: int, configuration: ConfigurationFacts) -> Expression:
    text = grant.resources[position]
    service = grant.actions[0].partition(":")[0]
    found = referred(text, service, configuration)
    if found is not None:
        return found
    for index, event in enumerate(function.events):
        if event.source == text and event.kind != "url":
            has_arn = isinstance(event.properties, Mapping) and "arn" in event.properties
            path = f"functions.{function.name}.events.{index}.{event.kind}{'.arn' if has_arn else ''}"
            return Expression(f"${{self:{path}}}", text)
    return expression_of(text)


def _in_network(function: LambdaFunction, configuration: ConfigurationFacts) -> bool:
    own = function.properties.get("vpc") if isinstance(function.properties, Mapping) else None
    shared = configuration.provider.get("vpc") if isinstance(configuration.provider, Mapping) else None
    return bool(own or (shared and own is not False))


def _boundary(configuration: ConfigurationFacts) -> str:
    role = configuration.provider if isinstance(configuration.provider, Mapping) else {}
    for key in ("iam", "role"):
        inner = role.get(key)
        role = inner if isinstance(inner, Mapping) else {}
    name = next((name for name in ("permissionsBoundary", "permissionBoundary") if name in role), "")
    return f"${{self:provider.iam.role.{name}}}" if name else ""
