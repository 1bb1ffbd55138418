"""Find the resources of an AWS SDK call, and the IAM actions that authorise the call on each resource.

Only the names of resources are read from the parameters of a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pycommon.dal.providers.aws.resource_perms import operation_for

__all__ = ["ObservedCall", "calls_of", "resource_name"]

_RESOURCE_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "bedrock-agent-runtime": ("knowledgeBaseId", "agentId"),
    "bedrock-runtime": ("modelId", "guardrailIdentifier"),
    "cognito-idp": ("UserPoolId",),
    "dynamodb": ("TableName",),
    "events": ("EventBusName",),
    "kms": ("KeyId",),
    "lambda": ("FunctionName",),
    "logs": ("logGroupName", "logGroupIdentifier"),
    "s3": ("Bucket",),
    "scheduler": ("GroupName", "Name"),
    "secretsmanager": ("SecretId",),
    "ses": ("Source",),
    "sesv2": ("FromEmailAddress",),
    "sns": ("TopicArn", "TargetArn"),
    "sqs": ("QueueUrl", "QueueName"),
    "ssm": ("Name",),
    "stepfunctions": ("stateMachineArn", "executionArn"),
}
_TRANSACTION_ACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}
_COPIES = frozenset({"CopyObject", "UploadPartCopy"})


class ObservedCall(NamedTuple):
    """The IAM actions of a call on one resource. `resource` is None if the call names no resource."""

    resource: str | None
    actions: tuple[str, ...]


def calls_of(service: str, operation: str, parameters: Any, prefix: str) -> list[ObservedCall]:
    """Return the IAM actions that a call of `operation` needs, for each resource.

    Args:
        service: botocore's name of the service, e.g. "cognito-idp".
        operation: the API operation, e.g. "GetItem".
        parameters: the parameters of the call.
        prefix: the prefix of the service's IAM actions. The function needs it for operations without a member in
            `resource_perms`.

    Example:
        >>> calls_of("sqs", "SendMessageBatch", {"QueueUrl": "https://sqs/0/jobs"}, "sqs")
        [ObservedCall(resource='jobs', actions=('sqs:SendMessage',))]
    """
    if not isinstance(parameters, Mapping):
        return []
    member = operation_for(service, operation, parameters)
    actions = member.actions if member is not None else (f"{prefix}:{operation}",)
    special = _SPECIAL.get(service)
    calls = None if special is None else special(operation, parameters, actions)
    return _by_parameter(service, parameters, actions) if calls is None else calls


def resource_name(value: str) -> str:
    """Return the name of a resource. `value` is the ARN or the name of the resource, or the URL of a queue.

    Example:
        >>> resource_name("arn:aws:dynamodb:us-east-1:123456789012:table/files/index/by-owner")
        'files'
        >>> resource_name("https://sqs.us-east-1.amazonaws.com/123456789012/jobs")
        'jobs'
    """
    if value.startswith("arn:"):
        resource = value.split(":", 5)[-1]
        kind, slash, rest = resource.partition("/")
        if kind == "table":
            return rest.partition("/")[0]
        if ":s3:::" in value:  # an object's key comes after the bucket's name
            return kind
        return rest if slash else resource.rpartition(":")[2]
    if value.startswith(("https://", "http://")):
        return value.rstrip("/").rpartition("/")[2]
    return value


def _by_parameter(service: str, parameters: Mapping[str, Any], actions: tuple[str, ...]) -> list[ObservedCall]:
    names = (parameters.get(name) for name in _RESOURCE_PARAMETERS.get(service, ()))
    resource = next((name for name in names if isinstance(name, str)), None)
    return [ObservedCall(None if resource is None else resource_name(resource), actions)]


def _dynamodb(_: str, parameters: Mapping[str, Any], actions: tuple[str, ...]) -> list[ObservedCall] | None:
    """Return the tables of a batch or a transaction. Each part of a transaction needs a separate action."""
    batch, transaction = parameters.get("RequestItems"), parameters.get("TransactItems")
    if isinstance(batch, Mapping):
        return [ObservedCall(resource_name(str(table)), actions) for table in batch]
    if not isinstance(transaction, list):
        return None
    parts = [part for item in transaction if isinstance(item, Mapping) for part in item.items()]
    return [
        ObservedCall(resource_name(str(request.get("TableName"))), (_TRANSACTION_ACTIONS[kind],))
        for kind, request in parts
        if kind in _TRANSACTION_ACTIONS and isinstance(request, Mapping)
    ]


def _s3(operation: str, parameters: Mapping[str, Any], _: tuple[str, ...]) -> list[ObservedCall] | None:
    """Return both buckets of a copy: a copy reads one bucket and writes another bucket."""
    if operation not in _COPIES:
        return None
    source = parameters.get("CopySource")
    bucket = source.get("Bucket") if isinstance(source, Mapping) else str(source).lstrip("/").partition("/")[0]
    return [
        ObservedCall(resource_name(str(bucket)), ("s3:GetObject",)),
        ObservedCall(resource_name(str(parameters.get("Bucket"))), ("s3:PutObject",)),
    ]


def _events(_: str, parameters: Mapping[str, Any], actions: tuple[str, ...]) -> list[ObservedCall] | None:
    entries = parameters.get("Entries")
    if not isinstance(entries, list):
        return None
    buses = {str(entry.get("EventBusName", "default")) for entry in entries if isinstance(entry, Mapping)}
    return [ObservedCall(resource_name(bus), actions) for bus in sorted(buses)]


def _ssm(_: str, parameters: Mapping[str, Any], actions: tuple[str, ...]) -> list[ObservedCall] | None:
    names = parameters.get("Names")
    return [ObservedCall(str(name), actions) for name in names] if isinstance(names, list) else None


_SPECIAL: Mapping[str, Callable[[str, Mapping[str, Any], tuple[str, ...]], list[ObservedCall] | None]] = {
    "dynamodb": _dynamodb,
    "events": _events,
    "s3": _s3,
    "ssm": _ssm,
}
