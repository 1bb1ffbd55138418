"""The operation enums: every name of the specification, and the IAM actions that authorise each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pycommon.dal.providers.aws import resource_perms

if TYPE_CHECKING:
    from pycommon.dal.providers.aws.resource_perms import AWSOperation

# name in a declaration, operation of the AWS API, IAM action (Service Authorization Reference)
OPERATIONS = """
DynamoDBOperation.GET_ITEM                          GetItem                       dynamodb:GetItem
DynamoDBOperation.PUT_ITEM                          PutItem                       dynamodb:PutItem
DynamoDBOperation.UPDATE_ITEM                       UpdateItem                    dynamodb:UpdateItem
DynamoDBOperation.DELETE_ITEM                       DeleteItem                    dynamodb:DeleteItem
DynamoDBOperation.QUERY                             Query                         dynamodb:Query
DynamoDBOperation.SCAN                              Scan                          dynamodb:Scan
DynamoDBOperation.BATCH_GET_ITEM                    BatchGetItem                  dynamodb:BatchGetItem
DynamoDBOperation.BATCH_WRITE_ITEM                  BatchWriteItem                dynamodb:BatchWriteItem
S3Operation.GET_OBJECT                              GetObject                     s3:GetObject
S3Operation.PUT_OBJECT                              PutObject                     s3:PutObject
S3Operation.DELETE_OBJECT                           DeleteObject                  s3:DeleteObject
S3Operation.LIST_BUCKET                             ListObjectsV2                 s3:ListBucket
S3Operation.HEAD_OBJECT                             HeadObject                    s3:GetObject
SQSOperation.SEND_MESSAGE                           SendMessage                   sqs:SendMessage
SQSOperation.RECEIVE_MESSAGE                        ReceiveMessage                sqs:ReceiveMessage
SQSOperation.DELETE_MESSAGE                         DeleteMessage                 sqs:DeleteMessage
SQSOperation.GET_QUEUE_ATTRIBUTES                   GetQueueAttributes            sqs:GetQueueAttributes
SQSOperation.CHANGE_MESSAGE_VISIBILITY              ChangeMessageVisibility       sqs:ChangeMessageVisibility
SecretsManagerOperation.GET_SECRET_VALUE            GetSecretValue                secretsmanager:GetSecretValue
SecretsManagerOperation.PUT_SECRET_VALUE            PutSecretValue                secretsmanager:PutSecretValue
BedrockOperation.INVOKE_MODEL                       InvokeModel                   bedrock:InvokeModel
BedrockOperation.INVOKE_MODEL_WITH_RESPONSE_STREAM  InvokeModelWithResponseStream bedrock:InvokeModelWithResponseStream
BedrockOperation.INVOKE_GUARDRAIL                   ApplyGuardrail                bedrock:ApplyGuardrail
SSMOperation.GET_PARAMETER                          GetParameter                  ssm:GetParameter
SSMOperation.PUT_PARAMETER                          PutParameter                  ssm:PutParameter
SSMOperation.DELETE_PARAMETER                       DeleteParameter               ssm:DeleteParameter
LambdaOperation.INVOKE_FUNCTION                     Invoke                        lambda:InvokeFunction
LambdaOperation.GET_FUNCTION                        GetFunction                   lambda:GetFunction
CognitoOperation.ADMIN_GET_USER                     AdminGetUser                  cognito-idp:AdminGetUser
CognitoOperation.ADMIN_CREATE_USER                  AdminCreateUser               cognito-idp:AdminCreateUser
CognitoOperation.ADMIN_UPDATE_USER                  AdminUpdateUserAttributes     cognito-idp:AdminUpdateUserAttributes
"""
ROWS = [line.split() for line in OPERATIONS.strip().splitlines()]
PHANTOMS = {"s3:HeadObject", "bedrock:InvokeGuardrail", "cognito-idp:AdminUpdateUser"}
CLIENTS = {"DynamoDBOperation": "dynamodb", "S3Operation": "s3", "SQSOperation": "sqs", "SSMOperation": "ssm"} | {
    "SecretsManagerOperation": "secretsmanager",
    "BedrockOperation": "bedrock-runtime",
    "LambdaOperation": "lambda",
    "CognitoOperation": "cognito-idp",
}

ENUMS = [getattr(resource_perms, name) for name in CLIENTS]
ALL = [member for enum in ENUMS for member in enum]


def member_of(name: str) -> AWSOperation:
    enum, _, member = name.partition(".")
    found: AWSOperation = getattr(resource_perms, enum)[member]
    return found


@pytest.mark.parametrize(("name", "operation", "action"), ROWS)
def test_a_name_of_the_specification(name: str, operation: str, action: str) -> None:
    member = member_of(name)
    assert (str(member), member.value, member.actions) == (name, operation, (action,))


@pytest.mark.parametrize("member", ALL, ids=str)
def test_no_action_is_a_phantom(member: AWSOperation) -> None:
    assert member.actions
    assert not set(member.actions) & PHANTOMS
    assert all(action.startswith(f"{member.prefix}:") for action in member.actions)


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_operations_are_those_of_the_sdk(enum: type[AWSOperation]) -> None:
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    model = ServiceModel(Loader().load_service_model(CLIENTS[enum.__name__], "service-2"))
    assert {member.value for member in enum} <= set(model.operation_names)


def test_no_two_names_are_one_operation() -> None:
    """Enum would make the second an alias of the first, and a declaration would lose it."""
    for enum in ENUMS:
        assert list(enum.__members__) == [member.name for member in enum]
