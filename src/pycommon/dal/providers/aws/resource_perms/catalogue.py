"""Find the enum of an AWS client, and find the member that declares a call of the AWS SDK or an IAM action."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["ENUMS", "enum_named", "member_for", "operation_for", "operations"]

# The keys are the names of AWS clients. The values are the enum and its module. Building an enum takes 20 to 40
# microseconds per member. Python imports each enum on its first use, so that a function loads only the services that it
# declares.
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
    """Return the enum called `name`.

    Raises:
        KeyError: there is no such enum.
    """
    enum: type[AWSOperation] = getattr(import_module(f"{__package__}.{_MODULES[name]}"), name)
    return enum


def operations() -> Iterator[AWSOperation]:
    """Yield all members of all enums, first of the library's enums. The import of all enums takes about 5 ms."""
    own = [enum_named(name) for name, _ in ENUMS.values()]
    added = [enum for enum in AWSOperation.__subclasses__() if enum not in own]
    for enum in (*own, *added):
        yield from enum


def operation_for(service: str, operation: str, parameters: Iterable[str] = ()) -> AWSOperation | None:
    """Return the member that declares a call of the AWS SDK, or None if no enum has it.

    Args:
        service: the name of the client, `client.meta.service_model.service_name`. botocore's events use other names for
            some services, e.g. "sfn" for "stepfunctions".
        operation: the operation in botocore's spelling, e.g. "GetObject".
        parameters: the names of the call's parameters. Some operations have a further member for a parameter.

    Example:
        >>> str(operation_for("s3", "GetObject", {"Bucket", "Key", "VersionId"}))
        'S3Operation.GET_OBJECT_VERSION'
    """
    members = _members_of(service)
    forms = (members.get(f"{operation}?{parameter}") for parameter in parameters)
    return next((form for form in forms if form), members.get(operation))


@cache
def _members_of(service: str) -> dict[str, AWSOperation]:
    """Return the members of a client by their value.

    Members in the library's enums replace members in services' enums.
    """
    own = [enum_named(ENUMS[service][0])] if service in ENUMS else []
    added = [enum for enum in AWSOperation.__subclasses__() if enum.service == service]
    members: dict[str, AWSOperation] = {}
    for member in (member for enum in (*own, *added) for member in enum):
        members.setdefault(member.value, member)
    return members


def member_for(action: str) -> AWSOperation | None:
    """Return the member with the name of an IAM action, or else the first member that has only this action.

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
