"""The AWS operations that a function declares, and the IAM actions that authorise them.

A member's value is the operation of the AWS API, e.g. "HeadObject"; `actions` are the IAM actions that authorise it,
here ("s3:GetObject",). The two differ more often than one would think: ListObjectsV2 is authorised by `s3:ListBucket`,
Invoke by `lambda:InvokeFunction`. Source: the Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

from enum import Enum
from typing import Self

__all__ = [
    "AWSOperation",
    "BedrockOperation",
    "CognitoOperation",
    "DynamoDBOperation",
    "LambdaOperation",
    "S3Operation",
    "SQSOperation",
    "SSMOperation",
    "SecretsManagerOperation",
]


class AWSOperation(Enum):
    """Base of the enums.

    A member's value is the operation of the AWS API. Where IAM authorises it by an action of another name, that action
    stands beside it.
    """

    prefix: str
    actions: tuple[str, ...]

    def __init_subclass__(cls, prefix: str) -> None:
        """Give each member the IAM actions that authorise it, under the service's `prefix`."""
        super().__init_subclass__()
        for member in cls:
            member.prefix = prefix
            member.actions = tuple(f"{prefix}:{action}" for action in member._action_names)  # type: ignore[attr-defined]  # noqa: SLF001 - set in __new__

    def __new__(cls, operation: str, *action_names: str) -> Self:
        """A member for `operation`, authorised by the actions of its own name or by those given."""
        member = object.__new__(cls)
        member._value_ = operation
        member._action_names = action_names or (operation,)  # type: ignore[attr-defined]
        return member

    def __str__(self) -> str:
        """As one writes it in a declaration, e.g. `DynamoDBOperation.GET_ITEM`."""
        return f"{type(self).__name__}.{self.name}"


class DynamoDBOperation(AWSOperation, prefix="dynamodb"):
    """Operations on a table."""

    GET_ITEM = "GetItem"
    PUT_ITEM = "PutItem"
    UPDATE_ITEM = "UpdateItem"
    DELETE_ITEM = "DeleteItem"
    QUERY = "Query"
    SCAN = "Scan"
    BATCH_GET_ITEM = "BatchGetItem"
    BATCH_WRITE_ITEM = "BatchWriteItem"


class S3Operation(AWSOperation, prefix="s3"):
    """Operations on a bucket and its objects. S3 authorises reading an object's head as reading the object."""

    GET_OBJECT = "GetObject"
    PUT_OBJECT = "PutObject"
    DELETE_OBJECT = "DeleteObject"
    LIST_BUCKET = "ListObjectsV2", "ListBucket"
    HEAD_OBJECT = "HeadObject", "GetObject"


class SQSOperation(AWSOperation, prefix="sqs"):
    """Operations on a queue. The batch forms are authorised by the same actions."""

    SEND_MESSAGE = "SendMessage"
    RECEIVE_MESSAGE = "ReceiveMessage"
    DELETE_MESSAGE = "DeleteMessage"
    GET_QUEUE_ATTRIBUTES = "GetQueueAttributes"
    GET_QUEUE_URL = "GetQueueUrl"
    CHANGE_MESSAGE_VISIBILITY = "ChangeMessageVisibility"


class SecretsManagerOperation(AWSOperation, prefix="secretsmanager"):
    """Operations on a secret."""

    GET_SECRET_VALUE = "GetSecretValue"  # noqa: S105 - the name of an operation
    PUT_SECRET_VALUE = "PutSecretValue"  # noqa: S105 - as above


class BedrockOperation(AWSOperation, prefix="bedrock"):
    """Operations on a model or a guardrail. Converse and ConverseStream are authorised as the two InvokeModel forms."""

    INVOKE_MODEL = "InvokeModel"
    INVOKE_MODEL_WITH_RESPONSE_STREAM = "InvokeModelWithResponseStream"
    INVOKE_GUARDRAIL = "ApplyGuardrail"


class SSMOperation(AWSOperation, prefix="ssm"):
    """Operations on a parameter."""

    GET_PARAMETER = "GetParameter"
    PUT_PARAMETER = "PutParameter"
    DELETE_PARAMETER = "DeleteParameter"


class LambdaOperation(AWSOperation, prefix="lambda"):
    """Operations on a function."""

    INVOKE_FUNCTION = "Invoke", "InvokeFunction"
    GET_FUNCTION = "GetFunction"


class CognitoOperation(AWSOperation, prefix="cognito-idp"):
    """Operations on the users of a pool."""

    ADMIN_GET_USER = "AdminGetUser"
    ADMIN_CREATE_USER = "AdminCreateUser"
    ADMIN_UPDATE_USER = "AdminUpdateUserAttributes"
