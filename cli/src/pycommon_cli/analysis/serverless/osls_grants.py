"""Compute the grants that the Serverless Framework (osls) adds to the shared role, for logs and for triggers.

osls does not add grants to a custom role.
Source: osls 4, which behaves like the Serverless Framework 3,
https://www.serverless.com/framework/docs/providers/aws/guide/iam
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pycommon_cli.analysis.serverless.document_nodes import MappingNode, Node, ScalarNode, text_in
from pycommon_cli.analysis.serverless.iam_wildcards import covers
from pycommon_cli.analysis.serverless.policy_grants import framework_grant
from pycommon_cli.analysis.serverless.symbolic_text import joined, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pycommon_cli.analysis.facts import Grant, Place, Text
    from pycommon_cli.analysis.serverless.cloudformation_functions import CloudFormationTemplate

__all__ = ["event_grants", "function_grants", "log_grants", "marked"]

_ANY = (literal("*"),)
_NETWORK = (
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
)  # fmt: skip
_SQS = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_STREAMS = {
    "dynamodb": ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"),
    "kinesis": ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"),
}
_SHARED_KINESIS = ("GetRecords", "GetShardIterator", "DescribeStreamSummary", "ListShards")
_TO = {"sns": ("sns:Publish",), "sqs": ("sqs:ListQueues", "sqs:SendMessage")}
_DESTINATIONS = {
    "function": "lambda:InvokeFunction", "lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage",
    "sns": "sns:Publish", "eventBus": "events:PutEvents", "events": "events:PutEvents",
}  # fmt: skip


def log_grants(prefix: Text, place: Place, template: CloudFormationTemplate) -> Iterator[Grant]:
    """Return the grants to write to the log groups whose names begin with `prefix`.

    Args:
        prefix: the log group of a function. With a `*` at the end, it means the log groups of all functions.
        place: the part of the file that causes the grants.
        template: the template, which has the region and the account.
    """
    groups = joined(
        ("arn:", template.pseudo("AWS::Partition"), ":logs:", template.pseudo("AWS::Region"), ":",
         template.pseudo("AWS::AccountId"), ":log-group:", prefix)
    )  # fmt: skip
    actions = ("logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource")
    yield framework_grant(actions, (joined((groups, ":*")),), place)
    yield framework_grant(("logs:PutLogEvents",), (joined((groups, ":*:*")),), place)


def event_grants(function: MappingNode, template: CloudFormationTemplate) -> Iterator[Grant]:
    """Return the grants that the triggers of a function need, to poll queues and streams and to report failures."""
    for node in template.chosen(function.get("events")):
        for kind, value in node.items() if isinstance(node, MappingNode) else ():
            if kind == "sqs" and (queue := _arn(value)) is not None:
                yield framework_grant(_SQS, (template.text(queue),), node.place)
            elif kind == "stream":
                yield from _stream(value, node.place, template)
            elif kind == "websocket":
                partition = template.pseudo("AWS::Partition")
                connections = joined(("arn:", partition, ":execute-api:*:*:*/@connections/*"))
                yield framework_grant(("execute-api:ManageConnections",), (connections,), node.place)
            elif kind in ("msk", "kafka", "activemq", "rabbitmq"):
                yield from _broker(kind, value, node.place, template)


def function_grants(function: MappingNode, provider: MappingNode, template: CloudFormationTemplate) -> Iterator[Grant]:
    """Return the grants that settings of a function need.

    The settings are tracing, a KMS key, a dead-letter topic, destinations and file systems.
    """
    tracing = function.get("tracing") or provider.get("tracing", "lambda")
    if isinstance(tracing, ScalarNode) and tracing.value:
        yield framework_grant(("xray:PutTraceSegments", "xray:PutTelemetryRecords"), _ANY, tracing.place)
    key = function.get("kmsKeyArn") or provider.get("kmsKeyArn")
    if isinstance(key, ScalarNode):
        yield framework_grant(("kms:Decrypt",), (template.text(key),), key.place)
    topic = function.get("onError")
    if isinstance(topic, ScalarNode):
        yield framework_grant(("sns:Publish",), (template.text(topic),), topic.place)
    files = function.get("fileSystemConfig", "arn")
    if files is not None:
        actions = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
        yield framework_grant(actions, (template.text(files),), files.place)
    for name in ("onSuccess", "onFailure"):
        yield from _destination(function.get("destinations", name), template)


def marked(grants: Iterable[Grant], always: Iterable[Grant]) -> Iterator[Grant]:
    """Yield the grants of a custom role. Mark each grant that osls would add to the shared role.

    These are the grants `always`, for logs and triggers.
    """
    known = list(always)
    for grant in grants:
        served = [each for each in known if any(_same(a, b) for a in grant.resources for b in each.resources)]
        actions = {action for each in served for action in each.actions}
        yield replace(grant, by_framework=True) if grant.actions and actions.issuperset(grant.actions) else grant


def _same(resource: Text, other: Text) -> bool:
    return str(resource) != "*" and (covers(resource, other) or covers(other, resource))


def _stream(value: Node, place: Place, template: CloudFormationTemplate) -> Iterator[Grant]:
    arn = _arn(value)
    if arn is None:
        return
    text = template.text(arn)
    kind = text_in(value.get("type")) if isinstance(value, MappingNode) else ""
    kind = kind or (["", "", *str(text).split(":")][4:5] or [""])[0]
    consumer = value.get("consumer") if isinstance(value, MappingNode) else None
    if kind == "kinesis" and consumer is not None:
        yield framework_grant((f"kinesis:{action}" for action in _SHARED_KINESIS), (text,), place)
        # If osls makes the consumer, osls generates its name too.
        own = (
            _consumers(text) if isinstance(consumer, ScalarNode) and consumer.value is True else template.text(consumer)
        )
        yield framework_grant(("kinesis:SubscribeToShard",), (own,), place)
    elif kind in _STREAMS:
        yield framework_grant((f"{kind}:{action}" for action in _STREAMS[kind]), (text,), place)
    failed = value.get("destinations", "onFailure") if isinstance(value, MappingNode) else None
    target = _arn(failed)
    if target is not None:
        text = template.text(target)
        to = text_in(failed.get("type")) if isinstance(failed, MappingNode) else ""
        yield framework_grant(_TO.get(to or _service(text), _TO["sqs"]), (text,), place)


def _consumers(stream: Text) -> Text:
    return joined((stream, "/consumer/*"))


def _broker(kind: str, value: Node, place: Place, template: CloudFormationTemplate) -> Iterator[Grant]:
    if not isinstance(value, MappingNode):
        return
    arn = value.get("arn")
    if kind == "msk" and arn is not None:
        yield framework_grant(("kafka:DescribeCluster", "kafka:GetBootstrapBrokers"), (template.text(arn),), place)
    elif arn is not None:
        yield framework_grant(("mq:DescribeBroker",), (template.text(arn),), place)
    secrets = [value.get("basicAuthArn")]
    access = value.get("accessConfigurations")
    for name, nodes in access.items() if isinstance(access, MappingNode) else ():
        secrets += template.chosen(nodes) if not name.startswith("vpc") else []
    known = tuple(template.text(secret) for secret in secrets if secret is not None)
    if known:
        yield framework_grant(("secretsmanager:GetSecretValue",), known, place)
    if kind != "kafka" or (isinstance(access, MappingNode) and access.get("vpcSubnet") is not None):
        yield framework_grant(_NETWORK, _ANY, place)


def _destination(node: Node | None, template: CloudFormationTemplate) -> Iterator[Grant]:
    arn = _arn(node)
    if node is None or arn is None:
        return
    text = template.text(arn)
    kind = text_in(node.get("type")) if isinstance(node, MappingNode) else ""
    if not kind and not str(text).startswith("arn:"):
        text, kind = joined(("arn:", template.pseudo("AWS::Partition"), ":lambda:", template.pseudo("AWS::Region"), ":",
                             template.pseudo("AWS::AccountId"), ":function:*")), "function"  # fmt: skip
    action = _DESTINATIONS.get(kind or _service(text))
    if action:
        yield framework_grant((action,), (text,), node.place)


def _arn(value: Node | None) -> Node | None:
    """Return the property `arn` of an event. If the event consists only of an ARN, return the event itself."""
    if isinstance(value, MappingNode) and "arn" in value.entries:
        return value.get("arn")
    return value


def _service(arn: Text) -> str:
    return ([*str(arn).split(":"), "", "", ""])[2]
