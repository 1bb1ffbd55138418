"""Define the values of `Ref` and `Fn::GetAtt` for the resource types that functions use.

Source: the "Return values" of each resource type,
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "LAMBDA_FUNCTION", "ResourceIdentifier", "TemplateResourceType"]

LAMBDA_FUNCTION = "AWS::Lambda::Function"


class ResourceIdentifier(StrEnum):
    """The identifier of a resource that `Ref` or `Fn::GetAtt` returns."""

    NAME = "name"
    ARN = "arn"
    URL = "url"


@dataclass(frozen=True, slots=True)
class TemplateResourceType:
    """A type of resource.

    Attributes:
        arn: the ARN of a resource after "arn:", with `{partition}`, `{region}`, `{account}` and `{name}`.
        name_property: the property that sets the physical name, or "" if AWS generates the name.
        ref: the identifier that `Ref` returns.
        attributes: the identifiers that `Fn::GetAtt` returns, in addition to `Arn`. Other attributes become symbols.
    """

    arn: str
    name_property: str = ""
    ref: ResourceIdentifier = ResourceIdentifier.NAME
    attributes: Mapping[str, ResourceIdentifier] = field(default_factory=dict)


def _regional(resource: str) -> str:
    """Return the ARN of a resource in the account and region of the stack, from "service:resource"."""
    service, _, rest = resource.partition(":")
    return f"{{partition}}:{service}:{{region}}:{{account}}:{rest}"


KINDS: Mapping[str, TemplateResourceType] = {
    "AWS::ApiGateway::RestApi": TemplateResourceType("{partition}:apigateway:{region}::/restapis/{name}"),
    "AWS::Bedrock::Guardrail": TemplateResourceType(
        _regional("bedrock:guardrail/{name}"),
        ref=ResourceIdentifier.ARN,
        attributes={"GuardrailArn": ResourceIdentifier.ARN},
    ),
    "AWS::Bedrock::KnowledgeBase": TemplateResourceType(
        _regional("bedrock:knowledge-base/{name}"),
        attributes={"KnowledgeBaseArn": ResourceIdentifier.ARN, "KnowledgeBaseId": ResourceIdentifier.NAME},
    ),
    "AWS::Cognito::UserPool": TemplateResourceType(
        _regional("cognito-idp:userpool/{name}"), attributes={"UserPoolId": ResourceIdentifier.NAME}
    ),
    "AWS::DynamoDB::GlobalTable": TemplateResourceType(_regional("dynamodb:table/{name}"), "TableName"),
    "AWS::DynamoDB::Table": TemplateResourceType(_regional("dynamodb:table/{name}"), "TableName"),
    "AWS::Events::EventBus": TemplateResourceType(
        _regional("events:event-bus/{name}"), "Name", attributes={"Name": ResourceIdentifier.NAME}
    ),
    "AWS::Events::Rule": TemplateResourceType(_regional("events:rule/{name}"), "Name"),
    "AWS::IAM::ManagedPolicy": TemplateResourceType(
        "{partition}:iam::{account}:policy/{name}",
        "ManagedPolicyName",
        ResourceIdentifier.ARN,
        {"PolicyArn": ResourceIdentifier.ARN},
    ),
    "AWS::IAM::Role": TemplateResourceType("{partition}:iam::{account}:role/{name}", "RoleName"),
    "AWS::KMS::Alias": TemplateResourceType(_regional("kms:{name}"), "AliasName"),
    "AWS::KMS::Key": TemplateResourceType(_regional("kms:key/{name}"), attributes={"KeyId": ResourceIdentifier.NAME}),
    "AWS::Kinesis::Stream": TemplateResourceType(_regional("kinesis:stream/{name}"), "Name"),
    "AWS::KinesisFirehose::DeliveryStream": TemplateResourceType(
        _regional("firehose:deliverystream/{name}"), "DeliveryStreamName"
    ),
    LAMBDA_FUNCTION: TemplateResourceType(_regional("lambda:function:{name}"), "FunctionName"),
    "AWS::Logs::LogGroup": TemplateResourceType(_regional("logs:log-group:{name}:*"), "LogGroupName"),
    "AWS::S3::Bucket": TemplateResourceType("{partition}:s3:::{name}", "BucketName"),
    "AWS::SNS::Topic": TemplateResourceType(
        _regional("sns:{name}"),
        "TopicName",
        ResourceIdentifier.ARN,
        {"TopicName": ResourceIdentifier.NAME, "TopicArn": ResourceIdentifier.ARN},
    ),
    "AWS::SQS::Queue": TemplateResourceType(
        _regional("sqs:{name}"),
        "QueueName",
        ResourceIdentifier.URL,
        {"QueueName": ResourceIdentifier.NAME, "QueueUrl": ResourceIdentifier.URL},
    ),
    "AWS::SSM::Parameter": TemplateResourceType(_regional("ssm:parameter{name}"), "Name"),
    "AWS::Scheduler::Schedule": TemplateResourceType(_regional("scheduler:schedule/default/{name}"), "Name"),
    "AWS::Scheduler::ScheduleGroup": TemplateResourceType(_regional("scheduler:schedule-group/{name}"), "Name"),
    "AWS::SecretsManager::Secret": TemplateResourceType(
        _regional("secretsmanager:secret:{name}-??????"), "Name", ResourceIdentifier.ARN, {"Id": ResourceIdentifier.ARN}
    ),
    "AWS::StepFunctions::StateMachine": TemplateResourceType(
        _regional("states:stateMachine:{name}"),
        "StateMachineName",
        ResourceIdentifier.ARN,
        {"Name": ResourceIdentifier.NAME},
    ),
}
