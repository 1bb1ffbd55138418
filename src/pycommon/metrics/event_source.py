"""Detect which service sent an event, by the shape of the event.

The module tries small tests from a table, in order. The event may be any value. There is always a result, and never an
exception.

Source of the shapes: https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["CLIENT_SOURCES", "DIRECT", "HTTP", "SCHEDULED", "UNKNOWN", "detect_event_source"]

HTTP: Final = "HTTP"
SCHEDULED: Final = "Scheduled"
DIRECT: Final = "Direct"
UNKNOWN: Final = "Unknown"

CLIENT_SOURCES: Final = frozenset({HTTP, "WebSocket", "AppSync", "Authorizer", "CloudFront", "IoT"})
"""The sources whose events contain values from a client, who may be unknown."""

_BY_RECORD_SOURCE: Final = {
    "aws:sqs": "SQS",
    "aws:sns": "SNS",
    "aws:dynamodb": "DynamoDB Stream",
    "aws:kinesis": "Kinesis",
    "aws:s3": "S3",
    "aws:ses": "SES",
    "aws:codecommit": "CodeCommit",
    "aws:kafka": "Kafka",
    "SelfManagedKafka": "Kafka",
    "aws:mq": "MQ",
    "aws:rmq": "MQ",
}


def detect_event_source(event: Any) -> str:
    """Return the name of the event source of `event`.

    The specification defines the names "HTTP", "SQS", "DynamoDB Stream", "S3" and "Scheduled". Every other source has
    the name of its AWS service. A dict of unknown shape has the source "Direct" (the payload of a direct invocation). A
    value that is not a dict has the source "Unknown".

    Example:
        >>> detect_event_source({"Records": [{"eventSource": "aws:sqs"}]})
        'SQS'
    """
    if not isinstance(event, dict):
        return UNKNOWN
    try:
        return _detect(event)
    except Exception:  # noqa: BLE001 - a subclass of dict may raise any error
        return UNKNOWN


def _detect(event: Mapping[str, Any]) -> str:
    for name, fits in _TESTS:
        if fits(event):
            return name
    return _of_records(event) or DIRECT


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _of_records(event: Mapping[str, Any]) -> str | None:
    records = event.get("Records")
    if isinstance(records, list) and records:
        first = _mapping(records[0])
        source = _text(first.get("eventSource") or first.get("EventSource"))
        if source in _BY_RECORD_SOURCE:
            return _BY_RECORD_SOURCE[source]
        if "cf" in first:
            return "CloudFront"
        if "s3" in first:
            return "S3"
    return _BY_RECORD_SOURCE.get(_text(event.get("eventSource")))  # events of Kafka and MQ have the source at their top


def _is_websocket(event: Mapping[str, Any]) -> bool:
    return "connectionId" in _mapping(event.get("requestContext"))


def _is_appsync(event: Mapping[str, Any]) -> bool:
    info = _mapping(event.get("info"))
    return "fieldName" in info and "parentTypeName" in info


def _is_authorizer(event: Mapping[str, Any]) -> bool:
    return _text(event.get("type")) in {"TOKEN", "REQUEST"} and ("methodArn" in event or "routeArn" in event)


def _is_http(event: Mapping[str, Any]) -> bool:
    context = _mapping(event.get("requestContext"))
    return "httpMethod" in event or "http" in context or "elb" in context


def _is_schedule(event: Mapping[str, Any]) -> bool:
    source, detail_type = _text(event.get("source")), _text(event.get("detail-type"))
    return source in {"aws.events", "aws.scheduler"} or detail_type in {"Scheduled Event", "Scheduled Task"}


def _is_eventbridge(event: Mapping[str, Any]) -> bool:
    return "detail-type" in event and "source" in event


def _is_logs(event: Mapping[str, Any]) -> bool:
    return "data" in _mapping(event.get("awslogs"))


def _is_cognito(event: Mapping[str, Any]) -> bool:
    return "triggerSource" in event and "userPoolId" in event


def _is_custom_resource(event: Mapping[str, Any]) -> bool:
    return "RequestType" in event and "StackId" in event


def _is_config(event: Mapping[str, Any]) -> bool:
    return "configRuleName" in event or "configRuleArn" in event


def _is_rotation(event: Mapping[str, Any]) -> bool:
    return {"Step", "SecretId", "ClientRequestToken"} <= event.keys()


def _is_step_functions(event: Mapping[str, Any]) -> bool:
    return "Execution" in event and "StateMachine" in event


def _is_iot(event: Mapping[str, Any]) -> bool:
    return "clientId" in event and "mqtt" in _mapping(event.get("protocolData"))


_TESTS: Final[tuple[tuple[str, Callable[[Mapping[str, Any]], bool]], ...]] = (
    ("Authorizer", _is_authorizer),  # before HTTP: an authorizer's event also has httpMethod
    ("WebSocket", _is_websocket),
    (HTTP, _is_http),
    (SCHEDULED, _is_schedule),  # before EventBridge: a scheduled event is an EventBridge event
    ("EventBridge", _is_eventbridge),
    ("CloudWatch Logs", _is_logs),
    ("Cognito", _is_cognito),
    ("AppSync", _is_appsync),
    ("CloudFormation", _is_custom_resource),
    ("Config", _is_config),
    ("CodePipeline", lambda event: "CodePipeline.job" in event),
    ("Secrets Manager", _is_rotation),
    ("Step Functions", _is_step_functions),
    ("IoT", _is_iot),
)
