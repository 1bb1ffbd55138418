"""Find the role of each function, and the grants of its policies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pycommon_cli.analysis.serverless.document_nodes import MappingNode, Node, ScalarNode, members, text_in
from pycommon_cli.analysis.serverless.managed_policies import grants_of_aws_policy
from pycommon_cli.analysis.serverless.osls_grants import event_grants, function_grants, log_grants
from pycommon_cli.analysis.serverless.osls_names import SHARED_ROLE, log_group
from pycommon_cli.analysis.serverless.policy_grants import grants_of
from pycommon_cli.analysis.serverless.symbolic_text import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import Grant, Text
    from pycommon_cli.analysis.serverless.cloudformation_functions import CloudFormationTemplate

__all__ = ["FunctionRole", "Roles"]

_PER_FUNCTION = "serverless-iam-roles-per-function"
_POLICIES = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::RolePolicy")


@dataclass(frozen=True, slots=True)
class FunctionRole:
    """A role: its grants, and the policies whose content is not known.

    Attributes:
        name: the logical id of the role. If the template does not have the role, this is its ARN or name.
    """

    name: str
    own: bool
    grants: tuple[Grant, ...] = ()
    unread: tuple[Text, ...] = ()
    boundary: Text | None = None


@dataclass(slots=True)
class _Found:
    """The grants that were found in policies."""

    grants: list[Grant] = field(default_factory=list)
    unread: list[Text] = field(default_factory=list)


class Roles:
    """The roles of one service.

    Args:
        document: serverless.yml with resolved variables.
        functions: the functions of serverless.yml.
        names: the deployed names of these functions.
        prefix: the beginning of function names that the Serverless Framework (osls) generates ("<service>-<stage>").
        template: the template with the resources of the service.
    """

    def __init__(
        self,
        document: MappingNode,
        functions: dict[str, MappingNode],
        names: dict[str, Text],
        prefix: Text,
        template: CloudFormationTemplate,
    ) -> None:
        self._functions, self._names, self._prefix, self._template = functions, names, prefix, template
        self._provider = _section(document.get("provider"), document)
        self._custom = document.get("custom", _PER_FUNCTION)
        plugins = document.get("plugins", "modules") or document.get("plugins")
        self._per_function = _PER_FUNCTION in map(text_in, members(plugins))
        self._shared: FunctionRole | None = None

    def of(self, key: str) -> FunctionRole:
        """Return the role of a function."""
        function = self._functions[key]
        named = function.get("role")
        if named is not None:
            return self._named(named, own=True)
        if self._per_function and function.get("iamRoleStatements") is not None:
            return self._of_plugin(key, function)
        if self._shared is None:
            self._shared = self._shared_role()
        return self._shared

    def _shared_role(self) -> FunctionRole:
        described = self._provider.get("iam", "role")
        existing = self._provider.get("role")
        if isinstance(described, ScalarNode) or _is_reference(described):
            return self._named(described, own=False)
        if existing is not None and described is None:
            return self._named(existing, own=False)
        found = _Found()
        found.grants += self._framework_grants()
        role = _section(described, self._provider)
        found.grants += grants_of(role.get("statements") or self._provider.get("iamRoleStatements"), self._template)
        self._attach(role.get("managedPolicies") or self._provider.get("iamManagedPolicies"), found)
        self._attached_to(SHARED_ROLE, found)
        boundary = (
            role.get("permissionsBoundary")
            or role.get("permissionBoundary")
            or self._provider.get("rolePermissionsBoundary")
        )
        return FunctionRole(SHARED_ROLE, False, tuple(found.grants), tuple(found.unread), self._text(boundary))  # noqa: FBT003

    def _framework_grants(self) -> Iterator[Grant]:
        """Return the grants that the Serverless Framework (osls) adds to the shared role.

        A grant for the trigger of one function applies to all functions.
        """
        sharing = {key: function for key, function in self._functions.items() if function.get("role") is None}
        groups = dict.fromkeys(log_group(self._logging_name(key)) for key in sharing)
        for group in groups:
            yield from log_grants(group, self._provider.place, self._template)
        for function in sharing.values():
            yield from event_grants(function, self._template)
            yield from function_grants(function, self._provider, self._template)

    def _logging_name(self, key: str) -> Text:
        """Return the name of a function, for the grants of its log group.

        If osls generates the name, return one pattern for the names of all functions of the service.
        """
        if str(self._names[key]).startswith(str(self._prefix)):
            return joined((self._prefix, "*"))
        return self._names[key]

    def _of_plugin(self, key: str, function: MappingNode) -> FunctionRole:
        """Return the role that the plugin `serverless-iam-roles-per-function` makes for a function.

        The role grants logs, triggers and the statements of the function. If the function asks for it, the role also
        grants the statements of the provider.
        """
        found = _Found()
        found.grants += log_grants(log_group(self._names[key]), function.place, self._template)
        found.grants += event_grants(function, self._template)
        found.grants += function_grants(function, self._provider, self._template)
        found.grants += grants_of(function.get("iamRoleStatements"), self._template)
        by_default = self._custom.get("defaultInherit") if isinstance(self._custom, MappingNode) else None
        inherits = function.get("iamRoleStatementsInherit") or by_default
        if isinstance(inherits, ScalarNode) and inherits.value is True:
            own = self._provider.get("iam", "role", "statements") or self._provider.get("iamRoleStatements")
            found.grants += grants_of(own, self._template)
        self._attach(self._provider.get("iam", "role", "managedPolicies"), found)
        boundary = function.get("iamPermissionsBoundary") or self._provider.get("iam", "role", "permissionsBoundary")
        return FunctionRole(f"{key} role", True, tuple(found.grants), tuple(found.unread), self._text(boundary))  # noqa: FBT003

    def _named(self, node: Node | None, *, own: bool) -> FunctionRole:
        """Return the role to which a node refers. The content of a role outside the template is not known."""
        logical_id = self._template.logical_id(node)
        if text_in(node) == SHARED_ROLE or logical_id == SHARED_ROLE:
            return self._shared_role()
        if self._template.kind(logical_id) != "AWS::IAM::Role":
            text = self._template.text(node)
            return FunctionRole(str(text), own, unread=(text,))
        properties = self._template.properties(logical_id) or MappingNode({}, self._provider.place)
        found = _Found()
        for policy in self._template.chosen(properties.get("Policies")):
            if isinstance(policy, MappingNode):
                found.grants += grants_of(policy.get("PolicyDocument"), self._template)
        self._attach(properties.get("ManagedPolicyArns"), found)
        self._attached_to(logical_id, found)
        boundary = self._text(properties.get("PermissionsBoundary"))
        return FunctionRole(logical_id, own, tuple(found.grants), tuple(found.unread), boundary)

    def _attach(self, policies: Node | None, found: _Found) -> None:
        """Add the managed policies of a role. The role names them by reference or by ARN."""
        for policy in self._template.chosen(policies):
            logical_id = self._template.logical_id(policy)
            if self._template.kind(logical_id) == "AWS::IAM::ManagedPolicy":
                self._add(logical_id, found)
                continue
            arn = self._template.text(policy)
            grants = grants_of_aws_policy(arn, policy.place)
            if grants is None:
                found.unread.append(arn)
            else:
                found.grants += grants

    def _attached_to(self, role: str, found: _Found) -> None:
        """Add the policies of the template that name the role in `Roles`. The role itself does not name them."""
        for logical_id in self._template.resources:
            properties = self._template.properties(logical_id)
            if self._template.kind(logical_id) not in _POLICIES or properties is None:
                continue
            named = [*self._template.chosen(properties.get("Roles")), properties.get("RoleName")]
            if any(_refers_to(node, role) for node in named if node is not None):
                self._add(logical_id, found)

    def _add(self, policy: str, found: _Found) -> None:
        properties = self._template.properties(policy)
        known = {grant.place for grant in found.grants if not grant.by_framework}
        grants = grants_of(properties.get("PolicyDocument") if properties else None, self._template)
        found.grants += [grant for grant in grants if grant.place not in known]

    def _text(self, node: Node | None) -> Text | None:
        return self._template.text(node) if node is not None else None


def _section(node: Node | None, like: MappingNode) -> MappingNode:
    return node if isinstance(node, MappingNode) else MappingNode({}, like.place)


def _is_reference(node: Node | None) -> bool:
    """Return whether `provider.iam.role` names an existing role. If not, it describes the role that osls makes."""
    return isinstance(node, MappingNode) and any("::" in key for key in node.entries)


def _refers_to(node: Node, logical_id: str) -> bool:
    return isinstance(node, MappingNode) and text_in(node.get("Ref")) == logical_id
