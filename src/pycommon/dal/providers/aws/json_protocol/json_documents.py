"""Encode parameters and decode responses as JSON. The protocol writes bytes as base64.

botocore walks through every document with the model of the service. This module walks through a document only if its
text may contain bytes.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import orjson

from pycommon.dal.providers.aws.json_protocol.client_errors import ParamValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["decode", "encode"]

_BLOBS = frozenset({"B", "BS", "BinaryValue"})
"""The names of the members that hold bytes in attribute values (DynamoDB) and in message attributes (SQS).

An attribute of an item may also have the name "B". The value of such an attribute is a mapping, so the module does not
convert the value to bytes.
"""
_SIGNS_OF_TEXT = (b'"B":"', b'"BS":["', b'"BinaryValue":"')
_SIGNS_OF_BYTES = (b'"B"', b'"BS"')


def encode(parameters: Mapping[str, Any]) -> bytes:
    """Return `parameters` as the body of a request.

    Raises:
        ParamValidationError: a value has no JSON form.

    Example:
        >>> encode({"Key": {"id": {"B": b"x"}}})
        b'{"Key":{"id":{"B":"eA=="}}}'
    """
    try:
        body = orjson.dumps(parameters, default=_base64)
        if any(sign in body for sign in _SIGNS_OF_TEXT):  # the text is base64, or must become base64
            body = orjson.dumps(_converted(parameters, _base64))
    except TypeError as error:
        raise ParamValidationError(f"The parameters of an AWS call have no JSON form: {_reason(error)}") from None
    return body


def decode(body: bytes) -> Any:
    """Return the document in `body`, or {} for an empty body.

    Raises:
        ValueError: the body is not valid JSON, or its bytes are not valid base64.
    """
    if not body:
        return {}
    document = orjson.loads(body)
    return _converted(document, _bytes) if any(sign in body for sign in _SIGNS_OF_BYTES) else document


def _converted(document: Any, convert: Callable[[Any], Any]) -> Any:
    """Return a copy of `document` in which members with bytes are converted."""
    match document:
        case dict():
            return {
                name: _blob(value, convert) if name in _BLOBS else _converted(value, convert)
                for name, value in document.items()
            }
        case list() | tuple():
            return [_converted(each, convert) for each in document]
        case _:
            return document


def _blob(value: Any, convert: Callable[[Any], Any]) -> Any:
    match value:
        case str() | bytes() | bytearray() | memoryview():
            return convert(value)
        case list() | tuple():
            return [_blob(each, convert) for each in value]
        case _:
            return _converted(value, convert)


def _base64(value: Any) -> str:
    """Return bytes as base64. If `value` is a text, encode the text as UTF-8 first, as botocore does."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__qualname__} cannot be encoded")


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def _reason(error: TypeError) -> str:
    """Return the reason for the error, which names the type. orjson keeps the error of `default` as the cause."""
    return str(error.__cause__ or error)
