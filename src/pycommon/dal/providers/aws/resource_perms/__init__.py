"""List the AWS operations that functions declare, with their IAM actions: one enum for each AWS client.

The value of a member is the operation of the AWS API, e.g. "HeadObject". The `actions` of a member are the IAM actions
that authorise the operation, here ("s3:GetObject",). The name of an operation often differs from the name of its
action: `s3:ListBucket` authorises ListObjectsV2, and `lambda:InvokeFunction` authorises Invoke.

Source: the Service Authorization Reference, https://docs.aws.amazon.com/service-authorization/latest/reference/

The module `aws_operation` has the base class of the enums. `catalogue` finds enums and members. Each other module has
the enums of one AWS service.

To add a member, add a line to the enum in the module of the AWS service.

To add an enum, change these files:

1. this package: add a module for the service with a subclass of `AWSOperation`, like `sqs`;
2. `catalogue`: add a line to `ENUMS`;
3. this `__init__`: add the import for type checkers, and the name in `__all__`;
4. `pycommon.env.observed_call`: add the parameter that names the resource to `_RESOURCE_PARAMETERS`;
5. the tests: add the enum to `tests/dal/test_resource_perms.py`, which also writes the tables of `docs/operations.md`,
   and to the list of public names in `tests/test_imports.py`.

Python imports each enum when its name is first used.
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
    globals()[name] = enum  # later look-ups do not call this function
    return enum


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
