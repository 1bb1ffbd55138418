"""The time of events that Lambda may deliver twice under one request id."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycommon.metrics.event_source import detect_event_source
from pycommon.metrics.event_time import event_time
from tests.metrics.json_values import JSON

NOW = datetime(2026, 1, 15, 10, 30, 2, 500, tzinfo=UTC)
TICK = "2026-01-15T10:30:00Z"
REQUEST = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


def s3(text: Any) -> dict[str, Any]:
    return {"Records": [{"eventSource": "aws:s3", "eventTime": text}]}


def sns(text: Any) -> dict[str, Any]:
    return {"Records": [{"EventSource": "aws:sns", "Sns": {"Timestamp": text}}]}


def scheduled(text: Any) -> dict[str, Any]:
    return {"detail-type": "Scheduled Event", "source": "aws.events", "time": text}


def eventbridge(text: Any) -> dict[str, Any]:
    return {"detail-type": "Uploaded", "source": "files", "time": text}


def time_of(event: Any, request_id: str | None = REQUEST) -> datetime | None:
    return event_time(event, detect_event_source(event), request_id, NOW)


@pytest.mark.parametrize(
    ("event", "text", "within"),
    [
        (s3, "2026-01-15T10:30:00.250Z", timedelta(milliseconds=1)),
        (sns, "2026-01-15T10:30:00.250Z", timedelta(milliseconds=1)),
        (scheduled, TICK, timedelta(seconds=1)),
        (eventbridge, TICK, timedelta(seconds=1)),
    ],
)
def test_it_is_the_events_own_and_the_same_each_time(event: Any, text: str, within: timedelta) -> None:
    first = time_of(event(text))
    assert first is not None
    assert timedelta(0) <= first - datetime.fromisoformat(text) < within
    assert time_of(event(text)) == first
    assert first.utcoffset() == timedelta(0)


def test_functions_of_one_tick_do_not_meet() -> None:
    assert len({time_of(scheduled(TICK), f"request-{number}") for number in range(100)}) > 95


@pytest.mark.parametrize(
    "text",
    [
        *(None, 7, "", "soon", "2026-01-15", "2026-01-15T10:30:00"),
        "2026-01-15T10:30:03Z",  # the future
        "2026-01-15T04:29:59Z",  # older than any event that Lambda still has
    ],
)
@pytest.mark.parametrize("event", [s3, sns, scheduled, eventbridge])
def test_a_time_that_cannot_be_is_not_believed(event: Any, text: Any) -> None:
    assert time_of(event(text)) is None


def test_without_a_request_id_no_delivery_is_known_again() -> None:
    assert time_of(scheduled(TICK), None) is None


@pytest.mark.parametrize("event", [{"Records": [{"eventSource": "aws:sqs", "eventTime": TICK}]}, {"time": TICK}, None])
def test_other_events_are_delivered_under_new_request_ids(event: Any) -> None:
    assert time_of(event) is None


@given(JSON, st.text())
def test_whatever_comes_it_never_raises(event: Any, request_id: str) -> None:
    for each in (event, s3(event), sns(event), scheduled(event)):
        moment = time_of(each, request_id)
        assert moment is None or moment - NOW < timedelta(seconds=1)
