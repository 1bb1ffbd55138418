"""Makes the statements on KMS keys. AWS uses the key of a table or queue with the permissions of the function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pycommon_cli.analysis.facts import ConfigurationFacts, TemplateResource, Text
from pycommon_cli.analysis.serverless.iam_wildcards import action_matches
from pycommon_cli.analysis.serverless.symbolic_text import is_symbol, joined, literal
from pycommon_cli.iam.policy.arn_templates import parsed
from pycommon_cli.iam.policy.policy_statements import PolicyNote, PolicyStatement
from pycommon_cli.iam.policy.resource_expressions import Expression, template_resource

__all__ = ["key_statements"]

_DECRYPT, _GENERATE = "kms:Decrypt", "kms:GenerateDataKey"
# For each type of resource: the property that names its key, and the actions on the key that a user of the resource
# needs.
_ENCRYPTED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "AWS::DynamoDB::Table": (("SSESpecification", "KMSMasterKeyId"), (_DECRYPT,)),
    "AWS::SQS::Queue": (("KmsMasterKeyId",), (_DECRYPT, _GENERATE)),
    "AWS::SNS::Topic": (("KmsMasterKeyId",), (_DECRYPT, _GENERATE)),
    "AWS::SecretsManager::Secret": (("KmsKeyId",), (_DECRYPT,)),
}
_OF_AWS = "alias/aws/"


def key_statements(
    statements: list[PolicyStatement], configuration: ConfigurationFacts, others: Iterable[ConfigurationFacts] = ()
) -> tuple[list[PolicyStatement], list[PolicyNote]]:
    """Return the statements on the keys that encrypt the resources of `statements`, and notes.

    Return no statement for a key that AWS manages, or if the policy of the key already grants access. Return a note for
    a key that this service does not define. If one of `others` exports the key, and its policy grants access, return no
    note.
    """
    wanted: dict[str, dict[str, tuple[str, ...]]] = {}
    notes: dict[str, PolicyNote] = {}
    for resource in _used(statements, configuration):
        path, actions = _ENCRYPTED[resource.kind]
        key = _at(resource.properties, path)
        if not isinstance(key, Text) or str(key).startswith(_OF_AWS):
            continue
        found = _key_of_template(key, configuration)
        imported = None if found else _imported_key(key, others)
        if imported is not None and _lets_in(imported):
            continue
        service = resource.kind.split("::")[1].lower()
        if found is None:
            what = f"{resource.logical_id} is encrypted with {key}: its policy must let this role use it"
            notes[str(key)] = PolicyNote("", f"{what}, or declare KMSOperation.DECRYPT on a variable that names it")
        elif not _lets_in(found):
            by_service = wanted.setdefault(found.logical_id, {})
            by_service[service] = tuple(sorted({*by_service.get(service, ()), *actions}))
    return [*_statements(wanted)], list(notes.values())


def _statements(wanted: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Iterator[PolicyStatement]:
    for logical_id, by_service in wanted.items():
        for service, actions in by_service.items():
            target = Expression({"Fn::GetAtt": [logical_id, "Arn"]}, literal(f"arn:*:kms:*:*:key/<ref:{logical_id}>"))
            condition = {"StringEquals": {"kms:ViaService": (f"{service}.${{self:provider.region}}.amazonaws.com",)}}
            yield PolicyStatement(f"{logical_id}Through{service.capitalize()}", actions, (target,), condition)


def _used(statements: list[PolicyStatement], configuration: ConfigurationFacts) -> Iterator[TemplateResource]:
    seen: set[str] = set()
    for statement in statements:
        for expression in statement.resources:
            arn = parsed(expression.text)
            if arn is None or not str(arn.service):
                continue
            base = Text(tuple(part.partition("/index/")[0] for part in expression.text.parts))
            resource = template_resource(joined(base.parts), str(arn.service), configuration)
            if resource and resource.kind in _ENCRYPTED and resource.logical_id not in seen:
                seen.add(resource.logical_id)
                yield resource


def _at(value: object, path: tuple[str, ...]) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _key_of_template(key: Text, configuration: ConfigurationFacts) -> TemplateResource | None:
    for resource in configuration.resources.values():
        if resource.kind == "AWS::KMS::Key" and any(
            is_symbol(part) and part == f"<ref:{resource.logical_id}>" for part in key.parts
        ):
            return resource
    return None


def _imported_key(key: Text, others: Iterable[ConfigurationFacts]) -> TemplateResource | None:
    """Return the key that another service exports under the name in `key`, or None if there is no such key."""
    source, _, name = str(key).strip("<>").partition(":")
    for other in others if source == "importValue" else ():
        logical_id = other.exports.get(name, "")
        if logical_id in other.resources:
            return other.resources[logical_id]
    return None


def _lets_in(key: TemplateResource) -> bool:
    """Return whether the policy of the key lets all principals use the key. If so, no IAM policy is needed."""
    policy = _at(key.properties, ("KeyPolicy", "Statement"))
    for statement in policy if isinstance(policy, list) else [policy]:
        if not isinstance(statement, Mapping) or str(statement.get("Effect")) != "Allow":
            continue
        principal = statement.get("Principal")
        whom = principal.get("AWS") if isinstance(principal, Mapping) else principal
        actions = statement.get("Action")
        named = actions if isinstance(actions, list) else [actions]
        if str(whom) == "*" and any(action_matches(str(action), _DECRYPT) for action in named):
            return True
    return False
