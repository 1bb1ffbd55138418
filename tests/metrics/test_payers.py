"""The payer in every kind of event, and never a payer that a client names."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from pycommon.metrics.event_source import detect_event_source
from pycommon.metrics.payers import SYSTEM, Payer, payers_of
from tests.metrics.json_values import JSON

EVENTS = Path(__file__).parents[1] / "events"
JANE = Payer("acc-1", "jane@example.com")
NAMED = {"account": "acc-1", "user": "jane@example.com", "text": "..."}


def found(event: Any) -> tuple[dict[Payer, int], int | None]:
    return payers_of(event, detect_event_source(event))


def encoded(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def sqs(*bodies: Any) -> dict[str, Any]:
    texts = (body if isinstance(body, str) else json.dumps(body) for body in bodies)
    return {"Records": [{"eventSource": "aws:sqs", "body": text} for text in texts]}


def s3(*keys: Any) -> dict[str, Any]:
    return {"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": key}}} for key in keys]}


def stream(**change: Any) -> dict[str, Any]:
    return {"Records": [{"eventSource": "aws:dynamodb", "dynamodb": change}]}


def image(**values: Any) -> dict[str, Any]:
    return {name: {"S": value} for name, value in values.items()}


def notification(message: Any) -> dict[str, Any]:
    """Return SNS's message to a queue."""
    return {"Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:1:t", "Message": json.dumps(message)}


SELF_PAYING = Payer("jane@example.com", "jane@example.com")


@pytest.mark.parametrize(
    ("event", "payer"),
    [
        (sqs(NAMED), JANE),
        (sqs({"user": "jane@example.com"}), SELF_PAYING),
        (sqs({"account": "acc-1"}), Payer("acc-1", "system")),
        (sqs({"user": "  jane@example.com "}), SELF_PAYING),
        (sqs(s3("jane%40example.com/2026/report+1.pdf")), SELF_PAYING),
        (sqs(notification(NAMED)), JANE),
        (sqs(notification(s3("jane@example.com/a.pdf"))), SELF_PAYING),
        (sqs("no JSON"), SYSTEM),
        (sqs([NAMED]), SYSTEM),
        (sqs({"account": 7, "user": None}), SYSTEM),
        (sqs({"account": "", "user": " "}), SYSTEM),
        (sqs({"user": "x" * 1025}), SYSTEM),
        (sqs('{"user": "\\ud800"}'), SYSTEM),
        (sqs({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}), SYSTEM),
        (s3("jane%40example.com/report.pdf"), SELF_PAYING),
        (s3("report.pdf"), SYSTEM),
        (s3("/report.pdf"), SYSTEM),
        (s3(7), SYSTEM),
        (stream(NewImage=image(account="acc-1", user="jane@example.com")), JANE),
        (stream(OldImage=image(account="acc-1", user="jane@example.com")), JANE),
        (stream(NewImage=image(id="x"), OldImage=image(user="jane@example.com")), SYSTEM),
        (stream(NewImage={"user": {"N": "7"}}), SYSTEM),
        (stream(Keys=image(user="jane@example.com")), SYSTEM),
        ({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(NAMED)}}]}, JANE),
        (
            {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(s3("jane@example.com/a"))}}]},
            SELF_PAYING,
        ),
        ({"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": encoded(NAMED)}}]}, JANE),
        ({"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": "no base64"}}]}, SYSTEM),
        ({"eventSource": "aws:kafka", "records": {"topic-0": [{"value": encoded(NAMED)}]}}, JANE),
        ({"eventSource": "aws:mq", "messages": [{"data": encoded(NAMED)}]}, JANE),
        ({"eventSource": "aws:rmq", "rmqMessagesByQueue": {"q::/": [{"data": encoded(NAMED)}]}}, JANE),
        ({"source": "files", "detail-type": "Uploaded", "detail": NAMED, "account": "123456789012"}, JANE),
        ({"source": "files", "detail-type": "Uploaded", "detail": {}, "account": "123456789012"}, SYSTEM),
        ({"source": "aws.events", "detail-type": "Scheduled Event", "detail": "", "account": "123456789012"}, SYSTEM),
        ({"triggerSource": "PreSignUp_SignUp", "userPoolId": "p", "userName": "jane@example.com"}, SELF_PAYING),
        (NAMED, JANE),
        ({"userName": "jane@example.com"}, SYSTEM),
        (None, SYSTEM),
        ([NAMED], SYSTEM),
    ],
)
def test_the_payer_that_an_event_names(event: Any, payer: Payer) -> None:
    shares, _ = found(event)
    assert list(shares) == [payer]


@pytest.mark.parametrize(
    "event",
    [
        {"httpMethod": "POST", "requestContext": {}, "body": json.dumps(NAMED), **NAMED},
        {"version": "2.0", "requestContext": {"http": {}}, "body": json.dumps(NAMED), **NAMED},
        {"requestContext": {"connectionId": "c"}, "body": json.dumps(NAMED), **NAMED},
        {"info": {"fieldName": "f", "parentTypeName": "Query"}, "arguments": NAMED, **NAMED},
        {"type": "TOKEN", "methodArn": "arn", **NAMED},
    ],
)
def test_a_client_names_nobody(event: dict[str, Any]) -> None:
    assert found(event) == ({SYSTEM: 1}, None)


def test_every_record_counts() -> None:
    event = sqs(NAMED, {"user": "joe"}, NAMED, "nothing", {"account": "acc-1", "user": "joe"}, {"user": "joe"})
    assert found(event) == (
        {JANE: 2, Payer("joe", "joe"): 2, SYSTEM: 1, Payer("acc-1", "joe"): 1},
        6,
    )


def test_nesting_has_an_end() -> None:
    body: Any = NAMED
    for _ in range(20):
        body = notification(body)
    assert found(sqs(body)) == ({SYSTEM: 1}, 1)


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_a_recorded_event_has_payers_for_all_its_records(name: str) -> None:
    shares, records = found(json.loads((EVENTS / f"{name}.json").read_text()))
    assert sum(shares.values()) == (records or 1)


@given(JSON, JSON)
def test_whatever_comes_there_is_a_payer(event: Any, body: Any) -> None:
    for each in (
        event,
        sqs(body),
        s3(body),
        stream(NewImage=body),
        {"detail-type": "x", "source": "y", "detail": body},
    ):
        shares, records = found(each)
        assert sum(shares.values()) == (records or 1)
        assert all(payer.account and payer.user for payer in shares)
