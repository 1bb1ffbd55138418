"""Turn the HTTP response of an AWS service into a result or an error."""

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


def result_of(response: HttpResponse, operation: str) -> dict[str, Any]:
    """Return the result of a call of `operation`.

    Raises:
        ClientError: the service returned an error.
        UnusableResponseError: the response was damaged in transit, or does not come from the service.
    """
    checksum = response.headers.get("x-amz-crc32")  # only DynamoDB sends this header
    if checksum is not None and checksum != str(zlib.crc32(response.body)):
        raise _unusable(response, operation, "its checksum is wrong")
    if response.status >= _FIRST_ERROR:
        raise _error_of(response, operation)
    try:
        document = decode(response.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise _unusable(response, operation, "it is not a JSON object")
    result = {name: value for name, value in document.items() if value is not None}
    result["ResponseMetadata"] = _metadata(response)
    return result


def _error_of(response: HttpResponse, operation: str) -> ClientError:
    try:
        document = decode(response.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):  # a load balancer or a proxy sent the response
        document = {"message": _phrase(response.status)}
    code = _code(document.pop("__type", None)) or str(response.status)
    error = {"Code": code, "Message": str(document.get("message") or document.get("Message") or "")}
    query_error = response.headers.get("x-amzn-query-error", "").split(";")
    if len(query_error) == _QUERY_ERROR_PARTS and query_error[0]:  # the code of SQS before it had the JSON protocol
        error |= {"Code": query_error[0], "QueryErrorCode": code, "Type": query_error[1]}
    details = {**document, "Error": error, "ResponseMetadata": _metadata(response)}
    return client_error(code, details, operation)  # as in botocore, the class has the new code


def _code(kind: Any) -> str:
    """Return the code in `__type`, which is `<namespace>#<code>:<more>`. Only the code is always present."""
    return kind.partition(":")[0].rpartition("#")[2] if isinstance(kind, str) else ""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _metadata(response: HttpResponse) -> dict[str, Any]:
    metadata: dict[str, Any] = {"HTTPStatusCode": response.status, "HTTPHeaders": response.headers}
    request_id = response.headers.get("x-amzn-requestid")
    if request_id is not None:
        metadata["RequestId"] = request_id
    return metadata


def _unusable(response: HttpResponse, operation: str, reason: str) -> HTTPClientError:
    return connection_error(
        UnusableResponseError,
        f"The response to {operation} (status {response.status}, {len(response.body)} bytes) cannot be used: {reason}",
    )
