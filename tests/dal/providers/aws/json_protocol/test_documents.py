"""Test JSON documents against botocore, which uses the models of the services."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.session import get_session
from hypothesis import given
from hypothesis import strategies as st

from pycommon.dal.providers.aws.json_protocol.client_errors import ParamValidationError
from pycommon.dal.providers.aws.json_protocol.json_documents import decode, encode

if TYPE_CHECKING:
    from botocore.model import ServiceModel

names = st.sampled_from(["B", "BS", "S", "M", "BinaryValue", "id", '"B":"', "é"]) | st.text(max_size=6)
texts = st.sampled_from(['"B":"', '{"B":"eA=="}', "B"]) | st.text(max_size=20)
blobs = st.binary(max_size=20)


def values(*, text_for_bytes: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return attribute values whose names and texts look like attribute values."""
    given_bytes = blobs | texts if text_for_bytes else blobs
    leaves = (
        texts.map(lambda text: {"S": text})
        | st.integers().map(lambda number: {"N": str(number)})
        | given_bytes.map(lambda blob: {"B": blob})
        | st.lists(given_bytes, min_size=1, max_size=3).map(lambda each: {"BS": each})
        | st.lists(texts, min_size=1, max_size=3).map(lambda each: {"SS": each})
        | st.just({"NULL": True})
        | st.booleans().map(lambda flag: {"BOOL": flag})
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3).map(lambda each: {"L": each})
            | st.dictionaries(names, inner, max_size=3).map(lambda members: {"M": members})
        ),
        max_leaves=8,
    )


def items(*, text_for_bytes: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(names, values(text_for_bytes=text_for_bytes), max_size=4)


@cache
def model(service: str) -> ServiceModel:
    return get_session().get_service_model(service)


def botocores_body(service: str, operation: str, parameters: dict[str, Any]) -> Any:
    request = create_serializer("json").serialize_to_request(parameters, model(service).operation_model(operation))
    return json.loads(request["body"])


@given(items(text_for_bytes=True))
def test_parameters_become_the_document_that_botocore_sends(item: dict[str, Any]) -> None:
    parameters = {"TableName": "B", "Item": item, "ExpressionAttributeNames": {"#B": "B"}}
    assert json.loads(encode(parameters)) == botocores_body("dynamodb", "PutItem", parameters)


@given(blobs | texts, texts)
def test_attributes_of_messages_too(blob: bytes | str, text: str) -> None:
    attributes = {
        "B": {"DataType": "Binary", "BinaryValue": blob},
        "BinaryValue": {"DataType": "String", "StringValue": text},
    }
    parameters = {"QueueUrl": "q", "MessageBody": text, "MessageAttributes": attributes}
    assert json.loads(encode(parameters)) == botocores_body("sqs", "SendMessage", parameters)


@given(items())
def test_an_item_arrives_as_it_was_sent(item: dict[str, Any]) -> None:
    body = encode({"Item": item})
    shape = model("dynamodb").operation_model("GetItem").output_shape
    parsed = create_parser("json").parse({"status_code": 200, "headers": {}, "body": body}, shape)
    assert decode(body)["Item"] == item == parsed["Item"]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_every_kind(kind: type) -> None:
    assert json.loads(encode({"Key": {"id": {"B": kind(b"x\0")}}})) == {"Key": {"id": {"B": "eAA="}}}


@pytest.mark.parametrize("value", [1.5j, object(), {1: 2}, {"a": {"s", "t"}}, "\ud800"])
def test_what_is_no_json_is_refused_without_its_value(value: Any) -> None:
    with pytest.raises(ParamValidationError, match="no JSON") as caught:
        encode({"Item": {"secret": {"S": "CANARY"}, "x": value}})
    assert "CANARY" not in str(caught.value)


def test_an_empty_body_says_nothing() -> None:
    assert decode(b"") == {}


@pytest.mark.parametrize("body", [b"<html>", b'{"a":', b'{"B": "no base64"}', b'{"B":"' + base64.b64encode(b"x")[:3]])
def test_what_is_no_document_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of json or of base64
        decode(body)
