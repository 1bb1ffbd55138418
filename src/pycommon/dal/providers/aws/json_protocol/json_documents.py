"""Parameters and answers as JSON: bytes are base64 there and back, as the protocol has it.

botocore walks every document along the service's model. Here a document is walked only where its text shows that it
holds bytes at all.
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
"""The members of these services that hold bytes: of attribute values (DynamoDB) and of message attributes (SQS).

An attribute that somebody has called "B" is told apart: what it holds is an attribute value, a mapping.
"""
_SIGNS_OF_TEXT = (b'"B":"', b'"BS":["', b'"BinaryValue":"')
_SIGNS_OF_BYTES = (b'"B"', b'"BS"')


def encode(parameters: Mapping[str, Any]) -> bytes:
    """`parameters` as the body of a request.

    Raises:
        ParamValidationError: they hold what JSON cannot.

    Example:
        >>> encode({"Key": {"id": {"B": b"x"}}})
        b'{"Key":{"id":{"B":"eA=="}}}'
    """
    try:
        body = orjson.dumps(parameters, default=_base64)
        if any(sign in body for sign in _SIGNS_OF_TEXT):  # base64 by now, or text that is yet to become it
            body = orjson.dumps(_converted(parameters, _base64))
    except TypeError as error:
        raise ParamValidationError(f"The parameters of an AWS call are no JSON: {_reason(error)}") from None
    return body


def decode(body: bytes) -> Any:
    """The document that `body` holds; an empty one says nothing: {}.

    Raises:
        ValueError: it is no JSON, or bytes in it are no base64.
    """
    if not body:
        return {}
    document = orjson.loads(body)
    return _converted(document, _bytes) if any(sign in body for sign in _SIGNS_OF_BYTES) else document


def _converted(document: Any, convert: Callable[[Any], Any]) -> Any:
    """A copy of `document` with its blobs converted."""
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
    """What JSON does not know: bytes. Text in their place is taken as UTF-8, as botocore does."""
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__qualname__} has no form in it")


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)


def _reason(error: TypeError) -> str:
    """The types at fault. orjson keeps the reason of `default` as the cause."""
    return str(error.__cause__ or error)
