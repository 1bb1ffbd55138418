"""Generate arbitrary JSON similar to real events, with the keys and texts that detectors read."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["JSON", "WORDS"]

WORDS = st.sampled_from(
    (
        *("Records", "eventSource", "EventSource", "aws:sqs", "aws:sns", "s3", "cf", "object", "key", "body", "Sns"),
        *("requestContext", "http", "elb", "httpMethod", "type", "REQUEST", "Message", "TopicArn", "kinesis", "value"),
        *("source", "aws.events", "detail-type", "detail", "awslogs", "data", "info", "protocolData", "mqtt", "time"),
        *("dynamodb", "NewImage", "OldImage", "S", "account", "user", "records", "messages", "rmqMessagesByQueue"),
        *("eventTime", "Timestamp", "2026-01-15T10:30:00Z", '{"user": "jane"}', "jane/report.pdf", "triggerSource"),
        *("statusCode", "success", "batchItemFailures"),
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=6),
    max_leaves=12,
)
