"""Which enum holds the operations of which AWS client, and the member that a call of the SDK is to be declared as."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["ENUMS", "enum_named", "member_for", "operation_for", "operations"]

# By the client's name: the enum and its module. An enum costs 20 to 40 microseconds a member to build, so that one is
# imported when it is asked for: a function pays for the services that it declares.
ENUMS = {
    "bedrock-agent-runtime": ("BedrockAgentOperation", "bedrock"),
    "bedrock-runtime": ("BedrockOperation", "bedrock"),
    "cognito-idp": ("CognitoOperation", "cognito"),
    "dynamodb": ("DynamoDBOperation", "dynamodb"),
    "events": ("EventBridgeOperation", "eventbridge"),
    "kms": ("KMSOperation", "kms"),
    "lambda": ("LambdaOperation", "aws_lambda"),
    "logs": ("LogsOperation", "logs"),
    "s3": ("S3Operation", "s3"),
    "scheduler": ("SchedulerOperation", "eventbridge"),
    "secretsmanager": ("SecretsManagerOperation", "secretsmanager"),
    "ses": ("SESOperation", "ses"),
    "sesv2": ("SESV2Operation", "ses"),
    "sns": ("SNSOperation", "sns"),
    "sqs": ("SQSOperation", "sqs"),
    "ssm": ("SSMOperation", "ssm"),
    "stepfunctions": ("StepFunctionsOperation", "stepfunctions"),
}
_MODULES = dict(ENUMS.values())


def enum_named(name: str) -> type[AWSOperation]:
    """The enum of that name.

    Raises:
        KeyError: there is none.
    """
    enum: type[AWSOperation] = getattr(import_module(f"{__package__}.{_MODULES[name]}"), name)
    return enum


def operations() -> Iterator[AWSOperation]:
    """Every member there is, the library's first. It imports all enums, which takes some 5 milliseconds."""
    own = [enum_named(name) for name, _ in ENUMS.values()]
    added = [enum for enum in AWSOperation.__subclasses__() if enum not in own]
    for enum in (*own, *added):
        yield from enum


def operation_for(service: str, operation: str, parameters: Iterable[str] = ()) -> AWSOperation | None:
    """The member that a call of the AWS SDK is to be declared as; None where no enum has it.

    Args:
        service: the name of the client, `client.meta.service_model.service_name`; not the one in botocore's events,
            which differs: "stepfunctions" there is "sfn".
        operation: the operation as botocore names it, e.g. "GetObject".
        parameters: the names of the call's parameters, for the forms that IAM treats in another way.

    Example:
        >>> str(operation_for("s3", "GetObject", {"Bucket", "Key", "VersionId"}))
        'S3Operation.GET_OBJECT_VERSION'
    """
    members = _members_of(service)
    forms = (members.get(f"{operation}?{parameter}") for parameter in parameters)
    return next((form for form in forms if form), members.get(operation))


@cache
def _members_of(service: str) -> dict[str, AWSOperation]:
    """What can be declared for a client, by its value. An enum that a service adds fills gaps and replaces nothing."""
    own = [enum_named(ENUMS[service][0])] if service in ENUMS else []
    added = [enum for enum in AWSOperation.__subclasses__() if enum.service == service]
    members: dict[str, AWSOperation] = {}
    for member in (member for enum in (*own, *added) for member in enum):
        members.setdefault(member.value, member)
    return members


def member_for(action: str) -> AWSOperation | None:
    """How one declares an IAM action: the member of that very name, else the first that needs just it, else None.

    Example:
        >>> str(member_for("s3:ListBucket"))
        'S3Operation.LIST_BUCKET'
    """
    return _members_by_action().get(action)


@cache
def _members_by_action() -> dict[str, AWSOperation]:
    by_action: dict[str, AWSOperation] = {}
    by_name: dict[str, AWSOperation] = {}
    for member in operations():
        if len(member.actions) == 1:
            action = member.actions[0]
            by_action.setdefault(action, member)
            if action.endswith(f":{member.value}"):
                by_name.setdefault(action, member)
    return {**by_action, **by_name}
