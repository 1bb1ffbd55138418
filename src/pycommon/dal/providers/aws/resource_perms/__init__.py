"""The AWS operations that a function declares, and the IAM actions that authorise them.

A member's value is the operation of the AWS API, e.g. "HeadObject"; `actions` are the IAM actions that authorise it,
here ("s3:GetObject",). The two differ more often than one would think: ListObjectsV2 is authorised by `s3:ListBucket`,
Invoke by `lambda:InvokeFunction`. Source: the Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/

Each enum is imported when its name is first asked for, see `catalogue`.
"""

from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, Permission, ResourceType
from pycommon.dal.providers.aws.resource_perms.catalogue import enum_named, member_for, operation_for, operations

if TYPE_CHECKING:
    from pycommon.dal.providers.aws.resource_perms.aws_lambda import LambdaOperation
    from pycommon.dal.providers.aws.resource_perms.bedrock import BedrockAgentOperation, BedrockOperation
    from pycommon.dal.providers.aws.resource_perms.cognito import CognitoOperation
    from pycommon.dal.providers.aws.resource_perms.dynamodb import DynamoDBOperation
    from pycommon.dal.providers.aws.resource_perms.eventbridge import EventBridgeOperation, SchedulerOperation
    from pycommon.dal.providers.aws.resource_perms.kms import KMSOperation
    from pycommon.dal.providers.aws.resource_perms.logs import LogsOperation
    from pycommon.dal.providers.aws.resource_perms.s3 import S3Operation
    from pycommon.dal.providers.aws.resource_perms.secretsmanager import SecretsManagerOperation
    from pycommon.dal.providers.aws.resource_perms.ses import SESOperation, SESV2Operation
    from pycommon.dal.providers.aws.resource_perms.sns import SNSOperation
    from pycommon.dal.providers.aws.resource_perms.sqs import SQSOperation
    from pycommon.dal.providers.aws.resource_perms.ssm import SSMOperation
    from pycommon.dal.providers.aws.resource_perms.stepfunctions import StepFunctionsOperation

__all__ = [
    "AWSOperation",
    "BedrockAgentOperation",
    "BedrockOperation",
    "CognitoOperation",
    "DynamoDBOperation",
    "EventBridgeOperation",
    "KMSOperation",
    "LambdaOperation",
    "LogsOperation",
    "Permission",
    "ResourceType",
    "S3Operation",
    "SESOperation",
    "SESV2Operation",
    "SNSOperation",
    "SQSOperation",
    "SSMOperation",
    "SchedulerOperation",
    "SecretsManagerOperation",
    "StepFunctionsOperation",
    "member_for",
    "operation_for",
    "operations",
]


def __getattr__(name: str) -> Any:
    try:
        enum = enum_named(name)
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    globals()[name] = enum  # the next look-up finds it without coming here
    return enum


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
