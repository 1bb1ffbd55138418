"""Read S3's messages, and refuse all others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.upload_notification import S3Upload, UnexpectedMessageError, uploads_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["Records", "Event", "eventName", "s3", "object", "bucket", "key", "eTag", "sequencer", "name"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


def message(**stored: Any) -> str:
    s3 = {"bucket": {"name": "b"}, "object": {"key": "k", "eTag": "e", "sequencer": "0A", "size": 3} | stored}
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": s3}]})


def test_a_recorded_event() -> None:
    event = json.loads((Path(__file__).parents[1] / "events" / "s3.json").read_text())
    (upload,) = uploads_in(json.dumps(event))
    stored = event["Records"][0]["s3"]["object"]
    assert (upload.etag, upload.size) == (stored["eTag"], stored["size"])


def test_keys_are_decoded_as_forms_are() -> None:
    (upload,) = uploads_in(message(key="ada%40example.com/5f/a+b%2Bc+%C3%BC.txt"))
    assert upload.key == "ada@example.com/5f/a b+c ü.txt"


def test_sequencers_of_different_length_are_ordered() -> None:
    short, long = (uploads_in(message(sequencer=each))[0].sequencer for each in ("0055aed6", "0055AED6DCD90281E5"))
    assert short < long
    assert len(short) == len(long)


def test_the_test_event_tells_of_nothing() -> None:
    assert uploads_in('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}') == []


def test_other_events_than_uploads_are_passed_over() -> None:
    assert uploads_in(message().replace("ObjectCreated:Put", "ObjectRemoved:Delete")) == []


@pytest.mark.parametrize(
    "body", ["", "rubbish", "[]", "null", "{}", '{"Records": 1}', '{"Records": [{}]}', "[" * 99_999]
)
def test_anything_else_is_unexpected(body: str) -> None:
    with pytest.raises(UnexpectedMessageError, match="expected an S3 event"):
        uploads_in(body)


@pytest.mark.parametrize("stored", [{"key": ""}, {"key": 1}, {"eTag": None}, {"sequencer": []}, {"size": "big"}])
def test_an_object_of_another_form_is_unexpected(stored: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedMessageError):
        uploads_in(message(**stored))


@given(value=JSON)
def test_any_json_gives_uploads_or_the_one_error(value: Any) -> None:
    try:
        found = uploads_in(json.dumps(value))
    except UnexpectedMessageError:
        return
    assert all(isinstance(each, S3Upload) for each in found)
