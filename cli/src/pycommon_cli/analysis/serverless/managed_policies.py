"""Define the grants of the AWS managed policies that Lambda functions use most.

Source: the AWS Managed Policy Reference, https://docs.aws.amazon.com/aws-managed-policy/latest/reference/
The reader does not know the grants of other policies.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Grant, Place, Text
from pycommon_cli.analysis.serverless.symbolic_text import literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["grants_of_aws_policy"]

_ARN = re.compile(r"arn:[^:]*:iam::aws:policy/(?:[\w-]+/)*(?P<name>[\w+=,.@-]+)")
_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_NETWORK = (
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
)  # fmt: skip
_STREAM = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")

_FOR_LAMBDA: Mapping[str, tuple[str, ...]] = {
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaVPCAccessExecutionRole": (*_LOGS, *_NETWORK),
    "AWSLambdaSQSQueueExecutionRole": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", *_LOGS),
    "AWSLambdaDynamoDBExecutionRole": (*(f"dynamodb:{action}" for action in _STREAM), *_LOGS),
    "AWSLambdaKinesisExecutionRole": (
        *(f"kinesis:{action}" for action in _STREAM), "kinesis:DescribeStreamSummary", "kinesis:ListShards",
        "kinesis:SubscribeToShard", *_LOGS,
    ),
    "AWSXRayDaemonWriteAccess": (
        "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
        "xray:GetSamplingStatisticSummaries",
    ),
}  # fmt: skip
_WIDE: Mapping[str, tuple[str, ...]] = {
    "AdministratorAccess": ("*",),
    "AmazonDynamoDBFullAccess": ("dynamodb:*",),
    "AmazonS3FullAccess": ("s3:*", "s3-object-lambda:*"),
    "AmazonS3ReadOnlyAccess": ("s3:Get*", "s3:List*", "s3:Describe*"),
    "AmazonSQSFullAccess": ("sqs:*",),
    "AmazonSNSFullAccess": ("sns:*",),
    "AmazonSSMReadOnlyAccess": ("ssm:Describe*", "ssm:Get*", "ssm:List*"),
    "AmazonSSMFullAccess": ("ssm:*",),
    "AmazonSESFullAccess": ("ses:*",),
    "SecretsManagerReadWrite": ("secretsmanager:*",),
    "AmazonBedrockFullAccess": ("bedrock:*",),
    "AWSLambda_FullAccess": ("lambda:*",),
    "AmazonCognitoPowerUser": ("cognito-identity:*", "cognito-idp:*", "cognito-sync:*"),
    "CloudWatchLogsFullAccess": ("logs:*",),
}


def grants_of_aws_policy(arn: Text, place: Place) -> list[Grant] | None:
    """Return the grants of an AWS managed policy for a Lambda function, or None if this module lacks the policy.

    Permissions that only AWS's own console needs, such as listing alarms and roles, are left out.
    """
    match = _ARN.fullmatch(str(arn))
    if match is None:
        return None
    name = match["name"]
    actions = _FOR_LAMBDA.get(name) or _WIDE.get(name)
    if actions is None:
        return None
    return [Grant("Allow", actions, (literal("*"),), place, sid=name, by_framework=name in _FOR_LAMBDA)]
