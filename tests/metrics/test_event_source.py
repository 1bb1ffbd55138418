"""Detect the service of recorded events, and of arbitrary JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.metrics.event_source import detect_event_source
from tests.metrics.json_values import JSON

EVENTS = Path(__file__).parents[1] / "events"

SOURCES = {
    "active-mq": "MQ",
    "alb": "HTTP",
    "alb-multi-value-headers": "HTTP",
    "appsync": "AppSync",
    "cloudformation-custom-resource": "CloudFormation",
    "cloudfront": "CloudFront",
    "cloudwatch-logs": "CloudWatch Logs",
    "codecommit": "CodeCommit",
    "codepipeline": "CodePipeline",
    "cognito-trigger": "Cognito",
    "config-rule": "Config",
    "direct-invoke": "Direct",
    "dynamodb-stream": "DynamoDB Stream",
    "eventbridge": "EventBridge",
    "eventbridge-rule-schedule": "Scheduled",
    "eventbridge-scheduler": "Scheduled",
    "function-url": "HTTP",
    "http-api": "HTTP",
    "http-api-authorizer": "Authorizer",
    "http-api-payload-1": "HTTP",
    "iot-custom-authorizer": "IoT",
    "kinesis": "Kinesis",
    "msk": "Kafka",
    "rabbit-mq": "MQ",
    "request-authorizer": "Authorizer",
    "rest-api": "HTTP",
    "s3": "S3",
    "s3-without-arn": "S3",
    "secret-rotation": "Secrets Manager",
    "self-managed-kafka": "Kafka",
    "ses": "SES",
    "sns": "SNS",
    "sqs": "SQS",
    "step-functions": "Step Functions",
    "token-authorizer": "Authorizer",
    "websocket": "WebSocket",
}

ODDITIES = [
    (None, "Unknown"),
    ({}, "Direct"),
    ([], "Unknown"),
    ([{"Records": []}], "Unknown"),
    ("text", "Unknown"),
    (b"bytes", "Unknown"),
    (7, "Unknown"),
    ({"Records": []}, "Direct"),
    ({"Records": None}, "Direct"),
    ({"Records": "none"}, "Direct"),
    ({"Records": [None]}, "Direct"),
    ({"Records": [{"eventSource": ["aws:sqs"]}]}, "Direct"),
    ({"Records": [{"eventSource": "aws:unheard-of"}]}, "Direct"),
    ({"eventSource": {"a": 1}}, "Direct"),
    ({"detail-type": "Scheduled Event", "detail": "a text"}, "Scheduled"),
    ({"Payload": "a text"}, "Direct"),
    ({"requestContext": "a text"}, "Direct"),
    ({"requestContext": {"elb": None}}, "HTTP"),
    ({"awslogs": "a text"}, "Direct"),
    ({1: 2}, "Direct"),
]


def recorded(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


def test_every_recorded_event_has_its_row() -> None:
    assert {path.stem for path in EVENTS.glob("*.json")} == set(SOURCES)


@pytest.mark.parametrize(("name", "source"), SOURCES.items())
def test_a_recorded_event_is_told_by_its_shape(name: str, source: str) -> None:
    assert detect_event_source(recorded(name)) == source


@pytest.mark.parametrize(("event", "source"), ODDITIES)
def test_an_odd_event_has_an_answer_too(event: Any, source: str) -> None:
    assert detect_event_source(event) == source


class Contrary(dict[str, Any]):
    """A mapping that raises when it is read."""

    def get(self, key: Any, default: Any = None) -> Any:
        raise RuntimeError(key, default)


def test_a_mapping_that_raises_has_an_answer_too() -> None:
    assert detect_event_source(Contrary()) == "Unknown"


@given(JSON)
def test_whatever_comes_there_is_a_name(event: Any) -> None:
    assert detect_event_source(event) in {*SOURCES.values(), "Unknown"}


@given(st.sampled_from(sorted(SOURCES)), st.data())
def test_a_recorded_event_with_a_part_replaced_has_a_name(name: str, data: st.DataObject) -> None:
    event = recorded(name)
    key = data.draw(st.sampled_from(sorted(event)))
    event[key] = data.draw(JSON)
    assert detect_event_source(event) in {*SOURCES.values(), "Unknown"}
