"""Answers of a service: a result, or the error that it stands for."""

from __future__ import annotations

import zlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.json_protocol.client_errors import UnusableResponseError, client_error, connection_error
from pycommon.dal.providers.aws.json_protocol.json_documents import decode

if TYPE_CHECKING:
    from pycommon.dal.providers.aws.json_protocol.client_errors import ClientError, HTTPClientError
    from pycommon.dal.providers.aws.json_protocol.connections import HttpResponse

__all__ = ["result_of"]

_FIRST_ERROR = 300
_FIRST_FAULT_OF_THE_SERVICE = 500
_QUERY_ERROR_PARTS = 2


def result_of(answer: HttpResponse, operation: str) -> dict[str, Any]:
    """What the call of `operation` gives.

    Raises:
        ClientError: the service answered with an error.
        UnusableResponseError: the answer was damaged on its way, or came from something that is not the service.
    """
    checksum = answer.headers.get("x-amz-crc32")  # sent by DynamoDB
    if checksum is not None and checksum != str(zlib.crc32(answer.body)):
        raise _unusable(answer, operation, "its checksum is wrong")
    if answer.status >= _FIRST_ERROR:
        raise _error_of(answer, operation)
    try:
        document = decode(answer.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise _unusable(answer, operation, "it is no JSON object")
    result = {name: value for name, value in document.items() if value is not None}
    result["ResponseMetadata"] = _metadata(answer)
    return result


def _error_of(answer: HttpResponse, operation: str) -> ClientError:
    try:
        document = decode(answer.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):  # from a load balancer or a proxy, which may have put anything into it
        document = {"message": _phrase(answer.status)}
    code = _code(document.pop("__type", None)) or str(answer.status)
    error = {"Code": code, "Message": str(document.get("message") or document.get("Message") or "")}
    query_error = answer.headers.get("x-amzn-query-error", "").split(";")
    if len(query_error) == _QUERY_ERROR_PARTS and query_error[0]:  # the code that SQS had before it spoke JSON
        error |= {"Code": query_error[0], "QueryErrorCode": code, "Type": query_error[1]}
    response = {**document, "Error": error, "ResponseMetadata": _metadata(answer)}
    return client_error(code, response, operation)  # the class, as botocore's, has the code that SQS has now


def _code(kind: Any) -> str:
    """The code in `__type`: `<namespace>#<code>:<more>`, of which only the code is always there."""
    return kind.partition(":")[0].rpartition("#")[2] if isinstance(kind, str) else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _metadata(answer: HttpResponse) -> dict[str, Any]:
    metadata: dict[str, Any] = {"HTTPStatusCode": answer.status, "HTTPHeaders": answer.headers}
    request_id = answer.headers.get("x-amzn-requestid")
    if request_id is not None:
        metadata["RequestId"] = request_id
    return metadata


def _unusable(answer: HttpResponse, operation: str, reason: str) -> HTTPClientError:
    return connection_error(
        UnusableResponseError,
        f"The answer to {operation} (status {answer.status}, {len(answer.body)} bytes) cannot be used: {reason}",
    )
